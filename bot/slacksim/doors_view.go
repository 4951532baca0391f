package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

func (p *Person) modal(id string) (*View, error) {
	i := slices.IndexFunc(p.s.stacks[p.u.ID], func(v *View) bool { return v.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("%s has no modal %q open", p.u.Name, id)
	}
	return p.s.stacks[p.u.ID][i], nil
}

// doorSubmit fills in the given values, submits and waits for the answer.
func doorSubmit(r *http.Request, p *Person) (any, error) {
	in, err := body[struct{ Values map[string]map[string]any }](r)
	if err != nil {
		return nil, err
	}
	p.s.mu.Lock()
	v, err := p.modal(r.PathValue("view"))
	if err == nil {
		err = p.enter(v, in.Values)
	}
	p.s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	a, err := p.submit(r.Context(), v)
	if err != nil {
		return nil, err
	}
	out := object{"response_action": a.Action}
	if len(a.Errors) > 0 {
		out["errors"] = a.Errors
	}
	if a.Local {
		out["local"] = true
	}
	if a.Failed != "" {
		out["failed"] = a.Failed
	}
	if top := p.Top(); top.ID != "" && (a.Action == "update" || a.Action == "push") {
		out["view"] = top
	}
	return out, nil
}

// enter fills in a form without sending actions; the caller holds the lock.
func (p *Person) enter(v *View, in map[string]map[string]any) error {
	for _, block := range slices.Sorted(maps.Keys(in)) {
		for _, id := range slices.Sorted(maps.Keys(in[block])) {
			c, err := pick(v.Blocks, p.u.ID, touch{name: id, blockID: block})
			if err != nil {
				return err
			}
			at := place{view: v.ID}
			offered := append(slices.Clone(p.s.suggested[suggestKey(p.u, at, c)]), selected(v.State[block][id])...)
			val, err := c.enter(values(in[block][id]), offered)
			if err != nil {
				return err
			}
			formState(v.State).set(c, val)
		}
	}
	return nil
}

func doorClose(r *http.Request, p *Person) (any, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	v, err := p.modal(r.PathValue("view"))
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, e := range p.s.closeFrom(p.u, v, true) {
		ids = append(ids, e.rec.ID)
	}
	return object{"ok": true, "envelope_ids": ids}, nil
}

func (s *Server) doorMessages(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[r.PathValue("channel")]
	if ch == nil {
		return nil, errors.New("there is no such channel")
	}
	user := r.URL.Query().Get("user")
	if user != "" && !ch.has(user) {
		return nil, fmt.Errorf("%s is not in this channel", user)
	}
	return ch.seenBy(user), nil
}

// state is all that a page needs to begin: who, where, and which commands exist.
func (s *Server) state() object {
	users, channels := s.Users(), s.Channels()
	s.mu.Lock()
	defer s.mu.Unlock()
	return object{
		"team":  object{"id": s.opt.TeamID, "domain": s.opt.TeamDomain},
		"bot":   object{"user_id": botUser, "bot_id": botID, "name": s.users[botUser].Name},
		"users": users, "channels": channels, "commands": nonNil(s.opt.Commands), "shortcuts": nonNil(s.opt.Shortcuts),
		"sockets": len(s.sockets), "seq": s.changes.seq, "now": s.opt.Now().UnixMilli(),
	}
}

// serveEvents streams changes as server-sent events, one JSON object each, with a
// comment every 15 s so that a dead page is noticed.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	changes, end := s.Subscribe()
	defer end()
	if err := out.Flush(); err != nil {
		http.Error(w, "needs a connection that streams", http.StatusNotImplemented)
		return
	}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		line := ": still here\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
		case c := <-changes:
			data, _ := json.Marshal(c)
			line = "data: " + string(data) + "\n\n"
			if c.Kind == "closed" {
				return
			}
		}
		if _, err := w.Write([]byte(line)); err != nil || out.Flush() != nil {
			return
		}
	}
}
