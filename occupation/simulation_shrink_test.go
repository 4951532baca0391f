package occupation_test

import (
	"testing"
	"time"
)

// shrunk is the shortest play found in a while that still breaks the invariant:
// halves are left out first, single steps last. Goroutines of one moment may still
// run in another order, so each candidate gets a second chance to fail.
func shrunk(t *testing.T, p play, invariant int, limit time.Duration) play {
	began := time.Now()
	fails := func(p play) bool {
		for range 2 {
			for _, v := range inWorld(t, p, false).violations {
				if v.invariant == invariant {
					return true
				}
			}
		}
		return false
	}
	for size := (len(p.steps) + 1) / 2; size > 0; {
		before := len(p.steps)
		for at := 0; at < len(p.steps) && time.Since(began) < limit; {
			var kept []int
			for i, s := range p.steps {
				if i < at || i >= at+size {
					kept = append(kept, s.number)
				}
			}
			if shorter := p.keep(kept); fails(shorter) {
				p = shorter
				continue
			}
			at += size
		}
		if size > 1 || len(p.steps) == before {
			size /= 2
		}
	}
	return p
}
