//go:build !shop

package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// The verbs of a person at a phone. Unlike types and clicks they wait for words,
// so that an edit of another message is not taken for the answer.

// asks lets a person type a line in the workshop's channel and returns the new
// message that has all of the words.
func (s *shop) asks(p *slacksim.Person, line string, words ...string) slacksim.Message {
	s.t.Helper()
	return s.asksIn(p, s.taller, line, words...)
}

func (s *shop) asksIn(p *slacksim.Person, channel, line string, words ...string) slacksim.Message {
	s.t.Helper()
	before := p.Last(channel).TS
	if err := p.Type(s.ctx, channel, line); err != nil {
		s.t.Fatalf("%.200q: %v", line, err)
	}
	return s.sees(p, channel, before, line, words...)
}

// sees waits for a message after that moment that has all of the words.
func (s *shop) sees(p *slacksim.Person, channel, after, what string, words ...string) slacksim.Message {
	s.t.Helper()
	var found slacksim.Message
	s.wait(what, words, func() (string, bool) {
		for _, m := range p.Messages(channel) {
			if found = m; m.TS > after && hasAll(m.Shown(), words) {
				return "", true
			}
		}
		return p.Last(channel).Shown(), false
	})
	return found
}

// taps presses a button and waits until the card itself has the words.
func (s *shop) taps(p *slacksim.Person, m slacksim.Message, button string, words ...string) slacksim.Message {
	s.t.Helper()
	if err := p.Click(s.ctx, m, button); err != nil {
		s.t.Fatalf("tap on %q: %v", button, err)
	}
	return s.seesCard(p, m, words...)
}

// seesCard waits until that very message has all of the words.
func (s *shop) seesCard(p *slacksim.Person, m slacksim.Message, words ...string) slacksim.Message {
	s.t.Helper()
	now := m
	s.wait("the card", words, func() (string, bool) {
		for _, o := range p.Messages(m.Channel) {
			if o.TS == m.TS {
				now = o
			}
		}
		return now.Shown(), hasAll(now.Shown(), words)
	})
	return now
}

// wait waits at most ten minutes until look finds what was said.
func (s *shop) wait(what string, words []string, look func() (shown string, found bool)) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Minute)
	defer cancel()
	shown := ""
	err := s.slack.Wait(ctx, func() (found bool) {
		shown, found = look()
		return found
	})
	if err != nil {
		s.t.Fatalf("%.200q: waited for %q, sees\n%s\nlog:\n%s", what, words, shown, s.log.tail())
	}
}

// hasAll looks for words, whatever their capitals.
func hasAll(shown string, words []string) bool {
	shown = strings.ToLower(shown)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(shown, strings.ToLower(w)) })
}

// passes lets time go by.
func (s *shop) passes(d time.Duration) {
	s.t.Helper()
	<-time.After(d)
	synctest.Wait()
}

// ends lets what is under way come to its end, and checks that the sheet, the
// log and the locks tell the same, and the log just these changes in any order.
func (s *shop) ends(changes ...string) {
	s.t.Helper()
	s.passes(10 * time.Second)
	s.whole.check(s.t)
	got := strings.Fields(s.audit())
	slices.Sort(got)
	slices.Sort(changes)
	if !slices.Equal(got, changes) {
		s.t.Errorf("the log has %d changes, want %d:\n%q\n%q", len(got), len(changes), got, changes)
	}
}

// each is one kind of change of several spools, as ends and wantAudit name them.
func each(action string, tags ...string) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = action + ":" + t
	}
	return out
}

func tagsFrom(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, tag(i))
	}
	return out
}

// button is the value that a button of a message carries, as a thief of it
// would read it.
func buttonValue(m slacksim.Message, label string) (value string) {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			text, _ := v["text"].(map[string]any)
			if v["type"] == "button" && text["text"] == label {
				value, _ = v["value"].(string)
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(m.Blocks)
	return value
}

// raw is all of a message as it went over the wire.
func raw(m slacksim.Message) string {
	var out strings.Builder
	out.WriteString(m.Text)
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m.Blocks); err != nil {
		return err.Error()
	}
	return out.String()
}

// opensBatch opens the form and returns it.
func (s *shop) opensBatch(p *slacksim.Person) slacksim.View {
	s.t.Helper()
	if err := p.Type(s.ctx, s.taller, "/lote"); err != nil {
		s.t.Fatal(err)
	}
	s.until("the form is open", func() bool { return p.Top().CallbackID == view.CallbackBatch })
	return p.Top()
}

// chooses searches in the form and selects spools.
func (s *shop) chooses(p *slacksim.Person, form slacksim.View, query string, tags ...string) {
	s.t.Helper()
	if _, err := p.Suggest(s.ctx, form, view.ActionBatchSpools, query); err != nil {
		s.t.Fatal(err)
	}
	if err := p.Select(s.ctx, form, view.ActionBatchSpools, tags...); err != nil {
		s.t.Fatal(err)
	}
}

// submits sends the form and waits for the results.
func (s *shop) submits(p *slacksim.Person, words ...string) slacksim.View {
	s.t.Helper()
	answer, err := p.Submit(s.ctx)
	if err != nil || answer.Action != "update" {
		s.t.Fatalf("submitted: %+v, %v", answer, err)
	}
	return s.seesModal(p, view.CallbackBatchDone, words...)
}

func (s *shop) seesModal(p *slacksim.Person, callback string, words ...string) slacksim.View {
	s.t.Helper()
	s.wait("the modal "+callback, words, func() (string, bool) {
		top := p.Top()
		return top.Shown(), top.CallbackID == callback && hasAll(top.Shown(), words)
	})
	return p.Top()
}

// sixty is a workbook of sixty spools that are free for ARM.
func sixty() *sheetsim.Workbook { return sheetsim.SmallWorkbook(smallRows(60)...) }
