package occupation_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestTagKey(t *testing.T) {
	for _, c := range []struct{ name, tag, want string }{
		{"as it is", "MK-1335-CW-25238-011", "MK-1335-CW-25238-011"},
		{"lower case and spaces", " mk-1335 - cw-25238-011 ", "MK-1335-CW-25238-011"},
		{"every dash is one", "MK–1335—CW‑25238−011", "MK-1335-CW-25238-011"},
		{"accents, composed and not", "Línea-ÑAN\u0303", "LINEA-NAN"},
		{"invisible characters", "\ufeffMK\u200b-1\u00a0335\t", "MK-1335"},
		{"nothing", " \n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := occupation.TagKey(c.tag); got != c.want {
				t.Errorf("TagKey(%q) = %q, want %q", c.tag, got, c.want)
			}
		})
	}
}

func FuzzTagKey(f *testing.F) {
	for _, s := range []string{"MK-1335-CW-25238-011", "", "á\u0301", "\xff\xfe", "=IMPORTXML(1)", "🔥-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := occupation.TagKey(s)
		if again := occupation.TagKey(key); again != key {
			t.Errorf("TagKey(%q) = %q is not stable: %q", s, key, again)
		}
		if !utf8.ValidString(key) {
			t.Errorf("TagKey(%q) = %q is not UTF-8", s, key)
		}
	})
}

func book(tags ...string) *occupation.Book {
	var spools []occupation.Spool
	for i, tag := range tags {
		spools = append(spools, occupation.Spool{Tag: tag, Row: i + 2})
	}
	return occupation.NewBook(time.Time{}, spools)
}

func tagsOf(spools []occupation.Spool) string {
	var out []string
	for _, s := range spools {
		out = append(out, s.Tag)
	}
	return strings.Join(out, " ")
}

func TestBookFind(t *testing.T) {
	b := book("MK-1335-CW-25238-011", "MK-1335-CW-25238-012", "TEST-01", "test - 01", "", "MK-1340-GW-1")
	if s, err := b.Find("mk–1335–cw–25238–011"); err != nil || s.Row != 2 {
		t.Errorf("Find of another spelling = row %d, %v; want row 2", s.Row, err)
	}
	if _, err := b.Find("TEST-01"); err == nil || err.Code != occupation.DuplicateTag || !slices.Equal(err.Rows, []int{4, 5}) {
		t.Errorf("Find of a doubled TAG = %v, want DUPLICATE_TAG of rows 4 and 5", err)
	}
	_, err := b.Find("MK-1335-CW-25238-01")
	if err == nil || err.Code != occupation.SpoolNotFound || len(err.Near) == 0 || err.Near[0] != "MK-1335-CW-25238-011" {
		t.Errorf("Find of an unknown TAG = %+v, want SPOOL_NOT_FOUND with the nearest first", err)
	}
	if _, err := b.Find(""); err == nil || err.Code != occupation.SpoolNotFound {
		t.Errorf("Find of nothing = %v, want SPOOL_NOT_FOUND", err)
	}
}

func TestBookMatch(t *testing.T) {
	b := book("MK-1335-CW-25238-011", "MK-1335-CW-25238-012", "MK-13", "MK-1340-GW-1")
	for _, c := range []struct{ name, part, want string }{
		{"a unique part", "25238-011", "MK-1335-CW-25238-011"},
		{"a part of several", "25238", "MK-1335-CW-25238-011 MK-1335-CW-25238-012"},
		{"a whole TAG that is part of others", "mk-13", "MK-13"},
		{"nothing like it", "ZZ-9", ""},
		{"too short to mean anything", "1", ""},
		{"only dashes", "---", ""},
		{"longer than any TAG", strings.Repeat("1", 300), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tagsOf(b.Match(c.part)); got != c.want {
				t.Errorf("Match(%q) = %q, want %q", c.part, got, c.want)
			}
		})
	}
}

// One typing slip in a TAG still finds it first, unless another TAG is as near.
func TestBookNearest(t *testing.T) {
	var tags []string
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		tags = append(tags, "MK-"+string(rune('A'+i%26))+"W-"+strings.Repeat(string(rune('0'+i%10)), 2)+"-"+string(rune('A'+i/26))+"7"+string(rune('0'+i/50)))
	}
	b := book(tags...)
	first := 0
	for range 300 {
		tag := tags[rng.IntN(len(tags))]
		typed := []byte(tag)
		typed[rng.IntN(len(typed))] = 'X'
		near := b.Nearest(string(typed), 5)
		if slices.ContainsFunc(near, func(s occupation.Spool) bool { return s.Tag == tag }) {
			first++
		}
	}
	if first < 285 {
		t.Errorf("the intended TAG was among the five nearest for %d of 300 slips, want 285", first)
	}
	if near := b.Nearest("=IMPORTXML(A1)", 3); len(near) != 0 {
		t.Errorf("Nearest of nonsense = %v, want nothing", tagsOf(near))
	}
}
