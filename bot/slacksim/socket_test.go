package slacksim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

type frame = map[string]any

// line is a socket of our own, for what slack-go never does.
type line struct {
	*websocket.Conn
	first  frame      // hello, or a refusal
	frames chan frame // closed at the end of the socket
	pings  chan time.Time
}

// dial opens a socket and reads it to its end. Frames are kept, so nothing blocks.
func (sh *shop) dial() *line {
	sh.t.Helper()
	_, url, err := sh.api.StartSocketModeContext(sh.t.Context())
	sh.must(err)
	conn, resp, err := sh.Dialer().DialContext(sh.t.Context(), url, nil)
	sh.must(err)
	_ = resp.Body.Close()
	l := &line{Conn: conn, frames: make(chan frame, 1000), pings: make(chan time.Time, 1000)}
	conn.SetPingHandler(func(string) error { l.pings <- time.Now(); return nil })
	go func() {
		defer close(l.frames)
		for {
			f := frame{}
			if conn.ReadJSON(&f) != nil {
				return
			}
			l.frames <- f
		}
	}()
	sh.t.Cleanup(func() { _ = conn.Close() })
	l.first = l.next()
	return l
}

// next is the next frame; nil when the socket has ended.
func (l *line) next() frame { return <-l.frames }

func (l *line) ack(sh *shop, f frame, payload any) {
	sh.t.Helper()
	out := frame{"envelope_id": f["envelope_id"]}
	if payload != nil {
		out["payload"] = payload
	}
	sh.must(l.WriteJSON(out))
}

func TestHelloComesFirstAndPingsEvery15s(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		start := time.Now()
		a := sh.dial()
		if f := a.first; f["type"] != "hello" || f["num_connections"] != 1.0 {
			t.Errorf("first hello: %v", f)
		}
		b := sh.dial()
		if f := b.first; f["num_connections"] != 2.0 {
			t.Errorf("second hello: %v", f)
		}
		for i := range 4 {
			if at := (<-a.pings).Sub(start); at != time.Duration(i)*15*time.Second {
				t.Errorf("ping %d at %v", i, at)
			}
		}
		pong := make(chan string, 1)
		b.SetPongHandler(func(s string) error { pong <- s; return nil })
		sh.must(b.WriteControl(websocket.PingMessage, []byte("hola"), time.Time{}))
		if got := <-pong; got != "hola" {
			t.Errorf("pong: %q", got)
		}
		sh.happy()
	})
}

func TestTicketIsForOneConnection(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		_, url, err := sh.api.StartSocketModeContext(sh.ctx())
		sh.must(err)
		conn, _, err := sh.Dialer().DialContext(sh.ctx(), url, nil)
		sh.must(err)
		defer conn.Close()
		_, resp, err := sh.Dialer().DialContext(sh.ctx(), url, nil)
		if err == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("second use of a ticket: %v", err)
		}
		sh.unhappy("ticket")
	})
}

func TestEleventhSocketIsTooMany(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		for range 10 {
			sh.dial()
		}
		eleventh := sh.dial()
		if f := eleventh.first; f["reason"] != "too_many_websockets" {
			t.Errorf("eleventh: %v", f)
		}
		if f := eleventh.next(); f != nil || sh.Sockets() != 10 {
			t.Errorf("after it: %v, %d sockets", f, sh.Sockets())
		}
	})
}

func TestDisconnects(t *testing.T) {
	for _, c := range []struct {
		reason string
		closed time.Duration
	}{{"warning", 10 * time.Second}, {"refresh_requested", 0}, {"link_disabled", 0}} {
		t.Run(c.reason, func(t *testing.T) {
			bubble(t, slacksim.Options{}, func(sh *shop) {
				l := sh.dial()
				sh.Fail(slacksim.Fault{Disconnect: c.reason})
				start := time.Now()
				if f := l.next(); f["type"] != "disconnect" || f["reason"] != c.reason {
					t.Errorf("got %v", f)
				}
				for f := l.next(); f != nil; f = l.next() {
				}
				if d := time.Since(start); d != c.closed {
					t.Errorf("closed after %v, want %v", d, c.closed)
				}
			})
		})
	}
}

// After a warning Slack goes on sending on the old socket for ten seconds, and a click
// that goes there is never repeated: what slack-go loses. SLACK.md 0.3
func TestEnvelopesFollowAWarning(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		sh.Fail(slacksim.Fault{Disconnect: "warning"})
		l.next()
		go func() { l.ack(sh, l.next(), nil) }()
		sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/estado"))
		sh.happy()
	})
}

func TestEachEnvelopeGoesToOneSocket(t *testing.T) {
	bubble(t, slacksim.Options{Seed: 1}, func(sh *shop) {
		got := make(chan int, 100)
		for i := range 2 {
			sh.bot(func(c *socketmode.Client, ev socketmode.Event) {
				sh.must(c.Ack(*ev.Request))
				got <- i
			})
		}
		count := map[int]int{}
		for range 20 {
			sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/estado"))
			count[<-got]++
		}
		if count[0]+count[1] != 20 || count[0] == 0 || count[1] == 0 || len(got) > 0 {
			t.Errorf("envelopes per socket: %v", count)
		}
		sh.happy()
	})
}

func TestAckRules(t *testing.T) {
	big := map[string]any{"text": strings.Repeat("x", 21_000)}
	for _, c := range []struct {
		name     string
		delay    time.Duration
		payload  any
		code     string
		complain string
	}{
		{name: "in time", delay: 2900 * time.Millisecond},
		{name: "empty payload of the Node client", payload: map[string]any{}},
		{name: "late", delay: 3100 * time.Millisecond, code: "operation_timeout", complain: "after 3 s"},
		{name: "too big", payload: big, code: "operation_timeout", complain: "20480 or more"},
		{name: "bad blocks", payload: map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "x"}}}, code: "We had some trouble connecting. Try again?", complain: "invalid_blocks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, slacksim.Options{}, func(sh *shop) {
				l := sh.dial()
				acked := make(chan struct{})
				go func() {
					defer close(acked)
					f := l.next()
					<-time.After(c.delay)
					l.ack(sh, f, c.payload)
				}()
				err := sh.ana.Type(sh.ctx(), sh.taller, "/estado")
				if code := codeOf(err); code != c.code {
					t.Errorf("the person sees %q, want %q", code, c.code)
				}
				<-acked
				if c.complain == "" {
					sh.happy()
					return
				}
				sh.until("complaint", func() bool { return len(sh.Complaints()) > 0 })
				sh.unhappy(c.complain)
				if m := sh.ana.Last(sh.taller); !m.Ephemeral || !strings.Contains(m.Text, c.code) {
					t.Errorf("Slack's own words: %+v", m)
				}
				if m := sh.beto.Messages(sh.taller); len(m) != 0 {
					t.Errorf("Beto sees %+v", m)
				}
			})
		})
	}
}

func codeOf(err error) string {
	if e, ok := err.(*slacksim.SlackError); ok { // returned unwrapped
		return e.Code
	}
	return ""
}

func TestNoSocketIsSlacksErrorAndNeverRedelivered(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		start := time.Now()
		if code := codeOf(sh.ana.Type(sh.ctx(), sh.taller, "/tomar")); code != "dispatch_failed" {
			t.Errorf("code %q", code)
		}
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("after %v", d)
		}
		l := sh.dial()
		<-time.After(10 * time.Minute)
		if len(l.frames) > 0 {
			t.Errorf("redelivered: %v", l.next())
		}
	})
}

func TestSilentSocketLosesWhatGoesThere(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		sh.Fail(slacksim.Fault{Silent: 1})
		if code := codeOf(sh.ana.Type(sh.ctx(), sh.taller, "/tomar")); code != "operation_timeout" {
			t.Errorf("code %q", code)
		}
		<-time.After(time.Minute)
		if len(l.frames) > 0 || len(l.pings) != 1 || sh.Sockets() != 1 {
			t.Errorf("%d frames, %d pings, %d sockets", len(l.frames), len(l.pings), sh.Sockets())
		}
	})
}

func TestEnvelopeFaults(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		l := sh.dial()
		sh.Fail(slacksim.Fault{Envelope: "slash_commands", Duplicate: 1})
		go func() { // twice, with the same id; both are acknowledged
			a, b := l.next(), l.next()
			if a["envelope_id"] != b["envelope_id"] {
				t.Errorf("duplicate: %v %v", a, b)
			}
			l.ack(sh, a, nil)
			l.ack(sh, b, nil)
		}()
		sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/tomar"))

		sh.Fail(slacksim.Fault{Envelope: "app_home_opened", Lost: true})
		sh.ana.OpenHome() // only the retry arrives
		f := l.next()
		if f["retry_attempt"] != 1.0 || f["retry_reason"] != "timeout" {
			t.Errorf("retry: %v", f)
		}
		l.ack(sh, f, nil)

		sh.Fail(slacksim.Fault{Envelope: "*", Delay: 4 * time.Second})
		if code := codeOf(sh.ana.Type(sh.ctx(), sh.taller, "/tomar")); code == "" {
			t.Error("a late envelope was in time")
		}
		late := l.next()
		trigger, _ := late["payload"].(frame)["trigger_id"].(string)
		_, err := sh.api.OpenViewContext(sh.ctx(), trigger, modal("m"))
		if err == nil || err.Error() != "expired_trigger_id" {
			t.Errorf("trigger of a late envelope: %v", err)
		}
		sh.unhappy("expired_trigger_id")
	})
}

func modal(callback string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, Title: plain("Lote"), Submit: plain("Enviar"), NotifyOnClose: true,
		Blocks: slack.Blocks{BlockSet: append([]slack.Block{}, blocks...)},
	}
}

func TestEnvelopeLogIsComplete(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		sh.bot(func(c *socketmode.Client, ev socketmode.Event) { sh.must(c.Ack(*ev.Request)) })
		sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/estado"))
		e := sh.Envelopes()
		if len(e) != 1 || e[0].AckedAt.IsZero() || e[0].AckBytes == 0 || e[0].Connection == 0 {
			t.Errorf("log: %+v", e)
		}
		if b, _ := json.Marshal(e[0]); !strings.Contains(string(b), `"envelope_id"`) || !strings.Contains(string(b), `"acked_at"`) {
			t.Errorf("log: %s", b)
		}
	})
}

// Slack recycles sockets all day; slack-go follows, and commands go on being answered.
func TestSocketsAreRecycledEveryHour(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		for range 2 {
			sh.bot(func(c *socketmode.Client, ev socketmode.Event) { sh.must(c.Ack(*ev.Request)) })
		}
		opened := func() (n int) {
			for _, c := range sh.Calls() {
				if c.Method == "apps.connections.open" {
					n++
				}
			}
			return n
		}
		for range 26 { // three hours
			<-time.After(7 * time.Minute)
			sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/estado"))
		}
		if n := opened(); n != 8 || sh.Sockets() != 2 {
			t.Errorf("%d connections opened for %d sockets in three hours, want 8 for 2", n, sh.Sockets())
		}
		sh.happy()
	})
}
