package occupation

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBatch is how many spools one request may name.
const MaxBatch = 50

// Pick is one TAG or part of a TAG that a person typed, and what it fits.
type Pick struct {
	Query   string
	Matches []Spool // the spools that it fits; exactly one = found
	Nearest []Spool // when nothing fits: what looks most like it
}

// Picks is what a person's text asks for.
type Picks struct {
	Operation Operation // when the text names one
	Picks     []Pick    // one per distinct TAG, in the order typed
}

// Pick reads the text behind a command: TAGs or parts of them, apart by white
// space, commas or semicolons, in quotes or not, with bullets or not, as people
// paste them from a message or a column; and an operation, before or after.
// A text that as a whole is one TAG written with spaces is that TAG, unless each of
// its words is one by itself. Errors:
// INVALID_INPUT (TooManyTags, BadTag). A text without any TAG gives no picks.
func (b *Book) Pick(text string) (Picks, *Error) {
	words := Words(text)
	var out Picks
	words = slices.DeleteFunc(words, func(w string) bool {
		op, ok := ParseOperation(w)
		if ok {
			out.Operation = op
		}
		return ok
	})
	if len(words) == 0 {
		return out, nil
	}
	if len(words) > 1 && len(words) <= 8 {
		if whole := strings.Join(words, "-"); len(b.exact(whole)) > 0 && !b.eachATag(words) {
			words = []string{whole}
		}
	}
	seen := map[string]bool{}
	for _, w := range words {
		key := TagKey(w)
		if alnum(key) < 2 || utf8.RuneCountInString(key) > MaxTagLength {
			return Picks{}, &Error{Code: InvalidInput, Reason: BadTag, Text: w}
		}
		p := Pick{Query: w, Matches: b.Match(w)}
		if len(p.Matches) == 1 {
			key = TagKey(p.Matches[0].Tag)
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		if len(p.Matches) == 0 {
			p.Nearest = b.Nearest(w, MaxNear)
		}
		out.Picks = append(out.Picks, p)
	}
	if len(out.Picks) > MaxBatch {
		return Picks{}, &Error{Code: InvalidInput, Reason: TooManyTags, Row: len(out.Picks)}
	}
	return out, nil
}

// eachATag reports whether every word is a whole TAG.
func (b *Book) eachATag(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return len(b.byKey[TagKey(w)]) == 0 })
}

// Words splits a text as people paste it: at white space, commas and
// semicolons, without quotes, bullets and brackets around a word, and without
// words that hold no letter or digit.
func Words(text string) []string {
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == '|'
	})
	var out []string
	for _, f := range fields {
		f = strings.TrimFunc(f, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if f != "" {
			out = append(out, f)
		}
	}
	return out
}

// ParseOperation reads an operation as people write it.
func ParseOperation(word string) (Operation, bool) {
	switch TagKey(word) {
	case "ARM", "ARMADO", "ARMAR":
		return ARM, true
	case "SOLD", "SOLDADURA", "SOLDAR":
		return SOLD, true
	default:
		return "", false
	}
}
