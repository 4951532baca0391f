package view

import (
	"slices"

	"github.com/slack-go/slack"
)

// This file is for people of an app that several shops share. A shop is named by its
// SITE.

// maxShopButtons is how many shops get a button each; more are offered in a list.
const maxShopButtons = 6

// ChooseShop asks a person which shop they speak to.
func ChooseShop(sites []string) Message {
	blocks := []slack.Block{section(signAsk+" "+bold(shopWhich), shopRemember)}
	return message(sentences(shopWhich, shopRemember), append(blocks, shopButtons(sites, tidy)...)...)
}

// ShopChosen tells a person which shop they speak to now; again: what they asked for
// before was not kept.
func ShopChosen(site string, again bool) Message {
	head, line := shopNow(escape(site, maxCell)), ""
	if again {
		line = shopAgain
	}
	return notice(signDone, head, []string{line}, mineButton(), helpButton())
}

// ShopAway tells a person that their shop is not served now; site is empty where it is
// not known which that is. Others are those to which they may change.
func ShopAway(site string, others []string) Message {
	head := shopAway(escape(site, maxCell))
	blocks := []slack.Block{section(signWait+" "+bold(head), shopTryLater)}
	return message(sentences(head, shopTryLater), append(blocks, shopButtons(others, shopChange)...)...)
}

// WithShop says below a message to a person of several shops of which one it is. What
// fills a message needs its room for itself.
func WithShop(m Message, site string) Message {
	switch {
	case len(m.Blocks) >= maxMessageBlocks:
		return m
	case len(m.Blocks) == 0:
		m.Blocks = []slack.Block{section(m.Text)}
	}
	m.Blocks = append(slices.Clone(m.Blocks), small(shopLine(bold(escape(site, maxCell)))))
	return m
}

// maxMessageBlocks is how many blocks a message may have.
const maxMessageBlocks = 50

// HomeWithShop says at the top of an App Home of which shop it is, and leads to the
// person's others.
func HomeWithShop(v slack.HomeTabViewRequest, site string, others []string) slack.HomeTabViewRequest {
	top := append([]slack.Block{section(shopLine(bold(escape(site, maxCell))))}, shopButtons(others, shopChange)...)
	v.Blocks.BlockSet = append(top, v.Blocks.BlockSet[:min(len(v.Blocks.BlockSet), maxBlock-len(top))]...)
	return v
}

// HomeSays is an App Home that shows a message and nothing else.
func HomeSays(m Message) slack.HomeTabViewRequest { return home(m.Blocks...) }

// shopButtons lead to shops, each under its label.
func shopButtons(sites []string, label func(string) string) []slack.Block {
	if len(sites) > maxShopButtons {
		var options []*slack.OptionBlockObject
		for _, site := range sites[:min(len(sites), 100)] {
			options = append(options, slack.NewOptionBlockObject(site, plain(site, maxOption), nil))
		}
		choose := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(shopSelect, maxOption), ActionShop, options...)
		return []slack.Block{slack.NewActionBlock("", choose)}
	}
	var buttons []*slack.ButtonBlockElement
	for _, site := range sites {
		buttons = append(buttons, button(ActionShop, label(site), site))
	}
	return rows(buttons...)
}
