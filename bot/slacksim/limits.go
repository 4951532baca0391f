package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of surfaces. SLACK.md 3.1
const (
	maxStack         = 3       // modals on top of each other [doc]
	maxText          = 40_000  // characters of a message, then cut [doc]
	maxMessageBlocks = 50      // [doc]
	maxViewBlocks    = 100     // [doc]
	maxMessageChars  = 13_200  // all markdown and text of one message, about [thread bolt-js #2509]
	maxViewBytes     = 250_000 // [3rd slack_kit docs]
)

// CheckMessage returns what Slack would refuse in a message: an object with text and
// blocks, or the array of blocks alone. Nil means that it would be taken.
func CheckMessage(data []byte) []string {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return []string{"[ERROR] " + err.Error()}
	}
	blocks, ok := v.([]any)
	if o, isObject := v.(object); isObject {
		blocks, ok = list(o["blocks"]), true
		if str(o, "text") == "" {
			return append(problems(checkMessage(blocks)), "[ERROR] no text for notifications [json-pointer:/text]")
		}
	}
	if !ok {
		return []string{"[ERROR] neither a message nor blocks"}
	}
	return problems(checkMessage(blocks))
}

// CheckView returns what Slack would refuse in a modal or App Home; nil means that it
// would be taken.
func CheckView(data []byte) []string {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return []string{"[ERROR] " + err.Error()}
	}
	return problems(checkView(o))
}

func problems(code string, faults []string) []string {
	if code != "" && len(faults) == 0 {
		return []string{code}
	}
	return faults
}

// checkMessage returns Slack's error code and the faults.
func checkMessage(blocks []any) (string, []string) {
	k := &checker{surface: "message"}
	k.blocks(blocks, "/blocks", maxMessageBlocks)
	if n := k.charts; n > 2 { // SLACK.md 3.1 [3rd slack-morphism]
		k.add("/blocks", "no more than 2 data_visualization blocks allowed")
	}
	if k.markdown > 12_000 { // SLACK.md 3.1, per payload in total [src]
		k.add("/blocks", "must be less than 12001 characters")
	}
	switch {
	case len(k.faults) > 0:
		return "invalid_blocks", k.faults
	case k.tables > 1: // seen by many, e.g. github.com/slackapi/slack-skills-plugin
		return "invalid_attachments", []string{"[ERROR] only_one_table_allowed [json-pointer:/blocks]"}
	case k.chars > maxMessageChars:
		return "msg_blocks_too_long", nil
	}
	return "", nil
}

// checkView does the same for a modal or home. Slack calls it invalid_arguments there
// [thread java-slack-sdk #302].
func checkView(view object) (string, []string) {
	kind := str(view, "type")
	k := &checker{surface: kind}
	if kind != "modal" && kind != "home" {
		k.add("/view/type", "must be one of: modal, home")
	}
	allowed := "type blocks private_metadata callback_id external_id"
	if kind == "modal" { // SLACK.md 3.1: 24 each, plain_text [src types]
		allowed += " title submit close clear_on_close notify_on_close"
		k.text(view, "/view", "title", 24, plain, true)
		k.text(view, "/view", "submit", 24, plain, false)
		k.text(view, "/view", "close", 24, plain, false)
	}
	k.only(view, "/view", allowed)
	k.str(view, "/view", "private_metadata", 3000, false)
	k.str(view, "/view", "callback_id", 255, false)
	k.str(view, "/view", "external_id", 255, false)
	if _, ok := view["blocks"].([]any); !ok {
		k.add("/view", "missing required field: blocks")
	}
	blocks := list(view["blocks"])
	k.blocks(blocks, "/view/blocks", maxViewBlocks)
	hasInput := slices.ContainsFunc(blocks, func(b any) bool { o, _ := b.(object); return str(o, "type") == "input" })
	if kind == "modal" && hasInput && view["submit"] == nil { // SLACK.md 3.1 [src types]
		k.add("/view", "missing required field: submit")
	}
	if len(k.faults) > 0 {
		return "invalid_arguments", k.faults
	}
	if data, err := json.Marshal(view); err != nil || len(data) > maxViewBytes {
		return "view_too_large", nil
	}
	return "", nil
}

// checker collects faults in Slack's words.
type checker struct {
	surface  string // message, modal, home
	faults   []string
	chars    int // text of all blocks together
	markdown int
	charts   int
	tables   int // of both kinds
}

func (k *checker) add(path, format string, args ...any) {
	k.faults = append(k.faults, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+path+"]")
}

// only refuses fields that Slack does not know.
func (k *checker) only(o object, path, allowed string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(strings.Fields(allowed), key) {
			k.add(path, "invalid additional property: %s", key)
		}
	}
}

// str checks a string field: present if required, not empty, at most limit characters.
func (k *checker) str(o object, path, key string, limit int, required bool) {
	v, ok := o[key]
	if !ok || v == nil {
		if required {
			k.add(path, "missing required field: %s", key)
		}
		return
	}
	text, ok := v.(string)
	switch {
	case !ok:
		k.add(path+"/"+key, "must be a string")
	case text == "" && required:
		k.add(path+"/"+key, "must be more than 0 characters")
	case utf8.RuneCountInString(text) > limit:
		k.add(path+"/"+key, "must be less than %d characters", limit+1)
	}
}

// The kinds of text objects that a place takes.
const (
	plain = "plain_text"
	mrkdn = "mrkdwn"
	both  = plain + " " + mrkdn
)

// text checks a text object. SLACK.md 3.1: 1 to 3,000 characters unless less is said.
func (k *checker) text(o object, path, key string, limit int, kinds string, required bool) {
	v, ok := o[key]
	if !ok || v == nil {
		if required {
			k.add(path, "missing required field: %s", key)
		}
		return
	}
	t, ok := v.(object)
	if !ok {
		k.add(path+"/"+key, "must be a text object")
		return
	}
	k.textObject(t, path+"/"+key, limit, kinds)
}

func (k *checker) textObject(t object, path string, limit int, kinds string) {
	allowed := "type text emoji"
	if str(t, "type") == mrkdn {
		allowed = "type text verbatim"
	}
	if !slices.Contains(strings.Fields(kinds), str(t, "type")) {
		k.add(path+"/type", "must be one of: %s", strings.ReplaceAll(kinds, " ", ", "))
	}
	k.only(t, path, allowed)
	k.str(t, path, "text", limit, true)
	k.chars += utf8.RuneCountInString(str(t, "text"))
}

// items checks a list and calls each for its objects.
func (k *checker) items(o object, path, key string, lo, hi int, each func(object, string)) {
	v, ok := o[key]
	if !ok || v == nil {
		if lo > 0 {
			k.add(path, "missing required field: %s", key)
		}
		return
	}
	l, ok := v.([]any)
	path += "/" + key
	switch {
	case !ok:
		k.add(path, "must be an array")
	case len(l) < lo:
		k.add(path, "no less than %d items allowed", lo)
	case len(l) > hi:
		k.add(path, "no more than %d items allowed", hi)
	}
	for i, e := range l {
		at := fmt.Sprintf("%s/%d", path, i)
		if e, ok := e.(object); ok {
			each(e, at)
		} else {
			k.add(at, "must be an object")
		}
	}
}
