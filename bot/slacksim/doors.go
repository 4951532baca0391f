package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// doors are the control doors of INTERFACES: what people do and see, over JSON. A page
// of another origin may not use them.
func (s *Server) doors() http.Handler {
	mux := http.NewServeMux()
	do := func(pattern string, f func(*http.Request, *Person) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.door(w, r, f) })
	}
	do("POST /sim/users/{id}/commands", doorCommand)
	do("POST /sim/users/{id}/shortcuts", doorShortcut)
	do("POST /sim/users/{id}/messages", doorMessage)
	do("POST /sim/users/{id}/home", doorOpenHome)
	do("POST /sim/users/{id}/actions", doorAction)
	do("POST /sim/users/{id}/suggestions", doorSuggest)
	do("POST /sim/users/{id}/views/{view}/submit", doorSubmit)
	do("POST /sim/users/{id}/views/{view}/close", doorClose)
	do("GET /sim/users/{id}/views", func(_ *http.Request, p *Person) (any, error) { return p.Views(), nil })
	do("GET /sim/users/{id}/dm", func(_ *http.Request, p *Person) (any, error) { return object{"channel": p.DM()}, nil })
	do("GET /sim/users/{id}/notices", func(_ *http.Request, p *Person) (any, error) { return nonNil(p.Notices()), nil })
	do("GET /sim/users/{id}/home", func(_ *http.Request, p *Person) (any, error) {
		if v, ok := p.Home(); ok {
			return v, nil
		}
		return nil, nil
	})
	do("GET /sim/channels/{channel}/messages", func(r *http.Request, _ *Person) (any, error) { return s.doorMessages(r) })
	do("GET /sim/calls", func(*http.Request, *Person) (any, error) { return nonNil(s.Calls()), nil })
	do("GET /sim/envelopes", func(*http.Request, *Person) (any, error) { return s.Envelopes(), nil })
	do("GET /sim/complaints", func(*http.Request, *Person) (any, error) { return nonNil(s.Complaints()), nil })
	do("GET /sim/state", func(*http.Request, *Person) (any, error) { return s.state(), nil })
	do("DELETE /sim/faults", func(*http.Request, *Person) (any, error) { s.ClearFaults(); return object{"ok": true}, nil })
	do("POST /sim/faults", func(r *http.Request, _ *Person) (any, error) {
		f, err := body[Fault](r)
		if err == nil {
			s.Fail(f)
		}
		return object{"ok": true}, err
	})
	mux.HandleFunc("GET /sim/events", s.serveEvents)
	mux.HandleFunc("GET /sim/files/{file}", s.serveFile)
	return http.NewCrossOriginProtection().Handler(mux)
}

// door finds the person of the path, runs f, and writes JSON.
func (s *Server) door(w http.ResponseWriter, r *http.Request, f func(*http.Request, *Person) (any, error)) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	var p *Person
	if id := r.PathValue("id"); id != "" {
		s.mu.Lock()
		u := s.users[id]
		s.mu.Unlock()
		if u == nil {
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(object{"error": "there is no user " + id})
			return
		}
		p = &Person{s, u}
	}
	out, err := f(r, p)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out = object{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func body[T any](r *http.Request) (T, error) {
	var v T
	err := json.NewDecoder(r.Body).Decode(&v)
	if err != nil {
		err = fmt.Errorf("body: %w", err)
	}
	return v, err
}

func nonNil[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// sent is the answer of the doors that do not wait.
func sent(e *envelope, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if e == nil { // nothing went to the bot
		return object{"envelope_id": ""}, nil
	}
	return object{"envelope_id": e.rec.ID}, nil
}

func doorCommand(r *http.Request, p *Person) (any, error) {
	in, err := body[struct{ Channel, Command, Text string }](r)
	if err != nil {
		return nil, err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return sent(p.s.command(p.u, in.Channel, in.Command, in.Text))
}

func doorMessage(r *http.Request, p *Person) (any, error) {
	in, err := body[struct{ Channel, Text string }](r)
	if err != nil {
		return nil, err
	}
	ts, err := p.Say(in.Channel, in.Text)
	return object{"channel": in.Channel, "ts": ts}, err
}

func doorOpenHome(r *http.Request, p *Person) (any, error) {
	in := struct{ Tab string }{"home"}
	if r.ContentLength > 0 {
		var err error
		if in, err = body[struct{ Tab string }](r); err != nil {
			return nil, err
		}
	}
	if in.Tab == "" {
		in.Tab = "home"
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return sent(p.s.openHome(p.u, in.Tab), nil)
}

// spot is where and what, in a request.
type spot struct {
	Message  struct{ Channel, TS string }
	ViewID   string `json:"view_id"`
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Value    any
	Selected any
	Query    string
	Callback string `json:"callback_id"`
}

func (in spot) place() place {
	return place{channel: in.Message.Channel, ts: in.Message.TS, view: in.ViewID}
}

func doorShortcut(r *http.Request, p *Person) (any, error) {
	in, err := body[spot](r)
	if err != nil {
		return nil, err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return sent(p.s.shortcut(p.u, in.Callback, in.place()))
}

func doorAction(r *http.Request, p *Person) (any, error) {
	in, err := body[spot](r)
	if err != nil {
		return nil, err
	}
	chosen := values(in.Selected)
	value, _ := in.Value.(string)
	if in.Selected == nil {
		chosen = values(in.Value)
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return sent(p.s.act(p.u, in.place(), touch{in.ActionID, in.BlockID, value}, chosen))
}

func doorSuggest(r *http.Request, p *Person) (any, error) {
	in, err := body[spot](r)
	if err != nil {
		return nil, err
	}
	p.s.mu.Lock()
	e, err := p.s.suggest(p.u, in.place(), touch{name: in.ActionID, blockID: in.BlockID}, in.Query)
	p.s.mu.Unlock()
	if err := p.await(r.Context(), e, err); err != nil {
		return nil, err
	}
	return e.answer, nil // as the bot answered them
}
