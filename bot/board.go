package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file keeps the board in the supervisors' channel: one message, edited in
// place. Where it stands is in the Memory, so that all replicas, and those that come
// after them, go on with the same one.

const (
	boardEvery   = 10 * time.Second // how often it may change
	boardTime    = 40 * time.Second
	boardAge     = 24 * time.Hour  // after which it is posted anew
	boardLife    = 7 * boardAge    // how long it is remembered where it stands
	scrollEvery  = 2 * time.Minute // how often the bot looks how much stands below it
	scrolledAway = 50              // messages below it after which it is posted anew
)

// boardKey is where the Memory has it.
const boardKey = "board"

// boardPlace is where the board stands and what it shows.
type boardPlace struct {
	Place place     `json:"p"`
	At    time.Time `json:"a"` // when it was posted, by the shop's time
	Shows string    `json:"h"` // what it shows, in short
	By    string    `json:"r"` // the replica that showed it
	// Old is the board before, as long as it does not say where this one is.
	Old place `json:"o,omitzero"`
}

// boardSeen is what this process knows of the board. The job alone writes it.
type boardSeen struct {
	last     boardPlace // as it was left, for when the Memory has forgotten it
	scrolled time.Time  // when it was last seen how much stands below it
	blind    bool       // the app may not read the channel
}

// showTheBoard brings the board up to date if what it shows has changed. It is
// edited also when another replica showed it last: that one may have been frozen
// and have woken up late, with what it had read long before.
func (b *Bot) showTheBoard(ctx context.Context) error {
	state, err := b.core.Board(ctx)
	if occupation.CodeOf(err) != "" {
		zerolog.Ctx(ctx).Debug().Err(err).Msg("board_not_read") // the alerts speak of it
		return nil
	}
	if err != nil {
		return err
	}
	at := b.clock()
	m := view.Board(state, at)
	shows := shortOf(m)
	was, err := b.boardStands(ctx)
	if err != nil {
		return err
	}
	if was.Place.TS == "" {
		was = b.findBoard(ctx)
	}
	if was.Old.TS != "" {
		was, err = b.leaveBoard(ctx, was)
		logged(ctx, err, "old_board_not_edited")
	}
	switch {
	case was.Place.TS == "", at.Now.Sub(was.At) >= boardAge, b.scrolledAway(ctx, was):
		return b.postBoard(ctx, was.Place, m, at)
	case was.Shows == shows && was.By == b.replica:
		return nil
	}
	err = b.edit(ctx, was.Place, view.BoardOf(m, at))
	if errors.Is(err, errGone) { // somebody has deleted it
		return b.postBoard(ctx, place{}, m, at)
	}
	if err != nil {
		return err
	}
	was.Shows, was.By = shows, b.replica
	return b.keepBoard(ctx, was)
}

// shortOf tells one content from another.
func shortOf(m view.Message) string {
	text, err := json.Marshal(struct {
		Text   string
		Blocks []slack.Block
	}{m.Text, m.Blocks})
	if err != nil {
		panic(err) // texts and buttons always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// boardStands is where the board is, a zero place when there is none.
func (b *Bot) boardStands(ctx context.Context) (was boardPlace, err error) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	text, err := b.memory.Get(ctx, boardKey)
	if err != nil {
		return was, err
	}
	if text == "" || json.Unmarshal([]byte(text), &was) != nil || was.Place.Channel != b.supervisors {
		return b.board.last, nil
	}
	return was, nil
}

func (b *Bot) keepBoard(ctx context.Context, now boardPlace) error {
	b.board.last = now
	text, err := json.Marshal(now)
	if err != nil {
		panic(err) // texts and a time always marshal
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	return b.memory.Put(ctx, boardKey, string(text), boardLife)
}

// postBoard posts the board anew; old is where it stood until now, if anywhere.
func (b *Bot) postBoard(ctx context.Context, old place, m view.Message, at view.Clock) error {
	p, err := b.post(ctx, b.supervisors, view.BoardOf(m, at))
	if err != nil {
		return err
	}
	b.board.scrolled = time.Now()
	now := boardPlace{Place: p, At: at.Now, Shows: shortOf(m), By: b.replica, Old: old}
	if err := b.keepBoard(ctx, now); err != nil || old.TS == "" {
		return err
	}
	_, err = b.leaveBoard(ctx, now)
	return err
}

// leaveBoard makes the board before say where this one is.
func (b *Bot) leaveBoard(ctx context.Context, now boardPlace) (boardPlace, error) {
	link, err := b.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: now.Place.Channel, Ts: now.Place.TS})
	logged(ctx, err, "board_without_link")
	if err := b.edit(ctx, now.Old, view.BoardMoved(link, b.clock())); err != nil && !errors.Is(err, errGone) {
		return now, err
	}
	now.Old = place{}
	return now, b.keepBoard(ctx, now)
}

// scrolledAway reports whether so many messages stand below the board that nobody
// sees it any more. Slack tells that only to a bot that may read the channel; where
// it may not, the board is posted anew by its age alone.
func (b *Bot) scrolledAway(ctx context.Context, was boardPlace) bool {
	if b.board.blind || time.Since(b.board.scrolled) < scrollEvery {
		return false
	}
	b.board.scrolled = time.Now()
	var below *slack.GetConversationHistoryResponse
	err := once(ctx, callTimeout, func(ctx context.Context) (err error) {
		below, err = b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: was.Place.Channel, Oldest: was.Place.TS, Limit: scrolledAway,
		})
		return err
	})
	if err != nil {
		logged(ctx, err, "channel_not_read")
		b.board.blind = slackCode(err) == "missing_scope"
		return false
	}
	return len(below.Messages) >= scrolledAway
}
