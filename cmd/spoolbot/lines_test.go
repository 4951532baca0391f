//go:build !shop

package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	// A line that is slow, cut, or open without anything coming through is made by
	// the proxy that others have tried for years; ours would have to be believed.
	// Tests alone use it, and only its proxy: no server of its own is started.
	"github.com/Shopify/toxiproxy/v2"
	_ "github.com/Shopify/toxiproxy/v2/toxics" // registers them
	"github.com/rs/zerolog"
)

// line is a way to a server that can be spoiled.
type line struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

func lineTo(t *testing.T, address string) *line {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", address)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &line{t, p}
}

// spoils puts a toxic into the line, both ways, until mend is called.
func (l *line) spoils(kind, attributes string) (mend func()) {
	l.t.Helper()
	for _, way := range []string{"upstream", "downstream"} {
		toxic := fmt.Sprintf(`{"type": %q, "stream": %q, "attributes": {%s}}`, kind, way, attributes)
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			l.t.Fatal(err)
		}
	}
	return func() { l.proxy.Toxics.ResetToxics(context.Background()) }
}

// toxics are what lines suffer, and for how long here: longer than a person's
// patience where nothing comes through at all.
var toxics = []struct {
	name, kind, attributes string
	lasts                  time.Duration
}{
	{"slow", "latency", `"latency": 300, "jitter": 150`, 2 * time.Second},
	{"cut", "reset_peer", `"timeout": 0`, 1500 * time.Millisecond},
	{"cut after a while", "timeout", `"timeout": 300`, 1500 * time.Millisecond},
	{"closed late", "slow_close", `"delay": 1000`, 1500 * time.Millisecond},
	{"half open", "timeout", `"timeout": 0`, 9 * time.Second},
}

// Twenty people work over a line that suffers all that lines suffer: what they
// are told is so, and what is being checked is told when it is known.
func TestLinesThatAreSpoiled(t *testing.T) {
	for _, c := range []struct {
		name string
		line func(t *testing.T, w *works) (*line, string)
	}{
		{"to Redis", func(t *testing.T, w *works) (*line, string) {
			l := lineTo(t, w.server.Addr())
			return l, "REDIS_URL=redis://" + l.proxy.Listen
		}},
		{"to the sheet", func(t *testing.T, w *works) (*line, string) {
			u, err := url.Parse(w.far.sheet.URL())
			if err != nil {
				t.Fatal(err)
			}
			l := lineTo(t, u.Host)
			return l, "SHEETS_ENDPOINT=http://" + l.proxy.Listen + "/"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, spools: 400, quota: 10_000})
			l, env := c.line(t, w)
			bot := w.replica(env)
			w.sees("the program serves", func() bool { return w.far.slack.Sockets() > 0 }, bot)
			people := w.crowd(20, 24, 3)
			people.acts()
			for _, toxic := range toxics {
				w.passes(500 * time.Millisecond)
				mend := l.spoils(toxic.kind, toxic.attributes)
				w.passes(toxic.lasts)
				mend()
				w.minutePasses()
				t.Logf("after %s: %s", toxic.name, people.tally())
			}
			w.passes(time.Second)
			people.rests()
			w.settles(bot)
			people.allKnow(bot)
			w.settles(bot) // what was asked last may have waited for the line for longer than all was quiet
			people.check(t)
			w.wantSound(bot)
		})
	}
}
