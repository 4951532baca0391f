package occupation

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	maxCommit   = 200              // changes in one commit
	maxWaiting  = 1024             // intents that wait for a commit
	maxInFlight = 4                // commits on their way at once; more than one only when the sheet is slow
	slowAfter   = 5 * time.Second  // a commit older than this no longer holds up the next
	drainTime   = 20 * time.Second // how long Run works on after its end is asked for
)

// job is one accepted intent on its way to the sheet, and who waits for it.
type job struct {
	intent Intent
	owed   bool   // only the audit row is still to be delivered
	bound  string // the commit that the intent was bound to last
	done   chan struct{}

	mu     sync.Mutex
	err    *Error
	over   bool
	leaves int // how many gave up waiting
}

// leave ends the wait for the job: its end, or "it is being checked", after
// which the Notifier will be told of the end.
func (j *job) leave() *Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return j.err
	}
	j.leaves++
	return checking(j.intent.Tag)
}

func (j *job) ended() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}

// committer gathers waiting intents, binds, commits and settles them. It is the
// only place where Locks and Records meet. While one commit is on its way the
// next intents gather.
type committer struct {
	cfg      Config
	locks    Locks
	records  Records
	notifier Notifier
	rebuild  func(context.Context) error

	waiting  chan *job
	doubtful chan []string // events whose Intend was not answered

	mu   sync.Mutex
	jobs map[string]*job // by event, until they end
}

func newCommitter(s *Service) *committer {
	return &committer{
		cfg: s.cfg, locks: s.locks, records: s.records, notifier: s.notifier, rebuild: s.Rebuild,
		waiting: make(chan *job, maxWaiting), doubtful: make(chan []string, maxWaiting), jobs: map[string]*job{},
	}
}

// add queues a job. When the queue is full the job ends at once: its intent
// stays with the lock store and is put back with the doubtful ones.
func (c *committer) add(j *job) *job {
	j.intent = j.intent.in(c.cfg.Zone)
	c.mu.Lock()
	if known := c.jobs[j.intent.Event]; known != nil {
		c.mu.Unlock()
		return known
	}
	c.jobs[j.intent.Event] = j
	c.mu.Unlock()
	select {
	case c.waiting <- j:
	default:
		if !j.owed {
			c.forget([]Intent{j.intent})
		}
		c.end(context.Background(), j, &Error{Code: SheetUnavailable, Reason: NothingDone, Tag: j.intent.Tag})
	}
	return j
}

func (c *committer) find(event string) *job {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[event]
}

// forget puts back intents of which it is not known whether the lock store has
// them; a full queue leaves them to the next replica's recovery.
func (c *committer) forget(intents []Intent) {
	events := make([]string, len(intents))
	for i, in := range intents {
		events[i] = in.Event
	}
	select {
	case c.doubtful <- events:
	default:
	}
}

// end closes a job; whoever no longer waits is told by the Notifier.
func (c *committer) end(ctx context.Context, j *job, err *Error) {
	c.mu.Lock()
	delete(c.jobs, j.intent.Event)
	c.mu.Unlock()
	j.mu.Lock()
	if j.over {
		j.mu.Unlock()
		return
	}
	j.over, j.err = true, err
	left := j.leaves > 0
	j.mu.Unlock()
	close(j.done)
	if left && !j.owed {
		c.notifier.Settled(ctx, Notice{Intent: j.intent, Err: err})
	}
}

// run works until ctx ends and then at most drainTime on what is under way;
// what is not settled by then stays with the lock store for recovery.
func (c *committer) run(ctx context.Context) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	idle := make(chan struct{})
	guarded := make(chan struct{})
	go func() { // ends the work when it lasts too long after the end of ctx
		defer close(guarded)
		<-ctx.Done()
		limit := time.NewTimer(drainTime)
		defer limit.Stop()
		select {
		case <-limit.C:
			stop()
		case <-idle:
		}
	}()
	var wg sync.WaitGroup
	wg.Go(func() { c.putBack(ctx, work) })
	slots := make(chan struct{}, maxInFlight)
	for {
		jobs := c.gather(ctx)
		if jobs == nil {
			break
		}
		slots <- struct{}{}
		finished := make(chan struct{})
		wg.Go(func() {
			defer func() { <-slots; close(finished) }()
			c.carry(work, c.more(jobs))
		})
		slow := time.NewTimer(slowAfter)
		select {
		case <-finished:
		case <-slow.C:
		}
		slow.Stop()
	}
	wg.Wait()
	close(idle)
	<-guarded
}

// gather waits for one job and takes all others that wait. After the end of ctx
// it takes only what waits already; nil = nothing is left.
func (c *committer) gather(ctx context.Context) []*job {
	var jobs []*job
	select {
	case j := <-c.waiting:
		jobs = append(jobs, j)
	default:
		select {
		case j := <-c.waiting:
			jobs = append(jobs, j)
		case <-ctx.Done():
			return nil
		}
	}
	return c.more(jobs)
}

// more adds the jobs that wait now, up to maxCommit.
func (c *committer) more(jobs []*job) []*job {
	for len(jobs) < maxCommit {
		select {
		case j := <-c.waiting:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// putBack undoes doubtful intents once the lock store answers.
func (c *committer) putBack(ctx, work context.Context) {
	for {
		select {
		case events := <-c.doubtful:
			if c.persist(work, ctx, func(ctx context.Context) error { return c.locks.Undo(ctx, "", events) }) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// carry brings jobs to their end, whatever it takes: one commit, or several
// when some of them are refused.
func (c *committer) carry(ctx context.Context, jobs []*job) {
	began := time.Now()
	for len(jobs) > 0 {
		draft, err := c.prepare(ctx, jobs)
		if err != nil {
			c.putAllBack(ctx, jobs, asError(asUnavailable(err)))
			return
		}
		jobs = c.dropRefused(ctx, jobs, draft)
		if len(jobs) == 0 {
			return
		}
		commit := Commit{ID: rand.Text(), Stamp: newStamp(), Changes: changes(jobs), Plan: draft.Plan}
		end := c.send(ctx, &commit)
		if !commit.Sent.IsZero() {
			for _, j := range jobs {
				j.bound = commit.ID
			}
		}
		c.cfg.Observe(Observation{Events: len(jobs), Took: time.Since(began), Sends: end.sends, Outcome: end.String(), Err: end.err})
		switch {
		case end.landed:
			c.settle(ctx, end, jobs)
			return
		case end.again:
			jobs = c.more(jobs)
		case len(end.stale) > 0:
			jobs = c.dropStale(ctx, jobs, end.stale)
		case end.unknown:
			c.leaveToRecovery(ctx, jobs)
			return
		default:
			jobs = c.dropBad(ctx, jobs, end)
		}
	}
}

func (c *committer) prepare(ctx context.Context, jobs []*job) (Draft, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
	defer cancel()
	draft, err := c.records.Prepare(ctx, changes(jobs))
	if err != nil {
		return Draft{}, err
	}
	conflict := func(d Draft) bool {
		return slices.ContainsFunc(jobs, func(j *job) bool { return recheck(j, d) != nil })
	}
	if !conflict(draft) {
		return draft, nil
	}
	if _, err := c.records.Book(ctx, 0); err != nil { // a refusal is confirmed on a fresh read
		return Draft{}, err
	}
	if draft, err = c.records.Prepare(ctx, changes(jobs)); err != nil {
		return Draft{}, err
	}
	refused := map[string]*Error{}
	var rest []*job
	for _, j := range jobs {
		if bad := recheck(j, draft); bad != nil {
			refused[j.intent.Event] = bad
			continue
		}
		rest = append(rest, j)
	}
	if len(refused) == 0 {
		return draft, nil
	}
	for event, bad := range draft.Refused {
		refused[event] = bad
	}
	if len(rest) > 0 {
		if draft, err = c.records.Prepare(ctx, changes(rest)); err != nil {
			return Draft{}, err
		}
	}
	if draft.Refused == nil {
		draft.Refused = refused
		return draft, nil
	}
	for event, bad := range refused {
		draft.Refused[event] = bad
	}
	return draft, nil
}

// recheck applies the rules that the row itself decides, on the read that the
// commit is made from.
func recheck(j *job, d Draft) *Error {
	spool, ok := d.Rows[j.intent.Event]
	if !ok || j.owed {
		return nil
	}
	return CanWrite(j.intent, spool)
}

func (c *committer) dropRefused(ctx context.Context, jobs []*job, d Draft) []*job {
	return c.drop(jobs, func(j *job) bool {
		bad := d.Refused[j.intent.Event]
		if bad == nil {
			return false
		}
		c.putAllBack(ctx, []*job{j}, bad)
		return true
	})
}

func (c *committer) dropStale(ctx context.Context, jobs []*job, stale []string) []*job {
	return c.drop(jobs, func(j *job) bool {
		if !slices.Contains(stale, j.intent.Event) {
			return false
		}
		c.leaveToRecovery(ctx, []*job{j})
		return true
	})
}

// dropBad ends the jobs that are to blame for a refusal, and keeps the others
// for another commit. When nobody knows which are to blame, the first half is
// committed apart from the second.
func (c *committer) dropBad(ctx context.Context, jobs []*job, end ending) []*job {
	reason := asError(asUnavailable(end.err))
	bad := end.bad
	if len(bad) == 0 && len(jobs) > 1 && reason.Code != SheetSchema {
		half := len(jobs) / 2
		c.carry(ctx, jobs[:half])
		return jobs[half:]
	}
	var rest, blamed []*job
	for i, j := range jobs {
		if len(bad) == 0 || slices.Contains(bad, i) {
			blamed = append(blamed, j)
		} else {
			rest = append(rest, j)
		}
	}
	c.putAllBack(ctx, blamed, reason)
	return rest
}

func (c *committer) drop(jobs []*job, gone func(*job) bool) []*job {
	var rest []*job
	for _, j := range jobs {
		if !gone(j) {
			rest = append(rest, j)
		}
	}
	return rest
}

// putAllBack undoes intents that for certain changed nothing, and answers.
func (c *committer) putAllBack(ctx context.Context, jobs []*job, why *Error) {
	byCommit := map[string][]string{}
	for _, j := range jobs {
		if !j.owed { // an owed row stays owed
			byCommit[j.bound] = append(byCommit[j.bound], j.intent.Event)
		}
	}
	undo := func(ctx context.Context) error {
		for commit, events := range byCommit {
			if err := c.locks.Undo(ctx, commit, events); err != nil {
				return err
			}
			delete(byCommit, commit)
		}
		return nil
	}
	err := undo(ctx)
	for _, j := range jobs {
		reason := *why
		reason.Tag = j.intent.Tag
		c.end(ctx, j, &reason)
	}
	if err != nil && !errors.Is(err, ErrUnseeded) {
		_ = c.persist(ctx, nil, undo) // ends only by success or with the process, whose successor recovers
	}
}

// leaveToRecovery ends jobs that are not this replica's any more, or whose end
// cannot be found out before the process stops.
func (c *committer) leaveToRecovery(ctx context.Context, jobs []*job) {
	for _, j := range jobs {
		c.end(ctx, j, checking(j.intent.Tag))
	}
}

// settle tells the lock store that a commit has landed, and answers.
func (c *committer) settle(ctx context.Context, end ending, jobs []*job) {
	events := make([]string, len(jobs))
	for i, j := range jobs {
		events[i] = j.intent.Event
	}
	err := c.persist(ctx, nil, func(ctx context.Context) error {
		return c.locks.Settle(ctx, end.commit, events, end.receipt.Owed)
	})
	if errors.Is(err, ErrUnseeded) {
		err = c.rebuild(ctx)
	}
	for _, j := range jobs {
		if err != nil {
			c.end(ctx, j, &Error{Code: LocksUnavailable, Reason: BeingChecked, Tag: j.intent.Tag, Err: err})
			continue
		}
		c.end(ctx, j, nil)
	}
}

// persist repeats a call of the lock store until it is answered, with growing
// pauses, while ctx lasts and, when until is given, while that lasts.
// ErrUnseeded is an answer.
func (c *committer) persist(ctx, until context.Context, call func(context.Context) error) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := call(try)
		cancel()
		if err == nil || errors.Is(err, ErrUnseeded) {
			return err
		}
		if until != nil && until.Err() != nil {
			return err
		}
		if wait(ctx, pause) != nil {
			return err
		}
	}
}

func changes(jobs []*job) []Change {
	out := make([]Change, len(jobs))
	for i, j := range jobs {
		out[i] = j.intent.Change()
		if j.owed {
			out[i].Cells = nil
		}
	}
	return out
}

// newStamp is a random id of 31 bits, never 0.
func newStamp() int32 {
	var b [4]byte
	for {
		_, _ = rand.Read(b[:]) // never fails
		if n := int32(binary.BigEndian.Uint32(b[:]) >> 1); n > 0 {
			return n
		}
	}
}

func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: SheetUnavailable, Reason: NothingDone, Err: err}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
