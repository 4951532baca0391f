package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// locksEvery is how often each replica looks whether the lock store answers.
const locksEvery = 10 * time.Second

// locksAway is what this process knows of a lock store that does not answer. Without
// it nobody leads, and nothing can be remembered: each replica looks by itself.
type locksAway struct {
	since time.Time // when it answered last, as far as it has not since; zero = it answers
	told  bool
	alert alert // without a place when another replica has told
	quiet int
}

// watchLocks looks whether the lock store answers, and alerts when it has not for too
// long. Of several replicas one tells, as far as they see each other's message in the
// channel: two that post within the same second are not kept apart.
func (b *Bot) watchLocks(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, alertTime)
	defer cancel()
	away := &b.locksAway
	try, giveUp := context.WithTimeout(ctx, lookEvery)
	_, err := b.core.Time(try)
	giveUp()
	at := b.clock()
	switch {
	case ctx.Err() != nil:
	case occupation.CodeOf(err) == occupation.LocksUnavailable:
		if away.quiet = 0; away.since.IsZero() {
			away.since = at.Now
		}
		if !away.told && at.Now.Sub(away.since) >= b.limits.Away {
			b.tellLocksAway(ctx, at)
		}
	case away.since.IsZero():
	case !away.told:
		*away = locksAway{}
	case away.quiet+1 < quietLooks:
		away.quiet++
	default:
		away.alert.State.Over = at.Now
		if away.alert.Place.TS == "" || b.showAlert(ctx, &away.alert, at) {
			*away = locksAway{}
		}
	}
}

func (b *Bot) tellLocksAway(ctx context.Context, at view.Clock) {
	away := &b.locksAway
	away.alert = alert{State: view.AlertState{Kind: view.AlertLocks, Since: away.since}}
	m := view.Alert(away.alert.State, at)
	if b.toldByAnother(ctx, m) {
		away.told = true
		return
	}
	p, err := b.post(ctx, b.supervisors, m)
	if err != nil {
		logged(ctx, err, "supervisors_not_told")
		return
	}
	away.told, away.alert.Place = true, p
}

// toldByAnother reports whether another replica has told the same lately: the words
// before the time are the same.
func (b *Bot) toldByAnother(ctx context.Context, m view.Message) bool {
	home := b.home.Load()
	var lately *slack.GetConversationHistoryResponse
	err := once(ctx, callTimeout, func(ctx context.Context) (err error) {
		lately, err = b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: b.supervisors, Limit: scrolledAway})
		return err
	})
	if err != nil || home == nil {
		logged(ctx, err, "channel_not_read")
		return false
	}
	for _, o := range lately.Messages {
		if o.User == home.UserID && view.SameAlert(o.Text, m.Text) {
			return true
		}
	}
	return false
}
