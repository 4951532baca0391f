package bot

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is EXTENDER and LIBERAR.

// oneMore is what a tap on "+1 h" adds.
const oneMore = time.Hour

// typedExtend is /extender [TAG...] [1h|30m|turno]: all that the person holds, when
// it names no spool.
func (b *Bot) typedExtend(ctx context.Context, r *request) error {
	text, ext, err := splitExtension(r.text)
	if err != nil {
		return err
	}
	picks, err := b.pick(ctx, text)
	if err != nil {
		return err
	}
	held, err := b.core.HeldBy(ctx, r.worker.ID)
	if err != nil {
		return err
	}
	if len(picks.Picks) == 0 {
		if len(held) == 0 {
			return b.show(ctx, r, view.Mine(nil, b.clock()))
		}
		return b.extend(ctx, r, ext, nil)
	}
	tags, unclear := clearOwn(picks.Picks, bookOf(b.clock().Now, held))
	targets := make([]occupation.Target, len(tags))
	for i, t := range tags {
		targets[i].Tag = t
	}
	return b.withUnclear(ctx, r, view.Choice{Verb: view.Extend}, tags, unclear, func() error { return b.extend(ctx, r, ext, targets) })
}

var duration = regexp.MustCompile(`^\+?(\d{1,3})(h|hr|hrs|hora|horas|m|min|minutos)$`)

// splitExtension parts "1h", "30 min" or "turno" from the TAGs; nothing is an hour.
func splitExtension(text string) (tags string, ext occupation.Extension, err error) {
	ext = occupation.Extension{By: oneMore}
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		word, used := strings.ToLower(words[i]), 1
		if i+1 < len(words) && shortNumber.MatchString(strings.TrimPrefix(word, "+")) {
			word, used = word+strings.ToLower(words[i+1]), 2
		}
		switch m := duration.FindStringSubmatch(word); {
		case strings.ToLower(words[i]) == "turno":
			ext, used = occupation.Extension{ShiftEnd: true}, 1
		case m != nil:
			unit := time.Minute
			if m[2][0] == 'h' {
				unit = time.Hour
			}
			n := 0
			for _, d := range m[1] {
				n = 10*n + int(d-'0')
			}
			if ext = (occupation.Extension{By: time.Duration(n) * unit}); n == 0 {
				return "", ext, &occupation.Error{Code: occupation.InvalidInput, Text: words[i]}
			}
		default:
			continue
		}
		words = append(words[:i], words[i+used:]...)
		i--
	}
	return strings.Join(words, " "), ext, nil
}

// preferOwn makes a part of a TAG mean what the person holds, where it fits that.
func preferOwn(picks []occupation.Pick, own *occupation.Book) {
	for i, p := range picks {
		if fits := own.Match(p.Query); len(fits) > 0 && len(fits) < max(len(p.Matches), 2) {
			picks[i].Matches = fits
		}
	}
}

func (b *Bot) pressedExtend(ctx context.Context, r *request) error {
	return b.pressedExtension(ctx, r, occupation.Extension{By: oneMore})
}

func (b *Bot) pressedExtendShift(ctx context.Context, r *request) error {
	return b.pressedExtension(ctx, r, occupation.Extension{ShiftEnd: true})
}

func (b *Bot) pressedExtension(ctx context.Context, r *request, ext occupation.Extension) error {
	f, err := b.facts(r, view.Extend)
	if err != nil {
		return err
	}
	return b.extend(ctx, r, ext, []occupation.Target{{Tag: f.Tag, Fence: f.Fence, Deadline: f.Deadline}})
}

func (b *Bot) pressedExtendAll(ctx context.Context, r *request) error {
	return b.extendAll(ctx, r, occupation.Extension{By: oneMore})
}

func (b *Bot) pressedExtendAllShift(ctx context.Context, r *request) error {
	return b.extendAll(ctx, r, occupation.Extension{ShiftEnd: true})
}

// extendAll extends all that the person holds, from the deadline that the button
// was shown with.
func (b *Bot) extendAll(ctx context.Context, r *request, ext occupation.Extension) error {
	deadline, err := view.ReadDeadline(r.value)
	if err != nil {
		return &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	held, err := b.core.HeldBy(ctx, r.worker.ID)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return b.show(ctx, r, view.Mine(nil, b.clock()))
	}
	var targets []occupation.Target
	for _, st := range held[:min(len(held), occupation.MaxBatch)] {
		targets = append(targets, occupation.Target{Tag: tagOf(st), Fence: st.Lock.Fence, Deadline: deadline})
	}
	return b.extend(ctx, r, ext, targets)
}

// extend is EXTENDER for every door; no targets are all that the person holds.
func (b *Bot) extend(ctx context.Context, r *request, ext occupation.Extension, targets []occupation.Target) error {
	results, err := b.core.Extend(ctx, b.asks(r), targets, ext)
	if err != nil {
		return err
	}
	if len(targets) == 1 && overtaken(results[0].Err) && r.family == action && targets[0].Fence != 0 {
		return b.showStale(ctx, r, results[0])
	}
	return b.showResults(ctx, r, results)
}

// typedRelease is /liberar TAG motivo, for supervisors.
func (b *Bot) typedRelease(ctx context.Context, r *request) error {
	word, reason := firstOf(r.text)
	tag, asked, err := b.oneTag(ctx, r, word, view.Choice{Verb: view.Release})
	if err != nil || asked {
		return err
	}
	if reason == "" { // the card has the button that asks for it
		return b.showStatuses(ctx, r, []string{tag})
	}
	r.asked = view.Asked{Verb: view.Release, Facts: view.Facts{Tag: tag}}
	return b.release(ctx, r, occupation.Target{Tag: tag}, reason)
}

// firstOf parts the first word from the rest.
func firstOf(text string) (first, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// oneTag finds the one spool that a word means; asked = the person was shown the
// choice.
func (b *Bot) oneTag(ctx context.Context, r *request, word string, c view.Choice) (tag string, asked bool, err error) {
	picks, err := b.pick(ctx, word)
	if err != nil {
		return "", false, err
	}
	if len(picks.Picks) == 0 {
		return "", false, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoTags}
	}
	tags, unclear := clear(picks.Picks[:1])
	if len(unclear) > 0 {
		c.Query = unclear[0].Query
		return "", true, b.show(ctx, r, view.Choose(c, unclear[0].Matches))
	}
	return tags[0], false, nil
}

// askReason opens the form in which a supervisor says why.
func (b *Bot) askReason(r *request) (slack.ModalViewRequest, error) {
	f, err := b.facts(r, view.Release)
	return view.ReleaseModal(f), err
}

func (b *Bot) pendingRelease(r *request) (any, bool) {
	_, wrong, err := view.ReadRelease(r.view)
	return b.formAnswer(r, wrong, err)
}

// carryRelease is the submission of that form.
func (b *Bot) carryRelease(ctx context.Context, r *request) error {
	form, _, err := view.ReadRelease(r.view)
	if err != nil {
		return err
	}
	r.asked = view.Asked{Verb: view.Release, Facts: form.Facts}
	return b.release(ctx, r, occupation.Target{Tag: form.Facts.Tag, Fence: form.Facts.Fence}, form.Reason)
}

// release is LIBERAR for every door. Its former holder and the channel are told by
// Settled.
func (b *Bot) release(ctx context.Context, r *request, target occupation.Target, reason string) error {
	res, err := b.core.Release(ctx, b.asks(r), target, reason)
	if err != nil {
		return err
	}
	return b.showResults(ctx, r, []occupation.Result{res})
}

// formAnswer answers the submission of a form that closes at once: with what is to
// be put right, or with nothing.
func (b *Bot) formAnswer(r *request, wrong map[string]string, err error) (any, bool) {
	switch {
	case err != nil:
		b.log.Warn().Err(err).Str("user", r.user).Msg("form_not_ours")
		return nil, false
	case len(wrong) > 0:
		return slack.NewErrorsViewSubmissionResponse(wrong), false
	default:
		r.from = place{Kind: atDM, User: r.user}
		return nil, true
	}
}
