package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// View is a modal or an App Home as one person has it before them. It marshals as
// Slack's view object, with what the phone shows beside it: errors and warning.
type View struct {
	ID         string
	User       string
	Type       string // modal, home
	CallbackID string
	ExternalID string
	Title      string
	Blocks     []any
	State      map[string]map[string]object // block_id -> action_id -> value
	Errors     map[string]string            // block_id -> words under an input
	Warning    string                       // Slack's own trouble line

	raw            object // the rest, as the bot sent it
	hash           string
	root, previous string
}

// Shown is the text that a person reads in the view.
func (v View) Shown() string { return v.Title + "\n" + shown(v.Blocks) }

// Buttons returns the labels of the buttons, top to bottom.
func (v View) Buttons() []string { return buttons(v.Blocks) }

// MarshalJSON is Slack's view object with "errors" and "warning" beside it.
func (v View) MarshalJSON() ([]byte, error) {
	o := v.wire()
	if len(v.Errors) > 0 {
		o["errors"] = v.Errors
	}
	if v.Warning != "" {
		o["warning"] = v.Warning
	}
	return json.Marshal(o)
}

// wire is the view as it stands in payloads and answers, apart from later changes.
// SLACK.md 1.3
func (v *View) wire() object {
	o := object{
		"id": v.ID, "type": v.Type, "callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.hash,
		"blocks": v.Blocks, "state": object{"values": clone(v.State)}, "app_id": appID, "bot_id": botID,
		"root_view_id": v.root, "previous_view_id": v.previous,
		"team_id": v.raw["team_id"], "app_installed_team_id": v.raw["team_id"], "private_metadata": str(v.raw, "private_metadata"),
		"title": v.raw["title"], "submit": v.raw["submit"], "close": v.raw["close"],
		"clear_on_close": v.raw["clear_on_close"] == true, "notify_on_close": v.raw["notify_on_close"] == true,
	}
	if v.previous == "" {
		o["previous_view_id"] = nil
	}
	return o
}

// copy is for a reader without the lock. Blocks are never changed in place; the state
// is.
func (v *View) copy() View {
	c := *v
	c.State, c.Errors = clone(v.State), maps.Clone(v.Errors)
	return c
}

// fill puts what the bot sent into a view.
func (s *Server) fill(v *View, raw object) {
	raw = clone(raw)
	raw["team_id"] = s.opt.TeamID
	v.raw = raw
	v.CallbackID, v.ExternalID, v.Title = str(raw, "callback_id"), str(raw, "external_id"), textOf(raw["title"])
	v.Blocks = s.nameBlocks(list(raw["blocks"]))
	v.State = freshState(v.Blocks, v.State)
	v.hash = fmt.Sprintf("%d.%08x", s.opt.Now().Unix(), s.rnd.Uint32())
	v.Errors, v.Warning = nil, ""
}

// newView checks what the bot sent and makes a view of it; old is the one it replaces.
func (s *Server) newView(raw any, kind string, old *View) (object, error) {
	o, ok := raw.(object)
	if !ok {
		return nil, refuse("invalid_arguments")
	}
	if t := str(o, "type"); t != kind {
		return nil, refuseBlocks("invalid_arguments", []string{fmt.Sprintf("[ERROR] type %q is not allowed here [json-pointer:/view/type]", t)})
	}
	if code, faults := checkView(o); code != "" {
		return nil, refuseBlocks(code, faults)
	}
	if id := str(o, "external_id"); id != "" { // SLACK.md 3.1: unique per team [doc]
		if v := s.view(func(v *View) bool { return v.ExternalID == id }); v != nil && v != old {
			return nil, refuse("duplicate_external_id")
		}
	}
	return o, nil
}

// view finds an open modal or a published home.
func (s *Server) view(fits func(*View) bool) *View {
	for _, user := range slices.Sorted(maps.Keys(s.stacks)) {
		for _, v := range s.stacks[user] {
			if fits(v) {
				return v
			}
		}
	}
	for _, user := range slices.Sorted(maps.Keys(s.homes)) {
		if fits(s.homes[user]) {
			return s.homes[user]
		}
	}
	return nil
}

// trigger lets the bot open one modal within three seconds. SLACK.md 3.1 [doc]
type trigger struct {
	user  string
	modal bool // it came from inside a modal
	at    time.Time
	used  bool
}

// newTrigger makes a trigger_id; the caller holds the lock.
func (s *Server) newTrigger(user string, modal bool) string {
	maps.DeleteFunc(s.triggers, func(_ string, t *trigger) bool { return time.Since(t.at) > time.Hour })
	id := fmt.Sprintf("%d.%d.%016x", s.opt.Now().UnixMilli(), s.rnd.Uint32(), s.rnd.Uint64())
	s.triggers[id] = &trigger{user: user, modal: modal, at: time.Now()}
	return id
}

func (c *call) trigger() (*trigger, error) {
	t := c.s.triggers[c.str("trigger_id")]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case time.Since(t.at) > 3*time.Second:
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

func viewsOpen(c *call) (object, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	raw, err := c.s.newView(c.args["view"], "modal", nil)
	if err != nil {
		return nil, err
	}
	t.used = true
	if t.modal {
		// It may answer ok and show nothing: "not guaranteed" [thread bolt-js #1072, #1827]
		c.s.complain("views.open with the trigger of a modal: use views.push or views.update")
	}
	c.s.stacks[t.user] = nil
	return object{"view": c.s.push(t.user, raw).wire()}, nil
}

func viewsPush(c *call) (object, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	stack := c.s.stacks[t.user]
	switch {
	case !t.modal || len(stack) == 0:
		return nil, refuse("invalid_trigger_id")
	case len(stack) >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	raw, err := c.s.newView(c.args["view"], "modal", nil)
	if err != nil {
		return nil, err
	}
	t.used = true
	return object{"view": c.s.push(t.user, raw).wire()}, nil
}

// push lays a checked modal on a person's stack.
func (s *Server) push(user string, raw object) *View {
	v := &View{ID: s.newID("V"), User: user, Type: "modal"}
	v.root = v.ID
	if stack := s.stacks[user]; len(stack) > 0 {
		v.root, v.previous = stack[0].ID, stack[len(stack)-1].ID
	}
	s.fill(v, raw)
	s.stacks[user] = append(s.stacks[user], v)
	s.bump(Change{Kind: "views", ID: v.ID, User: user})
	return v
}

func viewsUpdate(c *call) (object, error) {
	id, external := c.str("view_id"), c.str("external_id")
	v := c.s.view(func(v *View) bool {
		return v.Type == "modal" && (id != "" && v.ID == id || id == "" && external != "" && v.ExternalID == external)
	})
	if v == nil { // the person has closed it meanwhile [thread bolt-python #1026]
		return nil, declined("not_found")
	}
	if h := c.str("hash"); h != "" && h != v.hash {
		return nil, declined("hash_conflict")
	}
	raw, err := c.s.newView(c.args["view"], "modal", v)
	if err != nil {
		return nil, err
	}
	c.s.fill(v, raw)
	c.s.bump(Change{Kind: "views", ID: v.ID, User: v.User})
	return object{"view": v.wire()}, nil
}

func viewsPublish(c *call) (object, error) {
	user := c.str("user_id")
	if u := c.s.users[user]; u == nil || u.Bot {
		return nil, declined("user_not_found")
	}
	v := c.s.homes[user]
	if h := c.str("hash"); h != "" && v != nil && h != v.hash {
		return nil, declined("hash_conflict")
	}
	raw, err := c.s.newView(c.args["view"], "home", v)
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = &View{ID: c.s.newID("V"), User: user, Type: "home"}
		v.root = v.ID
		c.s.homes[user] = v
	}
	c.s.fill(v, raw)
	c.s.bump(Change{Kind: "home", ID: v.ID, User: user})
	return object{"view": v.wire()}, nil
}
