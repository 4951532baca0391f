//go:build !shop

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Stories of a Redis that goes back in time: a fail-over to a replica that had
// not got the last writes yet, or a backup that somebody put back.

// remembers keeps what Redis holds now, and returns what brings it back.
func (s *shop) remembers() (goesBack func()) {
	s.t.Helper()
	m := s.redis
	var back []func()
	for _, key := range m.Keys() {
		switch kind := m.Type(key); kind {
		case "string":
			value, _ := m.Get(key)
			back = append(back, func() { _ = m.Set(key, value) })
		case "hash":
			fields := map[string]string{}
			names, _ := m.HKeys(key)
			for _, f := range names {
				fields[f] = m.HGet(key, f)
			}
			back = append(back, func() {
				for f, v := range fields {
					m.HSet(key, f, v)
				}
			})
		case "zset":
			members, _ := m.SortedSet(key)
			members = maps.Clone(members) // which is the server's own
			back = append(back, func() {
				for member, score := range members {
					_, _ = m.ZAdd(key, score, member)
				}
			})
		case "list":
			values, _ := m.List(key)
			values = slices.Clone(values)
			back = append(back, func() { _, _ = m.Push(key, values...) })
		default:
			s.t.Fatalf("%s is a %s", key, kind)
		}
		if ends := time.Now().Add(m.TTL(key)); m.TTL(key) > 0 {
			back = append(back, func() { m.SetTTL(key, time.Until(ends)) })
		}
	}
	return func() {
		m.FlushAll()
		for _, put := range back {
			put()
		}
	}
}

// forgets makes Redis forget the first call of a script right after it was
// answered, as when the server dies before its replica has got it.
func (s *shop) forgets(script string) {
	var back func()
	done := false
	s.line.cutWhen(func(cmd redis.Cmder) cutPoint {
		switch {
		case done:
		case scriptOf(cmd) == script: // again with its text, when its hash is not known
			back = s.remembers()
		case back != nil:
			back()
			done = true
		}
		return notCut
	})
}

func TestRedisForgetsTheLastStep(t *testing.T) {
	for _, step := range []struct{ line, script, done, row, was string }{
		{"/tomar " + tag(3), "take", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/tomar " + tag(3), "bind", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/tomar " + tag(3), "settle", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/pausar " + tag(2), "release", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/pausar " + tag(2), "bind", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/pausar " + tag(2), "settle", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/completar " + tag(2), "settle", "completado", "|ARM completado", "MR(93)|ARM en progreso"},
	} {
		t.Run(fmt.Sprintf("%s %s", step.line[:6], step.script), func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.types(s.mauricio, s.taller, "/tomar "+tag(2))
				s.passes(time.Minute)
				s.forgets(step.script)
				m := s.types(s.mauricio, s.taller, step.line)
				s.passes(12 * time.Minute) // for what reconcile puts right
				of := tag(3)
				if strings.Contains(step.line, tag(2)) {
					of = tag(2)
				}
				now := s.again(s.mauricio, m)
				if s.row(of) == step.row {
					s.says(now, step.done)
				} else {
					s.wantRow(of, step.was)
					s.says(now, "No se cambió nada")
				}
				s.wantWhole()
				s.whole.oneHolder(t)
				s.says(s.types(s.carlos, s.taller, "/tomar "+tag(4)), "es tuyo")
				s.wantFences()
				s.wantWhole()
			})
		})
	}
}

// A backup of a minute ago: what was taken, given back and taken anew since then
// is forgotten, and Redis gives the same numbers again.
func TestRedisForgetsTheLastMinute(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.types(s.mauricio, s.taller, "/tomar "+tag(2))
		s.types(s.ivan, s.taller, "/estado")
		goesBack := s.remembers()
		s.passes(time.Minute)
		s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
		s.asks(s.carlos, "/tomar "+tag(2), "es tuyo")
		s.asks(s.mauricio, "/tomar "+tag(3), "es tuyo")
		s.asks(s.mauricio, "/completar "+tag(3), "completado")
		s.asks(s.mauricio, "/tomar "+tag(4), "es tuyo")
		s.passes(time.Second)
		goesBack()
		s.asks(s.carlos, "/tomar "+tag(5), "es tuyo")
		s.asks(s.mauricio, "/tomar "+tag(2), "lo tiene Carlos Núñez")
		s.asks(s.carlos, "/tomar "+tag(4), "lo tiene Mauricio Rodríguez")
		s.passes(12 * time.Minute)
		s.wantWhole()
		s.whole.oneHolder(t)
		s.asks(s.carlos, "/pausar "+tag(2), "pausado")
		s.asks(s.mauricio, "/pausar "+tag(4), "pausado")
		s.passes(time.Minute)
		s.wantWhole()
		s.whole.oneHolder(t)
	})
}
