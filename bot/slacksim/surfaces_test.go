package slacksim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// trigger makes Ana type a command and returns its payload, acknowledged.
func (sh *shop) trigger(l *line) frame {
	sh.t.Helper()
	done := make(chan frame)
	go func() {
		f := l.next()
		l.ack(sh, f, nil)
		done <- f["payload"].(frame)
	}()
	sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/lote"))
	return <-done
}

func word(v any) string { s, _ := v.(string); return s }

func wants(t *testing.T, what string, err error, code string) {
	t.Helper()
	if err == nil || err.Error() != code {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func TestTriggerRules(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		once := word(sh.trigger(l)["trigger_id"])
		_, err := sh.api.OpenViewContext(sh.ctx(), once, modal("m"))
		sh.must(err)
		_, err = sh.api.OpenViewContext(sh.ctx(), once, modal("m"))
		wants(t, "used", err, "exchanged_trigger_id")
		_, err = sh.api.OpenViewContext(sh.ctx(), "1.2.3", modal("m"))
		wants(t, "invented", err, "invalid_trigger_id")
		old := word(sh.trigger(l)["trigger_id"])
		<-time.After(3001 * time.Millisecond)
		_, err = sh.api.OpenViewContext(sh.ctx(), old, modal("m"))
		wants(t, "old", err, "expired_trigger_id")
		_, err = sh.api.PushViewContext(sh.ctx(), word(sh.trigger(l)["trigger_id"]), modal("m"))
		wants(t, "push from a command", err, "invalid_trigger_id")
		sh.unhappy("exchanged", "invalid_trigger_id", "expired", "invalid_trigger_id")
	})
}

func TestViewRaces(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		m := modal("m")
		m.ExternalID = "lote-1"
		v, err := sh.api.OpenViewContext(sh.ctx(), word(sh.trigger(l)["trigger_id"]), m)
		sh.must(err)
		_, err = sh.api.UpdateViewContext(sh.ctx(), m, "lote-1", v.Hash, "")
		sh.must(err)
		_, err = sh.api.UpdateViewContext(sh.ctx(), m, "", v.Hash, v.ID)
		wants(t, "old hash", err, "hash_conflict")
		_, err = sh.api.OpenViewContext(sh.ctx(), word(sh.trigger(l)["trigger_id"]), m)
		wants(t, "same external id", err, "duplicate_external_id")
		go func() { // notify_on_close
			f := l.next()
			if p := f["payload"].(frame); p["type"] != "view_closed" || p["is_cleared"] != false {
				t.Errorf("closed: %v", p)
			}
			l.ack(sh, f, nil)
		}()
		sh.must(sh.ana.CloseView(sh.ctx()))
		_, err = sh.api.UpdateViewContext(sh.ctx(), m, "", "", v.ID)
		wants(t, "closed by the person", err, "not_found")

		home := slack.PublishViewContextRequest{UserID: "UANA", View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}}
		first, err := sh.api.PublishViewContext(sh.ctx(), home)
		sh.must(err)
		home.Hash = &first.Hash
		_, err = sh.api.PublishViewContext(sh.ctx(), home)
		sh.must(err)
		_, err = sh.api.PublishViewContext(sh.ctx(), home)
		wants(t, "home", err, "hash_conflict")
		if h, ok := sh.ana.Home(); !ok || h.ID != first.ID || len(h.Blocks) != 1 {
			t.Errorf("home: %+v", h)
		}
		sh.unhappy("duplicate_external_id")
	})
}

// batch is a form with everything a person fills in.
func batch() slack.ModalViewRequest {
	minQuery := 1
	tags := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeExternal, plain("Busca"), "tags")
	tags.MinQueryLength = &minQuery
	op := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Elige"), "op",
		slack.NewOptionBlockObject("ARM", plain("Armado"), nil), slack.NewOptionBlockObject("SOLD", plain("Soldadura"), nil))
	note := slack.NewInputBlock("note", plain("Nota"), nil, slack.NewPlainTextInputBlockElement(nil, "text").WithMaxLength(5))
	note.Optional = true
	return modal("batch",
		slack.NewInputBlock("tags", plain("Spools"), nil, tags),
		slack.NewActionBlock("ops", op),
		note,
		slack.NewSectionBlock(plain("fin"), nil, nil, slack.SectionBlockOptionBlockID("end")),
	)
}

func TestModalFromSearchToSubmit(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		answers := make(chan any, 10) // what the bot says to each submission
		heard := make(chan slack.InteractionCallback, 10)
		sh.bot(func(c *socketmode.Client, ev socketmode.Event) {
			if cmd, ok := ev.Data.(slack.SlashCommand); ok {
				sh.must(c.Ack(*ev.Request))
				_, err := sh.api.OpenViewContext(sh.ctx(), cmd.TriggerID, batch())
				sh.must(err)
				return
			}
			in := ev.Data.(slack.InteractionCallback)
			switch in.Type {
			case slack.InteractionTypeBlockSuggestion:
				var opts []*slack.OptionBlockObject
				for i := range 3 {
					tag := fmt.Sprintf("%s-%d", in.Value, i)
					opts = append(opts, slack.NewOptionBlockObject(tag, plain(tag), nil))
				}
				sh.must(c.Ack(*ev.Request, slack.OptionsResponse{Options: opts}))
			case slack.InteractionTypeViewSubmission:
				sh.must(c.Ack(*ev.Request, <-answers))
				heard <- in
			default:
				sh.must(c.Ack(*ev.Request))
				heard <- in
			}
		})
		sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/lote"))
		sh.until("modal", func() bool { return len(sh.ana.Views()) == 1 })

		if a, err := sh.ana.Submit(sh.ctx()); err != nil || !a.Local || a.Errors["tags"] == "" {
			t.Errorf("an empty required input: %+v %v", a, err)
		}
		if _, err := sh.ana.Suggest(sh.ctx(), sh.ana.Top(), "Spools", ""); err == nil {
			t.Error("asked below min_query_length")
		}
		if err := sh.ana.Select(sh.ctx(), sh.ana.Top(), "tags", "MK-0"); err == nil {
			t.Error("chose what was never offered")
		}
		opts, err := sh.ana.Suggest(sh.ctx(), sh.ana.Top(), "Spools", "MK")
		sh.must(err)
		if len(opts) != 3 || opts[1].Value != "MK-1" {
			t.Errorf("options: %+v", opts)
		}
		sh.must(sh.ana.Select(sh.ctx(), sh.ana.Top(), "tags", "MK-0", "MK-2"))
		sh.must(sh.ana.Select(sh.ctx(), sh.ana.Top(), "op", "Soldadura"))
		if in := <-heard; in.Type != slack.InteractionTypeBlockActions || in.ActionCallback.BlockActions[0].SelectedOption.Value != "SOLD" || in.View.ID == "" {
			t.Errorf("choice: %+v", in)
		}
		sh.must(sh.ana.Fill(sh.ctx(), sh.ana.Top(), "Nota", "demasiado"))
		if a, _ := sh.ana.Submit(sh.ctx()); a.Errors["note"] == "" || !a.Local {
			t.Errorf("too long: %+v", a)
		}
		sh.must(sh.ana.Fill(sh.ctx(), sh.ana.Top(), "note", "hola"))
		_, err = sh.api.UpdateViewContext(sh.ctx(), batch(), "", "", sh.ana.Top().ID) // what is filled in stays
		sh.must(err)

		submit := func(answer any) slacksim.Answer {
			t.Helper()
			answers <- answer
			a, err := sh.ana.Submit(sh.ctx())
			sh.must(err)
			return a
		}
		if a := submit(slack.NewErrorsViewSubmissionResponse(map[string]string{"tags": "ocupado"})); a.Action != "errors" || sh.ana.Top().Errors["tags"] != "ocupado" {
			t.Errorf("errors: %+v", a)
		}
		v := (<-heard).View.State.Values
		var chosen []string
		for _, o := range v["tags"]["tags"].SelectedOptions {
			chosen = append(chosen, o.Value)
		}
		if !slices.Equal(chosen, []string{"MK-0", "MK-2"}) || v["ops"]["op"].SelectedOption.Value != "SOLD" || v["note"]["text"].Value != "hola" {
			t.Errorf("state: %+v", v)
		}
		if a := submit(slack.NewErrorsViewSubmissionResponse(map[string]string{"end": "x"})); a.Failed == "" || !strings.Contains(sh.ana.Top().Warning, "trouble connecting") {
			t.Errorf("errors at a section: %+v", a)
		}
		next := modal("result", slack.NewSectionBlock(plain("listo"), nil, nil))
		if a := submit(slack.NewPushViewSubmissionResponse(&next)); a.Action != "push" || len(sh.ana.Views()) != 2 || sh.ana.Top().CallbackID != "result" {
			t.Errorf("push: %+v", a)
		}
		if a := submit(slack.NewPushViewSubmissionResponse(&next)); a.Action != "push" || len(sh.ana.Views()) != 3 {
			t.Errorf("push: %+v", a)
		}
		if a := submit(slack.NewPushViewSubmissionResponse(&next)); a.Failed == "" {
			t.Errorf("fourth view: %+v", a)
		}
		if submit(nil); len(sh.ana.Views()) != 2 {
			t.Errorf("empty ack closes: %d views", len(sh.ana.Views()))
		}
		next.Title = plain("Otro")
		if a := submit(slack.NewUpdateViewSubmissionResponse(&next)); a.Action != "update" || sh.ana.Top().Title != "Otro" {
			t.Errorf("update: %+v", a)
		}
		if submit(slack.NewClearViewSubmissionResponse()); len(sh.ana.Views()) != 0 {
			t.Errorf("clear: %d views", len(sh.ana.Views()))
		}
		sh.unhappy("not the block_id of an input", "push_limit_reached")
	})
}

func TestResponseURL(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		post := func(url string, m slack.WebhookMessage) error {
			return slack.PostWebhookCustomHTTPContext(sh.ctx(), url, sh.http, &m)
		}
		url := word(sh.trigger(l)["response_url"])
		sh.must(post(url, slack.WebhookMessage{Text: "uno", Blocks: &slack.Blocks{BlockSet: []slack.Block{
			slack.NewActionBlock("b", slack.NewButtonBlockElement("go", "1", plain("Seguir"))),
		}}}))
		if m := sh.ana.Last(sh.taller); !m.Ephemeral || m.Text != "uno" || len(sh.beto.Messages(sh.taller)) != 0 {
			t.Errorf("ephemeral by default: %+v", m)
		}
		_, _, _, err := sh.api.UpdateMessageContext(sh.ctx(), sh.taller, sh.ana.Last(sh.taller).TS, slack.MsgOptionText("x", false))
		wants(t, "chat.update of an ephemeral", err, "message_not_found")

		clicked := make(chan frame, 1)
		go func() { f := l.next(); l.ack(sh, f, nil); clicked <- f["payload"].(frame) }()
		sh.must(sh.ana.Click(sh.ctx(), sh.ana.Last(sh.taller), "Seguir"))
		p := <-clicked
		if _, has := p["message"]; has || p["container"].(frame)["is_ephemeral"] != true {
			t.Errorf("click on an ephemeral: %v", p)
		}
		sh.must(post(word(p["response_url"]), slack.WebhookMessage{Text: "dos", ReplaceOriginal: true}))
		if all := sh.ana.Messages(sh.taller); len(all) != 1 || all[0].Shown() != "dos" {
			t.Errorf("replaced: %+v", all)
		}
		sh.must(post(word(p["response_url"]), slack.WebhookMessage{DeleteOriginal: true}))
		if all := sh.ana.Messages(sh.taller); len(all) != 0 {
			t.Errorf("deleted: %+v", all)
		}
		for range 4 {
			sh.must(post(url, slack.WebhookMessage{Text: "público", ResponseType: "in_channel"}))
		}
		if len(sh.beto.Messages(sh.taller)) != 4 {
			t.Error("in_channel is not for all")
		}
		if err := post(url, slack.WebhookMessage{Text: "seis"}); err == nil {
			t.Error("a sixth use")
		}
		wrong := strings.Replace(url, "hooks.", "", 1)
		if err := post(wrong, slack.WebhookMessage{Text: "x"}); err == nil {
			t.Error("taken on the host of the Web API")
		}
		url = word(sh.trigger(l)["response_url"])
		<-time.After(30*time.Minute + time.Second)
		if err := post(url, slack.WebhookMessage{Text: "tarde"}); err == nil {
			t.Error("after 30 minutes")
		}
		sh.unhappy("message_not_found", "used_url", "host of its own", "expired_url")
	})
}

func TestMessageRules(t *testing.T) {
	bubble(t, slacksim.Options{RateLimits: true}, func(sh *shop) {
		ctx := sh.ctx()
		ts, err := sh.ana.Say(sh.taller, "hola @beto")
		sh.must(err)
		if m := sh.beto.Last(sh.taller); m.Text != "hola <@UBETO>" {
			t.Errorf("mention: %q", m.Text)
		}
		_, _, _, err = sh.api.UpdateMessageContext(ctx, sh.taller, ts, slack.MsgOptionText("x", false))
		wants(t, "another's", err, "cant_update_message")
		_, _, err = sh.api.DeleteMessageContext(ctx, sh.taller, ts)
		wants(t, "another's", err, "cant_delete_message")
		_, err = sh.api.PostEphemeralContext(ctx, sh.taller, "UNOBODY", slack.MsgOptionText("x", false))
		wants(t, "a stranger", err, "user_not_in_channel")
		_, _, err = sh.api.PostMessageContext(ctx, sh.taller)
		wants(t, "nothing", err, "no_text")

		dm, _, _, err := sh.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"UANA"}})
		sh.must(err)
		_, ts, err = sh.api.PostMessageContext(ctx, dm.ID, slack.MsgOptionText("aviso", false), card("MK-1"))
		sh.must(err)
		if m := sh.ana.Last(sh.ana.DM()); m.Text != "aviso" || !slices.Equal(m.Buttons(), []string{"Pausar", "Completar"}) {
			t.Errorf("DM: %+v", m)
		}
		_, _, _, err = sh.api.UpdateMessageContext(ctx, dm.ID, ts, slack.MsgOptionText("otro", false))
		sh.must(err)
		if m := sh.ana.Last(dm.ID); len(m.Blocks) == 0 || m.Text != "otro" {
			t.Errorf("an edit without blocks keeps them: %+v", m)
		}
		_, _, _, err = sh.api.UpdateMessageContext(ctx, dm.ID, ts, slack.MsgOptionBlocks(slack.NewHeaderBlock(plain(strings.Repeat("x", 151)))), slack.MsgOptionText("x", false))
		e, _ := err.(slack.SlackErrorResponse) // returned unwrapped
		if e.Err != "invalid_blocks" || !strings.Contains(strings.Join(e.ResponseMetadata.Messages, ""), "/blocks/0/text/text") {
			t.Errorf("limits: %+v", err)
		}
		sh.unhappy("cant_update", "cant_delete", "user_not_in_channel", "no_text", "no blocks: people still see", "invalid_blocks")

		var limited *slack.RateLimitedError
		posts := 0
		for limited == nil {
			_, _, err := sh.api.PostMessageContext(ctx, sh.taller, slack.MsgOptionText("x", false))
			limited, _ = err.(*slack.RateLimitedError) // returned unwrapped
			posts++
		}
		if limited.RetryAfter != time.Second || posts > 7 {
			t.Errorf("after %d posts: %v", posts, limited)
		}
		<-time.After(time.Second)
		_, _, err = sh.api.PostMessageContext(ctx, sh.taller, slack.MsgOptionText("x", false))
		sh.must(err)
	})
}

func TestMethodFaults(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		post := func() error {
			_, _, err := sh.api.PostMessageContext(sh.ctx(), sh.taller, slack.MsgOptionText("x", false))
			return err
		}
		for _, c := range []struct {
			fault slacksim.Fault
			want  string
			posts int
		}{
			{slacksim.Fault{Method: "chat.postMessage", Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Second}, "retry after 3s", 0},
			{slacksim.Fault{Method: "chat.postMessage", Status: http.StatusTooManyRequests}, "429", 0},
			{slacksim.Fault{Method: "*", Status: http.StatusInternalServerError}, "500", 0},
			{slacksim.Fault{Method: "chat.postMessage", Status: http.StatusInternalServerError, After: true}, "500", 1},
			{slacksim.Fault{Method: "chat.postMessage", Error: "internal_error"}, "internal_error", 1},
			{slacksim.Fault{Method: "chat.postMessage", Cut: true}, "EOF", 1},
			{slacksim.Fault{Method: "chat.postMessage", Cut: true, After: true}, "EOF", 2},
			{slacksim.Fault{Method: "chat.postMessage", Delay: time.Second}, "", 3},
		} {
			sh.Fail(c.fault)
			start := time.Now()
			err := post()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v: got %v", c.fault, err)
			}
			if d := time.Since(start); d != c.fault.Delay {
				t.Errorf("%+v took %v", c.fault, d)
			}
			if got := len(sh.ana.Messages(sh.taller)); got != c.posts {
				t.Errorf("%+v: %d posts, want %d", c.fault, got, c.posts)
			}
		}
		sh.Fail(slacksim.Fault{Method: "*", Status: 500, Times: -1})
		sh.ClearFaults()
		sh.must(post())
		sh.happy()
	})
}

func TestPeople(t *testing.T) {
	bubble(t, slacksim.Options{Commands: []slacksim.Command{{Name: "/tomar", ShouldEscape: true}}}, func(sh *shop) {
		sh.AddUser(slacksim.User{ID: "UGUEST", Name: "visita", Guest: true})
		sh.AddUser(slacksim.User{ID: "UFAR", Name: "lejos", TeamID: "TOTHER"})
		ch := sh.AddChannel("patio", "UGUEST", "UFAR")
		l := sh.dial()
		guest, err := sh.api.GetUserInfoContext(sh.ctx(), "UGUEST")
		sh.must(err)
		far, err := sh.api.GetUserInfoContext(sh.ctx(), "UFAR")
		sh.must(err)
		if !guest.IsRestricted || guest.IsUltraRestricted || !far.IsStranger || far.TeamID != "TOTHER" {
			t.Errorf("guest %+v, stranger %+v", guest, far)
		}
		got := make(chan frame, 1)
		go func() { f := l.next(); l.ack(sh, f, nil); got <- f["payload"].(frame) }()
		sh.must(sh.Person("lejos").Type(sh.ctx(), ch, "/tomar  @visita #patio <x> "))
		if p := <-got; p["team_id"] != "TOTHER" || p["text"] != "<@UGUEST|visita> <#"+ch+"|patio> &lt;x&gt;" || p["is_enterprise_install"] != "false" {
			t.Errorf("payload: %v", p)
		}
		if err := sh.ana.Type(sh.ctx(), sh.taller, "/otra"); err == nil {
			t.Error("a command that the manifest does not have")
		}
		if err := sh.ana.Type(sh.ctx(), ch, "/tomar"); err == nil {
			t.Error("typed where she is not a member")
		}
		if u, err := sh.api.GetUserByEmailContext(sh.ctx(), "ANA@taller.cl"); err != nil || u.ID != "UANA" {
			t.Errorf("by mail: %v %v", u, err)
		}
		users, err := sh.api.GetUsersContext(sh.ctx())
		sh.must(err)
		members, _, err := sh.api.GetUsersInConversationContext(sh.ctx(), &slack.GetUsersInConversationParameters{ChannelID: ch})
		sh.must(err)
		channels, _, err := sh.api.GetConversationsContext(sh.ctx(), &slack.GetConversationsParameters{})
		sh.must(err)
		if len(users) != 5 || len(members) != 3 || len(channels) != 2 {
			t.Errorf("%d users, %d members, %d channels", len(users), len(members), len(channels))
		}
		sh.happy()
	})
}
