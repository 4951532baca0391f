package view_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// texts calls each with every text object of a view and its type; the type of a
// message's own text is mrkdwn.
func texts(t testing.TB, v any, each func(kind, text string)) {
	t.Helper()
	var doc any
	if err := json.Unmarshal(document(t, v), &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if text, ok := v["text"].(string); ok {
				kind, _ := v["type"].(string)
				if kind == "" {
					kind = "mrkdwn"
				}
				each(kind, text)
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(doc)
}

func visible(t testing.TB, v any) []string {
	var out []string
	texts(t, v, func(_, text string) { out = append(out, text) })
	return out
}

// slackLink is a link to a message, which Slack itself has given.
var slackLink = regexp.MustCompile(`<https://taller\.slack\.com/archives/C1/p\d+\|más abajo en este canal>`)

// No mrkdwn text of any view holds a control character of Slack, a mention or a
// mark that is not ours.
func TestForeignTextStaysText(t *testing.T) {
	for name, v := range samples(t) {
		texts(t, v, func(kind, text string) {
			if strings.ContainsAny(text, "\u202e\u0000") {
				t.Errorf("%s: an invisible character in %q", name, text)
			}
			if kind != "mrkdwn" {
				return
			}
			text = slackLink.ReplaceAllString(text, "")
			own := []string{"<@U07ABCDEF>", "", "<@U07RIVAL1>", "", "<@U07RIVAL2>", ""} // mentions that views make of ids
			bare := strings.NewReplacer(append(own, "&lt;", "", "&gt;", "", "&amp;", "")...).Replace(text)
			if !strings.HasSuffix(bare, "…") && strings.ContainsAny(bare, "&") || strings.ContainsAny(bare, "<>`~") {
				t.Errorf("%s: unescaped in %q", name, text)
			}
			for _, mark := range []string{"*b*", " _i_", ":boom:", "<!channel>", "<@U1>"} {
				if strings.Contains(text, mark) {
					t.Errorf("%s: %q formats in %q", name, mark, text)
				}
			}
		})
	}
}

func TestEscapedTextIsStillReadable(t *testing.T) {
	k := kit{at(t)}
	for given, want := range map[string]string{
		"TEST_01":                   "«TEST_01»",
		"Fecha_Armado":              "«Fecha_Armado»",
		"_i_ a_ _b":                 "«ˍiˍ aˍ ˍb»",
		"*b* ~s~ `c`":               "«∗b∗ ∼s∼ ˋcˋ»",
		"<!channel> <@U1> & <#C1>":  "«&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;#C1&gt;»",
		"=IMPORTXML(\"x\",\"//a\")": "«=IMPORTXML(\"x\",\"//a\")»",
		"a\n> b\t c\u200b\u202e":    "«a &gt; b c»",
		":boom: 15:42:10":           "«∶boom∶ 15:42:10»",
		"Ñandú 🔥 acción":            "«Ñandú 🔥 acción»",
		"\xff\xfe roto":             "«roto»",
	} {
		m := view.Problem(&occupation.Error{Code: occupation.InvalidInput, Reason: occupation.BadTag, Text: given}, view.Asked{}, k.at)
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is shown as %q, want %s in it", given, m.Text, want)
		}
	}
}
