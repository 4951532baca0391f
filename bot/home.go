package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

const (
	homeLife = 30 * 24 * time.Hour // how long it is remembered that a person has seen App Home
	maxFree  = 200                 // free spools that App Home counts
)

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
	mine, err := b.core.HeldBy(ctx, w.ID)
	if err != nil {
		b.publishView(ctx, user, view.HomeProblem(err, "", b.clock()))
		return err
	}
	free, err := b.core.Free(ctx, w, "", "", maxFree)
	if err != nil {
		b.publishView(ctx, user, view.HomeProblem(err, "", b.clock()))
		return err
	}
	b.publishView(ctx, user, b.withBoard(ctx, w, view.Home(view.HomeState{Worker: w, Mine: mine, Free: free}, b.clock())))
	return nil
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

// freshenHome publishes App Home again after a change, for a person who has
// looked at it before.
func (b *Bot) freshenHome(ctx context.Context, w occupation.Worker, user string) {
	if w.ID == 0 || b.homeHash(ctx, user) == "" {
		return
	}
	b.later(ctx, user+"/home", func(ctx context.Context) { logged(ctx, b.publish(ctx, w, user), "home_not_read") })
}

func homeKey(user string) string { return "home:" + user }

func (b *Bot) homeHash(ctx context.Context, user string) string {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	hash, err := b.memory.Get(ctx, homeKey(user))
	logged(ctx, err, "home_not_remembered")
	return hash
}

// publishView publishes under the hash of the view that we published last, so
// that of two replicas the slower one notices; it then publishes once more, as
// what it knows is from after its own change.
func (b *Bot) publishView(ctx context.Context, user string, v slack.HomeTabViewRequest) {
	hash := b.homeHash(ctx, user)
	published, err := b.tryPublish(ctx, user, hash, v)
	if slackCode(err) == "hash_conflict" {
		published, err = b.tryPublish(ctx, user, "", v)
	}
	if err != nil {
		logged(ctx, err, "home_not_published")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, homeKey(user), published.Hash, homeLife), "home_not_remembered")
}

func (b *Bot) tryPublish(ctx context.Context, user, hash string, v slack.HomeTabViewRequest) (*slack.ViewResponse, error) {
	request := slack.PublishViewContextRequest{UserID: user, View: v}
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
