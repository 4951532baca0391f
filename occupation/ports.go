package occupation

import (
	"context"
	"errors"
	"time"
)

// Locks is the port to the lock store. Time in it is the store's own clock.
// Every method is one round trip, and safe for use by many processes at once.
// An error of a method is a fault of the store, or ErrUnseeded: what was asked
// may or may not have happened, as with any line that breaks.
type Locks interface {
	// Intend checks holder, fence, state and deadline of each spool and, where
	// they allow it, puts its lock into the passing state and remembers the
	// intent as owned by replica. One outcome per intent, in order; all intents
	// are of one kind and of distinct keys. An event that is remembered already
	// is answered Busy and changes nothing.
	Intend(ctx context.Context, replica string, intents []Intent) ([]Outcome, error)

	// Bind gives the events of a commit its stamp and plan and takes one write
	// from the quota that all replicas share. When Bound.Wait is positive, or
	// Bound.Stale is not empty, nothing was bound and no write was taken. Binding
	// the same commit again (same ID) only takes a write, for sending it again.
	Bind(ctx context.Context, replica string, commit Commit) (Bound, error)

	// Settle says that the commit has landed: takes and transfers become held,
	// whoever got the spool leaves its wait list, and who had let it lapse before
	// learns so from a finish; locks of finishes vanish, those of expiries become
	// lapsed; of a change OnFree is left what was before, a lapsed lock or none. For
	// RevertFor a change that Reverts can be taken back by whoever made it, until
	// another intent of the spool is accepted and not undone; not so a take that
	// renewed an occupation. For PauseWhyFor it can be said why there was a pause. Kinds that Tell are kept as news (Desk.News). The intents are
	// dropped, but those of the events in owed stay, as audit rows still to be
	// delivered. Events that are not bound to that commit (any more) are left
	// alone. lost are those that the store does not remember at all: somebody
	// else has brought them to their end, or the store has forgotten everything.
	Settle(ctx context.Context, commit string, events, owed []string) (lost []string, err error)

	// Undo says that for certain nothing was written: the locks go back to what
	// they were before the intents, which are dropped. commit is the ID that the
	// events are bound to, empty for those that were never bound; others are left
	// alone. An owed audit row is only unbound; that of a PauseWhy which was never bound
	// is dropped and can be said again; that of an Extend which was never
	// bound is dropped and the deadline put back, if nothing has happened since.
	Undo(ctx context.Context, commit string, events []string) error

	// Claim makes replica the owner of every intent whose owner has no heartbeat
	// any more and of every owed audit row that no living replica has bound, and
	// returns them by commit, in the order of their fences; with them come its own
	// that are older than StrayAfter and not among those that it carries.
	Claim(ctx context.Context, replica string, carries []string) ([]Unfinished, error)

	// Beat is the heartbeat of a replica: until ttl has passed nobody claims what
	// it owns. A ttl of zero says that it has gone.
	Beat(ctx context.Context, replica string, ttl time.Duration) error

	// Calm says of a replica that it has found the store empty, and that by then
	// nothing is on its way to the sheet any more that it had begun before. A store
	// that is seeded meanwhile takes no notice.
	Calm(ctx context.Context, replica string) error

	// Snapshot returns the locks of the keys, or of all spools when none is
	// given. It works on an unseeded store too and says so.
	Snapshot(ctx context.Context, keys ...string) (LockSnapshot, error)

	// Due returns what has become due by the store's clock. A warning is returned
	// once per fence, deadline and item of before (longest first), and of several
	// that have come due meanwhile only the last; with the first of a worker come
	// those of the same item that follow within together. Lapsed locks whose grace is over are dropped
	// and returned; a finish of their former holders learns of the expiry.
	Due(ctx context.Context, before []time.Duration, together time.Duration) (Due, error)

	// Restore adds locks that the sheet knows and the store does not (existing
	// ones are left alone; a Fence of 0 gets a new one), and raises the fence counter
	// to at least fence.
	Restore(ctx context.Context, locks []Lock, fence int64) error

	// Drop frees the spools with these keys where they are held under this fence or an
	// earlier one: the occupations have ended, and the store has forgotten that.
	Drop(ctx context.Context, ended map[string]int64) error

	// Seed is Restore on an empty store, which is seeded from then on. It does
	// nothing when another was faster. ErrUnseeded means that the store has become
	// empty once more since the replica said that it is calm: what it has read since
	// may be older than what others have done meanwhile.
	Seed(ctx context.Context, replica string, locks []Lock, fence int64) error
}

// StrayAfter is how old an intent must be that its own replica does not carry: the
// answer that it was accepted may still be on its way.
const StrayAfter = 15 * time.Second

// ErrUnseeded means that the lock store is empty: its site key is missing. It
// must be rebuilt from the sheet before anybody takes anything.
var ErrUnseeded = errors.New("lock store is not seeded")

// Verdict is what the lock store says to an intent.
type Verdict string

// The verdicts.
const (
	Accepted Verdict = "accepted"  // remembered; the lock is in its passing state
	Already  Verdict = "already"   // TAKE: the same worker holds it; EXTEND: the deadline is no earlier; TRANSFER: the receiver has it; REVERT: it was taken back; PAUSE WHY: it was said. Nothing changed
	Busy     Verdict = "busy"      // an earlier intent is on its way: Lock.Event. TAKE: the same worker's, or one OnFree
	Occupied Verdict = "occupied"  // TAKE, OnFree: somebody (else) holds it: Lock
	Kept     Verdict = "kept"      // TAKE: somebody else's has lapsed, and is kept for them until Lock.Until
	Reserved Verdict = "reserved"  // TAKE, REVERT: the first of the wait list may have it until Outcome.Until
	Free     Verdict = "free"      // all but TAKE: nobody holds it
	NotYours Verdict = "not_yours" // all but TAKE: somebody else holds it than was thought: Lock
	Stale    Verdict = "stale"     // all but TAKE: the same worker holds it under another fence: Lock
	Expired  Verdict = "expired"   // finish, EXTEND, REVERT: it expired at Outcome.Expired; Lock is who has it now, if any, or one's own lapsed one within its grace (EXTEND)
	Gone     Verdict = "gone"      // REVERT, PAUSE WHY: there is nothing (any more) that could be taken back, or such a pause; RETAIN: the same, with a Fence
	Current  Verdict = "current"   // EXPIRE: the lock is not over its deadline, not held, or not there
)

// Outcome is the lock store's answer to one intent.
type Outcome struct {
	Verdict Verdict
	Intent  Intent    // completed with Operation, Fence, Since, Deadline, At; valid when Accepted
	Lock    Lock      // the lock as it is now; zero when there is none
	Expired time.Time // when Verdict is Expired
	Until   time.Time // when Verdict is Reserved; of a PAUSE WHY until when the pause can be taken back, zero = not any more
}

// Due is what has become due.
type Due struct {
	Now      time.Time
	Warnings []Warning
	Over     []Lock // held, and past their deadline: to be expired
	Ended    []Lock // lapsed, and past their grace: they are dropped
}

// Warning is a held lock whose deadline comes near.
type Warning struct {
	Lock   Lock
	Before time.Duration // the item of the list that has come due
}

// Commit is one write of the sheet: all waiting changes under one stamp.
type Commit struct {
	ID      string // random; the value of the stamp
	Stamp   int32  // 1 .. 2^31-1, random; the id of the stamp
	Changes []Change
	Plan    []byte    // the records' own notes: rows, before-images, everything the request is made of
	Repair  bool      // puts right what an earlier commit of the same events wrote to a wrong row
	Sent    time.Time // when it was bound first, by the lock store's clock; zero = never
}

// Events lists the events of the commit's changes.
func (c Commit) Events() []string {
	out := make([]string, len(c.Changes))
	for i, ch := range c.Changes {
		out[i] = ch.Intent.Event
	}
	return out
}

// Bound is the answer to Bind.
type Bound struct {
	Wait  time.Duration // positive: no write is free, ask again after it
	Stale []string      // events that are not this replica's any more
	Sent  time.Time     // when the commit was bound first
}

// Unfinished is a group of intents that recovery has to finish: those of one
// commit, or one that was never bound (Commit.ID is empty), or owed audit rows
// (Owed is true; the locks are settled already).
type Unfinished struct {
	Commit Commit // Changes hold the intents; Stamp, Plan, Repair, Sent as bound
	Owed   bool
}

// LockSnapshot is what the lock store holds at one moment.
type LockSnapshot struct {
	Now      time.Time // the store's clock
	Seeded   bool
	SeededAt time.Time // when; whatever it was told before that it has forgotten
	Fence    int64     // the highest fence given so far
	Living   []string  // the replicas whose heartbeat lasts, by name
	Calm     []string  // of an empty store: those that have said so, by name
	Locks    []Lock
}

// Records is the port to the sheet.
type Records interface {
	// Book returns the spools as the sheet has them, from a read that began at
	// most maxAge ago; maxAge <= 0 asks for a read that begins now. Our own
	// commits are in it. Errors: SHEET_SCHEMA, SHEET_UNAVAILABLE.
	Book(ctx context.Context, maxAge time.Duration) (*Book, error)

	// Disown forgets what our own commits made of the spools with these keys, or of
	// all spools when none is given: only what is read counts from now on. Something
	// may have happened to them since, by another replica.
	Disown(keys ...string)

	// Prepare finds the rows of the changes on a read at most five seconds old
	// and makes the plan of a commit. Changes that cannot be written (the TAG is
	// gone or doubled) are named in Draft.Refused. An error concerns all.
	Prepare(ctx context.Context, changes []Change) (Draft, error)

	// Commit sends the commit once. Errors: *Refused (for certain nothing was
	// applied) or *Unknown (nobody can tell yet); nil means that it has landed,
	// now or in an earlier sending.
	Commit(ctx context.Context, commit Commit) (Receipt, error)

	// Resolve finds out for certain whether a commit that may have been sent has
	// landed; if not, it never can any more when Resolve has returned false. An
	// error means that this is not known yet; it may take minutes.
	Resolve(ctx context.Context, commit Commit) (landed bool, receipt Receipt, err error)

	// Ledger reads what the audit log knows: the highest fence and the last
	// occupation per spool key. A missing log is an empty ledger.
	Ledger(ctx context.Context) (Ledger, error)

	// Log reads the audit log for people: the newest q.Most() of the rows that
	// are asked for, newest first, their times in the shop's zone; more = there
	// are older ones. People may have sorted the rows, and of rows that others
	// have written it gives what can be read. It makes few reads, and leaves those
	// to work that work needs. Errors: SHEET_SCHEMA (the log, or a column that says
	// what happened when, is not there), SHEET_UNAVAILABLE.
	Log(ctx context.Context, q LogQuery) (rows []AuditRow, more bool, err error)
}

// Draft is a prepared commit.
type Draft struct {
	Plan    []byte
	Refused map[string]*Error // by event; those are not in the plan
	// Rows are the rows that the plan writes, as they were read, by event; the
	// core checks once more on them that a row is nobody else's.
	Rows map[string]Spool
}

// Receipt says what became of a commit that has landed.
type Receipt struct {
	Owed []string // events whose audit row is still to be delivered
	// Remainder is not nil when people moved rows meanwhile and something was
	// written to a wrong row: the plan of one more commit that puts it right. Its
	// receipt owes what this one owes.
	Remainder []byte
}

// Refused means that for certain nothing of the commit was applied.
type Refused struct {
	Err *Error // the reason for people; nil when only time is needed
	// Bad are the indexes of the changes to blame; empty = all or not known.
	Bad []int
	// Wait is positive when the same commit may be sent again after it (429).
	Wait time.Duration
	// Moved: people moved rows or columns away since Prepare; the same changes may
	// be prepared anew.
	Moved bool
	// StampTaken: another commit uses this stamp id; choose another.
	StampTaken bool
	// Burned: recovery has burned the stamp; the commit belongs to nobody here.
	Burned bool
}

func (r *Refused) Error() string {
	if r.Err != nil {
		return "commit refused: " + r.Err.Error()
	}
	return "commit refused"
}

func (r *Refused) Unwrap() error {
	if r.Err == nil {
		return nil
	}
	return r.Err
}

// Unknown means that the outcome of a sending is not known.
type Unknown struct {
	Err error
	// Again: the same commit may be sent again at once, it can land only once.
	Again bool
}

func (u *Unknown) Error() string { return "outcome unknown: " + u.Err.Error() }
func (u *Unknown) Unwrap() error { return u.Err }

// Desk is the port to what people ask of each other and of the bot, and to what
// they must still hear. Time in it is the clock of the lock store, of which it
// is a part. Every method is one round trip; a missing entry is no error.
type Desk interface {
	// Wait puts the worker at the end of a spool's wait list, or leaves them
	// where they are, and returns their place, 1 = the first. 0 = there is no
	// lock, so there is nothing to wait for.
	Wait(ctx context.Context, w Waiting) (place int, err error)
	// Leave takes the worker off a spool's wait list.
	Leave(ctx context.Context, key string, worker int) error
	// Waits returns who waits for which spool, by key, and of each the first in line
	// first.
	Waits(ctx context.Context) ([]Waiting, error)
	// Stopped says which of the spools that people wait for are stopped now, by key, all
	// of them. One that was so before and has no lock comes free with that: its turns
	// begin anew, unless it has come free since by another way.
	Stopped(ctx context.Context, keys []string) error
	// Turns returns whose turn it is: for each spool that has come free the first
	// in line, for whom it is reserved for HeadStart, and all others when that is
	// over and the spool still free. Each is returned once for each time that the
	// spool comes free; the head start runs from that moment.
	Turns(ctx context.Context) ([]Turn, error)

	// Offer remembers an offer of TRASPASAR for o.Lasts. Of one spool there is
	// one at a time: an earlier one is replaced and returned (zero = none).
	Offer(ctx context.Context, o Offer) (replaced Offer, err error)
	// Answered takes the offer off the desk if the worker is one of its From, To
	// and By; false = it is not there (any more), or is none of theirs.
	Answered(ctx context.Context, id string, worker int) (Offer, bool, error)
	// Unanswered takes the offers off the desk whose time is over, and returns them: each
	// once, and again whenever TellWithin has passed and nobody was Told, for a day.
	Unanswered(ctx context.Context) ([]Offer, error)

	// News returns the intents that were settled at least age ago and that nobody
	// has been told of yet (Kind.Tells).
	News(ctx context.Context, age time.Duration) ([]Intent, error)
	// Told drops news by event, and offers whose time is over by id.
	Told(ctx context.Context, events ...string) error
}

// TellWithin is how long whoever has something to tell may take for that, before it is
// any replica's to tell.
const TellWithin = 4 * time.Minute

// HeadStart is how long a spool that comes free is reserved for the first of its
// wait list.
const HeadStart = 2 * time.Minute

// Waiting is a worker's wish to hear when a spool comes free.
type Waiting struct {
	Key    string
	Tag    string // as the sheet spells it
	Worker int
}

// Turn is a worker whose wait is over.
type Turn struct {
	Waiting
	First bool      // nobody else may take the spool before Until
	Until time.Time // when First
}

// Offer is a spool that its holder (or a supervisor) wants another worker to
// have. It changes nothing until the other accepts.
type Offer struct {
	ID     string
	Key    string
	Tag    string // as the sheet spells it
	Fence  int64  // of the occupation
	From   Holder // whose it is
	To     Holder // who is to have it
	By     Holder // the supervisor who arranged it; zero = From did
	Reason string // as written; a supervisor must give one
	Lasts  time.Duration
	Until  time.Time // set by the desk
}

// Directory is the port to the people.
type Directory interface {
	// Worker returns the worker with the id. Error: WORKER_UNKNOWN (Unlinked),
	// SHEET_SCHEMA, SHEET_UNAVAILABLE. Inactive workers are returned.
	Worker(ctx context.Context, id int) (Worker, error)
	// BySlack returns the worker linked to a Slack user id; errors as Worker.
	BySlack(ctx context.Context, slackID string) (Worker, error)
	// Workers returns all workers, inactive ones too, as Worker knows them. Errors:
	// SHEET_SCHEMA, SHEET_UNAVAILABLE.
	Workers(ctx context.Context) ([]Worker, error)
	// Link writes whom a worker is linked to, if they are still linked as l says, and
	// its audit row with it; logged = that row is in the log. nil: it is so now, by
	// this call or before it; the other methods know it at once here, within a minute
	// elsewhere. Of two calls at the same time for one worker both may succeed: the
	// caller keeps them apart. Errors: INVALID_INPUT (LinkChanged, AccountTaken,
	// NoName), SHEET_SCHEMA (there is no Slack_ID), SHEET_UNAVAILABLE (Uncertain: it
	// may have been written; else nothing was).
	Link(ctx context.Context, l Link) (logged bool, err error)
}

// Notifier is the port to the people's eyes for what they do not wait for any
// more.
type Notifier interface {
	// Settled tells what became of an operation whose answer was "it is being
	// checked", or which recovery finished, and what happened to a spool without
	// its holder's doing (Kind.Tells). It must not block for long. Of the latter
	// kind the same news may come again until Service.Told was called.
	Settled(ctx context.Context, notice Notice)
}

// Notice is news about one intent for the worker whom it concerns.
type Notice struct {
	Intent Intent
	To     Holder // who is told
	Err    *Error // nil: it is done; else what became of it instead
	// Quiet: whoever asked knows. It is for those who have asked anew elsewhere meanwhile,
	// and were told that it is being checked.
	Quiet bool
}
