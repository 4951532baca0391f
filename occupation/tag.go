package occupation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTagLength is the longest TAG that is looked at, in characters. The
// longest ones seen in shops have about 30.
const MaxTagLength = 60

// TagKey normalises a TAG: upper case, no accents, no white space or invisible
// characters, every dash a plain one. Two spellings are the same TAG when their
// keys are equal. The empty key means that there is no TAG.
func TagKey(tag string) string {
	var b strings.Builder
	b.Grow(len(tag))
	for _, r := range tag {
		switch {
		case 'a' <= r && r <= 'z':
			b.WriteByte(byte(r) - 'a' + 'A')
		case '!' <= r && r <= '~': // all of ASCII that can be seen
			b.WriteByte(byte(r))
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r), unicode.Is(unicode.Mn, r):
			continue
		case unicode.Is(unicode.Pd, r), r == '−':
			b.WriteByte('-')
		default:
			b.WriteRune(plainLetter(unicode.ToUpper(r)))
		}
	}
	return b.String()
}

// plainLetter takes the accent off an upper-case letter of the languages that
// TAGs are written in.
func plainLetter(r rune) rune {
	switch r {
	case 'Á', 'À', 'Ä', 'Â', 'Ã', 'Å':
		return 'A'
	case 'É', 'È', 'Ë', 'Ê':
		return 'E'
	case 'Í', 'Ì', 'Ï', 'Î':
		return 'I'
	case 'Ó', 'Ò', 'Ö', 'Ô', 'Õ':
		return 'O'
	case 'Ú', 'Ù', 'Ü', 'Û':
		return 'U'
	case 'Ñ':
		return 'N'
	case 'Ç':
		return 'C'
	default:
		return r
	}
}

// Match returns the spools whose TAG has the part in it, in the order of the
// sheet; a part that is a whole TAG, with or without its dashes, matches that
// alone. Parts of fewer than two letters or digits match nothing.
func (b *Book) Match(part string) []Spool {
	key := TagKey(part)
	if alnum(key) < 2 || utf8.RuneCountInString(key) > MaxTagLength {
		return nil
	}
	var out []Spool
	if rows := b.exact(key); len(rows) > 0 {
		for _, r := range rows {
			out = append(out, b.Spools[r])
		}
		return out
	}
	for i, k := range b.keys {
		if strings.Contains(k, key) {
			out = append(out, b.Spools[i])
		}
	}
	return out
}

func alnum(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
