package occupation_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The simulation plays the life of a shop: two replicas over one lock store and one
// sheet, thirty people, somebody at the sheet, and everything that breaks, on
// virtual time. A seed stands for a play (simulation_script_test.go), which is
// data: who does what when, and what goes wrong at which call. After each phase of
// a play the world comes to rest, and the eleven invariants are checked against
// what people were told and what is written (the model: simulation_model_test.go,
// _judge, _log, _rows). It shares no code with what it judges.
//
//	SPOOLBOT_SIM_OPS    how many operations, about; 20,000
//	SPOOLBOT_SIM_FIRST  the first seed; 1
//	SPOOLBOT_SIM_SEED   one play by its name ("184", or "184/3,17-22" with only these
//	                    steps), which is printed with all that happens in it
//
// Goroutines of one moment run in no fixed order. Every call takes a time of its own,
// so that there are few such moments, and a play goes the same way nearly always.
func TestSimulation(t *testing.T) {
	if name := os.Getenv("SPOOLBOT_SIM_SEED"); name != "" {
		replay(t, name)
		return
	}
	s := &season{
		next: uint64(number(t, "SPOOLBOT_SIM_FIRST", 1)), ops: number(t, "SPOOLBOT_SIM_OPS", 20_000), began: time.Now(), all: newTally(),
	}
	s.first, s.all.worlds = s.next, 0
	if os.Getenv("SPOOLBOT_SIM_OPS") != "" {
		s.shows = progress(s.ops)
	}
	t.Cleanup(func() { t.Log(s) })
	for lane := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			for {
				seed, more := s.draw()
				if !more {
					return
				}
				s.play(t, write(seed))
			}
		})
	}
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// replay plays one play and prints what happens.
func replay(t *testing.T, name string) {
	t.Helper()
	p, err := named(name)
	if err != nil {
		t.Fatalf("SPOOLBOT_SIM_SEED: %v", err)
	}
	out := inWorld(t, p, true)
	t.Log("\n" + strings.Join(out.trace, "\n"))
	for _, v := range out.violations {
		t.Errorf("invariant %d: %s", v.invariant, v.text)
	}
}

// maxFailures is after how many plays that broke an invariant a season ends.
const maxFailures = 10

// season is many plays, on as many lanes as there are processors.
type season struct {
	ops   int
	began time.Time
	shows func(done, failures int) // how far it is; nil = nobody waits for it

	mu       sync.Mutex
	first    uint64
	next     uint64
	all      tally
	failures int
	memory   []uint64 // bytes of the heap in use, now and then
	routines int      // the most goroutines for each replica, at rest
}

// draw gives the next seed, until enough has been played.
func (s *season) draw() (seed uint64, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all.operations() >= s.ops || s.failures >= maxFailures {
		return 0, false
	}
	s.next++
	return s.next - 1, true
}

func (s *season) play(t *testing.T, p play) {
	t.Helper()
	defer func() {
		if broken := recover(); broken != nil { // the bubble is stuck
			t.Errorf("SPOOLBOT_SIM_SEED=%s panics", p.name())
			panic(broken)
		}
	}()
	out := inWorld(t, p, false)
	s.mu.Lock()
	s.all.add(out)
	s.routines = max(s.routines, out.routines)
	if share := s.ops / 10; share > 0 && len(s.memory) < s.all.operations()/share {
		s.memory = append(s.memory, heap())
	}
	failed := len(out.violations) > 0
	if failed {
		s.failures++
	}
	if s.shows != nil {
		s.shows(s.all.operations(), s.failures)
	}
	shrinks := s.failures <= 2
	s.mu.Unlock()
	if !failed {
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d, %d steps:\n", p.seed, len(p.steps))
	for _, v := range out.violations {
		fmt.Fprintf(&text, "  invariant %d: %s\n", v.invariant, v.text)
	}
	small := p
	if shrinks {
		small = shrunk(t, p, out.violations[0].invariant, 30*time.Second)
	}
	fmt.Fprintf(&text, "play it again with SPOOLBOT_SIM_SEED=%s\n", small.name())
	for _, step := range small.steps {
		if len(small.steps) <= 60 {
			fmt.Fprintf(&text, "  %v\n", step)
		}
	}
	t.Error(text.String())
}

// heap is how many bytes are in use after what nobody needs is gone.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// String sums the season up.
func (s *season) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	took := time.Since(s.began)
	fmt.Fprintf(&b, "\nseeds %d to %d: %d plays, %d quiet points, %v\n", s.first, s.next-1, s.all.worlds, s.all.quiet, took.Round(time.Second))
	ops := s.all.operations()
	fmt.Fprintf(&b, "%d operations, %.0f a second:%s\n", ops, float64(ops)/took.Seconds(), counts(s.all.verbs, people, office))
	fmt.Fprintf(&b, "faults:%s\n", counts(s.all.faults, mishaps))
	deaths, stands := 0, 0
	for point := range s.all.points {
		switch {
		case strings.HasPrefix(point, string(kill)+" "):
			deaths++
		case strings.HasPrefix(point, string(stall)+" "):
			stands++
		}
	}
	fmt.Fprintf(&b, "killed at %d different points, frozen at %d\n", deaths, stands)
	for _, what := range sortedKeys(s.all.answers) {
		if testing.Verbose() {
			fmt.Fprintf(&b, "  %7d %s\n", s.all.answers[what], what)
		}
	}
	fmt.Fprintf(&b, "memory in use after each tenth, in MB:")
	for _, m := range s.memory {
		fmt.Fprintf(&b, " %.1f", float64(m)/1e6)
	}
	fmt.Fprintf(&b, "; at rest at most %d goroutines for each replica\n", s.routines)
	fmt.Fprintf(&b, "locks put back of what had just ended, for reconcile to find: %d; bindings that came late: %d\n", s.all.ghosts, s.all.rebound)
	fmt.Fprintf(&b, "violations: %d", len(s.all.violations))
	return b.String()
}

// counts lists how often each dish was served.
func counts(of map[verb]int, menus ...[]dish) string {
	var b strings.Builder
	for _, menu := range menus {
		for _, d := range menu {
			fmt.Fprintf(&b, " %s %d", d.verb, of[d.verb])
		}
	}
	return b.String()
}
