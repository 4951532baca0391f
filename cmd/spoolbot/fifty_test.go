//go:build !shop

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

const (
	manyShops = 50
	ofTwenty  = 20
)

// twenty are people of the crew, in a shop of their own, under Google's own quota.
func twenty(s *shop) {
	s.sheet = sheetsim.New(sheetsim.Options{Latency: 250 * time.Millisecond, ReadQuota: 60, WriteQuota: 60}, crewBook(40))
	s.slack = s.workspace()
	s.slack.AddUser(slacksim.User{ID: "U0CLAUDIAF", RealName: "Claudia Fuentes"})
	s.bosses = s.slack.AddChannel("supervisores", "U0CLAUDIAF")
	for i := range ofTwenty {
		s.slack.AddUser(slacksim.User{ID: s.crew(i), RealName: "Óscar Ñancupil"})
		s.slack.AddChannel(fmt.Sprintf("mesa-%02d", i), s.crew(i))
	}
}

func (s *shop) crew(i int) string { return fmt.Sprintf("U0CREW%04d", i) }

// Fifty shops of twenty people on one Redis and in one process: all thousand take and
// complete, in every shop within ten seconds each time. Every answer
// comes as fast as in a shop alone, nothing is lost, no sheet is asked more often than
// Google allows, and no shop sees anything of another. Time is virtual: what the
// machine itself needs for it is told, and judged by make bench.
func TestFiftyShopsOfTwentyPeople(t *testing.T) {
	var names []string
	for i := range manyShops {
		names = append(names, fmt.Sprintf("sucursal-%02d", i))
	}
	began := time.Now()
	inStreet(t, names, twenty, func(*street) {}, func(st *street) {
		st.opens(names...)
		var took []time.Duration
		for _, verb := range []string{"/tomar", "/completar"} {
			took = append(took, st.thousand(verb)...)
			st.shops[names[0]].passes(time.Second)
		}
		slices.Sort(took)
		p50, p99 := took[len(took)/2], took[len(took)*99/100]
		st.t.Logf("%d answers: p50 %v, p99 %v, last %v", len(took), p50, p99, took[len(took)-1])
		if most := 550 * time.Millisecond; p99 > most { // 2.2 round trips of the sheet
			st.t.Errorf("the p99 is %v, want at most %v", p99, most)
		}
		for _, name := range names {
			s := st.shops[name]
			if n := len(events(s.sheet)); n != 2*ofTwenty {
				st.t.Errorf("%s has %d rows in its log, want %d", name, n, 2*ofTwenty)
			}
			s.whole.check(st.t)
			for _, c := range append(s.slack.Complaints(), s.sheet.Complaints()...) {
				st.t.Errorf("%s: an emulator complains: %s", name, c)
			}
		}
		for _, key := range st.shops[names[0]].redis.Keys() {
			if site, _, _ := strings.Cut(strings.TrimPrefix(key, "{spoolbot:"), "}"); !slices.Contains(names, site) {
				st.t.Errorf("the key %s is no shop's", key)
			}
		}
	})
	t.Logf("%v of this machine for %d operations", time.Since(began).Round(time.Millisecond), 2*ofTwenty*manyShops)
}

// thousand lets everybody type a line about a spool of their own within ten seconds,
// and returns how long each answer took.
func (st *street) thousand(verb string) (took []time.Duration) {
	var mu sync.Mutex
	var people sync.WaitGroup
	for n, name := range st.names {
		s := st.shops[name]
		for i := range ofTwenty {
			people.Go(func() {
				<-time.After(time.Duration((i*7+n*3)%ofTwenty) * 500 * time.Millisecond)
				p := s.slack.Person(s.crew(i))
				began := time.Now()
				s.types(p, p.DM(), verb+" "+tag(i))
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(began))
			})
		}
	}
	people.Wait()
	return took
}
