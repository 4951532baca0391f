package occupation

import (
	"sync"
	"time"
)

// Book is the spools of the sheet at one moment. It never changes; readers
// share it.
type Book struct {
	At     time.Time // when the read began, by the reader's clock
	Spools []Spool   // in the order of the sheet
	keys   []string  // the normalised TAG of each spool
	byKey  map[string][]int
	bare   func() bares // made when somebody mistypes
}

// NewBook indexes the spools by their normalised TAG. Rows without a TAG are
// left out.
func NewBook(at time.Time, spools []Spool) *Book {
	b := &Book{At: at, Spools: make([]Spool, 0, len(spools)), keys: make([]string, 0, len(spools)), byKey: make(map[string][]int, len(spools))}
	for _, s := range spools {
		key := TagKey(s.Tag)
		if key == "" {
			continue
		}
		b.byKey[key] = append(b.byKey[key], len(b.Spools))
		b.Spools = append(b.Spools, s)
		b.keys = append(b.keys, key)
	}
	b.bare = sync.OnceValue(func() bares { return newBares(b.keys) })
	return b
}

// exact lists the rows of a whole TAG, however it is spelled, with or without its
// dashes: of two TAGs that differ by their dashes alone both.
func (b *Book) exact(tag string) []int {
	key := TagKey(tag)
	if rows := b.byKey[key]; len(rows) > 0 {
		return rows
	}
	if bare := bareKey(key); bare != "" {
		return b.bare().rows[bare]
	}
	return nil
}

// Find returns the spool with exactly this TAG, however it is spelled. Errors:
// SPOOL_NOT_FOUND with the nearest TAGs, DUPLICATE_TAG with the rows.
func (b *Book) Find(tag string) (Spool, *Error) {
	rows := b.byKey[TagKey(tag)]
	switch len(rows) {
	case 0:
		return Spool{}, &Error{Code: SpoolNotFound, Tag: tag, Near: b.nearestTags(tag, MaxNear)}
	case 1:
		return b.Spools[rows[0]], nil
	}
	e := &Error{Code: DuplicateTag, Tag: b.Spools[rows[0]].Tag}
	for _, r := range rows {
		e.Rows = append(e.Rows, b.Spools[r].Row)
	}
	return Spool{}, e
}
