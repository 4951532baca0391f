package occupationtest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func claimDead(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.ok(l.Locks.Beat(l.ctx, other, long))
	left, err := l.Locks.Claim(l.ctx, other, nil)
	l.ok(err)
	if len(left) != 1 || left[0].Owed || left[0].Commit.ID != "" || !slices.Equal(left[0].Commit.Events(), []string{"e1"}) {
		l.Fatalf("claimed %+v", left)
	}
	b, err := l.Locks.Bind(l.ctx, ours, commitOf("c1", o))
	l.ok(err)
	if len(b.Stale) != 1 {
		l.Errorf("the former owner still binds: %+v", b)
	}
	if b, err = l.Locks.Bind(l.ctx, other, commitOf("c1", o)); err != nil || len(b.Stale) > 0 {
		l.Errorf("the new owner does not bind: %+v, %v", b, err)
	}
}

func claimLiving(l *lockTest) {
	l.seed()
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	l.ok(l.Locks.Beat(l.ctx, other, long))
	l.bind("c1", l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted))
	l.intend(take("e2", "A-2", mauricio, long), occupation.Accepted)
	for _, replica := range []string{other, ours} {
		left, err := l.Locks.Claim(l.ctx, replica, nil)
		l.ok(err)
		if len(left) > 0 {
			l.Fatalf("%s claims from the living: %+v", replica, left)
		}
	}
	l.ok(l.Locks.Beat(l.ctx, ours, short))
	l.past(l.now().Add(short))
	left, err := l.Locks.Claim(l.ctx, other, nil)
	l.ok(err)
	if len(left) != 2 {
		l.Fatalf("claimed %+v, want both intents of the one whose heart has stopped", left)
	}
	l.ok(l.Locks.Beat(l.ctx, other, 0))
	left, err = l.Locks.Claim(l.ctx, ours, nil)
	l.ok(err)
	if len(left) != 2 {
		l.Fatalf("claimed %+v, want both intents of the one who has gone", left)
	}
}

func claimBound(l *lockTest) {
	l.seed()
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	l.ok(l.Locks.Beat(l.ctx, other, long))
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.bind("c1", o)
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1"}, []string{"e1"}))
	owed := func(replica, commit string, want int) {
		l.Helper()
		left, err := l.Locks.Claim(l.ctx, replica, nil)
		l.ok(err)
		if len(left) != want || want > 0 && (!left[0].Owed || left[0].Commit.ID != commit) {
			l.Fatalf("%s claims %+v, want %d, bound to %q", replica, left, want, commit)
		}
	}
	owed(other, "", 1)
	owed(ours, "", 1) // as long as nobody has bound it
	l.bind("c2", o)
	owed(ours, "", 0) // it is on its way
	owed(other, "", 0)
	l.ok(l.Locks.Beat(l.ctx, ours, 0))
	owed(other, "c2", 1)
	owed(other, "", 0)
}

func claimGroups(l *lockTest) {
	l.seed()
	var o []occupation.Outcome
	for i := range 6 {
		o = append(o, l.intend(take(fmt.Sprintf("e%d", 9-i), fmt.Sprintf("A-%d", i), mauricio, long), occupation.Accepted))
	}
	commit := commitOf("c1", o[3], o[1], o[4])
	commit.Repair, commit.Stamp = true, 12345
	b, err := l.Locks.Bind(l.ctx, ours, commit)
	l.ok(err)
	l.bind("c2", o[5])
	left, err := l.Locks.Claim(l.ctx, other, nil)
	l.ok(err)
	var got [][]int64
	for _, u := range left {
		var fences []int64
		for _, ch := range u.Commit.Changes {
			fences = append(fences, ch.Intent.Fence)
		}
		got = append(got, fences)
	}
	f := o[0].Intent.Fence
	if want := [][]int64{{f}, {f + 1, f + 3, f + 4}, {f + 2}, {f + 5}}; !reflect.DeepEqual(got, want) {
		l.Fatalf("groups of fences %v, want %v", got, want)
	}
	c := left[1].Commit
	if c.ID != "c1" || c.Stamp != 12345 || !c.Repair || string(c.Plan) != string(commit.Plan) || !c.Sent.Equal(b.Sent) {
		l.Errorf("claimed %+v, bound %+v", c, commit)
	}
	if c = left[3].Commit; c.ID != "c2" || c.Stamp != 1<<31-1 || c.Repair {
		l.Errorf("claimed %+v, bound c2", c)
	}
	if c = left[0].Commit; c.ID != "" || !c.Sent.IsZero() {
		l.Errorf("never bound, claimed as %+v", c)
	}
}

func claimStrays(l *lockTest) {
	if l.Advance == nil {
		return // an intent must be older than it can get here
	}
	l.seed()
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	l.ok(l.Locks.Beat(l.ctx, other, long))
	l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.bind("c2", l.intend(take("e2", "A-2", mauricio, long), occupation.Accepted))
	l.intend(take("e3", "A-3", mauricio, long), occupation.Accepted)
	claimed := func(replica string, want ...string) {
		l.Helper()
		left, err := l.Locks.Claim(l.ctx, replica, []string{"e3", "e9"})
		l.ok(err)
		var got []string
		for _, u := range left {
			got = append(got, u.Commit.Events()...)
		}
		if !slices.Equal(got, want) {
			l.Errorf("%s claims %v, want %v", replica, got, want)
		}
	}
	l.Advance(occupation.StrayAfter - time.Second)
	claimed(ours)
	l.Advance(time.Second)
	claimed(other)
	claimed(ours, "e1", "e2")
}

func dropEnded(l *lockTest) {
	l.unseeded(l.Locks.Drop(l.ctx, map[string]int64{"A-1": 9}))
	l.seed()
	one, two := l.held(take("e1", "A-1", mauricio, long)), l.held(take("e2", "A-2", mauricio, long))
	three := l.intend(take("e3", "A-3", mauricio, long), occupation.Accepted).Intent
	lapsed := l.lapsed("A-4", nicolas, short)
	l.ok(l.Locks.Drop(l.ctx, map[string]int64{"A-1": one.Fence, "A-2": two.Fence - 1, "A-3": three.Fence, "A-4": lapsed.Fence, "A-5": 9}))
	l.free("A-1")
	l.sameLock(l.lock("A-2"), two)
	if got := l.lock("A-3"); got.State != occupation.Pending {
		l.Errorf("what is on its way: %+v", got)
	}
	l.sameLock(l.lock("A-4"), lapsed)
	l.ok(l.Locks.Drop(l.ctx, map[string]int64{"A-2": two.Fence + 1}))
	l.free("A-2")
	l.ok(l.Locks.Drop(l.ctx, nil))
	l.intend(take("e5", "A-1", nicolas, long), occupation.Accepted)
}

func claimFidelity(l *lockTest) {
	l.seed()
	zone := time.FixedZone("-04", -4*3600)
	key := "MK-1335-ÑÜ\"'{}\\<&>|漢字 🚿-011"
	in := take("e1", key, nicolas, 90*time.Minute+time.Millisecond)
	in.Operation = occupation.SOLD
	held := l.held(in)
	fin := pause("e2", key, nicolas)
	fin.Kind, fin.Grace, fin.Date = occupation.Complete, 15*time.Minute, time.Date(2026, 11, 23, 0, 0, 0, 0, zone)
	free := release("e3", held)
	free.Reason, free.BySheet = "se fue \"temprano\" </li> \u2028 ñ", true
	give := transfer("e4", held, mauricio)
	give.By, give.Reason, give.TTL = boss, free.Reason, 90*time.Minute+time.Millisecond
	more := extend("e5", held, time.Date(2099, 12, 31, 23, 59, 59, 123456789, zone))
	halt := stop("e6", key, boss)
	halt.From, halt.Fence, halt.Reason = held.Holder, held.Fence, free.Reason
	lift := onFree(stop("e7", "B-1", boss), occupation.Lift)
	lift.Operation = occupation.SOLD
	for _, in := range []occupation.Intent{fin, free, give, more, halt, lift} {
		o := l.intend(in, occupation.Accepted)
		left, err := l.Locks.Claim(l.ctx, other, nil)
		l.ok(err)
		if len(left) != 1 {
			l.Fatalf("claimed %+v", left)
		}
		got, want := left[0].Commit.Changes[0].Intent, o.Intent
		if !got.Date.Equal(in.Date) || !got.Until.Equal(in.Until) {
			l.Errorf("%s of %v until %v, want %v, %v", in.Kind, got.Date, got.Until, in.Date, in.Until)
		}
		got.Date, want.Date, got.Until, want.Until = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		if got != want {
			l.Errorf("claimed\n got %+v\nwant %+v", got, want)
		}
		sent := in // but for what the store completes
		sent.Operation, sent.Fence, sent.Since, sent.Deadline, sent.At = got.Operation, got.Fence, got.Since, got.Deadline, got.At
		sent.Date, sent.Until = time.Time{}, time.Time{}
		if got != sent || got.Operation != occupation.SOLD {
			l.Errorf("claimed\n got %+v\nsent %+v", got, sent)
		}
		l.ok(l.Locks.Undo(l.ctx, "", []string{in.Event}))
	}
	l.sameLock(l.lock(key), held)
}

func snapshotKeys(l *lockTest) {
	snap, err := l.Locks.Snapshot(l.ctx)
	l.ok(err)
	if snap.Seeded || len(snap.Locks) > 0 || snap.Now.IsZero() {
		l.Fatalf("unseeded: %+v", snap)
	}
	l.seed()
	var fence int64
	for i := range 3 {
		fence = l.held(take(fmt.Sprintf("e%d", i), fmt.Sprintf("A-%d", i), mauricio, long)).Fence
	}
	for want, keys := range map[string][]string{
		"[A-0 A-1 A-2]": nil, "[A-1]": {"A-1"}, "[A-0 A-2]": {"A-2", "B-1", "A-0"}, "[]": {"B-1"},
	} {
		snap, err := l.Locks.Snapshot(l.ctx, keys...)
		l.ok(err)
		var got []string
		for _, lock := range snap.Locks {
			got = append(got, lock.Key)
		}
		slices.Sort(got)
		if fmt.Sprint(got) != want || !snap.Seeded || snap.Fence != fence {
			l.Errorf("snapshot of %v: %v, seeded %v, fence %d; want %s, fence %d", keys, got, snap.Seeded, snap.Fence, want, fence)
		}
	}
}

func snapshotReplicas(l *lockTest) {
	says := func(want string) {
		l.Helper()
		snap, err := l.Locks.Snapshot(l.ctx, "-")
		l.ok(err)
		if got := fmt.Sprint(snap.Living, snap.Calm); got != want {
			l.Errorf("living and calm: %s, want %s", got, want)
		}
	}
	says("[] []")
	l.ok(l.Locks.Beat(l.ctx, other, long))
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	l.ok(l.Locks.Calm(l.ctx, ours))
	says("[replica-1 replica-2] [replica-1]")
	l.ok(l.Locks.Seed(l.ctx, ours, nil, 0))
	l.ok(l.Locks.Calm(l.ctx, other)) // there is no need any more
	l.ok(l.Locks.Beat(l.ctx, ours, 0))
	says("[replica-2] []")
	l.ok(l.Locks.Beat(l.ctx, other, short))
	l.past(l.now().Add(short))
	says("[] []")
}

func seedCalm(l *lockTest) {
	lock := occupation.Lock{Key: "A-1", Tag: "A-1", Holder: nicolas, Operation: occupation.ARM, Deadline: l.now().Add(long), Fence: 4}
	some := []occupation.Lock{lock}
	l.unseeded(l.Locks.Restore(l.ctx, some, 9))
	l.unseeded(l.Locks.Seed(l.ctx, ours, some, 9))
	l.ok(l.Locks.Calm(l.ctx, other))
	l.unseeded(l.Locks.Seed(l.ctx, ours, some, 9))
	l.free("A-1")
	l.ok(l.Locks.Calm(l.ctx, ours))
	l.ok(l.Locks.Seed(l.ctx, ours, some, 9))
	if got := l.lock("A-1"); got.Fence != 4 || got.Holder != nicolas || got.State != occupation.Held {
		l.Errorf("seeded %+v", got)
	}
	lock.Key, lock.Tag = "A-2", "A-2"
	l.ok(l.Locks.Seed(l.ctx, other, []occupation.Lock{lock}, 99)) // which is late
	l.free("A-2")
	if o := l.intend(take("e1", "A-2", mauricio, long), occupation.Accepted); o.Intent.Fence != 10 {
		l.Errorf("the next fence is %d, want 10", o.Intent.Fence)
	}
}

func seededAt(l *lockTest) {
	seeded := func() time.Time {
		l.Helper()
		snap, err := l.Locks.Snapshot(l.ctx, "A-1")
		l.ok(err)
		if snap.Seeded == snap.SeededAt.IsZero() {
			l.Errorf("seeded %v, at %v", snap.Seeded, snap.SeededAt)
		}
		return snap.SeededAt
	}
	if at := seeded(); !at.IsZero() {
		l.Errorf("seeded at %v, before it was", at)
	}
	before := l.now()
	l.seed()
	first := seeded()
	if first.Before(before) || first.After(l.now()) {
		l.Errorf("seeded at %v, not after %v", first, before)
	}
	l.past(first)
	l.ok(l.Locks.Restore(l.ctx, nil, 9))
	if again := seeded(); !again.Equal(first) {
		l.Errorf("seeded at %v, although it was at %v", again, first)
	}
}

func restoreAdds(l *lockTest) {
	now := l.now().Truncate(time.Second)
	there := occupation.Lock{
		Key: "A-1", Tag: "a-1", Holder: nicolas, Operation: occupation.SOLD,
		Since: now.Add(-long), Deadline: now.Add(long), Fence: 41, State: occupation.Held,
	}
	l.ok(Seed(l.ctx, l.Locks, []occupation.Lock{there}, 40))
	l.sameLock(l.lock("A-1"), there)
	another, anew, old := there, there, there
	another.Holder, another.Fence = mauricio, 99
	anew.Key, anew.Fence = "A-2", 0
	old.Key, old.Fence, old.Since, old.Deadline = "A-3", 7, now.AddDate(0, 0, -9), now.AddDate(0, 0, -8)
	passing := old
	passing.State, passing.Event, passing.Until = occupation.Finishing, "e9", now // it is restored as held
	l.ok(l.Locks.Restore(l.ctx, []occupation.Lock{another, anew, passing}, 0))
	l.sameLock(l.lock("A-1"), there)
	l.sameLock(l.lock("A-3"), old)
	got := l.lock("A-2")
	if got.Fence <= 99 {
		l.Errorf("new fence %d, although 99 is known", got.Fence)
	}
	anew.Fence = got.Fence
	l.sameLock(got, anew)
	l.intend(pause("e1", "A-1", nicolas), occupation.Accepted)

	lapsed := l.lapsed("A-4", nicolas, short) // it is there as well
	another.Key = "A-4"
	l.ok(l.Locks.Restore(l.ctx, []occupation.Lock{another}, 0))
	l.sameLock(l.lock("A-4"), lapsed)
}

func restoreFence(l *lockTest) {
	l.seed()
	for _, step := range []struct{ to, want int64 }{{500, 501}, {3, 502}, {0, 503}, {1 << 40, 1<<40 + 1}} {
		l.ok(l.Locks.Restore(l.ctx, nil, step.to))
		key := fmt.Sprint("A-", step.want)
		if o := l.intend(take(key, key, mauricio, long), occupation.Accepted); o.Intent.Fence != step.want {
			l.Errorf("fence %d after a restore to %d, want %d", o.Intent.Fence, step.to, step.want)
		}
	}
}
