package bot

import (
	"context"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Diary is what all replicas know of the jobs: who leads, and what was done.
type Diary interface {
	// Lead takes or renews the lease of that name for ttl and reports whether the
	// replica has it; a ttl of zero gives it up.
	Lead(ctx context.Context, name, replica string, ttl time.Duration) (bool, error)
	// Advance notes that a job is done up to the moment, and returns up to when it
	// was done before (zero = never); ok is false, and nothing changes, when that
	// was no earlier.
	Advance(ctx context.Context, job string, upTo time.Time) (last time.Time, ok bool, err error)
	// Done returns up to when a job was done, zero = never.
	Done(ctx context.Context, job string) (time.Time, error)
}

const (
	lease     = "jobs"
	leaseTime = 15 * time.Second // after which another replica leads
	lookEvery = 5 * time.Second  // how often a job looks whether it is due

	sweepEvery     = 20 * time.Second
	reconcileEvery = 10 * time.Minute
	sweepTime      = 2 * time.Minute
	reconcileTime  = 5 * time.Minute
)

// job is something that one of all replicas does at set times.
type job struct {
	name  string
	every time.Duration // its times are the multiples of it, whatever the clocks of people do
	limit time.Duration
	run   func(ctx context.Context) error
	asked time.Time // the last of its times that was asked for: somebody has done it
}

// runJobs does the jobs until ctx ends. Every replica looks whether one is due;
// the one with the lease does it, under a key for its time: so a leader that was
// frozen and wakes up late finds it done, and after a stop only the last of the
// times that were missed is made up for.
func (b *Bot) runJobs(ctx context.Context) {
	ctx = b.log.WithContext(ctx)
	c := cron.New(cron.WithLocation(b.zone), cron.WithLogger(cronLog{b.log}),
		cron.WithChain(cron.Recover(cronLog{b.log}), cron.SkipIfStillRunning(cron.DiscardLogger)))
	look := cron.Every(lookEvery)
	for _, j := range b.allJobs() {
		c.Schedule(look, cron.FuncJob(func() { b.lookAt(ctx, j) }))
	}
	c.Schedule(look, cron.FuncJob(func() { b.tellTally(ctx) }))
	if b.supervisors != "" {
		c.Schedule(cron.Every(locksEvery), cron.FuncJob(func() { b.watchLocks(ctx) }))
	}
	for _, kind := range occupation.DigestKinds() {
		due := &digestDue{kind: kind}
		c.Schedule(look, cron.FuncJob(func() { b.lookAtDigest(ctx, due) }))
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	b.tellTally(context.WithoutCancel(ctx))
	give, cancel := context.WithTimeout(context.WithoutCancel(ctx), memoryTimeout)
	defer cancel()
	b.leads.Store(false)
	_, err := b.diary.Lead(give, lease, b.replica, 0)
	logged(give, err, "lease_not_given_up")
}

func (b *Bot) allJobs() []*job {
	jobs := []*job{
		{name: "sweep", every: sweepEvery, limit: sweepTime, run: b.sweep},
		{name: "reconcile", every: reconcileEvery, limit: reconcileTime, run: b.reconcile},
	}
	if b.supervisors != "" {
		jobs = append(jobs,
			&job{name: "board", every: boardEvery, limit: boardTime, run: b.showTheBoard},
			&job{name: "alerts", every: alertEvery, limit: alertTime, run: b.watch})
	}
	return jobs
}

// Leads reports whether this replica had the lease of the jobs when it was asked last.
func (b *Bot) Leads() bool { return b.leads.Load() }

// lookAt does the job if it is due and this replica leads. As long as the next of its
// times has not come by our own clock either, which is at most two seconds behind,
// nobody is asked.
func (b *Bot) lookAt(ctx context.Context, j *job) {
	if b.core.Now().Add(2 * time.Second).Truncate(j.every).Equal(j.asked) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, j.limit)
	defer cancel()
	leads, err := b.diary.Lead(ctx, lease, b.replica, leaseTime)
	b.leads.Store(leads && err == nil)
	if err != nil || !leads {
		logged(ctx, err, "lease_not_asked")
		return
	}
	now, err := b.core.Time(ctx)
	if err != nil {
		logged(ctx, err, "time_not_asked")
		return
	}
	upTo := now.Truncate(j.every)
	_, due, err := b.diary.Advance(ctx, j.name, upTo)
	if err == nil {
		j.asked = upTo
	}
	if err != nil || !due {
		logged(ctx, err, "job_not_asked")
		return
	}
	began := time.Now()
	err = j.run(ctx)
	if err != nil && ctx.Err() == nil {
		b.log.Warn().Err(err).Str("job", j.name).Dur("took", time.Since(began)).Msg("job_failed")
	}
}

// sweep tells people what has become due.
func (b *Bot) sweep(ctx context.Context) error {
	found, err := b.core.Sweep(ctx)
	byWorker := map[int][]occupation.Warning{}
	var order []int
	for _, w := range found.Warnings {
		id := w.Lock.Holder.ID
		if byWorker[id] == nil {
			order = append(order, id)
		}
		byWorker[id] = append(byWorker[id], w)
	}
	for _, id := range order {
		b.inLane(id, func(ctx context.Context) { b.warn(ctx, id, byWorker[id]) })
	}
	for _, t := range found.Turns {
		b.inLane(t.Worker, func(ctx context.Context) { b.callIn(ctx, t) })
	}
	for _, o := range found.Unanswered {
		b.offerUnanswered(o)
	}
	for _, c := range found.Claims {
		b.claimUnanswered(ctx, c)
	}
	b.lookAtStops(ctx)
	return err
}

// inLane does something for a worker behind what the worker is doing. Where there
// is no room it is done at once.
func (b *Bot) inLane(worker int, do func(context.Context)) {
	work := func() {
		ctx, cancel := context.WithTimeout(b.jobs, newsTimeout)
		defer cancel()
		do(b.log.With().Int("worker", worker).Logger().WithContext(ctx))
	}
	if !b.queue.Do(b.workers.lane(worker), work) {
		work()
	}
}

// warn tells a worker which spools are near their deadline. The message is a card
// of theirs: what is done about one of them changes it.
func (b *Bot) warn(ctx context.Context, worker int, ws []occupation.Warning) {
	p, ok := b.tellWorker(ctx, worker, view.Warning(ws, b.clock()))
	if !ok {
		return
	}
	c := card{Place: p}
	if len(ws) > 1 {
		c.Worker = worker
	}
	locks := make([]occupation.Lock, len(ws))
	for i, w := range ws {
		locks[i] = w.Lock
	}
	b.keep(ctx, c, locks...)
}

// callIn tells a worker that a spool has come free.
func (b *Bot) callIn(ctx context.Context, t occupation.Turn) {
	st, err := b.core.Find(ctx, t.Tag)
	logged(ctx, err, "turn_without_spool")
	m := view.Turn(t, st.Spool.Next(), b.clock())
	if _, stopped := st.Spool.Stop(); stopped {
		m = view.TurnStopped(t, st.Spool)
	}
	_, _ = b.tellWorker(ctx, t.Worker, m)
}

// tellWorker sends a worker a direct message; false = it has not been sent, which
// is in the log.
func (b *Bot) tellWorker(ctx context.Context, worker int, m view.Message) (place, bool) {
	user, err := b.address(ctx, worker)
	if user == "" {
		zerolog.Ctx(ctx).Error().Err(err).Msg("worker_without_address")
		return place{}, false
	}
	p, err := b.tell(ctx, user, m)
	logged(ctx, err, "worker_not_told")
	return p, err == nil
}

// address is the Slack user of a worker, "" when there is none. While the sheet
// does not answer it is who the worker was last.
func (b *Bot) address(ctx context.Context, worker int) (string, error) {
	known, fresh := b.workers.user(worker)
	if known != "" && fresh {
		return known, nil
	}
	ask, cancel := ctx, func() {}
	if known != "" {
		ask, cancel = context.WithTimeout(ctx, addressTimeout)
	}
	defer cancel()
	w, err := b.core.Worker(ask, worker) // an inactive one is returned as well
	switch {
	case w.ID != 0 && w.SlackID == "":
		b.workers.drop(worker)
	case w.ID == 0 && known != "":
		return known, nil
	}
	return w.SlackID, err
}

// addressTimeout is how long the sheet has to say who a worker is of whom that was
// known a while ago.
const addressTimeout = 2 * time.Second

// announce posts to the supervisors' channel, in its own lane, what there is to say
// after a while.
func (b *Bot) announce(gather time.Duration, say func() []view.Message) {
	work := func() {
		ctx, cancel := context.WithTimeout(b.jobs, newsTimeout)
		defer cancel()
		_ = wait(ctx, gather)
		for _, m := range say() {
			err := insist(ctx, func(ctx context.Context) error {
				_, err := b.post(ctx, b.supervisors, m)
				return err
			})
			logged(b.log.WithContext(ctx), err, "supervisors_not_told")
		}
	}
	if b.supervisors != "" && !b.queue.Do("channel/"+b.supervisors, work) {
		b.log.Error().Msg("supervisors_not_told")
	}
}

// reconcile puts right how sheet and locks differ, and tells the supervisors what
// it has found: by one alert, told anew when there is something new.
func (b *Bot) reconcile(ctx context.Context) error {
	found, err := b.core.Reconcile(ctx)
	var fresh []occupation.Finding
	for _, f := range found {
		b.onFound(f.Kind)
		first, memoryErr := b.memory.First(ctx, []string{"found:" + string(f.Kind) + ":" + occupation.TagKey(f.Tag()) + ":" + f.Spool.HeldBy}, foundLife)
		if first || memoryErr != nil {
			fresh = append(fresh, f)
		}
	}
	if b.supervisors != "" && (err == nil || len(found) > 0) {
		b.judgeFindings(ctx, found, len(fresh) > 0)
	}
	return err
}

// foundLife is how long a difference that nobody puts right is not told again.
const foundLife = 24 * time.Hour

// cronLog writes what cron has to say into our log.
type cronLog struct{ log zerolog.Logger }

func (l cronLog) Info(msg string, keysAndValues ...any) {
	l.log.Trace().Fields(keysAndValues).Str("line", msg).Msg("cron")
}

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error().Err(err).Fields(keysAndValues).Str("line", msg).Msg("cron")
}

// localDiary is a Diary of this process alone.
type localDiary struct {
	mu   sync.Mutex
	done map[string]time.Time
}

// Lead implements Diary.
func (d *localDiary) Lead(context.Context, string, string, time.Duration) (bool, error) {
	return true, nil
}

// Advance implements Diary.
func (d *localDiary) Advance(_ context.Context, job string, upTo time.Time) (time.Time, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.done[job]
	if !upTo.After(last) {
		return last, false, nil
	}
	if d.done == nil {
		d.done = map[string]time.Time{}
	}
	d.done[job] = upTo
	return last, true, nil
}

// Done implements Diary.
func (d *localDiary) Done(_ context.Context, job string) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[job], nil
}
