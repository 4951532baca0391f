package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file puts App Home before a person who looks at it; homes.go keeps it true
// afterwards.

// openedHome publishes App Home for whoever looks at it.
func (b *Bot) openedHome(ctx context.Context, r *request) error {
	if r.text != "home" { // the tab of the messages is another
		return nil
	}
	if r.refused != nil {
		b.publishView(ctx, r.user, b.homeProblem(ctx, r.user, r.refused))
		return r.refused
	}
	return b.publish(ctx, r.worker, r.user)
}

// publish puts a person's App Home as it is now.
func (b *Bot) publish(ctx context.Context, w occupation.Worker, user string) error {
	return b.showHome(ctx, b.homes.touch(user, w, time.Now()), nil)
}

// pressedFilter narrows the free spools of App Home, and pressedAll shows all again.
func (b *Bot) pressedFilter(ctx context.Context, r *request) error {
	f, err := view.ReadFilter(r.value)
	if err != nil {
		return &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	return b.showHome(ctx, b.homes.touch(r.user, r.worker, time.Now()), func(rec *homeRecord) { rec.Filter = f })
}

func (b *Bot) pressedAll(ctx context.Context, r *request) error {
	return b.showHome(ctx, b.homes.touch(r.user, r.worker, time.Now()), func(rec *homeRecord) { rec.Filter = view.Filter{} })
}

// noteHome tells the outcome of a tap on App Home at its top; what is too long for
// it goes to the DM.
func (b *Bot) noteHome(ctx context.Context, r *request, m view.Message) (place, error) {
	h := b.homes.touch(r.user, r.worker, time.Now())
	b.homes.note(h, m, time.Now().Add(noteLife))
	at := place{Kind: atHome, User: r.user}
	if m.Text != "" && !view.FitsHome(m) {
		var err error
		if at, err = b.direct(ctx, r.user, m); err != nil {
			return at, err
		}
	}
	err := b.showHome(ctx, h, func(rec *homeRecord) { rec.Acted = true })
	if err != nil && m.Text != "" && at.Kind == atHome { // it could not be made: the answer must not be lost
		return b.direct(ctx, r.user, m)
	}
	return at, err
}

// noteLife is how long a note stands on App Home: as long as what it tells can be
// taken back, and then some.
const noteLife = 90 * time.Second

// showHome makes a person's App Home and publishes it, one at a time for each
// person, so that what was read last is what stays. change changes what is
// remembered of the person; it may be nil.
func (b *Bot) showHome(ctx context.Context, h *openHome, change func(*homeRecord)) error {
	if err := h.take(ctx); err != nil {
		return err
	}
	defer h.give()
	rec := b.homeRecord(ctx, h.user)
	if change != nil {
		change(&rec)
	}
	if err := b.homeSlot(ctx); err != nil {
		return err
	}
	err := b.putHome(ctx, h, rec)
	if err != nil {
		b.publishView(ctx, h.user, view.HomeProblem(err, "", b.clock()))
	}
	return err
}

// putHome reads, makes and publishes; its error is of the reading. The hash of the view that was published last
// goes along, so that of two replicas the slower one notices; it then reads and
// publishes once more.
func (b *Bot) putHome(ctx context.Context, h *openHome, rec homeRecord) error {
	if !b.ownsHome(h.user) {
		b.homes.failed(h, time.Now(), false)
		return nil
	}
	hash := rec.Hash
	rec.Replica = b.replica
	for {
		look, err := b.core.Look(ctx, nil)
		if err != nil {
			return err
		}
		v := b.homeView(ctx, h, rec, look)
		published, err := b.tryPublish(ctx, h.user, hash, v)
		if slackCode(err) == "hash_conflict" && hash != "" {
			hash = ""
			continue
		}
		if err != nil {
			logged(ctx, err, "home_not_published")
			b.homes.failed(h, time.Now(), mayPass(err))
			return nil
		}
		rec.Hash = published.Hash
		rec.Acted = rec.Acted || len(occupation.HeldBy(look.Held(), b.homes.whose(h).ID)) > 0
		b.homes.published(h, rec, digest(v), time.Now())
		b.keepHomeRecord(ctx, h.user, rec)
		return nil
	}
}

// homeView is a home as it is by this look, with the board below a supervisor's.
func (b *Bot) homeView(ctx context.Context, h *openHome, rec homeRecord, look *occupation.Look) slack.HomeTabViewRequest {
	s := b.homes.state(h, rec, look)
	return b.withBoard(ctx, s.Worker, view.Home(s, b.clock()))
}

// withBoard puts the board below a supervisor's App Home.
func (b *Bot) withBoard(ctx context.Context, w occupation.Worker, home slack.HomeTabViewRequest) slack.HomeTabViewRequest {
	if !w.Has(occupation.Supervisor) {
		return home
	}
	board, err := b.core.Board(ctx)
	if err != nil {
		logged(ctx, err, "home_without_board")
		return home
	}
	return view.WithBoard(home, board, w.ID, b.clock())
}

// publishView publishes App Home for a person whose own cannot be shown.
func (b *Bot) publishView(ctx context.Context, user string, v slack.HomeTabViewRequest) {
	if !b.ownsHome(user) {
		return
	}
	rec := b.homeRecord(ctx, user)
	published, err := b.tryPublish(ctx, user, "", v)
	if err != nil {
		logged(ctx, err, "home_not_published")
		return
	}
	rec.Hash, rec.Replica = published.Hash, b.replica
	b.homes.blank(user)
	b.keepHomeRecord(ctx, user, rec)
}

func (b *Bot) tryPublish(ctx context.Context, user, hash string, v slack.HomeTabViewRequest) (*slack.ViewResponse, error) {
	request := slack.PublishViewContextRequest{UserID: user, View: b.markedHome(user, v)}
	if hash != "" {
		request.Hash = &hash
	}
	var published *slack.ViewResponse
	err := patiently(ctx, func(ctx context.Context) (err error) {
		published, err = b.api.PublishViewContext(ctx, request)
		return err
	})
	return published, err
}
