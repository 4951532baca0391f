package bot

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The pace of apps.connections.open.
const (
	openFirst = time.Second
	openMost  = 30 * time.Second
)

// gate is a RoundTripper that lets apps.connections.open through at most once a
// second, then every 2, 4 ... 30 s with jitter, for as long as they follow each
// other without a pause. slack-go has no back-off after a disconnect: a server that accepts
// and at once says "disconnect" made it open 6,454 times in 2 s (SLACK.md 2.3).
type gate struct {
	next http.RoundTripper

	mu   sync.Mutex
	free time.Time     // when the next opening may go
	gap  time.Duration // between the last two
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
		if err := wait(r.Context(), g.reserve(time.Now())); err != nil {
			return nil, err
		}
	}
	return g.next.RoundTrip(r)
}

// reserve takes the next place in the line of openings and says how long it is
// until then.
func (g *gate) reserve(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.free
	if at.Before(now) {
		at = now
	}
	if now.Sub(g.free) > 2*g.gap {
		g.gap = 0
	}
	g.gap = min(max(2*g.gap, openFirst), openMost)
	g.free = at.Add(g.gap + rand.N(g.gap/4)) //nolint:gosec // jitter
	return at.Sub(now)
}

// wait waits for d or for the end of ctx.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
