package occupation

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	maxCommit   = 200             // changes in one commit
	maxWaiting  = 1024            // requests that wait for a commit
	maxInFlight = 4               // commits on their way at once; more than one only when the sheet is slow
	slowAfter   = 5 * time.Second // a commit older than this no longer holds up the next
	drainTime   = 6 * time.Second // how long Run works on after its end is asked for
)

// committer gathers waiting intents, binds, commits and settles them. It is the
// only place where Locks and Records meet. While one commit is on its way the
// next intents gather.
type committer struct {
	cfg      Config
	locks    Locks
	records  Records
	notifier Notifier
	rebuild  func(context.Context) error
	snapshot func(context.Context, ...string) (LockSnapshot, error)

	waiting  chan []*job // the jobs of one request stay together
	doubtful chan doubt

	mu     sync.Mutex
	jobs   map[string]*job // by event, until they end
	asking asking
	ends   map[string]endOf
	pulse  pulse
	open   int           // commits that may be sent and whose end is not known
	calm   chan struct{} // closed when open comes down to none
	closed time.Time     // when the end of the last of them became known
	// dubious are the events that putBack looks after, and by how many doubts.
	dubious map[string]int
}

func newCommitter(s *Service) *committer {
	return &committer{
		cfg: s.cfg, locks: s.locks, records: s.records, notifier: s.notifier, rebuild: s.Rebuild, snapshot: s.snapshot,
		waiting: make(chan []*job, maxWaiting), doubtful: make(chan doubt, maxWaiting), jobs: map[string]*job{},
		asking: asking{open: map[string]int{}, undoing: map[string]chan struct{}{}},
		ends:   map[string]endOf{}, calm: make(chan struct{}), dubious: map[string]int{},
	}
}

// opens counts a commit as one that may be on its way to the sheet, until the
// returned function is called.
func (c *committer) opens() (closed func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.closed = time.Now()
		if c.open--; c.open == 0 {
			close(c.calm)
			c.calm = make(chan struct{})
		}
	}
}

// shownAfter is how long after the answer to a write reads normally show it; nothing
// is promised. SHEETS.md 2, read-after-write.
const shownAfter = 3 * time.Second

// quiet waits until the end of every commit of this process is known, and until reads
// may be expected to show those that have landed.
func (c *committer) quiet(ctx context.Context) error {
	for {
		c.mu.Lock()
		open, calm, shown := c.open, c.calm, c.closed.Add(shownAfter)
		c.mu.Unlock()
		switch {
		case open > 0:
			select {
			case <-calm:
			case <-ctx.Done():
				return ctx.Err()
			}
		case time.Now().Before(shown):
			if err := wait(ctx, time.Until(shown)); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// enter makes a job of an intent, or finds the one that its event has already;
// fresh says that it still has to be queued.
func (c *committer) enter(j *job) (_ *job, fresh bool) {
	j.intent = j.intent.in(c.cfg.Zone)
	j.done, j.since = make(chan struct{}), time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.jobs[j.intent.Event]; known != nil {
		return known, false
	}
	c.jobs[j.intent.Event] = j
	return j, true
}

// queue lets jobs wait for the next commit, together. When the queue is full
// they end at once: their intents are put back with the doubtful ones.
func (c *committer) queue(jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	select {
	case c.waiting <- jobs:
		return
	default:
	}
	var intents []Intent
	for _, j := range jobs {
		if !j.owed {
			intents = append(intents, j.intent)
		}
		c.end(context.Background(), j, &Error{Code: SheetUnavailable, Reason: NothingDone, Tag: j.intent.Tag})
	}
	c.forget(intents)
}

func (c *committer) find(event string) *job {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[event]
}

// end closes a job. The Notifier tells whoever no longer waits, and whoever has
// lost or got a spool by what another did.
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
	left, quiet := j.leaves > 0, j.quiet
	j.mu.Unlock()
	close(j.done)
	if j.owed {
		return
	}
	if j.intent.Kind.Tells() && err == nil && !quiet {
		c.notifier.Settled(ctx, Notice{Intent: j.intent, To: j.intent.Concerns()})
	}
	known := err == nil || err.Reason != BeingChecked // else who left knows no less
	if left && known && j.intent.Kind != Expire {     // for which nobody has asked
		c.notifier.Settled(ctx, Notice{Intent: j.intent, To: j.intent.Worker, Err: err})
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

// gather waits for one request's jobs and takes all others that wait. After the end of ctx
// it takes only what waits already; nil = nothing is left.
func (c *committer) gather(ctx context.Context) []*job {
	var jobs []*job
	select {
	case jobs = <-c.waiting:
	default:
		select {
		case jobs = <-c.waiting:
		case <-ctx.Done():
			return nil
		}
	}
	return c.more(jobs)
}

// more adds the jobs that wait now, until there are maxCommit; the jobs of one
// request stay together.
func (c *committer) more(jobs []*job) []*job {
	for len(jobs) < maxCommit {
		select {
		case others := <-c.waiting:
			jobs = append(jobs, others...)
		default:
			return jobs
		}
	}
	return jobs
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
