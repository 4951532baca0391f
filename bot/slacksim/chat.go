package slacksim

import (
	"slices"
	"strings"
)

// target finds the channel that the bot names, as far as the bot can see it. A user id
// means the direct messages with that person.
func (c *call) target() (*channel, error) {
	id := c.str("channel")
	if u := c.s.users[id]; u != nil {
		switch {
		case u.Deleted:
			return nil, declined("user_disabled")
		case u.Bot:
			return nil, refuse("cannot_dm_bot")
		}
		return c.s.dm(id), nil
	}
	ch := c.s.channels[id]
	if ch == nil || ch.private && !ch.bot {
		return nil, declined("channel_not_found")
	}
	return ch, nil
}

// unsupported is the fault of a block that has not reached this workspace.
const unsupported = "[ERROR] unsupported block"

// content reads text and blocks of a message and checks them; an edit need not repeat
// the text.
func (c *call) content() (text string, blocks []any, err error) {
	text, blocks, code, faults := c.s.content(c.args)
	if slices.Contains(faults, unsupported) { // happens to a healthy program
		return "", nil, declined(code)
	}
	if code != "" {
		return "", nil, refuseBlocks(code, faults)
	}
	return text, blocks, nil
}

// content is the same for Web API, acks and response URLs.
func (s *Server) content(args object) (text string, blocks []any, code string, faults []string) {
	text = str(args, "text")
	if v, given := args["blocks"]; given && v != nil && v != "" {
		var ok bool
		if blocks, ok = v.([]any); !ok {
			return "", nil, "invalid_blocks_format", nil
		}
	}
	if text == "" && len(blocks) == 0 && len(list(args["attachments"])) == 0 {
		return "", nil, "no_text", nil
	}
	if code, faults = checkMessage(blocks); code != "" {
		return "", nil, code, faults
	}
	if i := slices.IndexFunc(blocks, func(b any) bool { o, _ := b.(object); return slices.Contains(s.opt.Without, str(o, "type")) }); i >= 0 {
		return "", nil, "invalid_blocks", []string{unsupported}
	}
	if text == "" {
		// SLACK.md 5.1: push and Activity show only the text [thread statping #933]
		s.complain("a message with blocks and no text: a phone's notification shows nothing")
	}
	if r := []rune(text); len(r) > maxText { // SLACK.md 3.1: truncated [doc]
		text = string(r[:maxText])
		s.complain("a message text of %d characters: cut at %d", len(r), maxText)
	}
	return text, clone(blocks), "", nil
}

func postMessage(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	if !ch.bot && !c.s.granted("chat:write.public") {
		return nil, refuse("not_in_channel")
	}
	text, blocks, err := c.content()
	if err != nil {
		return nil, err
	}
	m := &Message{User: botUser, Text: text, Blocks: blocks, ThreadTS: c.str("thread_ts"), metadata: c.args["metadata"]}
	if m.ThreadTS != "" && ch.message(m.ThreadTS, "") == nil {
		return nil, refuse("thread_not_found")
	}
	c.s.post(ch, m)
	return object{"channel": ch.id, "ts": m.TS, "message": m.wire(c.s.opt.TeamID)}, nil
}

func postEphemeral(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	user := c.str("user")
	switch {
	case !ch.bot:
		return nil, refuse("not_in_channel")
	case !ch.has(user): // SLACK.md 3.3: the person must be in the channel [doc via 3rd]
		return nil, refuse("user_not_in_channel")
	}
	text, blocks, err := c.content()
	if err != nil {
		return nil, err
	}
	m := c.s.post(ch, &Message{User: botUser, Text: text, Blocks: blocks, ThreadTS: c.str("thread_ts"), viewer: user})
	return object{"message_ts": m.TS}, nil
}

// own finds a message that the bot may change. Ephemeral ones cannot be found: they
// are changed through the response_url of a click only. SLACK.md 3.3
func (c *call) own(forbidden string) (*channel, *Message, error) {
	ch := c.s.channels[c.str("channel")] // a DM's id, not a user's [doc chat.update]
	if ch == nil || ch.private && !ch.bot {
		return nil, nil, declined("channel_not_found")
	}
	m := ch.message(c.str("ts"), "")
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	if m.User != botUser {
		return nil, nil, refuse(forbidden)
	}
	return ch, m, nil
}

func updateMessage(c *call) (object, error) {
	ch, m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	text, blocks, err := c.content()
	if err != nil {
		return nil, err
	}
	if _, given := c.args["blocks"]; !given {
		// Without the field the blocks stay, and so does what people see
		// [thread python-slack-sdk #523]; "[]" removes them.
		if blocks = m.Blocks; len(blocks) > 0 {
			c.s.complain("chat.update with a new text and no blocks: people still see the old blocks")
		}
	}
	c.s.change(ch, m, text, blocks)
	return object{"channel": ch.id, "ts": m.TS, "text": m.Text, "message": m.wire(c.s.opt.TeamID)}, nil
}

// change edits a message in place.
func (s *Server) change(ch *channel, m *Message, text string, blocks []any) {
	m.Text, m.Blocks = text, s.nameBlocks(blocks)
	m.Edited = &Edited{User: m.User, TS: s.ts()}
	m.warned = nil
	s.bump(Change{Kind: "channel", ID: ch.id, User: m.viewer})
}

// remove deletes a message.
func (s *Server) remove(ch *channel, m *Message) {
	ch.messages = slices.DeleteFunc(ch.messages, func(o *Message) bool { return o == m })
	s.bump(Change{Kind: "channel", ID: ch.id, User: m.viewer})
}

func deleteMessage(c *call) (object, error) {
	ch, m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.s.remove(ch, m)
	return object{"channel": ch.id, "ts": m.TS}, nil
}

func permalink(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	ts := c.str("message_ts")
	if ch.message(ts, "") == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://" + c.s.opt.TeamDomain + ".slack.test/archives/" + ch.id + "/p" + strings.ReplaceAll(ts, ".", "")
	return object{"channel": ch.id, "permalink": link}, nil
}

func reactionsAdd(c *call) (object, error) {
	ch, m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Name == c.str("name") })
	if i >= 0 && slices.Contains(m.Reactions[i].Users, botUser) {
		return nil, refuse("already_reacted")
	}
	m.Reactions = append(slices.Clone(m.Reactions), Reaction{Name: c.str("name"), Users: []string{botUser}, Count: 1})
	c.s.bump(Change{Kind: "channel", ID: ch.id})
	return nil, nil
}

func reactionsRemove(c *call) (object, error) {
	ch, m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	n := len(m.Reactions)
	m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r Reaction) bool { return r.Name == c.str("name") })
	if len(m.Reactions) == n {
		return nil, refuse("no_reaction")
	}
	c.s.bump(Change{Kind: "channel", ID: ch.id})
	return nil, nil
}

func (c *call) reacted() (*channel, *Message, error) {
	ch, err := c.target()
	if err != nil {
		return nil, nil, err
	}
	m := ch.message(c.str("timestamp"), "")
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	if strings.Trim(c.str("name"), ":") == "" {
		return nil, nil, refuse("invalid_name")
	}
	return ch, m, nil
}
