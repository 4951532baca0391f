package slacksim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// formState is block_id -> action_id -> value, as in view.state.values.
type formState map[string]map[string]object

func (f formState) set(c control, v object) {
	if f[c.blockID] == nil {
		f[c.blockID] = map[string]object{}
	}
	f[c.blockID][c.actionID()] = v
}

// field tells where the value of an element stands, whether it is a list, and where
// its initial value comes from.
type field struct {
	key, initial string
	many         bool
}

// fields of every element that has a state; a button has none. SLACK.md 1.3 [doc]
var fields = map[string]field{
	"plain_text_input":           {"value", "initial_value", false},
	"email_text_input":           {"value", "initial_value", false},
	"url_text_input":             {"value", "initial_value", false},
	"number_input":               {"value", "initial_value", false},
	"static_select":              {"selected_option", "initial_option", false},
	"external_select":            {"selected_option", "initial_option", false},
	"radio_buttons":              {"selected_option", "initial_option", false},
	"overflow":                   {"selected_option", "", false},
	"multi_static_select":        {"selected_options", "initial_options", true},
	"multi_external_select":      {"selected_options", "initial_options", true},
	"checkboxes":                 {"selected_options", "initial_options", true},
	"users_select":               {"selected_user", "initial_user", false},
	"multi_users_select":         {"selected_users", "initial_users", true},
	"conversations_select":       {"selected_conversation", "initial_conversation", false},
	"multi_conversations_select": {"selected_conversations", "initial_conversations", true},
	"channels_select":            {"selected_channel", "initial_channel", false},
	"multi_channels_select":      {"selected_channels", "initial_channels", true},
	"datepicker":                 {"selected_date", "initial_date", false},
	"timepicker":                 {"selected_time", "initial_time", false},
	"datetimepicker":             {"selected_date_time", "initial_date_time", false},
}

// untouched is the state of a control before anybody touched it: its initial value,
// or null. SLACK.md 1.3 [3rd]
func (c control) untouched() (object, bool) {
	f, ok := fields[c.kind()]
	if !ok || c.kind() == "overflow" {
		return nil, false
	}
	v := c.el[f.initial]
	if v == nil && f.many {
		v = []any{}
	}
	return object{"type": c.kind(), f.key: v}, true
}

// freshState is the state of new blocks. What people entered stays where block_id and
// action_id stay the same. SLACK.md 5.4 [thread python-slack-sdk #970]
func freshState(blocks []any, before formState) formState {
	out := formState{}
	for _, c := range controls(blocks) {
		if v, ok := before[c.blockID][c.actionID()]; ok && str(v, "type") == c.kind() {
			out.set(c, v)
			continue
		}
		if v, ok := c.untouched(); ok {
			out.set(c, v)
		}
	}
	return out
}

// values reads what a person entered from the loose forms of the control door: a
// text, a number, a list, or an object as Slack sends it.
func values(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []string:
		return v
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, values(e)...)
		}
		return out
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key == "value" || strings.HasPrefix(key, "selected_") {
				return values(v[key])
			}
		}
	}
	return nil
}

// enter makes the state value of a control from what a person chose or typed. offered
// are the options that an external select has shown.
func (c control) enter(in []string, offered []any) (object, error) {
	f, ok := fields[c.kind()]
	if !ok {
		return nil, fmt.Errorf("a %s takes no value", c.kind())
	}
	if !f.many && len(in) > 1 {
		return nil, fmt.Errorf("a %s takes one value, not %d", c.kind(), len(in))
	}
	if n, ok := c.el["max_selected_items"].(float64); ok && len(in) > int(n) {
		return nil, fmt.Errorf("at most %v can be selected", n)
	}
	out := make([]any, 0, len(in))
	for _, v := range in {
		if !strings.HasPrefix(f.key, "selected_option") {
			out = append(out, v)
			continue
		}
		o, ok := option(append(c.options(), offered...), v)
		if !ok {
			return nil, fmt.Errorf("%q is not an option of %s", v, c.actionID())
		}
		out = append(out, o)
	}
	val := object{"type": c.kind(), f.key: any(out)}
	if !f.many {
		val[f.key] = nil
		if len(out) == 1 {
			val[f.key] = out[0]
		}
	}
	if c.kind() == "datetimepicker" && len(in) == 1 {
		n, err := strconv.ParseInt(in[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a unix time", in[0])
		}
		val[f.key] = n
	}
	if val["value"] == "" {
		val["value"] = nil
	}
	return val, nil
}

// faultsOf is what the phone itself objects to before it sends a form: empty required
// inputs, texts too short or too long. It returns block_id -> words.
func (f formState) faultsOf(blocks []any) map[string]string {
	out := map[string]string{}
	for _, c := range controls(blocks) {
		optional, _ := c.block["optional"].(bool)
		if str(c.block, "type") != "input" {
			continue
		}
		v := values(f[c.blockID][c.actionID()])
		text := strings.Join(v, "")
		lo, _ := c.el["min_length"].(float64)
		hi, limited := c.el["max_length"].(float64)
		switch n := utf8.RuneCountInString(text); {
		case len(v) == 0 && optional:
		case len(v) == 0:
			out[c.blockID] = "Please complete this required field."
		case n < int(lo):
			out[c.blockID] = fmt.Sprintf("Please enter at least %v characters.", lo)
		case limited && n > int(hi):
			out[c.blockID] = fmt.Sprintf("Please shorten this to %v characters.", hi)
		}
	}
	return out
}
