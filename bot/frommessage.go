package bot

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is the shortcut on a message: its TAGs are offered in the batch form.

// messageText is all that people read in a message.
func messageText(m slack.Message) string {
	parts := []string{typed(m.Text)}
	for _, block := range m.Blocks.BlockSet {
		if s, ok := block.(*slack.SectionBlock); ok && s.Text != nil {
			parts = append(parts, typed(s.Text.Text))
		}
	}
	return strings.Join(parts, "\n")
}

// bookTime is how long the trigger leaves to look TAGs up.
const bookTime = 1500 * time.Millisecond

// messageForm is the batch form with the TAGs of the message chosen.
func (b *Bot) messageForm(r *request) (slack.ModalViewRequest, error) {
	ctx, cancel := context.WithTimeout(b.jobs, bookTime)
	defer cancel()
	book, err := b.core.Book(ctx)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	found := book.Mentioned(r.text)
	if len(found) == 0 {
		return slack.ModalViewRequest{}, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoTagsThere}
	}
	return view.BatchModal(view.BatchState{Selected: found, Found: len(found), Meta: view.BatchMeta{Channel: r.from.Channel}}), nil
}
