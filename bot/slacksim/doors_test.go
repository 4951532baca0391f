package slacksim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// door calls a control door and decodes the answer into out.
func (sh *shop) door(method, path, body string, out any) int {
	sh.t.Helper()
	req, err := http.NewRequestWithContext(sh.ctx(), method, sh.URL()+path, strings.NewReader(body))
	sh.must(err)
	resp, err := sh.http.Do(req)
	sh.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	sh.must(err)
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			sh.t.Fatalf("%s %s: %v in %s", method, path, err, data)
		}
	}
	return resp.StatusCode
}

// The doors of INTERFACES, by their names and shapes, through one whole flow.
func TestControlDoors(t *testing.T) {
	sh := newShop(t, slacksim.Options{Commands: []slacksim.Command{{Name: "/lote", Description: "Varios", UsageHint: "NV"}}}, true)
	sh.bot(func(c *socketmode.Client, ev socketmode.Event) {
		if cmd, ok := ev.Data.(slack.SlashCommand); ok {
			sh.must(c.Ack(*ev.Request, map[string]any{"text": "ya"}))
			_, err := sh.api.OpenViewContext(sh.ctx(), cmd.TriggerID, batch())
			sh.must(err)
			return
		}
		in, ok := ev.Data.(slack.InteractionCallback)
		switch {
		case ok && in.Type == slack.InteractionTypeBlockSuggestion:
			sh.must(c.Ack(*ev.Request, slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("MK-1", plain("MK-1"), nil)}}))
		case ok && in.Type == slack.InteractionTypeViewSubmission:
			sh.must(c.Ack(*ev.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"tags": "no"})))
		default:
			sh.must(c.Ack(*ev.Request))
		}
	})
	var sent struct {
		EnvelopeID string `json:"envelope_id"`
		Error      string
	}
	user := "/sim/users/UANA"
	if code := sh.door("POST", user+"/commands", `{"channel":"`+sh.taller+`","command":"/lote","text":"x"}`, &sent); code != 200 || sent.EnvelopeID == "" {
		t.Errorf("commands: %d %+v", code, sent)
	}
	sh.until("modal", func() bool { return len(sh.ana.Views()) == 1 })
	var views []struct{ ID, Type, Hash string }
	sh.door("GET", user+"/views", "", &views)
	view := user + "/views/" + views[0].ID
	var offered struct{ Options []frame }
	sh.door("POST", user+"/suggestions", `{"view_id":"`+views[0].ID+`","block_id":"tags","action_id":"tags","query":"MK"}`, &offered)
	if len(offered.Options) != 1 || offered.Options[0]["value"] != "MK-1" {
		t.Errorf("suggestions: %+v", offered)
	}
	sh.door("POST", user+"/actions", `{"view_id":"`+views[0].ID+`","block_id":"ops","action_id":"op","selected":["ARM"]}`, &sent)
	if sent.EnvelopeID == "" {
		t.Error("actions: no envelope")
	}
	var answer struct {
		Action string `json:"response_action"`
		Errors map[string]string
		Local  bool
	}
	sh.door("POST", view+"/submit", `{"values":{}}`, &answer)
	if !answer.Local || answer.Errors["tags"] == "" {
		t.Errorf("submit of an empty form: %+v", answer)
	}
	answer.Local = false
	sh.door("POST", view+"/submit", `{"values":{"tags":{"tags":["MK-1"]},"note":{"text":"hola"}}}`, &answer)
	if answer.Action != "errors" || answer.Errors["tags"] != "no" || answer.Local {
		t.Errorf("submit: %+v", answer)
	}
	sh.door("POST", view+"/close", "{}", nil)
	var messages []slacksim.Message
	sh.door("GET", "/sim/channels/"+sh.taller+"/messages?user=UANA", "", &messages)
	if len(messages) != 1 || !messages[0].Ephemeral || messages[0].Text != "ya" {
		t.Errorf("messages: %+v", messages)
	}
	sh.door("GET", "/sim/channels/"+sh.taller+"/messages?user=UBETO", "", &messages)
	if len(messages) != 0 {
		t.Errorf("Beto's messages: %+v", messages)
	}
	sh.door("POST", user+"/home", "", &sent)
	var home any = 1
	if sh.door("GET", user+"/home", "", &home); home != nil || sent.EnvelopeID == "" {
		t.Errorf("home: %v", home)
	}
	var state struct {
		Users    []slacksim.User
		Channels []slacksim.Channel
		Commands []frame
	}
	sh.door("GET", "/sim/state", "", &state)
	if len(state.Users) != 2 || len(state.Channels) != 2 || state.Commands[0]["usage_hint"] != "NV" {
		t.Errorf("state: %+v", state)
	}
	for _, list := range []string{"calls", "envelopes", "complaints"} {
		var rows []any
		if sh.door("GET", "/sim/"+list, "", &rows); len(rows) == 0 && list != "complaints" {
			t.Errorf("%s is empty", list)
		}
	}
	sh.happy()
	sh.until("all acknowledged", func() bool {
		for _, e := range sh.Envelopes() {
			if e.AckedAt.IsZero() {
				return false
			}
		}
		return true
	})
}

func TestControlDoorsRefuse(t *testing.T) {
	sh := newShop(t, slacksim.Options{}, false)
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"POST", "/sim/users/UNOBODY/commands", "{}", 404},
		{"POST", "/sim/users/UANA/commands", "{", 400},
		{"POST", "/sim/users/UANA/commands", `{"channel":"C1","command":"/x"}`, 400},
		{"POST", "/sim/users/UANA/actions", `{"view_id":"V1","action_id":"a"}`, 400},
		{"POST", "/sim/users/UANA/views/V1/submit", `{}`, 400},
		{"GET", "/sim/channels/C1/messages", "", 400},
		{"POST", "/sim/faults", `{"times":1}`, 400},
		{"POST", "/sim/faults", `{"disconnect":"now"}`, 400},
		{"POST", "/sim/faults", `{"method":"*","delay":"soon"}`, 400},
		{"POST", "/sim/faults", `{"method":"chat.update","times":2,"status":429,"retry_after":3,"delay":"250ms"}`, 200},
		{"DELETE", "/sim/faults", "", 200},
	} {
		var out struct{ Error string }
		if code := sh.door(c.method, c.path, c.body, &out); code != c.code || (out.Error == "") != (code == 200) {
			t.Errorf("%s %s: %d %q, want %d", c.path, c.body, code, out.Error, c.code)
		}
	}
	req, err := http.NewRequestWithContext(sh.ctx(), "POST", sh.URL()+"/sim/users/UANA/home", nil)
	sh.must(err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp, err := sh.http.Do(req); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %v %v", resp, err)
	}
}

func TestEventsStream(t *testing.T) {
	sh := newShop(t, slacksim.Options{}, true)
	resp, err := sh.http.Get(sh.URL() + "/sim/events")
	sh.must(err)
	defer resp.Body.Close()
	_, err = sh.ana.Say(sh.taller, "hola")
	sh.must(err)
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var c slacksim.Change
		sh.must(json.Unmarshal([]byte(data), &c))
		if c.Kind != "channel" || c.ID != sh.taller || c.Seq == 0 {
			t.Errorf("change: %+v", c)
		}
		return
	}
	t.Error("no event")
}
