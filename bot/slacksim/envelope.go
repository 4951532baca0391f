package slacksim

import (
	"encoding/json"
	"time"
)

// What Slack tells a person when the bot did not answer an envelope. SLACK.md 1.5
const (
	codeTimeout  = "operation_timeout" // [gk]
	codeDispatch = "dispatch_failed"   // [thread bolt-python #529]
	codeTrouble  = "We had some trouble connecting. Try again?"
)

const (
	ackWindow = 3 * time.Second // SLACK.md 1.5 [doc]
	ackLimit  = 20 * 1024       // SLACK.md 0.7 [src]: at this size and above Slack ignores the ack
)

// retryAfter are the pauses before the retries of an event that nobody acknowledged:
// nearly at once, a minute, five minutes. SLACK.md 1.5 [doc, thread python-slack-events-api #93]
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// envelope is something on its way to the bot.
type envelope struct {
	rec     *Envelope
	accepts bool // accepts_response_payload
	payload object
	reason  string // retry_reason
	copies  int    // how often it was handed to a socket
	late    bool   // its window is over
	timer   *time.Timer
	done    chan struct{} // closed when acknowledged or given up

	// onAck carries out the answer and returns what is wrong with it, or "".
	onAck  func(answer object) (wrong string)
	onFail func(code string)
	answer object
}

// send puts an envelope on its way: to exactly one socket, with three seconds for the
// ack. kind is the envelope's type, inner the payload's. The caller holds the lock.
func (s *Server) send(e *envelope, kind, inner, user string) *envelope {
	e.rec = &Envelope{ID: s.uuid(), Type: kind, Payload: inner, User: user, SentAt: s.opt.Now(), Retry: e.attempts()}
	e.done = make(chan struct{})
	e.accepts = kind != "events_api"
	s.envelopes.add(e.rec)
	s.remember(e)
	e.timer = s.after(ackWindow, func() { s.giveUp(e) })

	f := s.fault(func(f *Fault) bool { return f.Envelope != "" && matches(f.Envelope, kind, inner) })
	switch {
	case f == nil:
		s.deliver(e)
	case f.Lost: // SLACK.md 1.5: the retry can be the only delivery [thread vercel/chat #666]
	case f.Delay > 0:
		s.after(f.Delay, func() { s.deliver(e) })
	default:
		s.deliver(e)
	}
	if f != nil { // SLACK.md 1.5: the same envelope_id again, retry_attempt 0 [thread bolt-js #2487]
		for range f.Duplicate {
			s.after(f.Delay+f.Again, func() { s.deliver(e) })
		}
	}
	s.bump(Change{Kind: "envelope", ID: e.rec.ID, User: user})
	return e
}

// remember keeps the last 4,096 envelopes, to tell a late ack from an unknown one.
func (s *Server) remember(e *envelope) {
	s.waiting[e.rec.ID] = e
	s.order = append(s.order, e.rec.ID)
	if len(s.order) > 4096 {
		delete(s.waiting, s.order[0])
		s.order = s.order[1:]
	}
}

func (e *envelope) attempts() int {
	if e.rec == nil {
		return 0
	}
	return e.rec.Retry
}

// deliver hands the envelope to one open socket, chosen at random: "each payload may
// be sent to any". SLACK.md 1.6 [doc]
func (s *Server) deliver(e *envelope) {
	frame := object{"envelope_id": e.rec.ID, "type": e.rec.Type, "accepts_response_payload": e.accepts, "payload": e.payload}
	if e.rec.Type == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = e.rec.Retry, e.reason
	}
	data, err := json.Marshal(frame)
	if err != nil {
		s.complain("slacksim: envelope %s: %v", e.rec.ID, err)
		return
	}
	if len(s.sockets) == 0 {
		return
	}
	sock := s.sockets[s.rnd.IntN(len(s.sockets))]
	e.rec.Connection = sock.id
	e.copies++
	sock.write(data)
}

// giveUp is the end of the ack window.
func (s *Server) giveUp(e *envelope) {
	e.late = true
	code := codeTimeout
	if e.copies == 0 {
		code = codeDispatch
	}
	s.fail(e, code)
	if e.rec.Type != "events_api" || e.rec.Retry >= len(retryAfter) {
		return // slash and interactive are never redelivered. SLACK.md 1.5 [thread python-slack-sdk #1940]
	}
	attempt := e.rec.Retry + 1
	s.after(retryAfter[attempt-1], func() {
		again := &envelope{payload: e.payload, reason: "timeout", rec: &Envelope{Retry: attempt}}
		s.send(again, e.rec.Type, e.rec.Payload, e.rec.User)
	})
}

// fail ends an envelope without an answer; the person is told.
func (s *Server) fail(e *envelope, code string) {
	e.rec.Failed = code
	if e.onFail != nil {
		e.onFail(code)
	}
	close(e.done)
	s.bump(Change{Kind: "envelope", ID: e.rec.ID, User: e.rec.User})
}

// ack takes what came back on a socket. SLACK.md 1.4
func (s *Server) ack(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var a struct {
		EnvelopeID string `json:"envelope_id"`
		Payload    any    `json:"payload"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		s.complain("socket: a frame that is not JSON: %v", err)
		return
	}
	e := s.waiting[a.EnvelopeID]
	if e == nil {
		s.complain("ack of an unknown envelope %q", a.EnvelopeID)
		return
	}
	name := e.rec.Type + " " + e.rec.Payload
	select {
	case <-e.done:
		switch {
		case e.late:
			s.complain("ack of %s %s after 3 s: ignored", name, a.EnvelopeID)
		case e.copies < 2:
			s.complain("second ack of %s %s", name, a.EnvelopeID)
		}
		return
	default:
	}
	if len(data) >= ackLimit {
		s.complain("ack of %s is %d bytes, 20480 or more: ignored", name, len(data))
		return
	}
	e.rec.AckBytes = len(data)
	answer, isObject := a.Payload.(object)
	if a.Payload != nil && !isObject {
		s.complain("ack of %s: the payload is not an object", name)
	}
	if len(answer) > 0 && (!e.accepts || e.onAck == nil) {
		// SLACK.md 1.4: a message in the ack of block_actions is not the way
		s.complain("ack of %s with a payload, which is ignored", name)
		answer = nil
	}
	s.stop(e.timer)
	e.answer = answer
	if e.onAck != nil {
		if wrong := e.onAck(answer); wrong != "" {
			s.complain("ack of %s: %s", name, wrong)
			s.fail(e, codeTrouble)
			return
		}
	}
	e.rec.AckedAt = s.opt.Now()
	close(e.done)
	s.bump(Change{Kind: "envelope", ID: e.rec.ID, User: e.rec.User})
}

// event sends an Events API event, unless the manifest did not subscribe to it.
func (s *Server) event(user string, ev object) *envelope {
	u := s.users[user]
	now := s.opt.Now()
	ev["event_ts"] = s.ts()
	payload := object{ // SLACK.md 1.3: with the event_callback wrapper [src SocketModeClient.js]
		"type": "event_callback", "token": "sim-verification", "team_id": u.TeamID, "api_app_id": appID,
		"event_id": s.newID("Ev"), "event_time": now.Unix(), "event": ev,
		"authorizations": []any{object{"enterprise_id": nil, "team_id": s.opt.TeamID, "user_id": botUser, "is_bot": true, "is_enterprise_install": false}},
	}
	return s.send(&envelope{payload: payload}, "events_api", str(ev, "type"), user)
}
