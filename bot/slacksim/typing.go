package slacksim

import (
	"fmt"
	"slices"
	"strings"
)

// This file is about what people type. Every function here expects the lock.

// command sends a slash command. SLACK.md 1.3 [src slash.go], 3.3
func (s *Server) command(u *User, channelID, name, text string) (*envelope, error) {
	ch, err := s.memberOf(u, channelID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.opt.Commands, func(c Command) bool { return c.Name == name })
	if s.opt.Commands != nil && i < 0 || !strings.HasPrefix(name, "/") || !s.granted("commands") {
		return nil, fmt.Errorf("%s is not a valid command", name)
	}
	text = escape(strings.TrimSpace(text))
	if i >= 0 && s.opt.Commands[i].ShouldEscape {
		text = s.mention(text, true)
	}
	channelName := ch.name
	if ch.private {
		channelName = "privategroup"
	}
	p := s.payload("", u)
	team, _ := p["team"].(object)
	e := &envelope{payload: object{
		"token": "sim-verification", "team_id": team["id"], "team_domain": team["domain"], "channel_id": ch.id, "channel_name": channelName,
		"user_id": u.ID, "user_name": u.Name, "command": name, "text": text, "api_app_id": appID, "is_enterprise_install": "false",
		"response_url": s.newHook("commands", u.ID, ch.id, ""), "trigger_id": s.newTrigger(u.ID, false),
	}}
	h := s.hookURLs[strings.TrimPrefix(str(e.payload, "response_url"), s.hooks)]
	e.onAck = func(answer object) string {
		if len(answer) == 0 {
			return ""
		}
		text, blocks, code, faults := s.content(answer)
		if code != "" {
			return strings.Join(append([]string{code}, faults...), ": ")
		}
		h.last = s.reply(ch, u.ID, answer, text, blocks).TS
		return ""
	}
	e.onFail = func(code string) { // SLACK.md 1.5: the person sees it, the bot never hears of it again
		s.post(ch, &Message{User: slackbot, viewer: u.ID, Text: fmt.Sprintf("%s failed with the error %q", name, code)})
	}
	return s.send(e, "slash_commands", "slash_commands", u.ID), nil
}

// say posts a message of a person.
func (s *Server) say(u *User, channelID, text string) (*Message, error) {
	ch, err := s.memberOf(u, channelID)
	if err != nil {
		return nil, err
	}
	m := s.post(ch, &Message{User: u.ID, Text: s.mention(escape(text), false)})
	name, kind := "message.channels", "channel"
	if ch.im != "" {
		name, kind = "message.im", "im"
	}
	if ch.bot && slices.Contains(s.opt.Events, name) {
		s.event(u.ID, object{"type": "message", "channel": ch.id, "channel_type": kind, "user": u.ID, "text": m.Text, "ts": m.TS})
	}
	return m, nil
}

func (s *Server) memberOf(u *User, channelID string) (*channel, error) {
	ch := s.channels[channelID]
	if ch == nil || !ch.has(u.ID) {
		return nil, fmt.Errorf("%s is not in channel %q", u.Name, channelID)
	}
	return ch, nil
}

// escape is what Slack does to typed text. [doc formatting]
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// mention turns @name and #channel into Slack's codes, with the name if the command
// asked for should_escape. Real names, which have blanks, count as well: people pick
// them from a list. SLACK.md 3.3 [doc/gk]
func (s *Server) mention(text string, label bool) string {
	for _, id := range s.userOrder {
		if u := s.users[id]; strings.Contains(u.RealName, " ") {
			text = strings.ReplaceAll(text, "@"+u.RealName, "@"+u.ID)
		}
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		name := ""
		if u := s.named(strings.TrimPrefix(w, "@")); strings.HasPrefix(w, "@") && u != nil {
			words[i], name = "<@"+u.ID, u.Name
		}
		for _, ch := range s.channels {
			if ch.im == "" && w == "#"+ch.name {
				words[i], name = "<#"+ch.id, ch.name
			}
		}
		if name == "" {
			continue
		}
		if label {
			words[i] += "|" + name
		}
		words[i] += ">"
	}
	return strings.Join(words, " ")
}

// named finds somebody by id, user name or real name.
func (s *Server) named(name string) *User {
	if u := s.users[name]; u != nil {
		return u
	}
	for _, id := range s.userOrder {
		if u := s.users[id]; u.Name == name || u.RealName == name {
			return u
		}
	}
	return nil
}
