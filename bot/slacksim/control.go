package slacksim

import (
	"fmt"
	"slices"
	"strings"
)

// control is something in blocks that a person can touch.
type control struct {
	blockID string
	block   object
	el      object
}

// controls lists everything with an action_id, in reading order, however deep: in
// sections, actions, inputs, cards, containers and table cells.
func controls(blocks []any) []control {
	var out []control
	var walk func(v any, block object)
	walk = func(v any, block object) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, block)
			}
		case object:
			if _, ok := v["action_id"].(string); ok {
				out = append(out, control{str(block, "block_id"), block, v})
				return
			}
			for _, k := range []string{"elements", "element", "accessory", "rows", "blocks", "child_blocks", "actions"} {
				for _, e := range list(v[k]) {
					walk(e, block)
				}
				if o, ok := v[k].(object); ok {
					walk(o, block)
				}
			}
		}
	}
	for _, b := range blocks {
		if o, ok := b.(object); ok {
			if _, ok := o["action_id"]; !ok {
				walk(o, o)
			}
		}
	}
	return out
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func (c control) kind() string     { return str(c.el, "type") }
func (c control) actionID() string { return str(c.el, "action_id") }

// label is what a person reads on or above the control.
func (c control) label() string {
	for _, v := range []any{c.el["text"], c.block["label"], c.el["placeholder"]} {
		if t := textOf(v); t != "" {
			return t
		}
	}
	return ""
}

// sends tells whether touching it makes an envelope at once. In an input block it does
// not, unless dispatch_action is set. SLACK.md 1.3 [doc]
func (c control) sends() bool {
	dispatch, _ := c.block["dispatch_action"].(bool)
	return str(c.block, "type") != "input" || dispatch
}

// visible tells whether a person may see it. SLACK.md 2.4, VisibleToUserIDs [src]
func (c control) visible(user string) bool {
	ids, ok := c.el["visible_to_user_ids"].([]any)
	return !ok || slices.Contains(ids, any(user))
}

// touch says which control is meant: by action_id, block_id (if given), or by its
// label, whole or in part; value tells equal buttons apart.
type touch struct {
	name, blockID, value string
}

// pick finds one control for a person.
func pick(blocks []any, user string, t touch) (control, error) {
	var all, found []control
	for _, c := range controls(blocks) {
		if c.visible(user) && (t.blockID == "" || c.blockID == t.blockID) {
			all = append(all, c)
		}
	}
	matches := []func(control) bool{
		func(c control) bool { return c.actionID() == t.name },
		func(c control) bool { return c.blockID == t.name },
		func(c control) bool { return c.label() == t.name },
		func(c control) bool { return t.name != "" && str(c.el, "accessibility_label") == t.name },
		func(c control) bool { return t.name != "" && strings.Contains(c.label(), t.name) },
	}
	for _, match := range matches {
		for _, c := range all {
			if match(c) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if t.value != "" && len(found) > 1 {
		found = slices.DeleteFunc(found, func(c control) bool { return str(c.el, "value") != t.value })
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		var labels []string
		for _, c := range all {
			labels = append(labels, fmt.Sprintf("%s (%s)", c.label(), c.actionID()))
		}
		return control{}, fmt.Errorf("nothing called %q here, only: %s", t.name, strings.Join(labels, ", "))
	}
	return control{}, fmt.Errorf("%d things called %q here", len(found), t.name)
}

// options lists all options of a control, groups opened.
func (c control) options() []any {
	out := slices.Clone(list(c.el["options"]))
	for _, g := range list(c.el["option_groups"]) {
		if o, ok := g.(object); ok {
			out = append(out, list(o["options"])...)
		}
	}
	return out
}

// option finds an option by value or by what stands on it.
func option(options []any, want string) (object, bool) {
	for _, key := range []func(object) string{
		func(o object) string { return str(o, "value") },
		func(o object) string { return textOf(o["text"]) },
	} {
		for _, v := range options {
			if o, ok := v.(object); ok && key(o) == want {
				return o, true
			}
		}
	}
	return nil, false
}
