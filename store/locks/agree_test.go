package locks_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/locks"
)

// store is both ports, as the bot uses them.
type store interface {
	occupation.Locks
	occupation.Desk
}

var _, _ store = (*locks.Locks)(nil), (*occupationtest.Locks)(nil)

// The locks in memory, with which the core is tested, and those in Redis answer
// the same, whatever is asked in whatever order.
func TestRedisAgreesWithMemory(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	rapid.Check(t, func(rt *rapid.T) {
		var failure any
		synctest.Test(t, func(t *testing.T) {
			defer func() { failure = recover() }() // rapid fails by panic; it has to see it outside
			client := dial(t, "redis://"+server.Addr())
			defer func() { _ = client.Close() }()
			server.FlushAll()
			p := &pair{
				T: rt, ctx: t.Context(), server: server, now: time.Now(), memory: occupationtest.NewLocks(),
				redis: locks.New(client, locks.Options{WriteQuota: 1 << 30}), commits: map[string][]occupation.Intent{}, ended: map[string]occupation.Intent{},
			}
			p.forward(0)
			p.did("seed", func(s store) error { return occupationtest.Seed(p.ctx, s, nil, 0) })
			for range 10 {
				for range 4 {
					p.do(rt)
				}
				p.compare()
			}
		})
		if failure != nil {
			panic(failure)
		}
	})
}

// pair is the two stores, of which the clocks stand still until they are moved,
// and what was asked of them.
type pair struct {
	*rapid.T
	ctx     context.Context // the bubble's
	server  *miniredis.Miniredis
	memory  *occupationtest.Locks
	redis   *locks.Locks
	now     time.Time
	last    int // of the numbers that make names unique
	writes  int // since the quota was full; that of the two differs
	intents []occupation.Intent
	commits map[string][]occupation.Intent
	offers  []string
	ended   map[string]occupation.Intent // the last finish of each spool that was accepted
}

// do asks one thing. Half of what is asked brings a spool one step on, so that
// everything comes to pass.
func (p *pair) do(rt *rapid.T) {
	live := []func(*rapid.T){
		p.live, p.live, p.live, p.live, p.live, p.live, p.advance, p.advance, p.advance,
		p.due, p.due, p.turns, p.turns, p.wait, p.wait,
	}
	other := []func(*rapid.T){
		p.restore, p.intend, p.intend, p.intend, p.bind, p.settle, p.undo, p.claim, p.beat, p.drop, p.leave,
		p.offer, p.answered, p.unanswered, p.news,
	}
	rapid.SampledFrom(append(live, other...)).Draw(rt, "what")(rt)
}

// compare looks at all locks.
func (p *pair) compare() {
	same(p, "snapshot", func(s store) (occupation.LockSnapshot, error) {
		snap, err := s.Snapshot(p.ctx)
		slices.SortFunc(snap.Locks, func(a, b occupation.Lock) int { return cmp.Compare(a.Key, b.Key) })
		return snap, err
	})
}

// same asks both stores and wants one answer.
func same[A any](p *pair, what string, ask func(store) (A, error)) A {
	p.Helper()
	want, wrong := ask(p.memory)
	got, err := ask(p.redis)
	if !errors.Is(err, wrong) {
		p.Fatalf("%s: error %v, in memory %v", what, err, wrong)
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		p.Fatalf("%s: memory (-) and Redis (+) differ:\n%s", what, diff)
	}
	return want
}

// did asks both stores for something that has no answer.
func (p *pair) did(what string, ask func(store) error) {
	same(p, what, func(s store) (bool, error) { return true, ask(s) })
}

func (p *pair) name(prefix string) string {
	p.last++
	return fmt.Sprint(prefix, p.last)
}

func (p *pair) advance(rt *rapid.T) {
	p.forward(rapid.SampledFrom([]time.Duration{10 * time.Minute, 20 * time.Minute, 2 * time.Minute, time.Millisecond}).Draw(rt, "by"))
}

func (p *pair) forward(d time.Duration) {
	p.now = p.now.Add(d)
	p.server.SetTime(p.now)
	p.server.FastForward(d)
	p.memory.Advance(d)
}

func person(rt *rapid.T, what string) occupation.Holder {
	id := rapid.IntRange(1, 3).Draw(rt, what)
	return occupation.Holder{ID: id, Name: fmt.Sprint("worker ", id), Label: fmt.Sprintf("W(%d)", id)}
}

func spool(rt *rapid.T) string { return rapid.SampledFrom([]string{"A-1", "B-2"}).Draw(rt, "spool") }

func replica(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"replica-1", "replica-2"}).Draw(rt, "replica")
}

// lock is the lock of a spool as it is now.
func (p *pair) lock(key string) occupation.Lock {
	snap, err := p.memory.Snapshot(p.ctx, key)
	if err != nil || len(snap.Locks) == 0 {
		return occupation.Lock{}
	}
	return snap.Locks[0]
}

func (p *pair) restore(rt *rapid.T) {
	l := occupation.Lock{
		Key: spool(rt), Tag: "a", Holder: person(rt, "holder"), Operation: occupation.SOLD, Since: p.now.Add(-time.Hour),
		Deadline: p.now.Add(time.Duration(rapid.IntRange(-9, 9).Draw(rt, "minutes left")) * time.Minute),
		Fence:    int64(rapid.IntRange(0, 9).Draw(rt, "fence")),
	}
	p.did("restore", func(s store) error { return s.Restore(p.ctx, []occupation.Lock{l}, 0) })
}

// live does to a spool what its lock allows, mostly to its end.
func (p *pair) live(rt *rapid.T) {
	key := spool(rt)
	held := p.lock(key)
	if held.Event != "" {
		p.carry(rt, held.Event)
		return
	}
	kinds := []occupation.Kind{occupation.Take, occupation.Take, occupation.Lift, occupation.Retain, occupation.Revert, occupation.PauseWhy}
	switch {
	case held.State == occupation.Held && p.now.After(held.Deadline):
		kinds = []occupation.Kind{occupation.Expire, occupation.Expire, occupation.Take, occupation.Pause, occupation.Extend}
	case held.State == occupation.Held:
		kinds = []occupation.Kind{occupation.Pause, occupation.Complete, occupation.Extend, occupation.Transfer, occupation.Release, occupation.Retain, occupation.Revert}
	case held.State == occupation.Lapsed:
		kinds = []occupation.Kind{occupation.Take, occupation.Take, occupation.Pause, occupation.Transfer, occupation.Release, occupation.Extend, occupation.Lift}
	}
	in := p.draw(rt, key, rapid.SampledFrom(kinds).Draw(rt, "kind"))
	in.Fence, in.From = held.Fence, held.Holder
	if was, known := p.ended[key]; known && held.Fence == 0 && in.Kind != occupation.Take && rapid.IntRange(0, 3).Draw(rt, "of the last") > 0 {
		in.Fence, in.Worker = was.Fence, was.Worker
		if in.Undoes != "" {
			in.Undoes = was.Kind
		}
	}
	if held.Fence != 0 && in.Kind != occupation.Transfer && in.Kind != occupation.Lift && (in.Kind != occupation.Take || rapid.Bool().Draw(rt, "back")) {
		in.Worker = held.Holder
	}
	if p.send(rt, in, "replica-1") && rapid.IntRange(0, 3).Draw(rt, "leave it") > 0 {
		p.carry(rt, in.Event)
	}
}

// carry brings an intent to its end, whoever owns it.
func (p *pair) carry(rt *rapid.T, event string) {
	id := p.name("c")
	for _, who := range []string{"replica-1", "replica-2"} {
		p.book(rt, id, []occupation.Intent{{Event: event}}, who)
	}
	var owed []string
	if rapid.IntRange(0, 4).Draw(rt, "owed") == 0 {
		owed = []string{event}
	}
	same(p, "settle", func(s store) ([]string, error) { return s.Settle(p.ctx, id, []string{event}, owed) })
}

// draw makes an intent of the kind.
func (p *pair) draw(rt *rapid.T, key string, kind occupation.Kind) occupation.Intent {
	minutes := func(what string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(rt, what)) * time.Minute
	}
	onFree := kind == occupation.Lift || (kind == occupation.Retain && rapid.Bool().Draw(rt, "on free"))
	var undoes occupation.Kind
	if kind == occupation.Revert {
		undoes = rapid.SampledFrom([]occupation.Kind{occupation.Take, occupation.Pause, occupation.Complete}).Draw(rt, "undoes")
	}
	return occupation.Intent{
		Undoes: undoes, OnFree: onFree, Event: p.name("e"), Kind: kind, Key: key, Tag: "a", Operation: occupation.ARM, Worker: person(rt, "worker"),
		By: occupation.Holder{ID: 9, Name: "boss"}, Reason: "why", BySheet: rapid.Bool().Draw(rt, "by sheet"),
		TTL: minutes("ttl", 30), Grace: minutes("grace", 12), Until: p.now.Add(minutes("until", 40)),
	}
}

// intend wants anything of a spool, whether it makes sense or not.
func (p *pair) intend(rt *rapid.T) {
	in := p.draw(rt, spool(rt), rapid.SampledFrom(occupation.Kinds()).Draw(rt, "kind"))
	held := p.lock(in.Key)
	in.Fence, in.From = held.Fence, held.Holder
	switch rapid.IntRange(0, 5).Draw(rt, "how it is meant") {
	case 0:
		in.Fence = 0
	case 1:
		in.Fence--
	case 2:
		in.From = person(rt, "from")
	case 3:
		if len(p.intents) > 0 {
			in.Event = rapid.SampledFrom(p.intents).Draw(rt, "known").Event
		}
	}
	p.send(rt, in, replica(rt))
}

// send says whether the intent was accepted.
func (p *pair) send(rt *rapid.T, in occupation.Intent, who string) bool {
	out := same(p, string(in.Kind), func(s store) ([]occupation.Outcome, error) {
		return s.Intend(p.ctx, who, []occupation.Intent{in})
	})
	if out[0].Verdict != occupation.Accepted {
		return false
	}
	p.intents = append(p.intents, in)
	if in.Kind == occupation.Pause || in.Kind == occupation.Complete {
		p.ended[in.Key] = out[0].Intent
	}
	return true
}
