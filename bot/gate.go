package bot

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// The pace of apps.connections.open.
const (
	openFirst = time.Second
	openMost  = 30 * time.Second
)

// gate is a RoundTripper that lets apps.connections.open through at most once a
// second, then every 2, 4 ... 30 s with jitter, for as long as they follow each
// other without a pause. slack-go has no back-off after a disconnect: a server
// that accepts and at once says "disconnect" made it open 6,454 times in 2 s
// (SLACK.md 2.3).
type gate struct {
	next http.RoundTripper

	turn chan struct{} // one place: whoever is in it may touch what follows
	free time.Time     // when the next opening may go
	gap  time.Duration // between the last two
}

func newGate(next http.RoundTripper) *gate {
	return &gate{next: next, turn: make(chan struct{}, 1)}
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
		if err := g.pass(r.Context()); err != nil {
			return nil, err
		}
	}
	return g.next.RoundTrip(r)
}

// pass waits for its turn; who gives up before it leaves it to the next.
func (g *gate) pass(ctx context.Context) error {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.turn }()
	if err := wait(ctx, time.Until(g.free)); err != nil {
		return err
	}
	if time.Since(g.free) > 2*g.gap {
		g.gap = 0
	}
	g.gap = min(max(2*g.gap, openFirst), openMost)
	g.free = time.Now().Add(g.gap + rand.N(g.gap/4)) // jitter
	return nil
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
