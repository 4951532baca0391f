package occupation

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds what was meant by a TAG that is not there. What people mistype
// on a phone is not any letter: it is the key beside the right one, O for 0, a
// letter too few, twice or in the wrong order, a dash forgotten, the beginning
// left out. Slips cost by how likely they are.

// The costs of slips, in hundredths.
const (
	costAlike   = 20  // O for 0, I for 1
	costBeside  = 70  // the key beside it
	costOther   = 130 // any other character
	costSwapped = 70  // two characters in the wrong order
	costMissing = 80  // one character too few
	costDoubled = 50  // one character twice
	costExtra   = 110 // one character too many
	costBefore  = 1   // per character of the TAG before what was typed
	costAfter   = 60  // and after it
)

// likely is how many TAGs are weighed: those that are nearest by mere counting.
const likely = 60

// MaxNear is how many TAGs are offered for one that is not there.
const MaxNear = 5

// Nearest returns up to n spools whose TAGs are most likely meant by the text, best
// first; none when nothing is like it. Of those that are as likely the ones come
// first that can be taken, then the first in the sheet.
func (b *Book) Nearest(text string, n int) []Spool {
	query := bareKey(TagKey(text))
	length := utf8.RuneCountInString(query)
	if length < 3 || length > MaxTagLength {
		return nil
	}
	type scored struct{ at, cost, rank int }
	var found []scored
	for _, at := range b.nearby(query) {
		if cost := slipCost([]rune(b.bare().keys[at]), []rune(query)); cost*3 <= length*100 {
			rank := 1
			if sp := b.Spools[at]; !sp.Occupied() && sp.Next() != "" && CanTake(sp, sp.Next()) == nil {
				rank = 0
			}
			found = append(found, scored{at, cost, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.rank, b.rank)) })
	var out []Spool
	for _, f := range found[:min(n, len(found))] {
		out = append(out, b.Spools[f.at])
	}
	return out
}

func (b *Book) nearestTags(text string, n int) []string {
	var out []string
	for _, s := range b.Nearest(text, n) {
		out = append(out, s.Tag)
	}
	return out
}

// bares are the TAGs of a book without their dashes.
type bares struct {
	keys  []string
	alike [][]byte         // with the characters made one that look alike
	rows  map[string][]int // by key
}

func newBares(keys []string) bares {
	out := bares{keys: make([]string, len(keys)), alike: make([][]byte, len(keys)), rows: make(map[string][]int, len(keys))}
	for i, k := range keys {
		bare := bareKey(k)
		out.keys[i], out.alike[i] = bare, alike(bare)
		out.rows[bare] = append(out.rows[bare], i)
	}
	return out
}

// bareKey is a normalised TAG without all that is neither letter nor digit: people
// leave dashes out, or write blanks and points for them.
func bareKey(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, key)
}

// alike makes one of characters that people take for each other. Others than ASCII
// may fall together: it only says what is worth weighing.
func alike(bare string) []byte {
	out := make([]byte, 0, len(bare))
	for _, r := range bare {
		out = append(out, byte(lookAlike(r)))
	}
	return out
}

func lookAlike(r rune) rune {
	switch r {
	case 'O', 'Q':
		return '0'
	case 'I', 'L':
		return '1'
	case 'S':
		return '5'
	case 'B':
		return '8'
	case 'Z':
		return '2'
	default:
		return r
	}
}

// nearby lists the spools in whose TAGs the query stands with the fewest slips, and
// with one more, in the order of the sheet; at most likely of them.
func (b *Book) nearby(query string) []int {
	q := alike(query)
	masks := masksOf(q)
	by := make([][]int, len(q)/2+2)
	best := len(by) - 2
	for i, tag := range b.bare().alike {
		if d := slips(tag, &masks, len(q)); d <= best+1 {
			best = min(best, d)
			by[d] = append(by[d], i)
		}
	}
	out := append(by[best], by[best+1]...)
	out = out[:min(len(out), likely)]
	slices.Sort(out)
	return out
}

// masksOf are the bits at which each character stands in the query.
func masksOf(query []byte) (masks [256]uint64) {
	for i, c := range query {
		masks[c] |= 1 << i
	}
	return masks
}

// slipsWithin is the edit distance between a query and the part of the text that is
// most like it; look-alikes are one.
func slipsWithin(text, query string) int {
	q := alike(query)
	if len(q) == 0 || len(q) > 64 {
		return len(q)
	}
	masks := masksOf(q)
	return slips(alike(text), &masks, len(q))
}

// slips is the edit distance between a query of n ≤ 64 characters, given by the
// bits at which each stands in it, and the part of the tag that is most like it
// (Myers 1999, in Hyyrö's form).
func slips(tag []byte, masks *[256]uint64, n int) int {
	plus, minus := ^uint64(0), uint64(0)
	score, best, top := n, n, uint64(1)<<(n-1)
	for _, c := range tag {
		x := masks[c] | minus
		diagonal := ((x & plus) + plus) ^ plus | x
		up := minus | ^(diagonal | plus)
		down := plus & diagonal
		if up&top != 0 {
			score++
		} else if down&top != 0 {
			score--
		}
		up, down = up<<1, down<<1
		plus = down | ^(diagonal | up)
		minus = up & diagonal
		best = min(best, score)
	}
	return best
}

// slipCost weighs the slips that make the query of the tag, whose beginning may be
// left out for next to nothing.
func slipCost(tag, query []rune) int {
	before, last := make([]int, len(query)+1), make([]int, len(query)+1) // two and one character of the tag ago
	now := make([]int, len(query)+1)
	for j := 1; j <= len(query); j++ {
		last[j] = last[j-1] + extraCost(query, j-1)
	}
	best := last[len(query)] + costAfter*len(tag)
	for i := 1; i <= len(tag); i++ {
		now[0] = i * costBefore
		for j := 1; j <= len(query); j++ {
			cost := last[j-1] + keyCost(tag[i-1], query[j-1])
			cost = min(cost, last[j]+costMissing, now[j-1]+extraCost(query, j-1))
			if i > 1 && j > 1 {
				if swapped := keyCost(tag[i-1], query[j-2]) + keyCost(tag[i-2], query[j-1]); swapped <= 2*costAlike {
					cost = min(cost, before[j-2]+costSwapped+swapped)
				}
			}
			now[j] = cost
		}
		best = min(best, now[len(query)]+costAfter*(len(tag)-i))
		before, last, now = last, now, before
	}
	return best
}

// extraCost is that of a character of the query that the tag has not.
func extraCost(query []rune, j int) int {
	if j > 0 && query[j] == query[j-1] {
		return costDoubled
	}
	return costExtra
}

// keyCosts is keyCost of all that a keyboard has.
var keyCosts = func() (table [128][128]int) {
	for meant := range rune(128) {
		for typed := range rune(128) {
			table[meant][typed] = costOf(meant, typed)
		}
	}
	return table
}()

// keyCost is that of one character typed for another.
func keyCost(meant, typed rune) int {
	if meant < 128 && typed < 128 {
		return keyCosts[meant][typed]
	}
	return costOf(meant, typed)
}

func costOf(meant, typed rune) int {
	switch {
	case meant == typed:
		return 0
	case lookAlike(meant) == lookAlike(typed):
		return costAlike
	case beside(meant, typed):
		return costBeside
	default:
		return costOther
	}
}

// keyRows are the rows of the keyboard, digits above letters.
var keyRows = []string{"1234567890", "QWERTYUIOP", "ASDFGHJKLÑ", "ZXCVBNM"}

// beside reports whether two keys touch each other.
func beside(a, b rune) bool {
	row, at, ok := keyAt(a)
	row2, at2, ok2 := keyAt(b)
	if !ok || !ok2 {
		return false
	}
	switch row2 - row {
	case 0:
		return at2-at == 1 || at-at2 == 1
	case 1: // each row stands half a key to the right of the one above
		return at2 == at || at2 == at-1
	case -1:
		return at2 == at || at2 == at+1
	default:
		return false
	}
}

func keyAt(r rune) (row, at int, ok bool) {
	for row, keys := range keyRows {
		if i := strings.IndexRune(keys, r); i >= 0 {
			return row, utf8.RuneCountInString(keys[:i]), true
		}
	}
	return 0, 0, false
}
