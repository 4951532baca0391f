package occupation

import "strings"

// Group finds the NV or the OT that a text names, as the sheet writes it: with or
// without the word before the number, zeros at its beginning, blanks and dashes. A
// text that names an operation beside it is no group. Both are empty when it names
// none.
func (b *Book) Group(text string) (nv, ot string) {
	kind, number := groupOf("", text)
	if number == "" {
		return "", ""
	}
	for _, s := range b.Spools {
		if _, n := groupOf("NV", s.NV); n == number && kind != "OT" {
			return s.NV, ""
		}
	}
	for _, s := range b.Spools {
		if _, n := groupOf("OT", s.OT); n == number && kind != "NV" {
			return "", s.OT
		}
	}
	return "", ""
}

// groupOf parts the word from the number, in which look-alikes are one and zeros at
// the beginning do not count.
func groupOf(kind, text string) (word, number string) {
	key := bareKey(TagKey(text))
	for _, w := range []string{"NV", "OT"} {
		if rest, ok := strings.CutPrefix(key, w); ok && (kind == "" || kind == w) {
			kind, key = w, rest
			break
		}
	}
	return kind, strings.TrimLeft(string(alike(key)), "0")
}
