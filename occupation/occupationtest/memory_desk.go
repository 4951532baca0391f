package occupationtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var _ occupation.Desk = (*Locks)(nil)

// waitList is who waits for one spool.
type waitList struct {
	tag       string
	workers   []int
	until     time.Time // end of the head start of the first; zero = the spool has not come free
	toldFirst bool
	toldAll   bool
	stopped   bool
}

type newsItem struct {
	intent occupation.Intent
	at     time.Time
}

// comesFree begins the head start of the first who waits.
func (l *Locks) comesFree(key string, now time.Time) {
	if w := l.waits[key]; w != nil {
		w.until, w.toldFirst, w.toldAll, w.stopped = now.Add(occupation.HeadStart), false, false, false
	}
}

// staysFree is for a take that was put back: who has begun to wait meanwhile has
// their turn. Turns that have not all been told go on.
func (l *Locks) staysFree(key string, now time.Time) {
	if w := l.waits[key]; w != nil && (w.until.IsZero() || w.toldAll) {
		l.comesFree(key, now)
	}
}

// isTaken ends the wait of whoever has got the spool.
func (l *Locks) isTaken(key string, worker int) {
	if w := l.waits[key]; w != nil {
		w.until = time.Time{}
		l.leave(key, worker)
	}
}

func (l *Locks) leave(key string, worker int) {
	w := l.waits[key]
	if w == nil {
		return
	}
	if len(w.workers) > 0 && w.workers[0] == worker {
		w.toldFirst = false // the next moves up
	}
	w.workers = slices.DeleteFunc(w.workers, func(id int) bool { return id == worker })
	if len(w.workers) == 0 {
		delete(l.waits, key)
	}
}

// Wait implements occupation.Desk.
func (l *Locks) Wait(ctx context.Context, in occupation.Waiting) (int, error) {
	place := 0
	err := l.call(ctx, "Wait", true, func(time.Time) {
		if _, there := l.locks[in.Key]; !there {
			return
		}
		w := l.waits[in.Key]
		if w == nil {
			w = &waitList{tag: in.Tag}
			l.waits[in.Key] = w
		}
		if !slices.Contains(w.workers, in.Worker) {
			w.workers = append(w.workers, in.Worker)
		}
		place = 1 + slices.Index(w.workers, in.Worker)
	})
	return place, err
}

// Leave implements occupation.Desk.
func (l *Locks) Leave(ctx context.Context, key string, worker int) error {
	return l.call(ctx, "Leave", false, func(time.Time) { l.leave(key, worker) })
}

// Waits implements occupation.Desk.
func (l *Locks) Waits(ctx context.Context) ([]occupation.Waiting, error) {
	var out []occupation.Waiting
	err := l.call(ctx, "Waits", false, func(time.Time) {
		for key, w := range l.waits {
			for _, id := range w.workers {
				out = append(out, occupation.Waiting{Key: key, Tag: w.tag, Worker: id})
			}
		}
		slices.SortStableFunc(out, func(a, b occupation.Waiting) int { return cmp.Compare(a.Key, b.Key) })
	})
	return out, err
}

// Stopped implements occupation.Desk.
func (l *Locks) Stopped(ctx context.Context, keys []string) error {
	return l.call(ctx, "Stopped", false, func(now time.Time) {
		for key, w := range l.waits {
			was := w.stopped
			w.stopped = slices.Contains(keys, key)
			if _, there := l.locks[key]; was && !w.stopped && !there {
				l.comesFree(key, now)
			}
		}
	})
}

// Turns implements occupation.Desk.
func (l *Locks) Turns(ctx context.Context) ([]occupation.Turn, error) {
	var out []occupation.Turn
	err := l.call(ctx, "Turns", false, func(now time.Time) {
		for key, w := range l.waits {
			if _, there := l.locks[key]; there || w.until.IsZero() {
				continue
			}
			turn := func(worker int) occupation.Turn {
				return occupation.Turn{Waiting: occupation.Waiting{Key: key, Tag: w.tag, Worker: worker}}
			}
			if !w.toldFirst && !now.After(w.until) {
				first := turn(w.workers[0])
				first.First, first.Until = true, w.until
				out = append(out, first)
				w.toldFirst = true
			}
			if now.After(w.until) && !w.toldAll {
				rest := w.workers
				if w.toldFirst {
					rest = rest[1:]
				}
				for _, id := range rest {
					out = append(out, turn(id))
				}
				w.toldAll = true
			}
		}
		slices.SortFunc(out, func(a, b occupation.Turn) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Worker, b.Worker))
		})
	})
	return out, err
}

// Offer implements occupation.Desk.
func (l *Locks) Offer(ctx context.Context, o occupation.Offer) (occupation.Offer, error) {
	var replaced occupation.Offer
	err := l.call(ctx, "Offer", false, func(now time.Time) {
		for id, old := range l.offers {
			if old.Key == o.Key {
				replaced = old
				delete(l.offers, id)
			}
		}
		o.Until = now.Add(o.Lasts)
		l.offers[o.ID] = o
	})
	return replaced, err
}

// Answered implements occupation.Desk.
func (l *Locks) Answered(ctx context.Context, id string, worker int) (occupation.Offer, bool, error) {
	var o occupation.Offer
	var ok bool
	err := l.call(ctx, "Answered", false, func(now time.Time) {
		o = l.offers[id]
		concerned := worker != 0 && slices.Contains([]int{o.From.ID, o.To.ID, o.By.ID}, worker)
		if ok = concerned && !now.After(o.Until); !ok { // what is over is Unanswered's
			o = occupation.Offer{}
			return
		}
		delete(l.offers, id)
	})
	return o, ok, err
}

// Unanswered implements occupation.Desk.
func (l *Locks) Unanswered(ctx context.Context) ([]occupation.Offer, error) {
	var out []occupation.Offer
	err := l.call(ctx, "Unanswered", false, func(now time.Time) {
		for id, o := range l.offers {
			if now.After(o.Until) {
				l.offersOver[id] = overItem[occupation.Offer]{what: o, since: now}
				delete(l.offers, id)
			}
		}
		out = toTell(l.offersOver, now)
		slices.SortFunc(out, func(a, b occupation.Offer) int { return cmp.Compare(a.ID, b.ID) })
	})
	return out, err
}

// overItem is what nobody has answered in time, until whom it concerns was told.
type overItem[T any] struct {
	what  T
	since time.Time
	again time.Time // when it is another's to tell
}

// toTell gives what is to be told now, and lends it to whoever asks.
func toTell[T any](over map[string]overItem[T], now time.Time) (out []T) {
	for id, item := range over {
		switch {
		case now.After(item.since.Add(24 * time.Hour)):
			delete(over, id)
		case !now.Before(item.again):
			item.again = now.Add(occupation.TellWithin)
			over[id] = item
			out = append(out, item.what)
		}
	}
	return out
}

// News implements occupation.Desk.
func (l *Locks) News(ctx context.Context, age time.Duration) ([]occupation.Intent, error) {
	var out []occupation.Intent
	err := l.call(ctx, "News", false, func(now time.Time) {
		for _, n := range l.news {
			if now.Sub(n.at) >= age {
				out = append(out, n.intent)
			}
		}
		slices.SortFunc(out, func(a, b occupation.Intent) int {
			return cmp.Or(cmp.Compare(a.Fence, b.Fence), cmp.Compare(a.Event, b.Event))
		})
	})
	return out, err
}

// Told implements occupation.Desk.
func (l *Locks) Told(ctx context.Context, events ...string) error {
	return l.call(ctx, "Told", false, func(time.Time) {
		for _, e := range events {
			delete(l.news, e)
			delete(l.offersOver, e)
		}
	})
}
