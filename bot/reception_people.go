package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// How long the shops have to say whether they know a person. A shop that does answers
// out of what it has read; one that does not has to read its sheet first.
const (
	knownSoon  = 150 * time.Millisecond // for the others, once one knows the person
	knownLate  = 700 * time.Millisecond // for all
	knownEver  = 10 * time.Second       // what comes later still is noted for the next time
	chosenSoon = 300 * time.Millisecond // for what they remember of a choice
)

// shopsOf are the shops of which a person is, empty = a stranger to all that answer.
// They are asked side by side, and now and then only; of one that does not answer it
// counts what it said before.
func (d *Reception) shopsOf(ctx context.Context, user string) []string {
	if d.people.stale(user, d.sites()) {
		d.lookUp(ctx, user)
	}
	return d.people.of(user, d.sites())
}

// lookSome finds the same out for the next time: this time it is known without.
func (d *Reception) lookSome(user string) {
	if d.people.stale(user, d.sites()) {
		d.looking.Go(func() { d.lookUp(d.work, user) })
	}
}

// lookUp asks all shops that are served whether they know the person.
func (d *Reception) lookUp(ctx context.Context, user string) {
	all := d.all()
	answers := make(chan standing, len(all))
	for _, b := range all {
		d.looking.Go(func() {
			ask, cancel := context.WithTimeout(d.work, knownEver)
			defer cancel()
			s := standingOf(b.core.WorkerBySlack(ask, user))
			if s != unheard {
				d.people.saw(user, b.site, s)
			}
			answers <- s
		})
	}
	late := time.NewTimer(knownLate)
	defer late.Stop()
	var soon <-chan time.Time
	for range all {
		select {
		case s := <-answers:
			if s == employed && soon == nil {
				soon = time.After(knownSoon)
			}
		case <-soon:
			return
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// standingOf reads what a shop says of a person.
func standingOf(w occupation.Worker, err error) standing {
	switch {
	case err == nil:
		return employed
	case w.ID != 0:
		return resting
	case occupation.CodeOf(err) == occupation.WorkerUnknown:
		return nobody
	default:
		return unheard
	}
}

// chosen is which of these shops the person has chosen last; empty = none of them. The
// shops are asked side by side what they remember, each time, for the choice may have
// been made at another replica; one whose memory hangs is waited for briefly, and then
// not for a while.
func (d *Reception) chosen(ctx context.Context, user string, of []string) string {
	if d.people.seek(user) {
		d.recallChoice(ctx, user, of)
	}
	if site := d.people.choice(user); slices.Contains(of, site) {
		return site
	}
	return ""
}

func (d *Reception) recallChoice(ctx context.Context, user string, of []string) {
	answers := make(chan struct{}, len(of))
	for _, site := range of {
		b := d.at(site)
		if b == nil {
			answers <- struct{}{}
			continue
		}
		d.looking.Go(func() {
			defer func() { answers <- struct{}{} }()
			ask, cancel := context.WithTimeout(d.work, memoryTimeout)
			defer cancel()
			if at, err := b.choiceOf(ask, user); err == nil && !at.IsZero() {
				d.people.remembers(user, site, at)
			}
		})
	}
	late := time.NewTimer(chosenSoon)
	defer late.Stop()
	for range of {
		select {
		case <-answers:
		case <-late.C:
			d.people.miss(user)
			return
		case <-ctx.Done():
			return
		}
	}
}

func choiceKey(user string) string { return "shop:" + user }

// choiceKept is how long a shop remembers that a person has chosen it.
const choiceKept = 180 * 24 * time.Hour

// choiceOf is when the person has chosen this shop last; zero = never.
func (b *Bot) choiceOf(ctx context.Context, user string) (time.Time, error) {
	text, err := b.memory.Get(ctx, choiceKey(user))
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, errors.New("a choice without its time")
	}
	return at, nil
}
