package slacksim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Answer is what became of a submitted form.
type Answer struct {
	Action string            // response_action of the bot: errors, update, push, clear, or "" (closed)
	Errors map[string]string // block_id -> words, of the bot or of the phone itself
	Local  bool              // the phone refused it; the bot was not asked
	Failed string            // Slack's own words when the bot gave no valid answer in time
}

// top is the modal before a person; the caller holds the lock.
func (s *Server) top(u *User) (*View, error) {
	stack := s.stacks[u.ID]
	if len(stack) == 0 {
		return nil, fmt.Errorf("%s has no modal open", u.Name)
	}
	return stack[len(stack)-1], nil
}

// submit sends a form. A form that the phone refuses gives no envelope.
func (s *Server) submit(u *User, v *View) (*envelope, map[string]string, error) {
	if v.raw["submit"] == nil {
		return nil, nil, errors.New("this modal has no submit button")
	}
	if local := formState(v.State).faultsOf(v.Blocks); len(local) > 0 {
		v.Errors = local
		s.bump(Change{Kind: "views", ID: v.ID, User: u.ID})
		return nil, local, nil
	}
	v.Errors, v.Warning = nil, ""
	p := s.payload("view_submission", u)
	p["view"], p["trigger_id"], p["response_urls"] = v.wire(), s.newTrigger(u.ID, true), []any{}
	e := &envelope{payload: p}
	e.onAck = func(answer object) string { return s.submitted(u, v, answer) }
	e.onFail = func(code string) { s.warn(surface{view: v}, u, code) }
	return s.send(e, "interactive", "view_submission", u.ID), nil, nil
}

// submitted carries out the answer to a submission. SLACK.md 1.4
func (s *Server) submitted(u *User, v *View, answer object) string {
	open := slices.Contains(s.stacks[u.ID], v)
	switch action := str(answer, "response_action"); action {
	case "":
		if len(answer) > 0 {
			return "a payload without response_action"
		}
		if open {
			s.closeFrom(u, v, false)
		}
	case "clear":
		s.stacks[u.ID] = nil
	case "errors":
		errs, _ := answer["errors"].(object)
		if len(errs) == 0 {
			return "response_action errors without errors"
		}
		v.Errors = map[string]string{}
		for id, text := range errs {
			// SLACK.md 2.1: only input blocks, else "trouble connecting" [src]
			if !slices.ContainsFunc(v.Blocks, func(b any) bool {
				o, _ := b.(object)
				return str(o, "block_id") == id && str(o, "type") == "input"
			}) {
				v.Errors = nil
				return fmt.Sprintf("errors: %q is not the block_id of an input", id)
			}
			v.Errors[id], _ = text.(string)
		}
	case "update", "push":
		old := v
		if action == "push" {
			old = nil
		}
		raw, err := s.newView(answer["view"], "modal", old)
		if err != nil {
			r, _ := errors.AsType[*refusal](err)
			return action + ": " + r.code + details(r.more)
		}
		switch {
		case action == "update":
			s.fill(v, raw)
		case len(s.stacks[u.ID]) >= maxStack:
			return "push: push_limit_reached"
		default:
			s.push(u.ID, raw)
		}
	default:
		return fmt.Sprintf("unknown response_action %q", action)
	}
	s.bump(Change{Kind: "views", ID: v.ID, User: u.ID})
	return ""
}

// closeFrom takes a modal and what lies above it off the stack. As a deed of the person
// it tells the bot, where notify_on_close asks for it. SLACK.md 1.3
func (s *Server) closeFrom(u *User, v *View, person bool) []*envelope {
	stack := s.stacks[u.ID]
	i := slices.Index(stack, v)
	cleared := v.raw["clear_on_close"] == true
	if cleared && person {
		i = 0
	}
	gone := slices.Clone(stack[i:])
	s.stacks[u.ID] = slices.Clone(stack[:i])
	s.bump(Change{Kind: "views", ID: v.ID, User: u.ID})
	var sent []*envelope
	for _, g := range slices.Backward(gone) {
		if person && g.raw["notify_on_close"] == true {
			p := s.payload("view_closed", u)
			p["view"], p["is_cleared"] = g.wire(), cleared || len(gone) > 1
			sent = append(sent, s.send(&envelope{payload: p}, "interactive", "view_closed", u.ID))
		}
	}
	return sent
}

// answerOf reads the outcome of a submission that has come to its end.
func (s *Server) answerOf(e *envelope, v *View) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := Answer{Failed: e.rec.Failed}
	if a.Failed == "" {
		a.Action = str(e.answer, "response_action")
		a.Errors = v.copy().Errors
	} else if a.Failed != codeTrouble {
		a.Failed = strings.Join([]string{codeTrouble, a.Failed}, " ")
	}
	return a
}
