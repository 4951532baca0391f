package occupation_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// lockPort is the lock store as one process sees it.
type lockPort struct{ *line }

// recordPort is the sheet as one process sees it: with a read that may be a
// minute old, in which its own commits are.
type recordPort struct{ *line }

// peoplePort is the directory as one process sees it.
type peoplePort struct{ *line }

// noticePort is the people as one process reaches them.
type noticePort struct {
	*line
	told func(context.Context, ...string) error
}

var (
	_ occupation.Locks     = lockPort{}
	_ occupation.Desk      = lockPort{}
	_ occupation.Records   = recordPort{}
	_ occupation.Directory = peoplePort{}
	_ occupation.Notifier  = noticePort{}
)

// bg is the context of what a store does: it has no caller any more.
var bg = context.Background()

func only(err error) (struct{}, error) { return struct{}{}, err }

func (p lockPort) Intend(ctx context.Context, replica string, intents []occupation.Intent) ([]occupation.Outcome, error) {
	a, _ := ctx.Value(asked{}).(*ask)
	return through(ctx, p.line, "Intend", func() ([]occupation.Outcome, error) {
		out, err := p.w.locks.Intend(bg, replica, intents)
		for i, o := range out {
			p.w.intended(p.line, a, intents[i], o)
		}
		return out, err
	})
}

func (p lockPort) Bind(ctx context.Context, replica string, c occupation.Commit) (occupation.Bound, error) {
	p.w.mu.Lock()
	p.w.seq++
	asked := p.w.seq
	p.w.mu.Unlock()
	return through(ctx, p.line, "Bind", func() (occupation.Bound, error) {
		out, err := p.w.locks.Bind(bg, replica, c)
		if err == nil && out.Wait == 0 && len(out.Stale) == 0 {
			p.bound[c.ID]++
			p.w.countWrite()
			p.w.bindings(c, asked)
		}
		p.w.note("%s binds %v: %v %v", p.name, c.ID[:4], c.Events(), out)
		return out, err
	})
}

func (p lockPort) Settle(ctx context.Context, commit string, events, owed []string) ([]string, error) {
	return through(ctx, p.line, "Settle", func() ([]string, error) {
		lost, err := p.w.locks.Settle(bg, commit, events, owed)
		p.w.note("%s settles %v %v, owed %v: lost %v", p.name, commit[:min(4, len(commit))], events, owed, lost)
		return lost, err
	})
}

func (p lockPort) Undo(ctx context.Context, commit string, events []string) error {
	_, err := through(ctx, p.line, "Undo", func() (struct{}, error) {
		p.w.note("%s undoes %v %v", p.name, commit[:min(4, len(commit))], events)
		return only(p.w.locks.Undo(bg, commit, events))
	})
	return err
}

// Claim does what the port to a real store does with a token: what an answer that
// was lost spoke of comes with the next one.
func (p lockPort) Claim(ctx context.Context, replica string, carries []string) ([]occupation.Unfinished, error) {
	_, err := through(ctx, p.line, "Claim", func() (struct{}, error) {
		out, err := p.w.locks.Claim(bg, replica, carries)
		for _, u := range out {
			p.w.note("%s claims %v of %v, owed %v", p.name, u.Commit.Events(), u.Commit.ID, u.Owed)
		}
		p.claims = append(p.claims, out...)
		return only(err)
	})
	if err != nil {
		return nil, err
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	out := p.claims
	p.claims = nil
	return out, nil
}

func (p lockPort) Beat(ctx context.Context, replica string, ttl time.Duration) error {
	_, err := through(ctx, p.line, "Beat", func() (struct{}, error) { return only(p.w.locks.Beat(bg, replica, ttl)) })
	return err
}

func (p lockPort) Calm(ctx context.Context, replica string) error {
	_, err := through(ctx, p.line, "Calm", func() (struct{}, error) { return only(p.w.locks.Calm(bg, replica)) })
	return err
}

func (p lockPort) Snapshot(ctx context.Context, keys ...string) (occupation.LockSnapshot, error) {
	return through(ctx, p.line, "Snapshot", func() (occupation.LockSnapshot, error) { return p.w.locks.Snapshot(bg, keys...) })
}

func (p lockPort) Due(ctx context.Context, before []time.Duration, together time.Duration) (occupation.Due, error) {
	return through(ctx, p.line, "Due", func() (occupation.Due, error) { return p.w.locks.Due(bg, before, together) })
}

func (p lockPort) Restore(ctx context.Context, locks []occupation.Lock, fence int64) error {
	_, err := through(ctx, p.line, "Restore", func() (struct{}, error) {
		p.w.note("%s restores %v, fence %d", p.name, locks, fence)
		before := must(p.w.locks.Snapshot(bg))
		return only(p.w.restored(p.line, locks, before, p.w.locks.Restore(bg, locks, fence)))
	})
	return err
}

func (p lockPort) Drop(ctx context.Context, ended map[string]int64) error {
	_, err := through(ctx, p.line, "Drop", func() (struct{}, error) {
		p.w.note("%s drops %v", p.name, ended)
		return only(p.w.locks.Drop(bg, ended))
	})
	return err
}

func (p lockPort) Seed(ctx context.Context, replica string, locks []occupation.Lock, fence int64) error {
	_, err := through(ctx, p.line, "Seed", func() (struct{}, error) {
		p.w.note("%s seeds %v, fence %d", p.name, locks, fence)
		before := must(p.w.locks.Snapshot(bg))
		return only(p.w.restored(p.line, locks, before, p.w.locks.Seed(bg, replica, locks, fence)))
	})
	return err
}

func (p lockPort) Wait(ctx context.Context, in occupation.Waiting) (int, error) {
	return through(ctx, p.line, "Wait", func() (int, error) { return p.w.locks.Wait(bg, in) })
}

func (p lockPort) Leave(ctx context.Context, key string, worker int) error {
	_, err := through(ctx, p.line, "Leave", func() (struct{}, error) { return only(p.w.locks.Leave(bg, key, worker)) })
	return err
}

func (p lockPort) Waits(ctx context.Context) ([]occupation.Waiting, error) {
	return through(ctx, p.line, "Waits", func() ([]occupation.Waiting, error) { return p.w.locks.Waits(bg) })
}

func (p lockPort) Stopped(ctx context.Context, keys []string) error {
	_, err := through(ctx, p.line, "Stopped", func() (struct{}, error) { return only(p.w.locks.Stopped(bg, keys)) })
	return err
}

func (p lockPort) Turns(ctx context.Context) ([]occupation.Turn, error) {
	return through(ctx, p.line, "Turns", func() ([]occupation.Turn, error) { return p.w.locks.Turns(bg) })
}

func (p lockPort) Offer(ctx context.Context, o occupation.Offer) (occupation.Offer, error) {
	return through(ctx, p.line, "Offer", func() (occupation.Offer, error) { return p.w.locks.Offer(bg, o) })
}

// taken is the answer to Answered.
type taken struct {
	offer occupation.Offer
	ok    bool
}

func (p lockPort) Answered(ctx context.Context, id string, worker int) (occupation.Offer, bool, error) {
	out, err := through(ctx, p.line, "Answered", func() (taken, error) {
		o, ok, err := p.w.locks.Answered(bg, id, worker)
		return taken{o, ok}, err
	})
	return out.offer, out.ok, err
}

func (p lockPort) Unanswered(ctx context.Context) ([]occupation.Offer, error) {
	return through(ctx, p.line, "Unanswered", func() ([]occupation.Offer, error) { return p.w.locks.Unanswered(bg) })
}

func (p lockPort) News(ctx context.Context, age time.Duration) ([]occupation.Intent, error) {
	return through(ctx, p.line, "News", func() ([]occupation.Intent, error) { return p.w.locks.News(bg, age) })
}

func (p lockPort) Told(ctx context.Context, events ...string) error {
	_, err := through(ctx, p.line, "Told", func() (struct{}, error) { return only(p.w.locks.Told(bg, events...)) })
	return err
}

func (p recordPort) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	p.w.mu.Lock()
	known := p.book
	p.w.mu.Unlock()
	if known != nil && time.Since(known.At) <= maxAge {
		return known, p.thaw()
	}
	return through(ctx, p.line, "Book", func() (*occupation.Book, error) {
		b, err := p.w.records.Book(bg, maxAge)
		p.book = b
		return b, err
	})
}

// Disown forgets the last read, which is all that this port knows of its commits.
func (p recordPort) Disown(...string) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.book = nil
}

func (p recordPort) Prepare(ctx context.Context, changes []occupation.Change) (occupation.Draft, error) {
	return through(ctx, p.line, "Prepare", func() (occupation.Draft, error) {
		d, err := p.w.records.Prepare(bg, changes)
		if err == nil {
			p.w.planned(changes)
		}
		return d, err
	})
}

func (p recordPort) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	p.w.mu.Lock()
	if !p.dead {
		p.w.countSending(p.line, c)
	}
	if p.w.landed[c.ID] { // a sheet that has it refuses it for nothing but its stamp
		p.strikes = slices.DeleteFunc(p.strikes, func(s strike) bool { return s.verb == bad || s.verb == missed })
	}
	p.w.mu.Unlock()
	out, err := through(ctx, p.line, "Commit", func() (occupation.Receipt, error) {
		p.book = nil
		before := p.w.sheet()
		if i := slices.IndexFunc(p.strikes, func(s strike) bool { return s.verb == stamped }); i >= 0 && !p.w.landed[c.ID] {
			p.strikes = slices.Delete(p.strikes, i, i+1)
			p.w.tally.fault(stamped, "Commit")
			_, _ = p.w.records.Commit(bg, occupation.Commit{ID: "another", Stamp: c.Stamp, Plan: []byte("{}")})
		}
		out, err := p.w.records.Commit(bg, c)
		p.w.wrote(c, before, out, err)
		p.w.note("%s commits %v %v, repair %v: owed %v, remainder %s", p.name, c.ID[:4], c.Events(), c.Repair, out.Owed, out.Remainder)
		return out, err
	})
	if _, ok := errors.AsType[*occupation.Refused](err); err == nil || ok {
		return out, err
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.book = nil
	return out, &occupation.Unknown{Err: err, Again: mix(p.w.seed, uint64(p.calls))%4 > 0}
}

// landing is the answer to Resolve.
type landing struct {
	landed  bool
	receipt occupation.Receipt
}

func (p recordPort) Resolve(ctx context.Context, c occupation.Commit) (bool, occupation.Receipt, error) {
	out, err := through(ctx, p.line, "Resolve", func() (landing, error) {
		p.book = nil
		landed, receipt, err := p.w.records.Resolve(bg, c)
		p.w.note("%s resolves %v: %v, remainder %s", p.name, c.ID[:min(4, len(c.ID))], landed, receipt.Remainder)
		return landing{landed, receipt}, err
	})
	return out.landed, out.receipt, err
}

func (p recordPort) Log(ctx context.Context, q occupation.LogQuery) (rows []occupation.AuditRow, more bool, err error) {
	rows, err = through(ctx, p.line, "Log", func() (rows []occupation.AuditRow, err error) {
		rows, more, err = p.w.records.Log(bg, q)
		return rows, err
	})
	return rows, more, err
}

func (p recordPort) Ledger(ctx context.Context) (occupation.Ledger, error) {
	return through(ctx, p.line, "Ledger", func() (occupation.Ledger, error) { return p.w.records.Ledger(bg) })
}

func (p peoplePort) Worker(ctx context.Context, id int) (occupation.Worker, error) {
	return through(ctx, p.line, "Worker", func() (occupation.Worker, error) { return p.w.directory.Worker(bg, id) })
}

func (p peoplePort) BySlack(ctx context.Context, id string) (occupation.Worker, error) {
	return through(ctx, p.line, "BySlack", func() (occupation.Worker, error) { return p.w.directory.BySlack(bg, id) })
}

func (p peoplePort) Workers(ctx context.Context) ([]occupation.Worker, error) {
	return through(ctx, p.line, "Workers", func() ([]occupation.Worker, error) { return p.w.directory.Workers(bg) })
}

func (p peoplePort) Link(ctx context.Context, l occupation.Link) (bool, error) {
	return through(ctx, p.line, "Link", func() (bool, error) { return p.w.directory.Link(bg, l) })
}

// Settled reaches the person some seconds later. News that nobody asked for get
// lost now and then, as Slack loses them; the bot ticks off those that arrive.
func (p noticePort) Settled(_ context.Context, n occupation.Notice) {
	if p.thaw() != nil {
		return
	}
	p.w.mu.Lock()
	p.calls++
	luck := mix(p.w.seed, uint64(p.slot), uint64(p.calls))
	p.w.mu.Unlock()
	own := n.Intent.Kind.Tells() && n.Err == nil && n.To.ID == n.Intent.Concerns().ID
	if own && luck%8 == 0 {
		return
	}
	p.w.later(time.Duration(luck%uint64(3*time.Second)), func() {
		if p.thaw() != nil {
			return
		}
		p.w.heard(p.line, n)
		if own {
			_ = p.told(p.alive, n.Intent.Event)
		}
	})
}

// refusals are what the sheet says to a commit for a strike.
func refusals(s step, v verb) occupation.Refused {
	protected := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}
	switch v {
	case busy:
		return occupation.Refused{Wait: s.span(5, time.Second, 70*time.Second)}
	case missed:
		return occupation.Refused{Moved: true}
	default:
		r := occupation.Refused{Err: protected}
		if s.chance(5, 60) {
			r.Bad = slices.Repeat([]int{0}, 1)
		}
		return r
	}
}
