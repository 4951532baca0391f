//go:build !shop

package main

import (
	"crypto/sha1" //nolint:gosec // it is how Redis names scripts
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of Redis in bad weather, through the whole program.

var (
	scriptHead  = regexp.MustCompile(`(?m)^-- (\w+): `) // the last one of a text names it
	scriptNames sync.Map                                // by the hash that goes over the line
)

// scriptOf is the script of store/locks that a command runs, empty for other
// commands. A server gets the text of each once, when it does not know its hash.
func scriptOf(cmd redis.Cmder) string {
	args := cmd.Args()
	if len(args) < 2 {
		return ""
	}
	text := fmt.Sprint(args[1])
	switch strings.ToLower(fmt.Sprint(args[0])) {
	case "eval":
		heads := scriptHead.FindAllStringSubmatch(text, -1)
		if len(heads) == 0 {
			return ""
		}
		name := heads[len(heads)-1][1]
		sum := sha1.Sum([]byte(text)) //nolint:gosec // it is how Redis names scripts
		scriptNames.Store(hex.EncodeToString(sum[:]), name)
		return name
	case "evalsha":
		if name, ok := scriptNames.Load(text); ok {
			return name.(string)
		}
	}
	return ""
}

// outage cuts the line at a script's next call, and keeps it dead for a while.
func (s *shop) outage(script string, where cutPoint, lasts time.Duration) {
	var dead time.Time
	s.line.cutWhen(func(cmd redis.Cmder) cutPoint {
		switch {
		case dead.IsZero() && scriptOf(cmd) == script:
			dead = time.Now().Add(lasts)
			return where
		case time.Now().Before(dead):
			return cutBefore
		}
		return notCut
	})
}

// Redis is gone before, at, and after each step of a change, for a moment or for
// long: the change is whole or not at all, and the person hears which.
func TestRedisGoneAtAStep(t *testing.T) {
	for _, step := range []struct{ line, script, done, row, was string }{
		{"/tomar " + tag(3), "take", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/tomar " + tag(3), "bind", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/tomar " + tag(3), "settle", "es tuyo", "MR(93)|ARM en progreso", "|"},
		{"/pausar " + tag(2), "release", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/pausar " + tag(2), "bind", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/pausar " + tag(2), "settle", "pausado", "|ARM parcial (pausado)", "MR(93)|ARM en progreso"},
		{"/completar " + tag(2), "bind", "completado", "|ARM completado", "MR(93)|ARM en progreso"},
	} {
		for where, name := range map[cutPoint]string{cutBefore: "before", cutAfter: "after"} {
			for _, lasts := range []time.Duration{0, 40 * time.Second} {
				t.Run(fmt.Sprintf("%s %s %s for %v", step.line[:6], name, step.script, lasts), func(t *testing.T) {
					t.Parallel()
					inShop(t, shopOptions{}, func(s *shop) {
						s.types(s.mauricio, s.taller, "/tomar "+tag(2))
						s.outage(step.script, where, lasts)
						m := s.types(s.mauricio, s.taller, step.line)
						s.passes(lasts + time.Minute)
						s.line.cutWhen(nil)
						of := tag(3)
						if strings.Contains(step.line, tag(2)) {
							of = tag(2)
						}
						now := s.again(s.mauricio, m)
						if landed := s.row(of) == step.row; landed {
							s.says(now, step.done)
						} else {
							s.says(now, "No se cambió nada", "Prueba en un minuto")
							s.wantRow(of, step.was)
							s.wantWhole()
							s.says(s.types(s.mauricio, s.taller, step.line), step.done)
						}
						s.wantRow(of, step.row)
						if n := len(events(s.sheet)); n != 2 {
							t.Errorf("%d rows in the audit log, want 2: %s", n, s.audit())
						}
						s.wantWhole()
					})
				})
			}
		}
	}
}

// Redis is away altogether: nobody takes anything, everybody hears it, and work
// goes on by itself when it is back.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		held := s.types(s.carlos, s.taller, "/tomar "+tag(9))
		s.line.cutWhen(func(redis.Cmder) cutPoint { return cutBefore })
		for _, line := range []string{"/tomar " + tag(3), "/completar", "/mis-spools", "/estado " + tag(9)} {
			s.says(s.types(s.mauricio, s.taller, line), "o puedo atender en este momento", "No se cambió nada", "Prueba en un minuto")
			s.passes(time.Minute)
		}
		s.says(s.clicks(s.carlos, held, "Pausar"), "o puedo atender en este momento")
		s.line.cutWhen(nil)
		s.passes(10 * time.Second)
		s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "es tuyo")
		s.says(s.types(s.carlos, s.taller, "/pausar"), "pausado")
		s.wantAudit("TOMAR:"+tag(9), "TOMAR:"+tag(3), "PAUSAR:"+tag(9))
		s.wantWhole()
	})
}

// other is a line to Redis of its own, for what happens there meanwhile.
func (s *shop) atRedis(do func(c redis.UniversalClient)) {
	s.t.Helper()
	c := (&redisLine{redis: s.redis}).dial(s.redis.Addr())
	defer func() { _ = c.Close() }()
	do(c)
}

// before lets something happen just before a script runs for the first time.
func (s *shop) before(script string, happens func()) {
	var once sync.Once
	s.line.cutWhen(func(cmd redis.Cmder) cutPoint {
		if scriptOf(cmd) == script {
			once.Do(happens)
		}
		return notCut
	})
}

// A Redis that was restarted knows no script (NOSCRIPT): nobody notices.
func TestRedisForgetsTheScripts(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		flush := func() {
			s.atRedis(func(c redis.UniversalClient) {
				if err := c.ScriptFlush(s.ctx).Err(); err != nil {
					s.t.Fatal(err)
				}
			})
		}
		for i, script := range []string{"take", "bind", "settle", "snapshot", "first"} {
			s.before(script, flush)
			s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(i)), "es tuyo")
		}
		for i, script := range []string{"release", "bind", "settle"} {
			s.before(script, flush)
			s.says(s.types(s.mauricio, s.taller, "/completar "+tag(i)), "completado")
		}
		s.passes(time.Minute)
		s.wantWhole()
	})
}

// Redis forgets everything in the middle of the work: a spool still has one
// holder, everybody's deadline stays, and the fences go on.
func TestRedisForgetsEverything(t *testing.T) {
	flushAll := func(s *shop) func() {
		return func() { s.redis.FlushAll() }
	}
	t.Run("between commands", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			for i := range 5 {
				s.types(s.carlos, s.taller, "/tomar "+tag(i))
			}
			mine := s.types(s.carlos, s.taller, "/estado "+tag(3))
			s.passes(10 * time.Minute)
			s.redis.FlushAll()
			s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "lo tiene Carlos Núñez", "hasta las 22:00")
			s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(7)), "es tuyo")
			s.redis.FlushAll()
			s.says(s.clicks(s.carlos, mine, "Pausar"), "pausado")
			s.redis.FlushAll()
			s.says(s.types(s.carlos, s.taller, "/completar "+tag(4)), "completado")
			s.redis.FlushAll()
			s.says(s.types(s.carlos, s.taller, "/mis-spools"), "Tienes 3 spools")
			s.passes(time.Minute)
			s.wantFences()
			s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(8)), "es tuyo")
			s.wantWhole()
		})
	})
	for _, script := range []string{"take", "bind", "settle", "release"} {
		t.Run("before "+script, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.before(script, flushAll(s))
				line := "/tomar " + tag(3)
				if script == "release" {
					line = "/pausar " + tag(9)
				}
				who := map[bool]string{true: "CN(41)", false: "MR(93)"}[script == "release"]
				p := s.mauricio
				if script == "release" {
					p = s.carlos
				}
				m := s.types(p, s.taller, line)
				s.passes(30 * time.Second)
				if now := s.again(p, m); strings.Contains(now.Text, "No se cambió nada") {
					s.says(s.types(p, s.taller, line), map[bool]string{true: "pausado", false: "es tuyo"}[script == "release"])
				}
				if script != "release" {
					s.wantRow(tag(3), who+"|ARM en progreso")
					s.says(s.types(s.carlos, s.taller, "/tomar "+tag(3)), "lo tiene Mauricio Rodríguez")
				}
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(5)), "es tuyo")
				s.wantFences()
				s.wantWhole()
			})
		})
	}
	// Somebody's take is in the sheet's hands while the store is wiped, and another
	// request rebuilds it before that take has landed.
	t.Run("while a take is on its way to a slow sheet", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			s.types(s.carlos, s.taller, "/tomar "+tag(9))
			s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 11 * time.Second})
			m := s.types(s.mauricio, s.taller, "/tomar "+tag(3))
			s.says(m, "verificando")
			s.redis.FlushAll()
			s.says(s.types(s.carlos, s.taller, "/tomar "+tag(3)), "lo tiene Mauricio Rodríguez")
			s.says(s.types(s.carlos, s.taller, "/tomar "+tag(4)), "es tuyo")
			s.seesChanged(s.mauricio, m, "es tuyo")
			s.passes(time.Minute)
			s.wantRow(tag(3), "MR(93)|ARM en progreso")
			s.wantRow(tag(4), "CN(41)|ARM en progreso")
			s.wantFences()
			s.says(s.types(s.carlos, s.taller, "/tomar "+tag(3)), "lo tiene Mauricio Rodríguez")
			s.wantWhole()
		})
	})
}

// wantFences checks that every take in the audit log has a fence of its own,
// greater than that of the one before.
func (s *shop) wantFences() {
	s.t.Helper()
	last := event{}
	for _, e := range events(s.sheet) {
		if e.action != "TOMAR" {
			continue
		}
		if e.fence <= last.fence {
			s.t.Errorf("the take of %s has fence %d, that of %s before it had %d", e.tag, e.fence, last.tag, last.fence)
		}
		last = e
	}
}
