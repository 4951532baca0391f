package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is the only place where an error becomes a view.

// tooMuch is what a person is told when there is no room for the request.
var tooMuch = &occupation.Error{Code: occupation.LocksUnavailable, Reason: occupation.NothingDone}

// refusals are the words for strangers.
var refusals = map[stranger]view.Refusal{
	otherWorkspace: view.RefuseOutsider,
	guest:          view.RefuseGuest,
	machine:        view.RefuseBot,
}

// words is the message for an error.
func (b *Bot) words(r *request, err error) view.Message {
	if s, ok := errors.AsType[stranger](err); ok {
		if why, ok := refusals[s]; ok {
			return view.Refuse(why)
		}
		err = tooMuch // Slack did not say who it is: nothing was done
	}
	m := view.Problem(err, r.asked, b.clock())
	if errors.Is(err, errNotOpened) { // a tap on the button below brings a new trigger
		m.Blocks = append(m.Blocks, view.Mine(nil, b.clock()).Blocks[1:]...)
	}
	return m
}

// showProblem tells the person what went wrong, where they are looking.
func (b *Bot) showProblem(ctx context.Context, r *request, err error) {
	r.asked.Claimed = b.claimedName(ctx, r.user, err)
	switch {
	case r.family == event: // the handler has published it
		return
	case r.from.Kind == atModal && !isStranger(err):
		if shown := b.replaceModal(ctx, r, view.BatchProblem(err, b.clock())); shown == nil {
			return
		}
	}
	_, shown := b.answer(ctx, r, b.words(r, err))
	logged(ctx, shown, "problem_not_shown")
}

// homeProblem is App Home for a person to whom it cannot be shown.
func (b *Bot) homeProblem(ctx context.Context, user string, err error) slack.HomeTabViewRequest {
	if s, ok := errors.AsType[stranger](err); ok {
		if why, ok := refusals[s]; ok {
			return view.HomeRefused(why)
		}
		err = tooMuch
	}
	return view.HomeProblem(err, b.claimedName(ctx, user, err), b.clock())
}

// busy tells a person that there is no room for the request: in the
// acknowledgement where it can carry words, else by a message.
func (b *Bot) busy(r *request) any {
	m := b.words(r, tooMuch)
	switch r.family {
	case command:
		return webhook(b.marked(m), false)
	case submission:
		// Under the field, so that what was chosen stays.
		return slack.NewErrorsViewSubmissionResponse(map[string]string{view.FirstInput(r.name): m.Text})
	case event:
		return nil
	}
	b.sorry.Do(r.user, func() {
		ctx, cancel := context.WithTimeout(b.jobs, callTimeout)
		defer cancel()
		// Beside the card and not in its place: the card is still true.
		_, err := b.whisper(ctx, r.from, m)
		logged(b.log.WithContext(ctx), err, "busy_not_said")
	})
	return nil
}
