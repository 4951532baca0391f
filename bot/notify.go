package bot

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

var _ occupation.Notifier = (*Bot)(nil)

// bossNews is what waits to be told to the supervisors.
type bossNews struct {
	mu   sync.Mutex
	news []occupation.Notice
}

// tell sends a person something that they do not wait for.
func (b *Bot) tell(ctx context.Context, user string, m view.Message) (p place, err error) {
	err = insist(ctx, func(ctx context.Context) (err error) {
		p, err = b.direct(ctx, user, m)
		return err
	})
	return p, err
}

// Settled implements occupation.Notifier: the message that said that it was
// being checked gets the outcome, or the worker a DM when there is none. It
// returns at once; the news wait behind what the person is doing, so that they
// never overtake the message that they belong to.
func (b *Bot) Settled(ctx context.Context, n occupation.Notice) {
	worker := n.To.ID
	b.checks.mu.Lock()
	if b.checks.news == nil {
		b.checks.news = map[int][]occupation.Notice{}
	}
	waiting := len(b.checks.news[worker])
	if waiting < maxNews {
		b.checks.news[worker] = append(b.checks.news[worker], n)
	}
	b.checks.mu.Unlock()
	if waiting > 0 && waiting < maxNews {
		return
	}
	tell := func() { b.tellNews(b.jobs, newsTimeout, worker) }
	switch {
	case waiting == maxNews:
		b.log.Error().Int("worker", worker).Str("event", n.Intent.Event).Msg("news_not_told")
	case b.queue.Do(b.workers.lane(worker), tell):
	case b.sorry.Do(b.workers.lane(worker), tell): // no room, or the end has begun
	default: // the bot has ended, the core has not yet
		b.tellNews(context.WithoutCancel(ctx), callTimeout, worker)
	}
}

const (
	// gather is how long news wait for more: what one commit settles comes one by one.
	gather = 100 * time.Millisecond
	// newsTimeout is how long Slack has to take them: nobody asks for them again.
	newsTimeout = 3 * time.Minute
)

// tellNews tells a worker all that has been settled meanwhile.
func (b *Bot) tellNews(ctx context.Context, limit time.Duration, worker int) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ctx = b.log.With().Int("worker", worker).Logger().WithContext(ctx)
	_ = wait(ctx, gather)
	b.checks.mu.Lock()
	news := b.checks.news[worker]
	delete(b.checks.news, worker)
	b.checks.mu.Unlock()
	touched := map[*check][]occupation.Notice{}
	var order []*check
	var alone []occupation.Notice
	for _, n := range news {
		waiting := b.awaiting(ctx, n, order)
		if len(waiting) == 0 && !n.Quiet {
			alone = append(alone, n)
		}
		for _, c := range waiting {
			c.apply(n)
			if touched[c] == nil {
				order = append(order, c)
			}
			touched[c] = append(touched[c], n)
		}
	}
	for _, c := range order {
		b.complete(ctx, c, touched[c])
	}
	b.tellAlone(ctx, worker, alone)
}

func lockOf(in occupation.Intent) occupation.Lock {
	holder := in.Worker
	if in.Kind == occupation.Release || (in.Kind == occupation.Retain && in.From.ID != 0) {
		holder = in.From
	}
	return occupation.Lock{
		Key: in.Key, Tag: in.Tag, Holder: holder, Operation: in.Operation,
		Since: in.Since, Deadline: in.Deadline, Fence: in.Fence, State: occupation.Held,
	}
}

// tellAlone sends news that belong to no message of this process.
func (b *Bot) tellAlone(ctx context.Context, worker int, news []occupation.Notice) {
	if len(news) == 0 {
		return
	}
	if worker == 0 { // of it the supervisors alone hear
		for _, n := range news {
			b.tellOne(ctx, "", []occupation.Notice{n}, view.Message{})
		}
		return
	}
	user, err := b.address(ctx, worker)
	if user == "" {
		zerolog.Ctx(ctx).Error().Err(err).Int("news", len(news)).Msg("news_without_address")
	}
	over, rest := partNews(news)
	if len(over) > 0 {
		b.tellOne(ctx, user, over, view.Expired(over, b.clock()))
	}
	for _, n := range rest {
		b.tellOne(ctx, user, []occupation.Notice{n}, view.Notice(n, b.clock()))
	}
	b.homes.kick()
}

// partNews parts what has expired from the rest: it is told in one message.
func partNews(news []occupation.Notice) (over, rest []occupation.Notice) {
	for _, n := range news {
		if n.Intent.Kind == occupation.Expire && n.Err == nil && len(over) < occupation.MaxBatch {
			over = append(over, n)
		} else {
			rest = append(rest, n)
		}
	}
	return over, rest
}

// tellOne sends news in one message; user is "" when there is no address. Of what
// somebody must hear who did not ask for it the supervisors hear, too, and it is
// ticked off once it was sent.
func (b *Bot) tellOne(ctx context.Context, user string, news []occupation.Notice, m view.Message) {
	var p place
	var err error
	if user != "" {
		p, err = b.tell(ctx, user, m)
		logged(ctx, err, "news_not_told")
	}
	var heard []string
	for _, n := range news {
		b.told(ctx, n, p, len(news) == 1)
		if tells(n) {
			b.tellSupervisors(ctx, n)
			heard = append(heard, n.Intent.Event)
		}
	}
	if len(heard) > 0 && err == nil { // whoever has no address cannot be told at all
		logged(ctx, b.core.Told(ctx, heard...), "news_not_ticked_off")
	}
}

// tells reports whether the notice is of what somebody must hear who did not ask
// for it.
func tells(n occupation.Notice) bool {
	return n.Intent.Kind.Tells() && n.Err == nil && n.To.ID == n.Intent.Concerns().ID
}

// tellSupervisors tells their channel, once, also when the holder is told again.
// A transfer between workers is their own affair.
func (b *Bot) tellSupervisors(ctx context.Context, n occupation.Notice) {
	if n.Intent.Kind == occupation.Transfer && n.Intent.By.ID == 0 {
		return
	}
	first, err := b.memory.First(ctx, []string{"supervisors:" + n.Intent.Event}, foundLife)
	if err != nil || !first {
		logged(ctx, err, "supervisors_not_told")
		return
	}
	if n.Intent.Kind == occupation.Expire {
		b.pending.add(countExpiries, 1)
	}
	b.bosses.mu.Lock()
	b.bosses.news = append(b.bosses.news, n)
	waiting := len(b.bosses.news)
	b.bosses.mu.Unlock()
	if waiting == 1 {
		b.announce(bossGather, b.takeBossNews)
	}
}

// bossGather is how long news for the supervisors wait for more: many occupations
// expire at the same time.
const bossGather = 2 * time.Second

// takeBossNews takes the news that wait for the supervisors, as messages.
func (b *Bot) takeBossNews() []view.Message {
	b.bosses.mu.Lock()
	news := b.bosses.news
	b.bosses.news = nil
	b.bosses.mu.Unlock()
	var over []occupation.Notice
	var out []view.Message
	for _, n := range news {
		if n.Intent.Kind == occupation.Expire {
			over = append(over, n)
			continue
		}
		out = append(out, view.ForSupervisors(n, b.clock()))
	}
	if len(over) > 0 {
		out = append(out, view.ExpiredForSupervisors(over, b.clock()))
	}
	return out
}

// told keeps the cards true after news: those of what has ended, and the one of
// what is held now.
func (b *Bot) told(ctx context.Context, n occupation.Notice, p place, alone bool) {
	if n.Err != nil {
		return
	}
	last := func(int64) view.Message { return view.Notice(n, b.clock()) }
	switch n.Intent.Kind {
	case occupation.Expire: // the card of a grace ends with what is done in it
		b.ended(ctx, p, []int64{n.Intent.Fence}, last)
		c := card{Place: p}
		if !alone {
			c.Worker = n.To.ID
		}
		b.keep(ctx, c, lockOf(n.Intent))
	case occupation.Pause, occupation.Complete, occupation.Release, occupation.Retain:
		b.ended(ctx, p, []int64{n.Intent.Fence}, last)
		if n.Intent.Kind == occupation.Retain && n.To.ID == n.Intent.Worker.ID {
			b.stopBegun(ctx, p, n.Intent.Tag, n.To.ID, n.Intent.Reason)
		}
	case occupation.Lift:
		b.stopOver(ctx, p, view.StopOverOf(n.Intent))
	case occupation.Revert:
		if b.ended(ctx, p, []int64{n.Intent.Former}, last); alone && n.Intent.Begins() {
			b.keep(ctx, card{Place: p}, lockOf(n.Intent))
		}
	case occupation.Take, occupation.Transfer:
		switch {
		case n.To.ID != n.Intent.Worker.ID:
			b.ended(ctx, p, []int64{n.Intent.Former}, last)
		case alone:
			b.keep(ctx, card{Place: p}, lockOf(n.Intent))
		}
	}
}

// linked remembers which Slack user each worker is, as seen when they acted.
type linked struct {
	mu sync.Mutex
	to map[int]seenUser
}

type seenUser struct {
	id string
	at time.Time
}

// linkedFor is how long that is believed while the sheet answers: a link may be
// changed by another replica, or in the sheet.
const linkedFor = time.Minute

func (l *linked) put(worker int, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if worker == 0 || user == "" {
		return
	}
	if l.to == nil || len(l.to) >= 10*maxPeople {
		l.to = map[int]seenUser{}
	}
	l.to[worker] = seenUser{user, time.Now()}
}

// drop forgets whom a worker was: they are linked to somebody else, or to nobody.
func (l *linked) drop(worker int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.to, worker)
}

// user is who the worker was when they were seen last, and whether that is news.
func (l *linked) user(worker int) (user string, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.to[worker]
	return seen.id, time.Since(seen.at) < linkedFor
}

// lane is the worker's line in the queue: the person's own, where it is known.
func (l *linked) lane(worker int) string {
	if user, _ := l.user(worker); user != "" {
		return user
	}
	return "worker/" + occupation.Worker{ID: worker}.Label()
}
