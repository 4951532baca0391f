package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
)

// routeTime is how long it may take to find out for which shop a request is: the
// trigger of a form lives for three seconds.
const routeTime = 1500 * time.Millisecond

// route finds the shop and hands the request over, or tells the person what keeps it.
func (d *Reception) route(r *request, ack func(payload any)) {
	ctx, cancel := context.WithTimeout(d.log.WithContext(d.work), routeTime)
	defer cancel()
	if r.family == action && r.name == view.ActionShop && d.has(r.value) {
		d.choose(r, ack)
		return
	}
	if site := d.named(r); site != "" {
		d.lookSome(r.user)
		if home := d.people.home(r.user); r.from.Kind == atHome && home != "" && home != site { // chosen at another replica?
			d.recallChoice(ctx, r.user, d.sites())
		}
		d.handTo(site, r, ack)
		return
	}
	of := d.shopsOf(ctx, r.user)
	if len(of) == 0 {
		if b := d.refuses(ctx, r); b != nil {
			d.hand(b, r, ack)
			return
		}
		if of = d.sites(); !d.people.heardFrom(r.user, of) { // it may be of one that is not there
			d.say(r, view.ShopAway("", d.servedSites()), ack)
			return
		}
	}
	site := of[0]
	if len(of) > 1 {
		site = d.chosen(ctx, r.user, of)
	}
	if site == "" {
		d.ask(r, of, ack)
		return
	}
	d.handTo(site, r, ack)
}

// named is the shop that the request itself names: by the mark of what was touched,
// or because it was done in a supervisors' channel. The mark comes from outside: one
// that names no shop of ours is none.
func (d *Reception) named(r *request) string {
	if r.site != "" && d.has(r.site) {
		return r.site
	}
	for _, s := range d.shops {
		if s.Supervisors != "" && s.Supervisors == r.from.Channel {
			return s.Site
		}
	}
	return ""
}

// refuses is a bot that serves the person nothing but a sentence: a guest, or of
// another workspace; nil = the person is one of ours.
func (d *Reception) refuses(ctx context.Context, r *request) *Bot {
	served := d.all()
	if len(served) == 0 {
		return nil
	}
	if err := served[0].member(ctx, r); err == nil || errors.Is(err, unchecked) {
		return nil
	}
	return served[0]
}

// handTo gives a request to the shop of that name, or says that it is not there.
func (d *Reception) handTo(site string, r *request, ack func(payload any)) {
	if b := d.at(site); b != nil {
		if r.from.Kind == atHome {
			d.people.looksAt(r.user, site)
		}
		d.hand(b, r, ack)
		return
	}
	d.log.Warn().Str("request_id", r.envelope).Str("user", r.user).Str("site", site).Msg("shop_not_there")
	d.say(r, view.ShopAway(site, d.people.others(r.user, site, d.sites())), ack)
}

// ask asks a person for which of several shops a request is, and keeps a command
// until it is known.
func (d *Reception) ask(r *request, of []string, ack func(payload any)) {
	if r.family == command {
		d.people.keep(r.user, r)
	}
	d.say(r, view.ChooseShop(of), ack)
}

// choose is a press of a button with the name of a shop: it is the person's from now
// on, the others let go of their App Home, and the command goes on for which it was
// asked.
func (d *Reception) choose(r *request, ack func(payload any)) {
	site := r.value
	kept := d.people.choose(r.user, site, r.at)
	b := d.at(site)
	if b == nil {
		d.handTo(site, r, ack)
		return
	}
	for _, other := range d.all() {
		if other != b {
			other.leaveHome(r.user)
		}
	}
	if kept != nil {
		if route, ok := b.routes.find(kept.family, kept.name); !ok || route.open != nil || time.Since(kept.at) > keptFor {
			kept = nil
		}
	}
	r.goesOn = kept != nil
	d.hand(b, r, ack)
	if kept != nil {
		d.hand(b, kept, d.late(kept))
	}
}

// keptFor is how long a command waits for the answer to which shop it is for.
const keptFor = 5 * time.Minute

// say answers a request of which no shop knows.
func (d *Reception) say(r *request, m view.Message, ack func(payload any)) {
	if r.family == submission || r.family == suggestion {
		ack(refusal(r, m))
		return
	}
	ctx, cancel := context.WithTimeout(d.log.WithContext(d.work), callTimeout)
	defer cancel()
	var err error
	switch {
	case r.family == event && r.text != "home": // the tab of the messages
	case r.family == event:
		_, err = d.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: r.user, View: view.HomeSays(m)})
	case r.from.Hook != "":
		err = respond(ctx, d.hc, r.from.Hook, webhook(m, false))
	default:
		if err = d.allow.pacer.turn(ctx, r.user); err == nil {
			_, _, err = d.api.PostMessageContext(ctx, r.user, content(m)...)
		}
	}
	logged(ctx, err, "reception_not_heard")
}

// refusal puts a message into an acknowledgement, nil where there is no room for it: of
// a form it stands under the first field, so that what was chosen stays.
func refusal(r *request, m view.Message) any {
	switch r.family {
	case command:
		return webhook(m, false)
	case submission:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{view.FirstInput(r.name): m.Text})
	case suggestion:
		return noOptions
	default:
		return nil
	}
}

// without is a list without one of its entries.
func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}
