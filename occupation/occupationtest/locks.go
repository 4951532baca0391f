package occupationtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// LocksHarness is a lock store under test.
type LocksHarness struct {
	Locks occupation.Locks // empty and unseeded when opened
	// Advance moves the store's clock on; nil when it cannot be moved. Then the
	// suite waits, for milliseconds, and leaves out what takes minutes.
	Advance func(time.Duration)
}

// TestLocks checks an occupation.Locks against every sentence of its contract.
// open is called once per test and returns a store of its own.
func TestLocks(t *testing.T, open func(t *testing.T) LocksHarness) {
	tests := []struct {
		name string
		run  func(l *lockTest)
	}{
		{"an unseeded store refuses and changes nothing", unseeded},
		{"a free spool is taken", takeFree},
		{"every intent gets its outcome in order", takeMany},
		{"an event that is remembered is busy and changes nothing", sameEvent},
		{"what one holds already is already ones own", takeOwn},
		{"what somebody else holds is occupied by name", takeOccupied},
		{"what has lapsed is kept for its former holder", takeKept},
		{"what has lapsed is free after the grace", takeAfterGrace},
		{"the holder renews what is over", takeRenews},
		{"a finish of what nobody holds", finishFree},
		{"a finish of what somebody else holds", finishNotYours},
		{"a finish of an earlier occupation", finishStale},
		{"a finish while another intent is on its way", finishBusy},
		{"a finish is completed from the lock", finishAccepted},
		{"a finish past the deadline that nobody has processed", finishLate},
		{"the former holder finishes within the grace", finishInGrace},
		{"only what is over its deadline expires", expireRules},
		{"a finish after the expiry learns when it was", finishExpired},
		{"taking again ends the memory of an expiry", retakenAfterExpiry},
		{"an extension moves the deadline at once", extendMoves},
		{"an extension of what one does not hold, or not to later", extendRules},
		{"an extension after the expiry learns when it was", extendExpired},
		{"an extension owes its audit row", extendOwed},
		{"an undone extension was never there, unless something has happened since", extendUndone},
		{"an extension that was bound is only unbound", extendUnbound},
		{"a transfer begins an occupation of the receiver", transferBegins},
		{"a transfer names whose occupation it means", transferRules},
		{"a forced release names whose occupation it means", releaseRules},
		{"a stop by the holder ends the occupation", stopOfOnesOwn},
		{"a stop by somebody else names whose occupation it means", stopOfTheirs},
		{"a change of a free spool keeps all others waiting", stopOfFree},
		{"the lifting of a stop leaves a lapsed lock as it was", liftOfLapsed},
		{"a take is taken back once, by whoever made it", revertTake},
		{"a finish is taken back with its deadline, once", revertFinish},
		{"what somebody has acted on since is not taken back", revertOvertaken},
		{"nothing is taken back when its time is over", revertTooLate},
		{"it is said once why there was a pause", pauseWhy},
		{"whoever has just paused a spool may stop it", stopAfterPause},
		{"binding needs the intents to be ones own", bindStale},
		{"binding again only takes a write", bindAgain},
		{"binding to another commit replaces the binding", bindAnew},
		{"writes are limited and waiting binds nothing", bindQuota},
		{"sending again takes a write as well", bindAgainQuota},
		{"the quota holds over any minute", bindQuotaWindow},
		{"settling a take holds it", settleTake},
		{"settling a finish frees it", settleFinish},
		{"settling leaves other commits alone", settleOthers},
		{"settling says what is not remembered", settleLost},
		{"an owed row stays until it is delivered", settleOwed},
		{"an undone take was never there", undoTake},
		{"an undone finish holds on", undoFinish},
		{"an undone expiry holds on", undoExpire},
		{"undoing leaves other commits alone", undoOthers},
		{"undoing an owed row keeps it", undoOwed},
		{"recovery claims what the dead have left", claimDead},
		{"recovery leaves the living alone", claimLiving},
		{"recovery leaves owed rows to the living who have bound them", claimBound},
		{"recovery gets commits as bound, in the order of fences", claimGroups},
		{"recovery gets what the replica does not know of any more", claimStrays},
		{"an intent comes back as it was", claimFidelity},
		{"a snapshot shows what was asked for", snapshotKeys},
		{"a snapshot says which replicas live, and which are calm", snapshotReplicas},
		{"each warning is given once", dueWarnsOnce},
		{"of several warnings the last is given", dueWarnsTheLast},
		{"another deadline or occupation is warned of anew", dueWarnsAnew},
		{"warnings of a worker come together", dueTogether},
		{"occupations with one deadline are warned of apart", dueApart},
		{"only what is held becomes due", dueHeldOnly},
		{"what is over is told until it expires", dueOver},
		{"a grace that is over ends the occupation once", dueEnds},
		{"a store remembers when it was seeded", seededAt},
		{"restoring adds what is missing", restoreAdds},
		{"what has ended is dropped", dropEnded},
		{"an empty store is seeded by who is calm", seedCalm},
		{"fences never go back", restoreFence},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(newLockTest(t, open(t)))
		})
	}
}

func newLockTest(t *testing.T, h LocksHarness) *lockTest {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return &lockTest{T: t, ctx: ctx, LocksHarness: h}
}

const (
	long  = time.Hour
	short = 5 * time.Millisecond
	ours  = "replica-1"
	other = "replica-2"
)

var (
	mauricio = occupation.Holder{ID: 93, Name: "Mauricio Rodríguez", Label: "MR(93)"}
	nicolas  = occupation.Holder{ID: 94, Name: "Nicolás \"Nico\" Ñuñez <!channel> \\ / \u2028", Label: "NN(94)"}
	boss     = occupation.Holder{ID: 7, Name: "Rosa Díaz", Label: "RD(7)"} // a supervisor
)

// lockTest is one test with its store.
type lockTest struct {
	*testing.T
	LocksHarness
	ctx context.Context
}

// seed makes the store ready for takes.
func (l *lockTest) seed() {
	l.Helper()
	l.ok(Seed(l.ctx, l.Locks, nil, 0))
}

// Seed makes an empty store one that is in use.
func Seed(ctx context.Context, store occupation.Locks, locks []occupation.Lock, fence int64) error {
	return errors.Join(store.Calm(ctx, "seeder"), store.Seed(ctx, "seeder", locks, fence))
}

func (l *lockTest) ok(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// settled wants that settling has not failed, whatever was there to be settled.
func (l *lockTest) settled(_ []string, err error) {
	l.Helper()
	l.ok(err)
}

func (l *lockTest) unseeded(err error) {
	l.Helper()
	if !errors.Is(err, occupation.ErrUnseeded) {
		l.Fatalf("error %v, want ErrUnseeded", err)
	}
}

// intend sends one intent and wants the verdict.
func (l *lockTest) intend(in occupation.Intent, want occupation.Verdict) occupation.Outcome {
	l.Helper()
	return l.intendAs(ours, in, want)
}

func (l *lockTest) intendAs(replica string, in occupation.Intent, want occupation.Verdict) occupation.Outcome {
	l.Helper()
	out, err := l.Locks.Intend(l.ctx, replica, []occupation.Intent{in})
	l.ok(err)
	if len(out) != 1 {
		l.Fatalf("%d outcomes of one intent", len(out))
	}
	if out[0].Verdict != want {
		l.Fatalf("%s of %s by %s: %s, want %s; lock %+v", in.Kind, in.Key, in.Worker.Label, out[0].Verdict, want, out[0].Lock)
	}
	return out[0]
}

// bind binds the outcomes' events to the commit, which must not wait.
func (l *lockTest) bind(id string, outcomes ...occupation.Outcome) occupation.Commit {
	l.Helper()
	c := commitOf(id, outcomes...)
	b, err := l.Locks.Bind(l.ctx, ours, c)
	l.ok(err)
	if b.Wait > 0 || len(b.Stale) > 0 || b.Sent.IsZero() {
		l.Fatalf("binding %s: %+v", id, b)
	}
	c.Sent = b.Sent
	return c
}

// held takes a spool all the way.
func (l *lockTest) held(in occupation.Intent) occupation.Lock {
	l.Helper()
	o := l.intend(in, occupation.Accepted)
	l.carry(o)
	return l.lock(in.Key)
}

// carry brings an accepted intent to its end.
func (l *lockTest) carry(o occupation.Outcome) {
	l.Helper()
	id := "commit-of-" + o.Intent.Event
	l.bind(id, o)
	l.settled(l.Locks.Settle(l.ctx, id, []string{o.Intent.Event}, nil))
}

// lock is the lock of a spool as the store has it now; zero when it is free.
func (l *lockTest) lock(key string) occupation.Lock {
	l.Helper()
	snap, err := l.Locks.Snapshot(l.ctx, key)
	l.ok(err)
	if len(snap.Locks) == 0 {
		return occupation.Lock{}
	}
	return snap.Locks[0]
}

func (l *lockTest) free(key string) {
	l.Helper()
	if lock := l.lock(key); lock != (occupation.Lock{}) {
		l.Fatalf("%s is held: %+v", key, lock)
	}
}

func (l *lockTest) sameLock(got, want occupation.Lock) {
	l.Helper()
	if got != want {
		l.Fatalf("lock\n got %+v\nwant %+v", got, want)
	}
}

func (l *lockTest) now() time.Time {
	l.Helper()
	snap, err := l.Locks.Snapshot(l.ctx, "NOBODY-ASKS")
	l.ok(err)
	return snap.Now
}

// past lets the store's clock pass the moment.
func (l *lockTest) past(moment time.Time) {
	l.Helper()
	if l.Advance != nil {
		if d := moment.Sub(l.now()); d >= 0 {
			l.Advance(d + time.Millisecond)
		}
	}
	for !l.now().After(moment) {
		l.ok(l.ctx.Err())
	}
}

func take(event, key string, by occupation.Holder, ttl time.Duration) occupation.Intent {
	return occupation.Intent{
		Event: event, Kind: occupation.Take, Key: key, Tag: "tag of " + key, Operation: occupation.ARM, Worker: by, TTL: ttl,
	}
}

func pause(event, key string, by occupation.Holder) occupation.Intent {
	return occupation.Intent{Event: event, Kind: occupation.Pause, Key: key, Tag: "tag of " + key, Worker: by}
}

func expire(event string, lock occupation.Lock) occupation.Intent {
	return occupation.Intent{Event: event, Kind: occupation.Expire, Key: lock.Key, Tag: lock.Tag, Worker: lock.Holder, Fence: lock.Fence}
}

func commitOf(id string, outcomes ...occupation.Outcome) occupation.Commit {
	c := occupation.Commit{ID: id, Stamp: 1<<31 - 1, Plan: []byte("plan \x00\xff of " + id)}
	for _, o := range outcomes {
		c.Changes = append(c.Changes, occupation.Change{Intent: o.Intent})
	}
	return c
}
