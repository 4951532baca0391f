//go:build !shop

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Who asks again while the outcome is being checked has several messages that
// say so: each of them tells in the end what became of it.
func TestEveryMessageThatIsBeingCheckedIsCompleted(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 30 * time.Second})
		for range 3 {
			s.asks(s.mauricio, "/pausar "+tag(1), "verificando")
		}
		s.passes(time.Minute)
		for _, m := range s.mauricio.Messages(s.taller)[1:] {
			if strings.Contains(m.Shown(), "verificando") || !strings.Contains(m.Shown(), "pausado") {
				t.Errorf("a minute later: %s", m.Shown())
			}
		}
		s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
	})
}

// A pause waits behind the take of the same spool, which is still on its way when
// the person's patience ends. The pause was not begun then: that must be said, or
// it must be done; "I will tell you" is not true unless somebody does.
func TestWhatWaitsBehindASlowChangeIsNotForgotten(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"/pausar ", "/completar ", "/extender "} {
		t.Run(then, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 25 * time.Second})
				took := s.asks(s.mauricio, "/tomar "+tag(1), "verificando")
				m := s.asks(s.mauricio, then+tag(1), tag(1))
				s.passes(2 * time.Minute)
				s.seesCard(s.mauricio, took, "tomado, es tuyo")
				now := s.seesCard(s.mauricio, m, tag(1))
				done := s.row(tag(1)) != "MR(93)|ARM en progreso" || strings.Contains(s.audit(), "EXTENDER")
				if strings.Contains(now.Shown(), "verificando") || strings.Contains(now.Shown(), "No se cambió nada") == done {
					t.Errorf("done: %v, and two minutes later it reads\n%s", done, now.Shown())
				}
				s.wantWhole()
			})
		})
	}
}

// The answer to the binding of a commit is lost, and Redis is away for a while:
// its halves are tried apart under other names, of which Redis never hears. What
// is put back then must be put back under the first name too.
func TestABindingOfSeveralWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.asks(s.carlos, "/tomar "+tag(20)+" "+tag(21), "Tomaste los 2")
				s.outage("bind", cutAfter, 20*time.Second)
				line := "/tomar " + strings.Join(tagsFrom(0, n), " ")
				s.asks(s.mauricio, line, tag(0))
				s.passes(2 * time.Minute)
				s.line.cutWhen(nil)
				s.wantWhole()
				s.asks(s.mauricio, line, fmt.Sprintf("Tomaste los %d", n))
				s.ends(append(each("TOMAR", tagsFrom(0, n)...), each("TOMAR", tag(20), tag(21))...)...)
			})
		})
	}
}
