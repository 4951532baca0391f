//go:build !shop

package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// said are the lines of the log with that message.
func (l *logBook) said(message string) (out []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.buf.String()) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["message"] == message {
			out = append(out, fields)
		}
	}
	return out
}

// One id leads through everything that a request did: its line in the log, the intent
// in Redis, the line of the commit that carried it, and its rows in the sheet.
func TestOneIdLeadsThroughSlackRedisAndSheet(t *testing.T) {
	inShop(t, shopOptions{}, func(s *shop) {
		s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 2 * time.Second})
		for i, p := range []string{"U0MAURICIO", "U0CARLOSNU"} {
			if err := s.slack.Person(p).Type(s.ctx, s.taller, "/tomar "+tag(2*i)+" "+tag(2*i+1)); err != nil {
				s.t.Fatal(err)
			}
		}
		s.passes(time.Second)
		intents := s.client.HGetAll(s.ctx, "{spoolbot:prueba}:intents").Val()
		s.passes(10 * time.Second)
		var requests []string
		for _, line := range s.log.said("request") {
			requests = append(requests, line["request_id"].(string))
		}
		carried := map[string]int{}
		for _, line := range s.log.said("commit") {
			ids, _ := line["requests"].([]any)
			for _, id := range ids {
				carried[id.(string)]++
			}
			if line["commit"] == "" || len(ids) == 0 {
				s.t.Errorf("a commit says %v", line)
			}
		}
		rows := map[string]int{}
		for _, r := range s.sheet.Rows("Metadata")[1:] {
			var detail struct{ Request string }
			if err := json.Unmarshal([]byte(r[9]), &detail); err != nil || !slices.Contains(requests, detail.Request) {
				s.t.Errorf("the row %v names %q, %v; requests %v", r, detail.Request, err, requests)
			}
			rows[detail.Request]++
		}
		if len(requests) != 2 || len(intents) != 4 {
			s.t.Errorf("requests %v, %d intents", requests, len(intents))
		}
		for _, id := range requests {
			if id == "" || carried[id] != 1 || rows[id] != 2 {
				s.t.Errorf("the request %q: %d commits, %d rows", id, carried[id], rows[id])
			}
			n := 0
			for _, raw := range intents {
				if strings.Contains(raw, id) {
					n++
				}
			}
			if n != 2 {
				s.t.Errorf("the request %q has %d intents in Redis", id, n)
			}
		}
	})
}
