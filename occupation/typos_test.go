package occupation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// shopBook is a shop's sheet of 1,900 spools, numbered as shops number them: of one
// work order twenty-four that differ in their last two digits alone.
func shopBook() *occupation.Book {
	spools := make([]occupation.Spool, 1900)
	for i := range spools {
		nv, ot := i/96, i/24
		spools[i] = occupation.Spool{Tag: fmt.Sprintf("MK-%d-CW-%05d-%03d", 1335+nv%7, 25000+ot*17, i%24+1), NV: fmt.Sprintf("NV%04d", 640+nv), Row: i + 2}
	}
	return occupation.NewBook(time.Time{}, spools)
}

// besideKeys are the neighbours of each key on a phone.
var besideKeys = map[byte]string{}

func init() {
	rows := []string{"1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"}
	for r, row := range rows {
		for i := range len(row) {
			var near strings.Builder
			for _, at := range [][2]int{{r, i - 1}, {r, i + 1}, {r - 1, i}, {r - 1, i + 1}, {r + 1, i}, {r + 1, i - 1}} {
				if at[0] >= 0 && at[0] < len(rows) && at[1] >= 0 && at[1] < len(rows[at[0]]) {
					near.WriteString(string(rows[at[0]][at[1]]))
				}
			}
			besideKeys[row[i]] = near.String()
		}
	}
}

// forgive writes a TAG as a hurried person does, without changing what it says:
// O for 0, I for 1, dashes left out or for blanks, small letters, its beginning left
// out.
func forgive(rng *rand.Rand, tag string) string {
	s := []byte(tag)
	for i, c := range s {
		if other := map[byte]byte{'0': 'O', 'O': '0', '1': 'I', 'I': '1'}[c]; other != 0 && rng.IntN(4) == 0 {
			s[i] = other
		}
	}
	if rng.IntN(5) == 0 {
		s = s[strings.IndexByte(tag, '-')+1:]
	}
	switch rng.IntN(4) {
	case 0:
		s = slices.DeleteFunc(s, func(c byte) bool { return c == '-' })
	case 1:
		s = slices.DeleteFunc(s, func(c byte) bool { return c == '-' && rng.IntN(2) == 0 })
	}
	if rng.IntN(2) == 0 {
		return strings.ToLower(string(s))
	}
	return string(s)
}

// slip makes one or two slips as well.
func slip(rng *rand.Rand, tag string) string {
	s := []byte(forgive(rng, tag))
	for range 1 + rng.IntN(2) {
		i := rng.IntN(len(s))
		switch rng.IntN(4) {
		case 0:
			if near := besideKeys[strings.ToUpper(string(s[i]))[0]]; near != "" {
				s[i] = near[rng.IntN(len(near))]
			}
		case 1:
			s = slices.Delete(s, i, i+1)
		case 2:
			s = slices.Insert(s, i, s[i])
		case 3:
			if i+1 < len(s) {
				s[i], s[i+1] = s[i+1], s[i]
			}
		}
	}
	return string(s)
}

// edits counts the slips between what was typed and the end of a TAG, dashes and
// look-alikes not counted: what anybody can count who knows nothing of keyboards.
func edits(tag, typed string) int {
	plain := strings.NewReplacer("-", "", "O", "0", "I", "1", "Q", "0", "L", "1")
	t, q := plain.Replace(strings.ToUpper(tag)), plain.Replace(strings.ToUpper(typed))
	d := make([][]int, len(t)+1)
	for i := range d {
		d[i] = make([]int, len(q)+1)
		for j := 1; j <= len(q); j++ {
			if i == 0 {
				d[i][j] = j
				continue
			}
			d[i][j] = d[i-1][j-1]
			if t[i-1] != q[j-1] {
				d[i][j]++
			}
			d[i][j] = min(d[i][j], d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && t[i-1] == q[j-2] && t[i-2] == q[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(t)][len(q)]
}

// offered is what a person gets who types the text, best first; taken = it is taken
// without a question.
func offered(b *occupation.Book, typed string) (tags []string, taken bool) {
	fits := b.Match(typed)
	taken = len(fits) == 1
	if len(fits) == 0 {
		fits = b.Nearest(typed, occupation.MaxNear)
	}
	for _, s := range fits {
		tags = append(tags, s.Tag)
	}
	return tags, taken
}

// A TAG is found however a hurried person writes it. Of ten thousand typing slips in
// a shop whose TAGs differ in single digits, the one that was meant is the first that
// is offered in 99 %, but where the slip has made it a part of another TAG, or as
// near to one by mere counting: nobody could tell. What is not a TAG's own letters is
// never taken without a question.
func TestTypingForgives(t *testing.T) {
	b := shopBook()
	for name, c := range map[string]struct {
		write func(*rand.Rand, string) string
		least float64 // of those that can be told, in percent
	}{
		"written in a hurry": {forgive, 99.9},
		"mistyped":           {slip, 99},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(5, 2026))
			const n = 10_000
			first, open, missed := 0, 0, 0
			for range n {
				meant := b.Spools[rng.IntN(len(b.Spools))].Tag
				typed := c.write(rng, meant)
				tags, taken := offered(b, typed)
				if taken && !letters(tags[0], typed) {
					t.Errorf("%q is taken as %s without a question", typed, tags[0])
				}
				switch {
				case len(tags) > 0 && tags[0] == meant:
					first++
				case len(tags) > 0 && (letters(tags[0], typed) || edits(tags[0], typed) <= edits(meant, typed)):
					open++
				default:
					missed++
					t.Logf("%s was meant by %q, offered %v", meant, typed, tags)
				}
			}
			rate := 100 * float64(first) / float64(n-open)
			t.Logf("of %d: %d first, %d might as well have been another TAG, %d missed: %.2f %% of those that can be told", n, first, open, missed, rate)
			if rate < c.least {
				t.Errorf("the TAG that was meant is first in %.2f %%, want %v", rate, c.least)
			}
		})
	}
}

// letters reports whether the text is the TAG's own letters and digits, or some of
// them in a row.
func letters(tag, typed string) bool {
	plain := strings.NewReplacer("-", "")
	return strings.Contains(plain.Replace(tag), plain.Replace(strings.ToUpper(typed)))
}
