package bot

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
)

// This file is what a bot does differently when its app is shared with other shops:
// what it sends carries the mark of the shop, so that what people touch comes back to
// it. A bot with an app of its own marks nothing.

// mark is before the SITE: in a block's id at the beginning, in a callback_id behind
// the name.
const (
	mark    = "@"
	markEnd = "/"
)

// unmark parts a block's id into the shop and the rest.
func unmark(blockID string) (site, rest string) {
	if marked, ok := strings.CutPrefix(blockID, mark); ok {
		if site, rest, ok := strings.Cut(marked, markEnd); ok {
			return site, rest
		}
	}
	return "", blockID
}

// unmarkView parts a callback_id into the name and the shop.
func unmarkView(callbackID string) (name, site string) {
	name, site, _ = strings.Cut(callbackID, mark)
	return name, site
}

// marked puts the shop's mark on all blocks of a message that have something to touch.
func (b *Bot) marked(m view.Message) view.Message {
	if b.reception == nil {
		return m
	}
	blocks := make([]slack.Block, len(m.Blocks))
	edition := rand.Text()[:6] + "."
	for i, block := range m.Blocks {
		blocks[i] = block
		id := func(old string) string {
			if old == "" { // an edited message should not repeat block ids
				old = edition + strconv.Itoa(i)
			}
			return mark + b.site + markEnd + old
		}
		switch old := block.(type) {
		case *slack.ActionBlock:
			named := *old
			named.BlockID = id(old.BlockID)
			blocks[i] = &named
		case *slack.SectionBlock:
			if old.Accessory != nil {
				named := *old
				named.BlockID = id(old.BlockID)
				blocks[i] = &named
			}
		}
	}
	m.Blocks = blocks
	return m
}

// markedModal puts the shop's mark on a form.
func (b *Bot) markedModal(v slack.ModalViewRequest) slack.ModalViewRequest {
	if b.reception != nil {
		v.CallbackID += mark + b.site
	}
	return v
}

// markedHome puts the shop's mark on an App Home; to a person of several shops it says
// which one it is of.
func (b *Bot) markedHome(user string, v slack.HomeTabViewRequest) slack.HomeTabViewRequest {
	if b.reception == nil {
		return v
	}
	v.CallbackID += mark + b.site
	if others := b.others(user); len(others) > 0 {
		v = view.HomeWithShop(v, b.site, others)
	}
	return v
}

// markedPayload puts the shop's mark on what an acknowledgement carries.
func (b *Bot) markedPayload(payload any) any {
	if b.reception == nil {
		return payload
	}
	if answer, ok := payload.(*slack.ViewSubmissionResponse); ok && answer.View != nil {
		marked := *answer
		marked.View = new(b.markedModal(*answer.View))
		return &marked
	}
	return payload
}

// others are the shops to which a person may change from this one.
func (b *Bot) others(user string) []string {
	if b.reception == nil {
		return nil
	}
	return b.reception.people.others(user, b.site, b.reception.sites())
}

// signed says below a message to a person of several shops which one it is of.
func (b *Bot) signed(user string, m view.Message) view.Message {
	if user == "" || len(b.others(user)) == 0 {
		return m
	}
	return view.WithShop(m, b.site)
}

// signedIn is signed for an edit: of a message in the person's DM, or one that they
// alone see.
func (b *Bot) signedIn(p place, m view.Message) view.Message {
	if p.Kind == atMessage && !strings.HasPrefix(p.Channel, "D") {
		return m
	}
	return b.signed(p.User, m)
}

// noteStanding tells the reception who is of this shop, and who is not.
func (b *Bot) noteStanding(user string, s standing) {
	if b.reception != nil && s != unheard && user != "" {
		b.reception.people.saw(user, b.site, s)
	}
}

// ownsHome reports whether the person's App Home is this shop's to publish.
func (b *Bot) ownsHome(user string) bool {
	if b.reception == nil {
		return true
	}
	home := b.reception.people.home(user)
	return home == "" || home == b.site
}

// leaveHome is for a person who has chosen another shop: this one, at all its replicas,
// does not publish their App Home any more.
func (b *Bot) leaveHome(user string) {
	b.later(b.log.WithContext(b.jobs), user+"/home", func(ctx context.Context) {
		if rec := b.homeRecord(ctx, user); rec.Hash != "" {
			rec.Replica = "" // whoever published it last sees that it is not theirs
			b.keepHomeRecord(ctx, user, rec)
		}
	})
}

// choseShop is for a person who has just chosen this shop.
func (b *Bot) choseShop(ctx context.Context, r *request) error {
	switch {
	case b.reception != nil:
	case r.refused != nil: // the app was shared when the button was shown
		return r.refused
	default:
		return b.showMine(ctx, r)
	}
	keep, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(keep, choiceKey(r.user), r.at.UTC().Format(time.RFC3339Nano), choiceKept), "choice_not_kept")
	switch {
	case r.from.Kind == atHome:
		r.text = "home"
		return b.openedHome(ctx, r)
	case b.reception.people.home(r.user) == b.site:
		r.text = "home"
		logged(ctx, b.openedHome(ctx, r), "home_not_read")
	}
	if r.refused != nil {
		return r.refused
	}
	return b.show(ctx, r, view.ShopChosen(b.site, !r.goesOn))
}
