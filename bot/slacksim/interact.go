package slacksim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file makes envelopes of what people touch. Every function here expects the lock.

// payload is what all interactive payloads share. SLACK.md 1.3 [doc]
func (s *Server) payload(kind string, u *User) object {
	domain := s.opt.TeamDomain
	if u.TeamID != s.opt.TeamID {
		domain = strings.ToLower(u.TeamID)
	}
	return object{
		"type": kind, "token": "sim-verification", "api_app_id": appID, "enterprise": nil, "is_enterprise_install": false,
		"team": object{"id": u.TeamID, "domain": domain},
		"user": object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// place is where a person touches something: a message or a view.
type place struct {
	channel, ts, view string
	blocks            []any // as the person sees them; nil means as they are now
}

// surface is the place as the server knows it.
type surface struct {
	ch     *channel
	msg    *Message
	view   *View
	blocks []any
	state  formState
}

func (s *Server) surface(u *User, p place) (surface, error) {
	if p.view != "" {
		v := s.view(func(v *View) bool { return v.ID == p.view && v.User == u.ID })
		if v == nil {
			return surface{}, fmt.Errorf("%s has no view %q open", u.Name, p.view)
		}
		return surface{view: v, blocks: v.Blocks, state: v.State}, nil
	}
	ch, err := s.memberOf(u, p.channel)
	if err != nil {
		return surface{}, err
	}
	m := ch.message(p.ts, u.ID)
	if m == nil {
		return surface{}, fmt.Errorf("%s does not see a message %q in %s", u.Name, p.ts, p.channel)
	}
	if m.state == nil {
		m.state = map[string]formState{}
	}
	m.state[u.ID] = freshState(m.Blocks, m.state[u.ID])
	blocks := m.Blocks
	if p.blocks != nil { // an old picture on the phone: its buttons still work
		blocks = p.blocks
	}
	return surface{ch: ch, msg: m, blocks: blocks, state: m.state[u.ID]}, nil
}

// describe puts container, message or view, and state into a payload. SLACK.md 1.3
func (s *Server) describe(p object, sf surface, u *User) {
	if v := sf.view; v != nil {
		p["container"], p["view"] = object{"type": "view", "view_id": v.ID}, v.wire()
		return
	}
	p["container"] = object{"type": "message", "message_ts": sf.msg.TS, "channel_id": sf.ch.id, "is_ephemeral": sf.msg.Ephemeral}
	p["channel"] = object{"id": sf.ch.id, "name": sf.ch.name}
	p["state"] = object{"values": clone(sf.state)}
	if !sf.msg.Ephemeral { // of an ephemeral message only the container comes [gk]
		p["message"] = sf.msg.wire(s.opt.TeamID)
	}
}

// act touches a control. Without an envelope (an input, filled in) it returns nil.
func (s *Server) act(u *User, at place, t touch, in []string) (*envelope, error) {
	sf, err := s.surface(u, at)
	if err != nil {
		return nil, err
	}
	c, err := pick(sf.blocks, u.ID, t)
	if err != nil {
		return nil, err
	}
	action := object{"type": c.kind(), "action_id": c.actionID(), "block_id": c.blockID, "action_ts": s.ts()}
	if _, ok := fields[c.kind()]; ok {
		offered := append(slices.Clone(s.suggested[suggestKey(u, at, c)]), selected(sf.state[c.blockID][c.actionID()])...)
		val, err := c.enter(in, offered)
		if err != nil {
			return nil, err
		}
		if c.kind() != "overflow" {
			sf.state.set(c, val)
		}
		maps.Copy(action, val)
		if sf.view != nil {
			delete(sf.view.Errors, c.blockID)
			s.bump(Change{Kind: "views", ID: sf.view.ID, User: u.ID})
		}
	} else {
		action["text"] = c.el["text"]
		if v, ok := c.el["value"]; ok {
			action["value"] = v
		}
	}
	if !c.sends() {
		return nil, nil
	}
	p := s.payload("block_actions", u)
	s.describe(p, sf, u)
	p["trigger_id"] = s.newTrigger(u.ID, sf.view != nil && sf.view.Type == "modal")
	p["actions"] = []any{clone(action)}
	if sf.msg != nil {
		p["response_url"] = s.newHook("actions", u.ID, sf.ch.id, sf.msg.TS)
	}
	s.warn(sf, u, "")
	return s.send(&envelope{payload: p, onFail: func(code string) { s.warn(sf, u, code) }}, "interactive", "block_actions", u.ID), nil
}

// warn shows, or takes away, the triangle at a message and the trouble line of a view.
func (s *Server) warn(sf surface, u *User, code string) {
	if sf.view != nil {
		if code != "" {
			code = codeTrouble
		}
		sf.view.Warning = code
		kind := "views"
		if sf.view.Type == "home" {
			kind = "home"
		}
		s.bump(Change{Kind: kind, ID: sf.view.ID, User: u.ID})
		return
	}
	if sf.msg.warned == nil {
		sf.msg.warned = map[string]string{}
	}
	sf.msg.warned[u.ID] = code
	s.bump(Change{Kind: "channel", ID: sf.ch.id, User: u.ID})
}

func suggestKey(u *User, at place, c control) string {
	return strings.Join([]string{u.ID, at.channel, at.ts, at.view, c.blockID, c.actionID()}, "|")
}

// selected lists the options that stand in a state value: they may be chosen again.
func selected(val object) []any {
	if o, ok := val["selected_option"].(object); ok {
		return []any{o}
	}
	return list(val["selected_options"])
}

// suggest asks the bot for the options of an external select.
func (s *Server) suggest(u *User, at place, t touch, query string) (*envelope, error) {
	sf, err := s.surface(u, at)
	if err != nil {
		return nil, err
	}
	c, err := pick(sf.blocks, u.ID, t)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(c.kind(), "external_select") {
		return nil, fmt.Errorf("a %s does not ask for suggestions", c.kind())
	}
	least, ok := c.el["min_query_length"].(float64)
	if !ok {
		least = 3 // SLACK.md 3.1 [gk]
	}
	if utf8.RuneCountInString(query) < int(least) {
		return nil, fmt.Errorf("the phone asks from %v characters on", least)
	}
	p := s.payload("block_suggestion", u)
	s.describe(p, sf, u)
	p["action_id"], p["block_id"], p["value"] = c.actionID(), c.blockID, query
	e := &envelope{payload: p}
	e.onAck = func(answer object) string {
		if faults := checkSuggestions(answer); len(faults) > 0 {
			return strings.Join(faults, "; ")
		}
		if len(s.suggested) > 1000 {
			clear(s.suggested)
		}
		s.suggested[suggestKey(u, at, c)] = control{el: answer}.options()
		return ""
	}
	return s.send(e, "interactive", "block_suggestion", u.ID), nil
}

// shortcut uses a global shortcut, or a message shortcut where a message is given.
func (s *Server) shortcut(u *User, callbackID string, at place) (*envelope, error) {
	kind := "shortcut"
	if at.ts != "" {
		kind = "message_action"
	}
	want := map[string]string{"shortcut": "global", "message_action": "message"}[kind]
	if s.opt.Shortcuts != nil && !slices.ContainsFunc(s.opt.Shortcuts, func(c Shortcut) bool { return c.CallbackID == callbackID && cmp.Or(c.Type, "global") == want }) {
		return nil, fmt.Errorf("there is no %s shortcut %q", want, callbackID)
	}
	p := s.payload(kind, u)
	p["callback_id"], p["action_ts"], p["trigger_id"] = callbackID, s.ts(), s.newTrigger(u.ID, false)
	if at.ts != "" {
		sf, err := s.surface(u, at)
		if err != nil {
			return nil, err
		}
		if sf.msg == nil || sf.msg.Ephemeral {
			return nil, errors.New("a message shortcut needs a message that everybody sees")
		}
		p["channel"], p["message"], p["message_ts"] = object{"id": sf.ch.id, "name": sf.ch.name}, sf.msg.wire(s.opt.TeamID), sf.msg.TS
		p["response_url"] = s.newHook("actions", u.ID, sf.ch.id, "")
	}
	return s.send(&envelope{payload: p, onFail: s.tell(u)}, "interactive", kind, u.ID), nil
}

// tell is for trouble that belongs to no message and no view.
func (s *Server) tell(u *User) func(string) {
	return func(code string) {
		old := s.notices[u.ID]
		s.notices[u.ID] = append(slices.Clone(old[max(0, len(old)-19):]), code)
		s.bump(Change{Kind: "views", User: u.ID})
	}
}

// openHome tells the bot that somebody looks at its App Home (tab "home") or at the
// messages with it (tab "messages"). SLACK.md 1.3
func (s *Server) openHome(u *User, tab string) *envelope {
	if !slices.Contains(s.opt.Events, "app_home_opened") {
		return nil
	}
	ev := object{"type": "app_home_opened", "user": u.ID, "channel": s.dm(u.ID).id, "tab": tab}
	if v := s.homes[u.ID]; v != nil && tab == "home" {
		ev["view"] = v.wire()
	}
	return s.event(u.ID, ev)
}
