package occupation_test

import (
	"context"
	"fmt"
	"runtime/pprof"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// world is one shop in which a play is played: two replicas over one lock store and
// one sheet, the people, and what is remembered to judge them by.
type world struct {
	play
	began     time.Time
	locks     *occupationtest.Locks
	records   *occupationtest.Records
	directory *occupationtest.Directory
	workers   []occupation.Worker
	tasks     sync.WaitGroup // everything that was begun
	closing   chan struct{}

	mu        sync.Mutex // every call of the stores, and all below
	slots     [2]*process
	born      [2]int
	pending   int // things that happen later
	sheetAway time.Time
	mute      time.Time
	blind     time.Time
	locksDown time.Time
	spools    []string // the bench: TAGs that are worked on
	rows      int      // made so far
	tally     tally
	tracing   bool
	trace     []string
	accounts
}

// process is one run of the program.
type process struct {
	*occupation.Service
	line *line
	stop func() // in good order; returns at once
}

// inWorld plays the play in a bubble of its own, and says what it came to.
func inWorld(t *testing.T, p play, tracing bool) (out tally) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(p, tracing)
		w.run()
		out = w.tally
		out.trace = w.trace
	})
	return out
}

func newWorld(p play, tracing bool) *world {
	w := &world{
		play: p, began: time.Now(), locks: occupationtest.NewLocks(), records: occupationtest.NewRecords(), workers: staff(),
		closing: make(chan struct{}), tracing: tracing, tally: newTally(), accounts: newAccounts(),
	}
	w.directory = occupationtest.NewDirectory(w.workers...)
	for range bench {
		w.spools = append(w.spools, "")
	}
	for i := range w.workers {
		w.persons = append(w.persons, newPerson(w.workers[i]))
	}
	return w
}

func (w *world) run() {
	w.fillBench(step{})
	w.open(0)
	w.open(1)
	for phase := range w.phases {
		start := time.Now()
		for _, s := range w.steps {
			if s.phase != phase {
				continue
			}
			<-time.After(time.Until(start.Add(s.at)))
			w.act(s)
		}
		w.settleDown(phase)
		if len(w.tally.violations) > 0 {
			break
		}
		w.fillBench(step{dice: mix(w.seed, uint64(phase))})
	}
	close(w.closing)
	w.tasks.Wait()
}

// open begins a process in a slot, and goes on trying, as whatever keeps it
// running does.
func (w *world) open(slot int) {
	w.mu.Lock()
	w.born[slot]++
	l := &line{w: w, name: fmt.Sprintf("%c%d", 'A'+slot, w.born[slot]), slot: slot, bound: map[string]int{}}
	w.mu.Unlock()
	l.alive, l.end = context.WithCancel(context.Background())
	notices := &noticePort{line: l}
	locks := lockPort{l}
	r := &process{line: l, Service: occupation.New(occupation.Config{
		Replica: l.name, Zone: santiago, TTL: w.ttl, Grace: w.grace, WarnBefore: w.warn,
		Shifts: []occupation.Shift{{Start: 7 * time.Hour, End: 19 * time.Hour}},
	}, occupation.Ports{Locks: locks, Desk: locks, Records: recordPort{l}, Directory: peoplePort{l}, Claims: w.locks, Notifier: notices})}
	notices.told = r.Told
	w.tasks.Go(func() {
		pprof.SetGoroutineLabels(pprof.WithLabels(l.alive, pprof.Labels("replica", fmt.Sprint(w.seed, l.name))))
		for r.Start(l.alive) != nil {
			select {
			case <-time.After(5 * time.Second):
			case <-l.alive.Done():
				return
			case <-w.closing:
				l.end()
				return
			}
		}
		ctx, cancel := context.WithCancel(l.alive)
		r.stop = cancel
		w.mu.Lock()
		w.slots[slot] = r
		w.mu.Unlock()
		w.tasks.Go(func() {
			select {
			case <-w.closing:
				cancel()
			case <-ctx.Done():
			}
		})
		w.tasks.Go(func() { r.jobs(ctx) })
		r.Run(ctx)
		cancel()
		<-time.After(time.Second) // what was answered last gets out
		l.end()
	})
}

// jobs is what a replica does by itself.
func (r *process) jobs(ctx context.Context) {
	sweep, compare := time.NewTicker(23*time.Second), time.NewTicker(10*time.Minute+time.Duration(r.line.slot)*47*time.Second)
	defer sweep.Stop()
	defer compare.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			r.sweep(ctx)
		case <-compare.C:
			_, _ = r.Reconcile(ctx)
		}
	}
}

func (r *process) sweep(ctx context.Context) {
	w := r.line.w
	w.mu.Lock()
	wipes := w.wipes
	w.mu.Unlock()
	found, _ := r.Sweep(ctx)
	if r.line.thaw() == nil {
		w.warned(found.Warnings, wipes)
	}
}

// server is the replica that a tap reaches: the one it is meant for, or the other.
func (w *world) server(slot int) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.slots[slot] != nil {
		return w.slots[slot]
	}
	return w.slots[1-slot]
}

// fillBench lets the office bring new spools in the place of those that are done
// or gone.
func (w *world) fillBench(s step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	book := w.sheet()
	for i, tag := range w.spools {
		spool, missing := book.Find(tag)
		if missing == nil && spool.SoldDate.IsZero() || missing != nil && missing.Code == occupation.DuplicateTag {
			continue
		}
		w.rows++
		w.spools[i] = fmt.Sprintf("S-%03d", w.rows)
		sp := occupation.Spool{
			Tag: w.spools[i], NV: fmt.Sprintf("NV%04d", w.rows), OT: "OT", Client: "Client " + w.spools[i], Drawing: "P1", Priority: "1",
			Materials: occupation.Midnight(time.Now().In(santiago)).AddDate(0, 0, -40),
		}
		if w.rows%11 == 5 {
			sp.Materials = time.Time{}
		}
		if w.rows%3 == 0 && !sp.Materials.IsZero() {
			sp.ArmDate, sp.ArmBy = sp.Materials, "XX(9)"
		}
		w.records.Add(sp)
		w.base[sp.NV] = sp
	}
	_ = s
}

// settleDown ends all mishaps and waits until the shop has come to rest; then
// everything must be in order. It has half an hour.
func (w *world) settleDown(phase int) {
	w.mu.Lock()
	now := time.Now()
	w.sheetAway, w.mute, w.blind, w.locksDown = now, now, now, now
	for _, r := range w.slots {
		if r != nil {
			r.line.strikes, r.line.slow = nil, now
		}
	}
	w.mu.Unlock()
	for _, p := range w.persons {
		<-p.lane
	}
	for round := range 40 {
		<-time.After(50 * time.Second)
		r := w.server(round % 2)
		if r == nil {
			continue
		}
		r.sweep(r.line.alive)
		<-time.After(5 * time.Second)
		if round%3 == 1 {
			_, _ = r.Reconcile(r.line.alive)
		}
		if left, err := r.Compare(r.line.alive); err != nil || slices.ContainsFunc(left, func(f occupation.Finding) bool { return f.Kind != occupation.ByHand }) {
			w.unrest = fmt.Sprint(left, err)
			continue
		}
		if w.judged(phase) {
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violate(5, "the shop does not come to rest: %s", w.unrest)
}

// judged checks everything, if all is quiet.
func (w *world) judged(phase int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	news := must(w.locks.News(bg, 0))
	for _, r := range w.slots {
		if r == nil || time.Now().Before(r.line.frozen) {
			w.unrest = "a replica is missing"
			return false
		}
	}
	snap := must(w.locks.Snapshot(bg))
	for _, l := range snap.Locks {
		if l.State == occupation.Held && snap.Now.After(l.Deadline) {
			w.unrest = l.Tag + " is over"
			return false
		}
	}
	if left := w.locks.Intents(); len(left)+len(news)+w.pending > 0 {
		w.unrest = fmt.Sprintf("intents %v, news %v, %d things to come", left, news, w.pending)
		return false
	}
	w.phase = phase
	w.judge()
	w.tally.quiet++
	if phase == w.phases-1 {
		for _, r := range w.slots {
			w.tally.routines = max(w.tally.routines, routines(fmt.Sprint(w.seed, r.line.name)))
		}
	}
	return true
}

// sheet is the rows as they are, under the world's lock.
func (w *world) sheet() *occupation.Book { return must(w.records.Book(bg, 0)) }

// lockNow is the lock of a key as it is, under the world's lock.
func (w *world) lockNow(key string) occupation.Lock {
	snap := must(w.locks.Snapshot(bg, key))
	if len(snap.Locks) == 0 {
		return occupation.Lock{}
	}
	return snap.Locks[0]
}
