package slacksim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// Limits of a response_url. SLACK.md 3.3 [doc]
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response_url: the right to answer one command or one click.
type hook struct {
	user, channel string
	last          string // the message that it may replace or delete
	uses          int
	until         time.Time
}

// newHook makes a response_url on its own host; the caller holds the lock.
func (s *Server) newHook(kind, user, channel, ts string) string {
	path := "/" + kind + "/" + s.opt.TeamID + "/" + s.uuid()
	s.hookURLs[path] = &hook{user: user, channel: channel, last: ts, until: time.Now().Add(hookLife)}
	s.after(2*hookLife, func() { delete(s.hookURLs, path) })
	return s.hooks + path
}

// serveHook takes a POST to a response_url. There is no token. Where Slack's refusal is
// not documented the codes are [gk]; the 400 without detail: [thread java-slack-sdk #1017].
func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil {
		http.Error(w, "cannot read", http.StatusBadRequest)
		return
	}
	c := &call{s: s, args: object{}}
	if json.Unmarshal(body, &c.args) != nil {
		s.note("response_url", c, refuse("invalid_payload"))
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	if s.withFault(w, r, "response_url", c, func() {
		s.mu.Lock()
		err = s.respond(r.URL.Path, c.args)
		s.mu.Unlock()
		s.note("response_url", c, err)
	}) {
		return
	}
	refused, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		_, _ = io.WriteString(w, "ok")
	case refused.code == "used_url" || refused.code == "expired_url":
		w.WriteHeader(http.StatusNotFound) // SLACK.md 3.3 [gk]
		answer(w, nil, err)
	default:
		http.Error(w, refused.code, http.StatusBadRequest)
	}
}

// respond carries out what was posted to a response_url.
func (s *Server) respond(path string, args object) error {
	h := s.hookURLs[path]
	switch {
	case h == nil || time.Now().After(h.until):
		return refuse("expired_url")
	case h.uses >= hookUses:
		return refuse("used_url")
	}
	h.uses++
	ch := s.channels[h.channel]
	original := ch.message(h.last, h.user)
	if args["delete_original"] == true {
		if original == nil {
			return refuse("message_not_found")
		}
		s.remove(ch, original)
		return nil
	}
	text, blocks, code, faults := s.content(args)
	if code != "" {
		return refuseBlocks(code, faults)
	}
	// A command's response_url replaces only what the command itself has produced [3rd]
	if args["replace_original"] == true && original != nil {
		s.change(ch, original, text, blocks)
		return nil
	}
	m := s.reply(ch, h.user, args, text, blocks)
	if h.last == "" {
		h.last = m.TS
	}
	return nil
}

// reply posts the answer to a command or click: ephemeral unless said otherwise.
// SLACK.md 3.3
func (s *Server) reply(ch *channel, user string, args object, text string, blocks []any) *Message {
	m := &Message{User: botUser, Text: text, Blocks: blocks, ThreadTS: str(args, "thread_ts"), viewer: user}
	if str(args, "response_type") == "in_channel" {
		m.viewer = ""
	}
	return s.post(ch, m)
}
