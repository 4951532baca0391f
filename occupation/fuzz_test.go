package occupation_test

import (
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spoolbot/spoolbot/occupation"
)

// fits are the TAGs of the book that a text may mean, by their keys, reckoned anew
// and slowly: the TAG itself, else those that differ by their dashes alone, else
// those that it is a part of.
func fits(b *occupation.Book, text string) map[string]bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s)
	}
	key := occupation.TagKey(text)
	same, alike, part := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range b.Spools {
		switch k := occupation.TagKey(s.Tag); {
		case k == key:
			same[k] = true
		case bare(key) != "" && bare(k) == bare(key):
			alike[k] = true
		case strings.Contains(k, key):
			part[k] = true
		}
	}
	for _, some := range []map[string]bool{same, alike, part} {
		if len(some) > 0 {
			return some
		}
	}
	return nil
}

// fuzzBook is a book of what a fuzzer makes up: a TAG a line.
func fuzzBook(tags string) *occupation.Book { return book(strings.Split(tags, "\n")...) }

const fuzzTags = "MK-1335-CW-25238-011\nMK-1335-CW-25238-012\nTEST-01\ntest 01\nAB-11-1\nAB-1-11\nA1\nB2\nA1-B2\n"

// Whatever is typed: one TAG is picked only where no other one fits as well, and
// nothing that was typed is lost.
func FuzzPick(f *testing.F) {
	for _, s := range []string{"", "TEST-01 ARM", "a,b;c\n\"d\"", "\xff", "<@U123|x> <!channel>", "25238", "ab111", "A1 B2", "b2, a1", "AB 11 1"} {
		f.Add(fuzzTags, s)
	}
	f.Fuzz(func(t *testing.T, tags, text string) {
		b := fuzzBook(tags)
		picks, err := b.Pick(text)
		if err != nil {
			if len(picks.Picks) > 0 || err.Code != occupation.InvalidInput {
				t.Fatalf("Pick(%q): %+v and %v", text, picks, err)
			}
			return
		}
		if len(picks.Picks) > occupation.MaxBatch {
			t.Fatalf("Pick(%q) gave %d picks", text, len(picks.Picks))
		}
		whole := len(picks.Picks) == 1 && len(b.Match(picks.Picks[0].Query)) > 0
		for _, p := range picks.Picks {
			got := map[string]bool{}
			for _, s := range p.Matches {
				got[occupation.TagKey(s.Tag)] = true
			}
			if want := fits(b, p.Query); !maps.Equal(got, want) && len(got)+len(want) > 0 {
				t.Fatalf("of %q %q picks %v, and %v fit", tags, p.Query, got, want)
			}
		}
		for _, w := range occupation.Words(text) {
			key := occupation.TagKey(w)
			_, operation := occupation.ParseOperation(w)
			kept := slices.ContainsFunc(picks.Picks, func(p occupation.Pick) bool {
				return occupation.TagKey(p.Query) == key || len(p.Matches) == 1 && len(b.Match(w)) == 1 && b.Match(w)[0].Row == p.Matches[0].Row
			})
			if !operation && !kept && !whole {
				t.Fatalf("of %q %q is lost: %+v", text, w, picks)
			}
			if whole && !kept && len(occupation.Words(text)) > 1 && allTags(b, text) {
				t.Fatalf("%q are TAGs of %q each, and only %+v is picked", text, tags, picks.Picks[0])
			}
		}
	})
}

// allTags reports whether each word but operations is a whole TAG by itself.
func allTags(b *occupation.Book, text string) bool {
	for _, w := range occupation.Words(text) {
		if _, err := b.Find(w); err != nil && err.Code == occupation.SpoolNotFound {
			return false
		}
	}
	return true
}

// What a message mentions is there, once, and no other TAG fits the same words.
func FuzzMentioned(f *testing.F) {
	for _, s := range []string{"", "quedó listo MK 1335 CW 25238 011, falta test-01", "ab111", "AB-1-11", "25238-012."} {
		f.Add(fuzzTags, s)
	}
	f.Fuzz(func(t *testing.T, tags, text string) {
		b := fuzzBook(tags)
		words := occupation.Words(text)
		seen := map[string]bool{}
		for _, s := range b.Mentioned(text) {
			key := occupation.TagKey(s.Tag)
			if seen[key] {
				t.Fatalf("%q mentions %q twice", text, s.Tag)
			}
			seen[key] = true
			if !meant(b, words, key) {
				t.Fatalf("of %q the text %q is said to mention %q alone", tags, text, s.Tag)
			}
		}
	})
}

// meant reports whether some of the words fit that TAG and no other.
func meant(b *occupation.Book, words []string, key string) bool {
	for i := range words {
		for n := 1; n <= 8 && i+n <= len(words); n++ {
			if of := fits(b, strings.Join(words[i:i+n], "-")); len(of) == 1 && of[key] {
				return true
			}
		}
	}
	return false
}

// A date that is taken is one of the last thirty days, and the one that was written.
func FuzzParseDate(f *testing.F) {
	now := time.Date(2027, 3, 10, 9, 30, 0, 0, santiago)
	for _, s := range []string{"", "hoy", " AYER ", "29-2", "1/3/27", "2027-03-09", "9.3.2027", "10–3", "31-2", "0-0", "9-3-027", "٩-3"} {
		f.Add(s, now.Unix())
	}
	f.Fuzz(func(t *testing.T, text string, second int64) {
		if second < 0 || second > 4_000_000_000 {
			return
		}
		now := time.Unix(second, 0).In(santiago)
		got, err := occupation.ParseDate(text, now)
		if err != nil {
			return
		}
		today := occupation.Midnight(now)
		if age := today.Sub(got).Hours() / 24; age < -0.1 || age > occupation.MaxDateAge+0.1 || !got.Equal(occupation.Midnight(got)) {
			t.Fatalf("%q at %v is %v", text, now, got)
		}
		again, err := occupation.ParseDate(got.Format("02-01-2006"), now)
		if err != nil || !again.Equal(got) {
			t.Fatalf("%q is %v, and read again %v, %v", text, got, again, err)
		}
		plain := strings.NewReplacer("/", "-", ".", "-", "–", "-").Replace(strings.TrimSpace(text))
		written := []string{got.Format("2-1"), got.Format("02-01"), got.Format("2-01"), got.Format("02-1")}
		if strings.Count(plain, "-") == 1 && !slices.Contains(written, plain) {
			t.Fatalf("%q is %v", text, got)
		}
	})
}

// A stop says of the sheet what was written there, whatever the office makes of it.
func FuzzStop(f *testing.F) {
	for _, s := range []string{"calidad", "", "falta plano, MR(93)", "retenido: otra vez", "A(1), B(2)", ": -", "(93)", "ARM retenida"} {
		f.Add(s, "ARM retenido por "+s, "Ana", "O'Higgins", uint64(56_912_345_678))
	}
	f.Fuzz(func(t *testing.T, reason, cell, given, surname string, id uint64) {
		stop, ok := occupation.Spool{State: cell}.Stop()
		if again, held := (occupation.Spool{State: stop.Text("")}).Stop(); ok && (!held || again != stop) {
			t.Fatalf("%q is %+v, which is written %q and read %+v", cell, stop, stop.Text(""), again)
		}
		if (stop.By != 0) && !strings.Contains(stop.Label, "(") || !ok && stop != (occupation.Stop{}) {
			t.Fatalf("%q is %+v", cell, stop)
		}
		who := occupation.Worker{ID: int(id % 100_000_000_000_000), Given: given, Surname: surname}
		if strings.HasPrefix(who.Label(), "(") {
			return // whoever has no initial is named in the reason alone
		}
		out, ok := occupation.Spool{State: occupation.Stop{Reason: reason, By: who.ID, Label: who.Label()}.Text(occupation.SOLD)}.Stop()
		if !ok || out.By != who.ID || out.Label != who.Label() {
			t.Fatalf("a stop of %s for %q is read as %+v, %v", who.Label(), reason, out, ok)
		}
	})
}

// No cell of a file can be taken for a formula, and each says what it said.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"=1+1", " =HYPERLINK(1)", "\t=1", "a;b\"c\nd", "\u200b=1", "+56 9", "-", "@x", "＝1", "\r\n=1", "'=1", "\ufeff\u00a0@", "\x00=1"} {
		f.Add(s, "falta")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		row := occupation.AuditRow{ID: one, Tag: two, WorkerName: one, Action: two, JSON: one, Kind: occupation.Kind(two)}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(occupation.CSV([]occupation.AuditRow{row})), "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q, %q: %d rows, %v", one, two, len(rows), err)
		}
		for i, want := range []string{one, "", two, two, "", one, "", two, "", one} {
			cell := rows[1][i]
			first := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
			if first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
				t.Errorf("the cell %q of %q is a formula", cell, want)
			}
			// A carriage return in a cell is left to the end of lines.
			if plain := strings.ReplaceAll(want, "\r", ""); cell != plain && cell != "'"+plain {
				t.Errorf("%q became %q", want, cell)
			}
		}
	})
}

// Whatever stands in Metadata_JSON: the ledger never says that a spool is taken
// under a number that has ended.
func FuzzLedger(f *testing.F) {
	for _, s := range []string{`{"fence":7}`, `{"fence":-1}`, `{"fence":1e99}`, "null", "[]", `{"undoes":"TOMAR_SPOOL","fence":3}`, `{"deadline":"0000-01-01T00:00:00Z"}`} {
		f.Add(s, s, uint8(0), uint8(9))
	}
	kinds := occupation.Kinds()
	f.Fuzz(func(t *testing.T, one, two string, a, b uint8) {
		rows := []occupation.AuditRow{
			{Kind: kinds[int(a)%len(kinds)], Tag: "A", WorkerID: 93, JSON: one},
			{Kind: kinds[int(b)%len(kinds)], Tag: "a", WorkerID: 7, JSON: two},
		}
		l := occupation.NewLedger(rows)
		if take, held := l.Takes["A"]; held && (take.Fence <= l.Ended["A"] || take.Fence > l.Fence) {
			t.Fatalf("%+v of %+v", l, rows)
		}
	})
}
