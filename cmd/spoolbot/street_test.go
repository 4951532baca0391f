//go:build !shop

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// street is several shops in one program, on one Redis and on virtual time, each
// with a workspace and a sheet of its own.
type street struct {
	t     *testing.T
	ctx   context.Context
	shops map[string]*shop
	names []string
	all   branches
	log   *logBook
}

// inStreet runs a story; people moves those of a shop in, before is done before the
// program starts.
func inStreet(t *testing.T, names []string, people func(*shop), before, story func(*street)) {
	t.Helper()
	m := miniredis.RunT(t) // its accept loop must not be inside the bubble
	m.ClockTTL(true)
	synctest.Test(t, func(t *testing.T) {
		st := &street{t: t, shops: map[string]*shop{}, names: names, log: &logBook{}}
		var cancel context.CancelFunc
		st.ctx, cancel = context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		var configs []Config
		for _, name := range names {
			configs = append(configs, st.addShop(name, m, people))
		}
		doors := func(c Config) Doors {
			s := st.shops[c.Site]
			return Doors{Slack: s.slack.Client(), Dialer: s.slack.Dialer(), Sheets: s.sheet.Client(), Redis: s.client}
		}
		log := newLogger(st.log, zerolog.InfoLevel, "json")
		st.all = newBranches(configs, doors, log)
		before(st)
		life, end := context.WithCancel(st.ctx)
		var running sync.WaitGroup
		var fault error
		running.Go(func() { fault = st.all.run(life, "", log) })
		story(st)
		end()
		if running.Wait(); fault != nil {
			t.Errorf("the program ended with: %v", fault)
		}
		for _, s := range st.shops {
			_ = s.client.Close()
			s.slack.Close()
			s.sheet.Close()
		}
		synctest.Wait()
	})
}

func (st *street) addShop(name string, m *miniredis.Miniredis, people func(*shop)) Config {
	s := &shop{t: st.t, ctx: st.ctx, redis: m, log: st.log, lockTTL: time.Hour, line: &redisLine{redis: m}}
	st.shops[name] = s
	s.whole.site = name
	people(s)
	s.client = s.line.dial(m.Addr())
	s.whole = whole{s.sheet, s.client, name, rowsByTag(s.sheet)}
	cfg := s.config()
	cfg.Site, cfg.Several = name, true
	return cfg
}

// workspace is one of the shop's own, with its own app.
func (s *shop) workspace() *slacksim.Server {
	return slacksim.New(slacksim.Options{
		BotToken: "xoxb-sim-" + s.whole.site, AppToken: "xapp-sim-" + s.whole.site,
		Commands: demoCommands(), Scopes: demoScopes(), RateLimits: true, SocketLife: -1,
	})
}

// aFew are the people of the other stories, at a sheet that answers in 250 ms.
func aFew(s *shop) {
	s.sheet = sheetsim.New(sheetsim.Options{Latency: 250 * time.Millisecond}, sheetsim.SmallWorkbook(smallRows(40)...))
	s.slack = s.workspace()
	s.moveIn()
}

// opens waits until shops are served.
func (st *street) opens(names ...string) {
	st.t.Helper()
	for _, name := range names {
		st.shops[name].until(name+" is served", func() bool { return st.shops[name].slack.Sockets() > 0 })
	}
}

// asks is a request at the HTTP door.
func (st *street) asks(path string) (int, string) {
	w := httptest.NewRecorder()
	st.all.handler(zerolog.Nop()).ServeHTTP(w, httptest.NewRequestWithContext(st.ctx, http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func (st *street) wants(path string, status int, parts ...string) {
	st.t.Helper()
	got, text := st.asks(path)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			st.t.Errorf("GET %s lacks %s:\n%s", path, part, text)
		}
	}
	if got != status {
		st.t.Errorf("GET %s: %d, want %d: %s", path, got, status, text)
	}
}

// day is what a person does at a shop: how long each answer took.
func (s *shop) day(p *slacksim.Person, tags ...string) (took []time.Duration) {
	s.t.Helper()
	for _, tag := range tags {
		for _, line := range []string{"/tomar " + tag, "/pausar " + tag, "/tomar " + tag, "/completar " + tag} {
			began := time.Now()
			s.types(p, s.taller, line)
			took = append(took, time.Since(began))
		}
	}
	return took
}

// What befalls one shop is nothing to the other: each answer there takes as long as
// it took before, to the millisecond of virtual time.
func TestTheTroubleOfOneShopIsNotItsNeighbours(t *testing.T) {
	inStreet(t, []string{"norte", "sur"}, aFew, func(*street) {}, func(st *street) {
		t, norte, sur := st.t, st.shops["norte"], st.shops["sur"]
		st.opens("norte", "sur")
		norte.passes(time.Minute)
		quiet := slices.Max(norte.day(norte.mauricio, tag(0), tag(1)))
		keeps := func(trouble string, tags ...string) {
			t.Helper()
			if busy := slices.Max(norte.day(norte.mauricio, tags...)); busy > quiet+50*time.Millisecond {
				t.Errorf("%s: an answer took %v, and %v without it", trouble, busy, quiet)
			}
			norte.whole.check(t)
		}
		sur.types(sur.mauricio, sur.taller, "/tomar "+tag(30))
		sur.sheet.Fail(sheetsim.Fault{Op: "any", Times: 1000, Delay: 10 * time.Minute})
		for i, p := range []*slacksim.Person{sur.mauricio, sur.carlos, sur.ivan} {
			if err := p.Type(st.ctx, sur.taller, "/tomar "+tag(20+i)); err != nil {
				t.Fatal(err)
			}
		}
		keeps("the other's sheet hangs", tag(2), tag(3), tag(4))
		norte.passes(3 * time.Minute)
		st.wants("/readyz", http.StatusServiceUnavailable, `"norte":{"redis":"ok","sheet":"ok","slack":"ok"}`, `"sur":{"redis":"ok","sheet":"not ready","slack":"ok"}`)
		st.wants("/sites/norte/readyz", http.StatusOK)
		st.wants("/metrics", http.StatusOK, `spoolbot_operations_total{operation="TOMAR",result="ok",site="norte"} 10`, `spoolbot_shop_up{site="sur"} 1`,
			`spoolbot_sheet_calls_total{kind="write",site="sur",status="200"}`, "go_goroutines ")
		sur.sheet.ClearFaults()

		for _, key := range st.shops["sur"].redis.Keys() {
			if strings.HasPrefix(key, "{spoolbot:sur}:") {
				sur.redis.Del(key)
			}
		}
		keeps("the other's keys are gone", tag(5), tag(6))

		sur.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Times: 1000, Error: "channel_not_found"})
		sur.slack.Fail(slacksim.Fault{Method: "chat.update", Times: 1000, Error: "channel_not_found"})
		keeps("the other's channel is gone", tag(7), tag(8))
		sur.slack.ClearFaults()
		norte.passes(5 * time.Minute)
		if said := sur.types(sur.jefa, sur.bosses, "/quien "+tag(30)); !strings.Contains(said.Shown(), "Mauricio") {
			t.Errorf("afterwards the other shop says %s", said.Shown())
		}
	})
}

// A shop whose sheet hangs when the program starts is tried again until it is there;
// its neighbour is served all the while.
func TestAShopThatCannotBeServedIsTriedAgain(t *testing.T) {
	hang := func(st *street) {
		st.shops["sur"].sheet.Fail(sheetsim.Fault{Op: "any", Times: 1000, Delay: 10 * time.Minute})
	}
	inStreet(t, []string{"norte", "sur"}, aFew, hang, func(st *street) {
		t, norte, sur := st.t, st.shops["norte"], st.shops["sur"]
		st.opens("norte")
		norte.day(norte.mauricio, tag(0))
		norte.passes(time.Minute)
		st.wants("/readyz", http.StatusServiceUnavailable, `"sur":{"start":"not ready"}`, `"norte":{"redis":"ok","sheet":"ok","slack":"ok"}`)
		st.wants("/healthz", http.StatusOK, `{"sites":["norte","sur"]}`)
		st.wants("/metrics", http.StatusOK, `spoolbot_shop_up{site="norte"} 1`, `spoolbot_shop_up{site="sur"} 0`)
		sur.sheet.ClearFaults()
		st.opens("sur")
		sur.day(sur.mauricio, tag(0))
		st.wants("/readyz", http.StatusOK)
		if log := st.log.tail(); !strings.Contains(log, `"site":"sur"`) {
			t.Errorf("the log does not name the shop:\n%s", log)
		}
	})
}
