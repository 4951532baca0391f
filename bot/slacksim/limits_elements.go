package slacksim

import (
	"slices"
	"strings"
)

// Fields that many elements share.
const (
	commonFields = "type action_id confirm focus_on_load visible_to_user_ids "
	selectFields = "placeholder min_query_length max_selected_items filter default_to_current_conversation response_url_enabled options option_groups " +
		"initial_option initial_options initial_user initial_users initial_conversation initial_conversations initial_channel initial_channels"
	inputFields = "placeholder initial_value dispatch_action_config"
)

// elementFields are the fields of each element, after its home: s section, a actions,
// c context_actions, i input. SLACK.md 2.4 [src]
var elementFields = map[string]struct{ homes, fields string }{
	"button":                     {"sa", "text value url style accessibility_label agent_prompt agent_prompt_display"},
	"overflow":                   {"sa", "options"},
	"image":                      {"s", "image_url slack_file alt_text"},
	"static_select":              {"sai", selectFields},
	"external_select":            {"sai", selectFields},
	"users_select":               {"sai", selectFields},
	"conversations_select":       {"sai", selectFields},
	"channels_select":            {"sai", selectFields},
	"multi_static_select":        {"sai", selectFields},
	"multi_external_select":      {"sai", selectFields},
	"multi_users_select":         {"sai", selectFields},
	"multi_conversations_select": {"sai", selectFields},
	"multi_channels_select":      {"sai", selectFields},
	"datepicker":                 {"sai", "placeholder initial_date"},
	"timepicker":                 {"sai", "placeholder initial_time timezone"},
	"datetimepicker":             {"ai", "initial_date_time"},
	"checkboxes":                 {"sai", "options initial_options"},
	"radio_buttons":              {"sai", "options initial_option"},
	"plain_text_input":           {"i", inputFields + " multiline min_length max_length"},
	"email_text_input":           {"i", inputFields},
	"url_text_input":             {"i", inputFields},
	"number_input":               {"i", inputFields + " is_decimal_allowed min_value max_value"},
	"rich_text_input":            {"i", inputFields + " min_lines max_lines"},
	"file_input":                 {"i", "filetypes max_files"},
	"workflow_button":            {"sa", "text workflow style accessibility_label"},
	"icon_button":                {"c", "icon text value accessibility_label"},
	"feedback_buttons":           {"c", "positive_button negative_button"},
}

// element checks one element; home is the type of the block around it. SLACK.md 3.1
func (k *checker) element(e object, path, home string) {
	kind := str(e, "type")
	rule, known := elementFields[kind]
	if !known || !strings.Contains(rule.homes, home[:1]) {
		k.add(path+"/type", "unsupported type: %s", kind)
		return
	}
	k.only(e, path, commonFields+rule.fields)
	k.str(e, path, "action_id", 255, false)
	k.text(e, path, "placeholder", 150, plain, false) // [gk]
	k.confirm(e, path)
	switch kind {
	case "button", "workflow_button":
		k.text(e, path, "text", 75, plain, true)
		k.str(e, path, "value", 2000, false)
		k.str(e, path, "url", 3000, false)
		k.str(e, path, "accessibility_label", 75, false)
		if s := str(e, "style"); s != "" && s != "primary" && s != "danger" {
			k.add(path+"/style", "must be one of: primary, danger")
		}
	case "overflow":
		k.options(e, path, "options", 1, 10, plain) // 5 in older documents [gk]
	case "checkboxes", "radio_buttons":
		k.options(e, path, "options", 1, 10, both)
		k.initial(e, path)
	case "static_select", "multi_static_select":
		k.choices(e, path)
		k.initial(e, path)
	case "image":
		k.str(e, path, "alt_text", 2000, true)
	case "plain_text_input":
		k.str(e, path, "initial_value", 3000, false)
		lo, _ := e["min_length"].(float64)
		hi, limited := e["max_length"].(float64)
		if lo < 0 || lo > 3000 || limited && (hi < 1 || hi > 3000 || lo > hi) {
			k.add(path, "min_length and max_length must be between 0 and 3000")
		}
	}
	if n, ok := e["max_selected_items"].(float64); ok && n < 1 {
		k.add(path+"/max_selected_items", "must be more than 0")
	}
}

// choices checks options or groups: 100 options, or 100 groups of 100. SLACK.md 3.1 [src]
func (k *checker) choices(e object, path string) {
	if e["option_groups"] == nil {
		k.options(e, path, "options", 1, 100, plain)
		return
	}
	k.items(e, path, "option_groups", 1, 100, func(g object, at string) {
		k.text(g, at, "label", 75, plain, true)
		k.options(g, at, "options", 1, 100, plain)
	})
}

// options checks the options of a control. The value may have 75 characters in
// @slack/types and 150 in copies of the documents: the stricter one counts. SLACK.md 3.1
func (k *checker) options(e object, path, key string, lo, hi int, kinds string) {
	k.items(e, path, key, lo, hi, func(o object, at string) {
		k.only(o, at, "text value description url")
		k.text(o, at, "text", 75, kinds, true)
		k.text(o, at, "description", 75, kinds, false)
		k.str(o, at, "value", 75, true)
		k.str(o, at, "url", 3000, false)
	})
}

// initial refuses an initial choice that is not among the options.
func (k *checker) initial(e object, path string) {
	chosen := slices.Clone(list(e["initial_options"]))
	if o := e["initial_option"]; o != nil {
		chosen = append(chosen, o)
	}
	all := control{el: e}.options()
	for _, v := range chosen {
		o, _ := v.(object)
		if _, ok := option(all, str(o, "value")); !ok {
			k.add(path, "initial option %q is not one of the options", str(o, "value"))
		}
	}
}

// confirm checks a confirmation dialog. SLACK.md 3.1 [src]
func (k *checker) confirm(e object, path string) {
	c, ok := e["confirm"].(object)
	if !ok {
		return
	}
	path += "/confirm"
	k.only(c, path, "title text confirm deny style")
	k.text(c, path, "title", 100, plain, true)
	k.text(c, path, "text", 300, both, true)
	k.text(c, path, "confirm", 30, plain, true)
	k.text(c, path, "deny", 30, plain, true)
}

// uniqueActions refuses an action_id that stands twice in one block.
func (k *checker) uniqueActions(elements []any, path string) {
	seen := map[string]bool{}
	for _, v := range elements {
		e, _ := v.(object)
		id := str(e, "action_id")
		if id != "" && seen[id] {
			k.add(path, "action_id %q already exists", id)
		}
		seen[id] = true
	}
}

// checkSuggestions checks the answer to a block_suggestion: at most 100 options.
// SLACK.md 1.4, 3.1
func checkSuggestions(answer object) []string {
	k := &checker{}
	if answer["options"] == nil && answer["option_groups"] == nil {
		// slack-go's empty result is "{}": not a list. SLACK.md 2.1
		k.add("", "must define either `options` or `option_groups`")
	}
	if answer["option_groups"] == nil {
		k.options(answer, "", "options", 0, 100, plain)
		return k.faults
	}
	k.items(answer, "", "option_groups", 0, 100, func(g object, at string) {
		k.text(g, at, "label", 75, plain, true)
		k.options(g, at, "options", 0, 100, plain)
	})
	return k.faults
}
