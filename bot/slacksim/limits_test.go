package slacksim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// n makes a text of n characters, two bytes each: limits count characters.
func n(count int) string { return strings.Repeat("ñ", count) }

func text(kind string, count int) string { return fmt.Sprintf(`{"type":%q,"text":%q}`, kind, n(count)) }

func options(count, textLen, valueLen int) string {
	var out []string
	for i := range count {
		out = append(out, fmt.Sprintf(`{"text":%s,"value":"%d%s"}`, text("plain_text", textLen), i%10, n(valueLen-1)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func repeat(item string, count int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", count), ",") + "]"
}

func section(element string) string {
	return `[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":` + element + `}]`
}

func input(element string) string {
	return `[{"type":"input","label":{"type":"plain_text","text":"x"},"element":` + element + `}]`
}

func button(textLen, valueLen int, more string) string {
	return fmt.Sprintf(`{"type":"button","action_id":"a","text":%s,"value":%q%s}`, text("plain_text", textLen), n(valueLen), more)
}

func cellTable(text string) string {
	return fmt.Sprintf(`{"type":"table","rows":[[{"type":"raw_text","text":%q}]]}`, text)
}

// bars is a chart with so many categories and points.
func bars(categories, points int) string {
	return fmt.Sprintf(`[{"type":"data_visualization","title":"t","chart":{"type":"bar","axis_config":{"categories":%s},"series":[{"name":"s","data":%s}]}}]`,
		repeat(`"a"`, categories), repeat(`{"label":"a","value":1}`, points))
}

// Each limit of SLACK.md 3.1: at the limit it is taken, one beyond it is refused, in
// Slack's words.
func TestLimitsOfMessages(t *testing.T) {
	confirm := func(title, body, yes int) string {
		return fmt.Sprintf(`,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}`, text("plain_text", title), text("mrkdwn", body), text("plain_text", yes), text("plain_text", 2))
	}
	actions := func(count int) string {
		var b []string
		for i := range count {
			b = append(b, strings.Replace(button(1, 1, ""), `"a"`, fmt.Sprintf(`"a%d"`, i), 1))
		}
		return `[{"type":"actions","elements":[` + strings.Join(b, ",") + `]}]`
	}
	table := func(rows int) string {
		return `[{"type":"table","rows":` + repeat(`[{"type":"raw_text","text":"x"}]`, rows) + `}]`
	}
	chart := `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`
	for _, c := range []struct{ name, good, bad, says string }{
		{"blocks", repeat(`{"type":"divider"}`, 50), repeat(`{"type":"divider"}`, 51), "no more than 50 items allowed [json-pointer:/blocks]"},
		{"section text", `[{"type":"section","text":` + text("mrkdwn", 3000) + `}]`, `[{"type":"section","text":` + text("mrkdwn", 3001) + `}]`, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"empty text", `[{"type":"section","text":` + text("mrkdwn", 1) + `}]`, `[{"type":"section","text":` + text("mrkdwn", 0) + `}]`, "must be more than 0 characters"},
		{"fields", `[{"type":"section","fields":` + repeat(text("mrkdwn", 1), 10) + `}]`, `[{"type":"section","fields":` + repeat(text("mrkdwn", 1), 11) + `}]`, "no more than 10 items"},
		{"field text", `[{"type":"section","fields":[` + text("mrkdwn", 2000) + `]}]`, `[{"type":"section","fields":[` + text("mrkdwn", 2001) + `]}]`, "less than 2001"},
		{"header", `[{"type":"header","text":` + text("plain_text", 150) + `}]`, `[{"type":"header","text":` + text("plain_text", 151) + `}]`, "less than 151"},
		{"header kind", `[{"type":"header","text":` + text("plain_text", 1) + `}]`, `[{"type":"header","text":` + text("mrkdwn", 1) + `}]`, "must be one of: plain_text"},
		{"context", `[{"type":"context","elements":` + repeat(text("mrkdwn", 1), 10) + `}]`, `[{"type":"context","elements":` + repeat(text("mrkdwn", 1), 11) + `}]`, "no more than 10"},
		{"actions", actions(25), actions(26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{"action ids", actions(2), strings.ReplaceAll(actions(2), `"a1"`, `"a0"`), "already exists"},
		{"block id", `[{"type":"divider","block_id":"` + n(255) + `"}]`, `[{"type":"divider","block_id":"` + n(256) + `"}]`, "less than 256"},
		{"block ids", `[{"type":"divider","block_id":"x"},{"type":"divider","block_id":"y"}]`, `[{"type":"divider","block_id":"x"},{"type":"divider","block_id":"x"}]`, "already exists"},
		{"button text", section(button(75, 1, "")), section(button(76, 1, "")), "less than 76"},
		{"button value", section(button(1, 2000, "")), section(button(1, 2001, "")), "less than 2001"},
		{"button url", section(button(1, 1, `,"url":"`+n(3000)+`"`)), section(button(1, 1, `,"url":"`+n(3001)+`"`)), "less than 3001"},
		{"button style", section(button(1, 1, `,"style":"danger"`)), section(button(1, 1, `,"style":"red"`)), "primary, danger"},
		{"confirm", section(button(1, 1, confirm(100, 300, 30))), section(button(1, 1, confirm(101, 300, 30))), "confirm/title/text"},
		{"confirm text", section(button(1, 1, confirm(100, 300, 30))), section(button(1, 1, confirm(100, 301, 30))), "confirm/text/text"},
		{"confirm yes", section(button(1, 1, confirm(1, 1, 30))), section(button(1, 1, confirm(1, 1, 31))), "confirm/confirm/text"},
		{"options", section(`{"type":"static_select","action_id":"a","options":` + options(100, 1, 1) + `}`), section(`{"type":"static_select","action_id":"a","options":` + options(101, 1, 1) + `}`), "no more than 100"},
		{"option text", section(`{"type":"static_select","action_id":"a","options":` + options(1, 75, 75) + `}`), section(`{"type":"static_select","action_id":"a","options":` + options(1, 76, 75) + `}`), "options/0/text/text"},
		{"option value", section(`{"type":"static_select","action_id":"a","options":` + options(1, 75, 75) + `}`), section(`{"type":"static_select","action_id":"a","options":` + options(1, 75, 76) + `}`), "options/0/value"},
		{"initial option", section(`{"type":"static_select","action_id":"a","options":` + options(2, 1, 1) + `,"initial_option":{"text":{"type":"plain_text","text":"x"},"value":"1"}}`), section(`{"type":"static_select","action_id":"a","options":` + options(1, 1, 1) + `,"initial_option":{"text":{"type":"plain_text","text":"x"},"value":"7"}}`), "not one of the options"},
		{"overflow", section(`{"type":"overflow","action_id":"a","options":` + options(10, 1, 1) + `}`), section(`{"type":"overflow","action_id":"a","options":` + options(11, 1, 1) + `}`), "no more than 10"},
		{"placeholder", section(`{"type":"external_select","action_id":"a","placeholder":` + text("plain_text", 150) + `}`), section(`{"type":"external_select","action_id":"a","placeholder":` + text("plain_text", 151) + `}`), "less than 151"},
		{"image", `[{"type":"image","image_url":"https://x","alt_text":"` + n(2000) + `"}]`, `[{"type":"image","image_url":"https://x","alt_text":"` + n(2001) + `"}]`, "less than 2001"},
		{"markdown", `[{"type":"markdown","text":"` + n(12000) + `"}]`, `[{"type":"markdown","text":"` + n(6001) + `"},{"type":"markdown","text":"` + n(6000) + `"}]`, "less than 12001"},
		{"table", table(100), table(101), "no more than 100"},
		{"charts", repeat(chart, 2), repeat(chart, 3), "no more than 2"},
		{"tables", repeat(cellTable("x"), 1), repeat(cellTable("x"), 2), "only_one_table_allowed"},
		{"cells", repeat(cellTable("x"), 1), repeat(cellTable(""), 1), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
		{"points", bars(2, 2), bars(2, 1), "one point for each category"},
		{"whole message", repeat(`{"type":"section","text":`+text("mrkdwn", 2640)+`}`, 5), repeat(`{"type":"section","text":`+text("mrkdwn", 2641)+`}`, 5), "msg_blocks_too_long"},
		{"alert", `[{"type":"divider"}]`, `[{"type":"alert","text":` + text("mrkdwn", 1) + `}]`, "unsupported type: alert"},
		{"unknown block", `[{"type":"divider"}]`, `[{"type":"marquee"}]`, "unsupported type: marquee"},
		{"unknown field", `[{"type":"divider"}]`, `[{"type":"divider","colour":"red"}]`, "invalid additional property: colour"},
		{"text input outside an input", input(`{"type":"plain_text_input","action_id":"a"}`), section(`{"type":"plain_text_input","action_id":"a"}`), "unsupported type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := slacksim.CheckMessage([]byte(c.good)); got != nil {
				t.Errorf("at the limit: %q", got)
			}
			if got := slacksim.CheckMessage([]byte(c.bad)); !strings.Contains(strings.Join(got, "\n"), c.says) {
				t.Errorf("beyond the limit: got %q, want %q", got, c.says)
			}
		})
	}
	if got := slacksim.CheckMessage([]byte(`{"blocks":[{"type":"divider"}]}`)); len(got) != 1 || !strings.Contains(got[0], "no text") {
		t.Errorf("a message without text: %q", got)
	}
}

func TestLimitsOfViews(t *testing.T) {
	base := map[string]any{"type": "modal", "title": json.RawMessage(text("plain_text", 24)), "blocks": []any{}}
	with := func(key string, value any) []byte {
		v := map[string]any{}
		for k := range base {
			v[k] = base[k]
		}
		if v[key] = value; value == nil {
			delete(v, key)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		name, key string
		good, bad any
		says      string
	}{
		{"title", "title", raw(text("plain_text", 24)), raw(text("plain_text", 25)), "less than 25 characters [json-pointer:/view/title/text]"},
		{"title missing", "title", raw(text("plain_text", 1)), nil, "missing required field: title"},
		{"submit", "submit", raw(text("plain_text", 24)), raw(text("plain_text", 25)), "view/submit"},
		{"close", "close", raw(text("plain_text", 24)), raw(text("mrkdwn", 2)), "view/close"},
		{"metadata", "private_metadata", n(3000), n(3001), "less than 3001"},
		{"callback", "callback_id", n(255), n(256), "less than 256"},
		{"external", "external_id", n(255), n(256), "less than 256"},
		{"blocks", "blocks", raw(repeat(`{"type":"divider"}`, 100)), raw(repeat(`{"type":"divider"}`, 101)), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"submit with inputs", "blocks", []any{}, raw(input(`{"type":"plain_text_input","action_id":"a"}`)), "missing required field: submit"},
		{"only in messages", "blocks", []any{}, raw(`[{"type":"markdown","text":"x"}]`), "unsupported type: markdown"},
		{"input length", "blocks", raw(`[{"type":"divider"}]`), raw(input(`{"type":"plain_text_input","action_id":"a","max_length":3001}`)), "between 0 and 3000"},
		{"kind", "type", "modal", "workflow_step", "must be one of: modal, home"},
		{"size", "blocks", []any{}, raw(repeat(`{"type":"section","text":`+text("mrkdwn", 1300)+`}`, 100)), "view_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := slacksim.CheckView(with(c.key, c.good)); got != nil {
				t.Errorf("at the limit: %q", got)
			}
			if got := slacksim.CheckView(with(c.key, c.bad)); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.says) }) {
				t.Errorf("beyond the limit: got %q, want %q", got, c.says)
			}
		})
	}
}
