package slacksim

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is a message as one person sees it. Text and blocks are as the sender gave
// them: escaped, with block ids where the sender gave none.
type Message struct {
	Channel   string     `json:"channel"`
	TS        string     `json:"ts"`
	ThreadTS  string     `json:"thread_ts,omitempty"`
	User      string     `json:"user"`
	Text      string     `json:"text"`
	Blocks    []any      `json:"blocks,omitempty"`
	Files     []File     `json:"files,omitempty"`
	Ephemeral bool       `json:"ephemeral"`
	Edited    *Edited    `json:"edited,omitempty"`
	Reactions []Reaction `json:"reactions,omitempty"`
	Warning   string     `json:"warning,omitempty"` // the triangle beside a button that failed for this person

	viewer   string // the only person who sees an ephemeral message
	metadata any
	state    map[string]formState // what each person has selected in it
	warned   map[string]string    // Warning per person
}

// Edited says who changed a message, and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Reaction is an emoji under a message.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// post adds a message to a channel; the caller holds the lock.
func (s *Server) post(ch *channel, m *Message) *Message {
	m.Channel, m.TS = ch.id, s.ts()
	m.Ephemeral = m.viewer != ""
	m.Blocks = s.nameBlocks(m.Blocks)
	if len(ch.messages) >= maxMessages {
		ch.messages = slices.Delete(ch.messages, 0, maxMessages/4)
	}
	ch.messages = append(ch.messages, m)
	s.bump(Change{Kind: "channel", ID: ch.id, User: m.viewer})
	return m
}

// wire is the message as it stands in payloads and answers.
func (m *Message) wire(team string) object {
	o := object{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": team}
	if m.User == botUser {
		o["bot_id"], o["app_id"] = botID, appID
	}
	if m.Blocks != nil {
		o["blocks"] = m.Blocks
	}
	if len(m.Files) > 0 {
		o["files"] = m.Files
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	if m.Edited != nil {
		o["edited"] = object{"user": m.Edited.User, "ts": m.Edited.TS}
	}
	if m.metadata != nil {
		o["metadata"] = m.metadata
	}
	if len(m.Reactions) > 0 {
		o["reactions"] = m.Reactions
	}
	return o
}

// seenBy is a copy for one person.
func (m *Message) seenBy(user string) Message {
	c := *m
	c.Warning = m.warned[user]
	c.state, c.warned = nil, nil
	c.Reactions = slices.Clone(m.Reactions)
	return c
}

// messages returns what a person sees in a channel; the caller holds the lock.
func (c *channel) seenBy(user string) []Message {
	out := []Message{}
	for _, m := range c.messages {
		if m.viewer == "" || m.viewer == user {
			out = append(out, m.seenBy(user))
		}
	}
	return out
}

// Shown is the text that a person reads: the blocks if there are any, else the text;
// then the names of files.
func (m Message) Shown() string {
	lines := []string{m.Text}
	if len(m.Blocks) > 0 {
		lines[0] = shown(m.Blocks)
	}
	for _, f := range m.Files {
		lines = append(lines, f.Name)
	}
	return strings.Join(lines, "\n")
}

// Buttons returns the labels of the buttons, top to bottom.
func (m Message) Buttons() []string { return buttons(m.Blocks) }

// nameBlocks gives an id to every block and every element without one, as Slack does:
// a link button is an action as well, and must be acknowledged. The caller holds the
// lock and owns the blocks.
func (s *Server) nameBlocks(blocks []any) []any {
	for _, b := range blocks {
		o, ok := b.(object)
		if !ok {
			continue
		}
		if str(o, "block_id") == "" {
			o["block_id"] = s.newID("b")
		}
		for _, e := range append(slices.Clone(list(o["elements"])), o["accessory"], o["element"]) {
			e, _ := e.(object)
			if kind := str(e, "type"); kind != "image" && elementFields[kind].homes != "" && str(e, "action_id") == "" {
				e["action_id"] = s.newID("a")
			}
		}
	}
	return blocks
}

// shown collects the visible texts of blocks in reading order, one per line.
func shown(v any) string {
	var lines []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case object:
			switch t := v["text"].(type) {
			case string:
				lines = append(lines, t)
			case object:
				walk(t)
			}
			for _, k := range []string{"title", "subtitle", "label", "body", "fields", "elements", "element", "accessory", "hint", "rows", "blocks", "child_blocks", "actions", "placeholder"} {
				walk(v[k])
			}
		}
	}
	walk(v)
	return strings.Join(lines, "\n")
}

func buttons(blocks []any) []string {
	var out []string
	for _, c := range controls(blocks) {
		if str(c.el, "type") == "button" {
			out = append(out, textOf(c.el["text"]))
		}
	}
	return out
}

// str reads a string field.
func str(o object, key string) string {
	v, _ := o[key].(string)
	return v
}

// textOf reads the text of a text object.
func textOf(v any) string {
	o, _ := v.(object)
	return str(o, "text")
}

// clone copies JSON deeply, so that what the bot sent and what people see stay apart.
func clone[T any](v T) T {
	var out T
	if b, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(b, &out)
	}
	return out
}
