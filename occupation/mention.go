package occupation

import (
	"slices"
	"strings"
	"unicode"
)

const (
	maxTagWords    = 8 // of a TAG that is written with blanks
	mentionedPart  = 6 // letters and digits of a part of a TAG that is no accident in a sentence
	maxMentionText = 40_000
)

// Mentioned finds the spools whose TAGs stand in a text that people wrote for each
// other, in that order, each once: whole TAGs in any spelling, with blanks in them
// or not, and parts of six or more letters and digits that one spool alone fits.
// What merely looks like a TAG is left alone, and so is what two TAGs fit that differ
// by their dashes.
func (b *Book) Mentioned(text string) []Spool {
	if len(text) > maxMentionText { // the word that is cut might be another TAG
		text = text[:maxMentionText]
		text = text[:strings.LastIndexFunc(text, unicode.IsSpace)+1]
	}
	words := Words(text)
	var out []Spool
	seen := map[string]bool{}
	for i := 0; i < len(words); {
		sp, used := b.mentionAt(words[i:])
		if key := TagKey(sp.Tag); used > 0 && !seen[key] {
			seen[key] = true
			out = append(out, sp)
		}
		i += max(used, 1)
	}
	return out
}

// mentionAt finds the spool that the first words name, and how many of them.
func (b *Book) mentionAt(words []string) (Spool, int) {
	for n := min(len(words), maxTagWords); n > 0; n-- {
		if rows := b.exact(strings.Join(words[:n], "-")); len(rows) > 0 && b.oneTag(rows) {
			return b.Spools[rows[0]], n
		}
	}
	key := TagKey(words[0])
	if alnum(key) < mentionedPart || !strings.ContainsFunc(key, unicode.IsDigit) {
		return Spool{}, 0
	}
	if fits := b.Match(key); len(fits) == 1 {
		return fits[0], 1
	}
	return Spool{}, 0
}

// oneTag reports whether all the rows have the same TAG.
func (b *Book) oneTag(rows []int) bool {
	return !slices.ContainsFunc(rows, func(r int) bool { return b.keys[r] != b.keys[rows[0]] })
}
