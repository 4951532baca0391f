package bot

import (
	"context"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
)

// findMost is how many messages the bot looks back for its board: it stands further up
// only when it would be posted anew anyhow.
const findMost = 4 * scrolledAway

// findBoard is the newest board in the channel, for when the Memory was emptied and
// another replica leads since: a second one beside it would go on saying what was true
// then. Zero when there is none, or the app may not read the channel.
func (b *Bot) findBoard(ctx context.Context) (found boardPlace) {
	home := b.home.Load()
	if b.board.blind || home == nil {
		return found
	}
	var lately *slack.GetConversationHistoryResponse
	err := once(ctx, callTimeout, func(ctx context.Context) (err error) {
		lately, err = b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: b.supervisors, Limit: findMost})
		return err
	})
	if err != nil {
		logged(ctx, err, "channel_not_read")
		b.board.blind = slackCode(err) == "missing_scope"
		return found
	}
	for _, m := range lately.Messages { // the newest first
		posted, err := strconv.ParseFloat(m.Timestamp, 64)
		if m.User == home.UserID && view.IsBoard(m.Text) && err == nil {
			return boardPlace{Place: place{Kind: atMessage, Channel: b.supervisors, TS: m.Timestamp}, At: time.Unix(int64(posted), 0)}
		}
	}
	return found
}
