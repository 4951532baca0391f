package occupation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"
	"time"
)

// Config is what a Service has to know of its site.
type Config struct {
	Replica string         // unique name of this running process
	Zone    *time.Location // the shop's
	TTL     time.Duration  // how long a take lasts
	Grace   time.Duration  // how long after the expiry only the former holder may finish or take it back
	Shifts  []Shift        // in the order of their start; none = EXTENDER knows no shift
	// WarnBefore is how long before the deadline the holder is warned, longest
	// first; none = never.
	WarnBefore []time.Duration
	// Patience is how long a person waits for an answer before it becomes "it is
	// being checked"; 0 = 8 s.
	Patience time.Duration
	// SendTimeout is how long one sending to the sheet may take; 0 = 60 s.
	SendTimeout time.Duration
	// Observe is told of every commit and every recovery; nil = nobody.
	Observe func(Observation)
}

// Observation is one commit's end, a repair's, or a recovery that has to go on, for
// logs and metrics.
type Observation struct {
	Commit   string   // its id, which is the value of its stamp
	Requests []string // those that it carries out, by their traces
	Events   int
	Took     time.Duration
	Sends    int
	// Outcome is one of "landed", "waited", "refused", "stale", "unknown" and
	// "recovering"; or of a repair "repaired" or "unrepaired".
	Outcome string
	Err     error
	Tags    []string // of a repair: the spools of the commit whose rows people had moved
}

// Service is the core: the one way in which anything changes. Its methods are
// safe for use by many goroutines. Run must be running for changes to happen.
type Service struct {
	cfg       Config
	locks     Locks
	desk      Desk
	records   Records
	directory Directory
	claims    Claims
	notifier  Notifier
	committer *committer
	fence     atomic.Int64 // the highest that was seen
	ahead     atomic.Int64 // how far the lock store's clock is ahead of this machine's, in ns
	rebuild   turn         // one rebuild of the lock store at a time
	roster    roster

	linking    turn         // one change of a link at a time
	recovery   turn         // one recovery at a time
	unfinished []Unfinished // claimed, and not brought to an end yet
}

// Ports are what a Service works with.
type Ports struct {
	Locks     Locks
	Desk      Desk
	Records   Records
	Directory Directory
	Claims    Claims
	Notifier  Notifier
}

// New returns a service over its ports.
func New(cfg Config, p Ports) *Service {
	if cfg.Patience == 0 {
		cfg.Patience = 8 * time.Second
	}
	if cfg.SendTimeout == 0 {
		cfg.SendTimeout = 60 * time.Second
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Observation) {}
	}
	s := &Service{
		cfg: cfg, locks: p.Locks, desk: p.Desk, records: p.Records, directory: p.Directory, claims: p.Claims,
		notifier: p.Notifier, rebuild: make(turn, 1), linking: make(turn, 1), recovery: make(turn, 1),
	}
	s.committer = newCommitter(s)
	return s
}

// clockSlack is how far two clocks may differ without anybody minding.
const clockSlack = 2 * time.Second

// clockJump is by how much the lock store's clock must jump for heartbeats to be in
// doubt.
const clockJump = beatFor - 2*beatEvery

// Now is the shop's time, in its zone: this machine's, or the lock store's as it
// was last seen when the two differ, because deadlines are of that clock.
func (s *Service) Now() time.Time {
	return time.Now().Add(time.Duration(s.ahead.Load())).In(s.cfg.Zone)
}

// Time asks the lock store for its time, by which everything is due. Error:
// LOCKS_UNAVAILABLE.
func (s *Service) Time(ctx context.Context) (time.Time, error) {
	snap, err := s.snapshot(ctx, "-")
	if err != nil {
		return time.Time{}, locksGone(err, NothingDone)
	}
	return snap.Now.In(s.cfg.Zone), nil
}

// sawFence keeps in mind what a lock store that forgets everything forgets.
func (s *Service) sawFence(fence int64) {
	for {
		known := s.fence.Load()
		if fence <= known || s.fence.CompareAndSwap(known, fence) {
			return
		}
	}
}

// compareClock says by how much the lock store's clock has jumped since it was
// compared last.
func (s *Service) compareClock(theirs time.Time) time.Duration {
	ahead := time.Until(theirs)
	if ahead.Abs() < clockSlack {
		ahead = 0
	}
	return (ahead - time.Duration(s.ahead.Swap(int64(ahead)))).Abs()
}

// turn is a lock over work that waits for others, so that waiting for it ends
// with the context.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// Request is who asks, and when.
type Request struct {
	// Key identifies the request: the same key gives the same events, so that a
	// request delivered twice is never carried out twice. Empty = a new one.
	Key    string
	Worker int       // the worker's id
	Now    time.Time // the shop's time (Service.Now), in any zone
}

// Target names a spool for PAUSAR, COMPLETAR and EXTENDER.
type Target struct {
	Tag   string
	Fence int64 // from the button that was pressed; 0 = whichever is held
	// Deadline is the one that the button was shown with, for EXTENDER: whoever
	// taps "+1 h" twice means one hour. Zero = the one of now.
	Deadline time.Time
}

// Result is what became of one spool of a request.
type Result struct {
	Tag     string    // as the sheet spells it, or as given when it was not found
	Spool   Spool     // the row as read before the change; zero when not found
	Lock    Lock      // after a take: the occupation; after a finish: the one that ended
	Kind    Kind      // what was asked
	Asked   Operation // of a take: the one that was asked for; empty = what the spool needs
	Date    time.Time
	Undoes  Kind   // DESHACER: what was taken back
	Reason  string // RETENER and its lifting: why it is, or was, stopped
	Already bool   // a take of what one holds already, or an extension to no later; nothing changed
	// Reverts: whoever asked can take it back (Revert); a PauseWhy: the pause of which it
	// says why. Not for ever: it says how it was when it was done.
	Reverts bool
	Err     *Error // nil = done
}

// Begins reports whether the result is of what begins an occupation.
func (r Result) Begins() bool { return Intent{Kind: r.Kind, Undoes: r.Undoes}.Begins() }

// Find looks a TAG up, however it is spelled, and says what is known of it now.
// Errors: SPOOL_NOT_FOUND, DUPLICATE_TAG, SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Find(ctx context.Context, tag string) (Status, error) {
	book, err := s.Book(ctx)
	if err != nil {
		return Status{}, err
	}
	spool, missing := book.Find(tag)
	if missing != nil {
		if book, err = s.records.Book(ctx, freshEnough); err != nil {
			return Status{}, asUnavailable(err)
		}
		if spool, missing = book.Find(tag); missing != nil {
			return Status{}, missing
		}
	}
	all, err := s.StatusOf(ctx, []Spool{spool})
	if err != nil {
		return Status{}, err
	}
	return all[0], nil
}

// StatusOf joins spools with their locks, in one round trip. Error:
// LOCKS_UNAVAILABLE.
func (s *Service) StatusOf(ctx context.Context, spools []Spool) ([]Status, error) {
	if len(spools) == 0 {
		return nil, nil
	}
	keys := make([]string, len(spools))
	for i, sp := range spools {
		keys[i] = TagKey(sp.Tag)
	}
	snap, err := s.snapshot(ctx, keys...)
	if err != nil {
		return nil, locksGone(err, NothingDone)
	}
	byKey := s.localLocks(snap.Locks)
	out := make([]Status, len(spools))
	for i, sp := range spools {
		out[i] = Status{Spool: sp, Lock: byKey[keys[i]]}
	}
	return out, nil
}

// HeldBy lists what a worker holds now, or may take back, oldest first: by their locks, and by
// the sheet where the lock store knows nothing of it. Errors: as Find.
func (s *Service) HeldBy(ctx context.Context, worker int) ([]Status, error) {
	all, err := s.Held(ctx)
	if err != nil {
		return nil, err
	}
	return HeldBy(all, worker), nil
}

// Book returns the spools as last read: at most a minute old, and our own
// changes always in it. Errors: SHEET_SCHEMA, SHEET_UNAVAILABLE.
func (s *Service) Book(ctx context.Context) (*Book, error) {
	b, err := s.records.Book(ctx, time.Minute)
	if err != nil {
		return nil, asUnavailable(err)
	}
	return b, nil
}

// WorkerBySlack returns the active worker linked to a Slack user. Errors:
// WORKER_UNKNOWN (Unlinked, Inactive), SHEET_....
func (s *Service) WorkerBySlack(ctx context.Context, slackID string) (Worker, error) {
	w, err := s.directory.BySlack(ctx, slackID)
	if err != nil {
		return Worker{}, asUnavailable(err)
	}
	if bad := CanAct(w); bad != nil {
		return w, bad
	}
	return w, nil
}

// Worker returns a worker by id. Errors: as WorkerBySlack.
func (s *Service) Worker(ctx context.Context, id int) (Worker, error) {
	w, err := s.directory.Worker(ctx, id)
	if err != nil {
		return Worker{}, asUnavailable(err)
	}
	if bad := CanAct(w); bad != nil {
		return w, bad
	}
	return w, nil
}

// eventID derives the event of one spool of a request.
func eventID(r Request, kind Kind, key string) string {
	if r.Key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(r.Key + "\x00" + string(kind) + "\x00" + key))
	return hex.EncodeToString(sum[:13])
}
