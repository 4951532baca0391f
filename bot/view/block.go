package view

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Limits of Slack that builders keep by themselves.
const (
	maxSection  = 3000
	maxButton   = 75
	maxOption   = 75
	maxHeader   = 150
	maxFallback = 600   // our own: a notification shows far less
	maxAll      = 12000 // characters in one message; Slack refuses at about 13,200
)

// Characters of a foreign text that are shown at most.
const (
	maxTag  = 60
	maxName = 40
	maxCell = 80

	maxReason = 300 // escaped; the core keeps occupation.MaxReason of what is written
)

// emojiCode is what Slack makes a picture of; 15:42:10 is none.
var emojiCode = regexp.MustCompile(`:([A-Za-z0-9_+'-]*[A-Za-z_+-][A-Za-z0-9_+'-]*|100|1234):`)

// escape makes a text of the sheet or of a person harmless in mrkdwn and keeps
// it readable: Slack's three control characters become entities, which also
// undoes mentions and links; marks that would format, for which Slack has no
// escape, become characters that look alike (slackhq/slack-api-docs issues 34
// and 93); white space becomes one blank; control and invisible characters go.
// The result has at most limit characters, entities counted in full.
func escape(s string, limit int) string {
	s = emojiCode.ReplaceAllString(tidy(s), "∶$1∶")
	var b strings.Builder
	n := 0
	runes := []rune(s)
	for i, r := range runes {
		out := string(r)
		switch r {
		case '&':
			out = "&amp;"
		case '<':
			out = "&lt;"
		case '>':
			out = "&gt;"
		case '*':
			out = "∗"
		case '~':
			out = "∼"
		case '`':
			out = "ˋ"
		case '_':
			if !insideWord(runes, i) { // inside a word it formats nothing
				out = "ˍ"
			}
		}
		width := utf8.RuneCountInString(out)
		if n+width > limit-1 && (i < len(runes)-1 || n+width > limit) {
			b.WriteString("…")
			break
		}
		b.WriteString(out)
		n += width
	}
	return b.String()
}

func insideWord(runes []rune, i int) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return i > 0 && i < len(runes)-1 && word(runes[i-1]) && word(runes[i+1])
}

// tidy makes one line of a text, without control and invisible characters.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// clip cuts a text to limit characters, the last of them an ellipsis.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " ") + "…"
}

func bold(escaped string) string {
	if escaped == "" {
		return ""
	}
	return "*" + escaped + "*"
}

// plain is a plain_text object: nothing in it is interpreted.
func plain(s string, limit int) *slack.TextBlockObject {
	s = clip(tidy(s), limit)
	if s == "" {
		s = "—"
	}
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// mrkdwn is a text object of escaped lines; verbatim keeps Slack from making
// links of what looks like one.
func mrkdwn(escaped string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, clip(escaped, maxSection), false, true)
}

// section is a text block of the lines that are not empty.
func section(lines ...string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(join("\n", lines...)), nil, nil, slack.SectionBlockOptionExpand(true))
}

func sectionWith(b *slack.ButtonBlockElement, lines ...string) *slack.SectionBlock {
	s := section(lines...)
	if b != nil {
		s.Accessory = slack.NewAccessory(b)
	}
	return s
}

func header(s string) *slack.HeaderBlock { return slack.NewHeaderBlock(plain(s, maxHeader)) }

func small(lines ...string) *slack.ContextBlock {
	return slack.NewContextBlock("", mrkdwn(join("\n", lines...)))
}

func button(action, text, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, plain(text, maxButton))
}

// rows puts buttons in rows of two, as a phone shows them; nil ones are left out.
// Long ones get a row of their own, and so do those with the same action id,
// which Slack wants to be distinct within a block.
func rows(buttons ...*slack.ButtonBlockElement) []slack.Block {
	var out []slack.Block
	var row []*slack.ButtonBlockElement
	flush := func() {
		if len(row) > 0 {
			elements := make([]slack.BlockElement, len(row))
			for i, b := range row {
				elements[i] = b
			}
			out = append(out, slack.NewActionBlock("", elements...))
		}
		row = nil
	}
	for _, b := range buttons {
		if b == nil {
			continue
		}
		if len(row) == 2 || (len(row) == 1 && (row[0].ActionID == b.ActionID || long(row[0]) || long(b))) {
			flush()
		}
		row = append(row, b)
	}
	flush()
	return out
}

func long(b *slack.ButtonBlockElement) bool { return utf8.RuneCountInString(b.Text.Text) > 20 }

// join puts the parts that are not empty together.
func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// sentences makes a text of the parts that are not empty, with a full stop after
// each that has no end of its own. It is for notifications, so without marks.
func sentences(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p = unbold(p); p == "" {
			continue
		}
		if s := b.String(); s != "" {
			if !endsSentence(s) {
				b.WriteString(".")
			}
			b.WriteString(" ")
		}
		b.WriteString(p)
	}
	return b.String()
}

func endsSentence(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…", r)
}

// unbold takes our own marks out of a line; foreign ones are escaped already.
func unbold(s string) string { return strings.ReplaceAll(s, "*", "") }

// message puts a message together.
func message(text string, blocks ...slack.Block) Message {
	return Message{Text: clip(unbold(text), maxFallback), Blocks: blocks}
}
