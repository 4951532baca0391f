package bot

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
)

// content is a message for chat.postMessage and chat.update. The blocks are
// always given: an edit without them would leave the old ones.
func content(m view.Message) []slack.MsgOption {
	blocks := m.Blocks
	if blocks == nil {
		blocks = []slack.Block{}
	}
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// webhook is a message for a response_url.
func webhook(m view.Message, replace bool) *slack.WebhookMessage {
	out := &slack.WebhookMessage{Text: m.Text, ReplaceOriginal: replace, ResponseType: slack.ResponseTypeEphemeral}
	if len(m.Blocks) > 0 {
		out.Blocks = &slack.Blocks{BlockSet: m.Blocks}
	}
	return out
}

// cardMark begins the name of a card, and so the ids of its blocks.
const cardMark = "card-"

// newCard names a message that only its reader sees. Slack tells nobody its ts
// before it is clicked.
func newCard() string { return cardMark + rand.Text()[:12] }

// stamp names the blocks that have buttons after the card, with something new at
// the end: an edited message should not repeat block ids (Slack's block kit
// reference).
func stamp(m view.Message, card string) view.Message {
	if card == "" {
		return m
	}
	blocks := make([]slack.Block, len(m.Blocks))
	edition := "." + rand.Text()[:6] + "."
	for i, block := range m.Blocks {
		id := card + edition + strconv.Itoa(i)
		switch old := block.(type) {
		case *slack.ActionBlock:
			named := *old
			named.BlockID = id
			block = &named
		case *slack.SectionBlock:
			named := *old
			named.BlockID = id
			block = &named
		}
		blocks[i] = block
	}
	m.Blocks = blocks
	return m
}

// cardOf reads the name of the card out of a block's id.
func cardOf(blockID string) string {
	card, _, ok := strings.Cut(blockID, ".")
	if !ok || !strings.HasPrefix(card, cardMark) {
		return ""
	}
	return card
}
