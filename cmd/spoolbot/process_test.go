//go:build !shop

package main

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of the process and its signals: real children, real time, real Redis,
// the emulators over TCP.

// SIGTERM with thirty changes on their way: the program ends in order, and none
// of them is lost or half done.
func TestSigtermWithThirtyInFlight(t *testing.T) {
	w := openWorks(t, 600*time.Millisecond)
	c := w.serve()
	w.twentyHold(c)
	w.thirtyAct()
	c.signal(syscall.SIGTERM)
	c.exits(exitDone, 20*time.Second)
	w.wantThirty(c, everyTag)
	again := w.serve()
	w.wantThirty(again, everyTag)
	again.signal(syscall.SIGTERM)
	again.exits(exitDone, 20*time.Second)
}

// The sheet does not answer: the program ends all the same, in time, and what
// was on its way is recovered by the next start.
func TestSigtermWithSilentSheet(t *testing.T) {
	w := openWorks(t, 50*time.Millisecond)
	c := w.serve()
	w.all(0, 1, func(int) string { return "/tomar " + tag(0) })
	w.sees("one holds a spool", func() bool { return strings.Contains(w.heard(0), "es tuyo") }, c)
	w.far.sheet.Fail(sheetsim.Fault{Op: "write", Times: 1, Delay: 25 * time.Second})
	w.all(0, 3, func(i int) string { return []string{"/completar ", "/tomar ", "/tomar "}[i] + tag(i) })
	w.comes("a commit is on its way", func() bool { return w.inRedis("commits") > 0 }, c)
	c.signal(syscall.SIGTERM)
	c.exits(exitDone, 21*time.Second)
	again := w.serve()
	w.comes("nothing is on its way any more", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, again)
	w.sees("the work is done", func() bool { return strings.Contains(w.heard(0), "completado") }, again)
	w.wantTakesTold(again, 1, 2)
	w.whole.check(t)
	again.signal(syscall.SIGTERM)
	again.exits(exitDone, 20*time.Second)
}

// The program is killed while somebody reads "lo estoy verificando": the next one
// finds out what became of it, and says so in that very message.
func TestKilledWhileSomebodyReadsThatItIsBeingChecked(t *testing.T) {
	w := openWorks(t, 50*time.Millisecond)
	c := w.serve()
	w.far.sheet.Fail(sheetsim.Fault{Op: "write", Times: 1, Delay: 15 * time.Second})
	p := w.worker(0)
	w.all(0, 1, func(int) string { return "/tomar " + tag(0) + " " + tag(1) })
	w.sees("it is being checked", func() bool { return strings.Contains(w.heard(0), "verificando") }, c)
	w.comes("which message says so is noted", func() bool { return len(w.redis.Keys(w.ctx, "*checks:*").Val()) == 2 }, c)
	w.dies(c)
	w.heartbeatEnds()
	again := w.serve()
	w.sees("it is known", func() bool { return !strings.Contains(w.heard(0), "verificando") }, again)
	w.settles(again)
	if n := len(p.Messages(w.far.taller)) + len(p.Messages(p.DM())); n != 1 {
		t.Errorf("%d messages, want the one that was edited:\n%s", n, w.heard(0))
	}
	for i := range 2 {
		shown := p.Last(w.far.taller).Shown()
		if held := rowsByTag(w.far.sheet)[tag(i)]["OCUPADOPOR"] != ""; !strings.Contains(shown, tag(i)) || strings.Contains(shown, "la planilla no responde") == held {
			t.Errorf("held: %v, and in the end it reads %s", held, shown)
		}
	}
	w.whole.check(t)
	again.signal(syscall.SIGTERM)
	again.exits(exitDone, 20*time.Second)
}

// A second SIGTERM does not wait for anything; the next start finishes.
func TestSecondSigterm(t *testing.T) {
	w := openWorks(t, 50*time.Millisecond)
	c := w.serve()
	w.far.sheet.Fail(sheetsim.Fault{Op: "write", Times: 1, Delay: 4 * time.Second})
	w.all(0, 3, func(i int) string { return "/tomar " + tag(i) })
	w.comes("a commit is on its way", func() bool { return w.inRedis("commits") > 0 }, c)
	c.signal(syscall.SIGTERM)
	w.sees("the sockets are closed", func() bool { return w.far.slack.Sockets() == 0 }, c)
	c.signal(syscall.SIGTERM)
	c.exits(exitFailed, 2*time.Second)
	if !strings.Contains(c.lastLine(), "second") {
		t.Errorf("its last words: %s", c.lastLine())
	}
	w.heartbeatEnds()
	again := w.serve()
	w.comes("nothing is on its way any more", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, again)
	w.wantTakesTold(again, 0, 1, 2)
	w.whole.check(t)
}

// kill -9 with thirty changes on their way, at every stage: the next program
// finds out what became of each, brings it to its end, and tells everybody.
func TestKilledWithThirtyInFlight(t *testing.T) {
	for _, c := range []struct {
		name  string
		slow  time.Duration // the write stays with the sheet
		stage func(w *works) bool
	}{
		{"while they are intended", 0, func(w *works) bool { return w.inRedis("intents") >= 10 }},
		{"when all are intended", 3 * time.Second, func(w *works) bool { return w.inRedis("intents") == crew }},
		{"while the sheet has the write", 3 * time.Second, func(w *works) bool { return w.inRedis("commits") > 0 }},
		{"when it has landed", 0, func(w *works) bool { return len(events(w.far.sheet)) > 20 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := openWorks(t, 400*time.Millisecond)
			first := w.serve()
			w.twentyHold(first)
			w.comes("twenty are settled", func() bool { return w.inRedis("intents") == 0 }, first)
			if c.slow > 0 {
				w.far.sheet.Fail(sheetsim.Fault{Op: "write", Delay: c.slow})
			}
			var acting sync.WaitGroup
			acting.Go(w.thirtyAct)
			w.comes(c.name, func() bool { return c.stage(w) }, first)
			first.signal(syscall.SIGKILL)
			<-first.ended
			acting.Wait()
			w.sees("the sockets are closed", func() bool { return w.far.slack.Sockets() == 0 }, first)
			begun := w.intended()
			w.heartbeatEnds()
			w.wantThirty(w.serve(), func(tag string) bool { return begun[tag] })
		})
	}
}

// A program that is frozen with thirty changes in flight, given up for dead, and
// wakes up when another has brought them to their end, does nothing twice.
func TestFrozenProcessWakesUpLate(t *testing.T) {
	for name, stage := range map[string]func(w *works) bool{
		"after intending": func(w *works) bool { return w.inRedis("intents") == crew },
		"after sending":   func(w *works) bool { return w.inRedis("commits") > 0 },
	} {
		t.Run(name, func(t *testing.T) {
			w := openWorks(t, 400*time.Millisecond)
			w.complaints = true // it acknowledges when it wakes up
			first := w.serve()
			w.twentyHold(first)
			w.comes("twenty are settled", func() bool { return w.inRedis("intents") == 0 }, first)
			w.far.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 3 * time.Second})
			var acting sync.WaitGroup
			acting.Go(w.thirtyAct)
			w.comes(name, func() bool { return stage(w) }, first)
			first.signal(syscall.SIGSTOP)
			acting.Wait()
			begun := w.intended()
			w.heartbeatEnds()
			second := runChild(t, w.far.environmentList(demoFlags{lockTTL: time.Hour}), "serve")
			w.wantThirty(second, func(tag string) bool { return begun[tag] })
			first.signal(syscall.SIGCONT)
			first.signal(syscall.SIGTERM)
			first.exits(exitDone, 20*time.Second)
			w.comes("nothing is on its way any more", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, second)
			w.whole.check(t)
			second.signal(syscall.SIGTERM)
			second.exits(exitDone, 20*time.Second)
		})
	}
}
