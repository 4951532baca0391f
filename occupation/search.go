package occupation

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Held lists all that is held now, or kept for a former holder, oldest first: by
// the locks, and by the sheet where the lock store knows nothing of it. Errors: SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Held(ctx context.Context) ([]Status, error) {
	look, err := s.Look(ctx, nil)
	if err != nil {
		return nil, err
	}
	return look.Held(), nil
}

// Free lists what the worker could take now, as Look.Free, at most limit. Errors: as Held.
func (s *Service) Free(ctx context.Context, w Worker, op Operation, query string, limit int) ([]Spool, error) {
	look, err := s.Look(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := look.Free(w, op, query)
	return out[:min(limit, len(out))], nil
}

// whole is the sheet with all locks, by key.
func (s *Service) whole(ctx context.Context) (*Book, map[string]Lock, error) {
	book, err := s.Book(ctx)
	if err != nil {
		return nil, nil, err
	}
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, nil, locksGone(err, NothingDone)
	}
	return book, s.localLocks(snap.Locks), nil
}

// mentions reports whether every normalised word stands in one of the fields
// that people search by; key is the spool's own.
func (s Spool) mentions(key string, words []string) bool {
	if len(words) == 0 {
		return true
	}
	fields := []string{key, TagKey(s.NV), TagKey(s.OT), TagKey(s.Client), TagKey(s.Drawing)}
	for _, w := range words {
		if !slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(f, w) }) {
			return false
		}
	}
	return true
}

func (s Status) since() time.Time {
	if s.Lock.Holds() {
		return s.Lock.Since
	}
	return s.Spool.Since
}

// urgency ranks what shops write into Prioridad: numbers as they are, words by
// their meaning, nothing last.
func urgency(priority string) int {
	switch p := TagKey(priority); p {
	case "":
		return 100
	case "URGENTE", "CRITICA", "CRITICO":
		return 0
	case "ALTA", "A":
		return 1
	case "MEDIA", "NORMAL", "M", "B":
		return 2
	case "BAJA", "C":
		return 3
	default:
		n := 0
		for _, r := range p {
			if r < '0' || r > '9' || n > 99 {
				return 50
			}
			n = 10*n + int(r-'0')
		}
		return n
	}
}
