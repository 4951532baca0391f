package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file looks back and around: /historia, its file, and /quien.

// maxFile is how many events one file has.
const maxFile = 5000

// typedHistory is /historia [TAG|@persona] [hoy|ayer|fecha]: one's own when it says
// nothing.
func (b *Bot) typedHistory(ctx context.Context, r *request) error {
	text := r.raw
	q := occupation.HistoryQuery{}
	if m := mention.FindStringSubmatch(r.raw); m != nil {
		who, err := b.anybody(ctx, m[1])
		if err != nil {
			return err
		}
		q.Worker, text = who.ID, mention.ReplaceAllString(r.raw, " ")
	}
	text = strings.TrimSpace(typed(text))
	if tags, date := splitDate(text); date != "" {
		day, bad := occupation.ParseDay(date, b.core.Now().In(b.zone))
		if bad != nil && (bad.Reason != occupation.BadDate || tags == "" && dayLike.MatchString(date)) {
			return bad
		}
		if bad == nil {
			q.Day, text = day, tags
		}
	}
	switch {
	case text == "" && q.Worker == 0 && q.Day.IsZero():
		q.Worker = r.worker.ID
	case text != "":
		tag, asked, err := b.oneTag(ctx, r, text, view.Choice{Verb: view.Look})
		if err != nil || asked {
			return err
		}
		q.Tag = tag
	}
	return b.showHistory(ctx, r, q)
}

// anybody is the worker of a Slack user, inactive ones too.
func (b *Bot) anybody(ctx context.Context, user string) (occupation.Worker, error) {
	who, err := b.core.WorkerBySlack(ctx, user)
	if err != nil && (who.ID == 0 || occupation.CodeOf(err) != occupation.WorkerUnknown) {
		return who, aboutReceiver(err, who)
	}
	return who, nil
}

// pressedHistory is the button on a spool's card, which stays.
func (b *Bot) pressedHistory(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Look)
	if err != nil {
		return err
	}
	r.beside = r.from.Kind == atMessage || r.from.Kind == atEphemeral
	return b.showHistory(ctx, r, occupation.HistoryQuery{Tag: f.Tag})
}

func (b *Bot) showHistory(ctx context.Context, r *request, q occupation.HistoryQuery) error {
	if r.asked.Verb == "" {
		r.asked = view.Asked{Verb: view.Look, Facts: view.Facts{Tag: q.Tag}}
	}
	q.Limit = view.MaxHistory
	h, err := b.core.History(ctx, b.asks(r), q)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.History(h, b.clock()))
}

// pressedHistoryFile makes a file of a history and sends it to the person's DM.
// The card with the button stays.
func (b *Bot) pressedHistoryFile(ctx context.Context, r *request) error {
	r.beside = r.from.Kind == atMessage || r.from.Kind == atEphemeral
	q, err := view.ReadHistory(r.value, b.zone)
	if err != nil {
		return &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	q.Limit = maxFile
	h, err := b.core.History(ctx, b.asks(r), q)
	if err != nil {
		return err
	}
	if len(h.Events) == 0 {
		return b.show(ctx, r, view.FileEmpty())
	}
	channel, err := b.sendFile(ctx, r.user, view.HistoryFile(h, b.clock()))
	if err != nil {
		logged(ctx, err, "file_not_sent")
		return b.show(ctx, r, view.FileTrouble(slackCode(err) == "missing_scope"))
	}
	if channel == r.from.Channel { // it stands below the button
		return nil
	}
	return b.show(ctx, r, view.FileSent())
}

// sendFile puts a file into the person's DM, and returns that.
func (b *Bot) sendFile(ctx context.Context, user string, f view.File) (channel string, err error) {
	if channel, err = b.openDM(ctx, user); err != nil {
		return "", err
	}
	var up *slack.GetUploadURLExternalResponse
	err = patiently(ctx, func(ctx context.Context) (err error) {
		up, err = b.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: f.Name, FileSize: len(f.Content)})
		return err
	})
	if err != nil {
		return "", err
	}
	err = patiently(ctx, func(ctx context.Context) error {
		return b.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: up.UploadURL, Filename: f.Name, Content: string(f.Content)})
	})
	if err != nil { // net/http names the address in its errors; whoever has it may upload
		return "", errors.New(strings.ReplaceAll(err.Error(), up.UploadURL, "upload_url"))
	}
	if err := b.allow.pacer.turn(ctx, channel); err != nil {
		return "", err
	}
	return channel, patiently(ctx, func(ctx context.Context) error {
		_, err := b.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
			Files: []slack.FileSummary{{ID: up.FileID, Title: f.Title}}, Channel: channel, InitialComment: f.Comment,
		})
		return err
	})
}

// openDM is the id of the person's DM: where a file goes, a user's id is not taken
// for it (slackapi/bolt-js issue 2115).
func (b *Bot) openDM(ctx context.Context, user string) (string, error) {
	if channel := b.dms.get(user); channel != "" {
		return channel, nil
	}
	var dm *slack.Channel
	err := patiently(ctx, func(ctx context.Context) (err error) {
		dm, _, _, err = b.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		return err
	})
	if err != nil {
		return "", err
	}
	b.dms.put(user, dm.ID)
	return dm.ID, nil
}

// typedWho is /quien [TAG|@persona]: who has what, or what somebody has.
func (b *Bot) typedWho(ctx context.Context, r *request) error {
	m := mention.FindStringSubmatch(r.raw)
	if m == nil && strings.TrimSpace(r.text) == "" {
		return b.showBoard(ctx, r)
	}
	if m == nil {
		return b.typedStatus(ctx, r)
	}
	who, err := b.anybody(ctx, m[1])
	if err != nil {
		return err
	}
	held, err := b.core.HeldBy(ctx, who.ID)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return b.show(ctx, r, view.HoldsNothing(who.AsHolder()))
	}
	return b.show(ctx, r, view.Overview(held, nil, b.clock()))
}
