package bot

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	ackTimeout = 2500 * time.Millisecond // of the 3 s that Slack waits
	// socketShift is how much later the second socket starts. Slack warns ten
	// seconds before it recycles a socket, slack-go closes it at the warning and
	// needs about a second for the next: so the other one is up meanwhile.
	socketShift = 15 * time.Second
	// patience with slack-go's own back-off, which grows to five minutes.
	maxBackoff = 30 * time.Second
	// stormAlarm is how many connections within a minute are worth a warning.
	stormAlarm = 5
)

// line is the two sockets of one Slack app. Whoever has it takes what comes.
type line struct {
	newSocket  func() *socketmode.Client
	log        zerolog.Logger
	onEnvelope func() // before anything is acknowledged
	// take gets every request of which the bot may know what to do; it must not block,
	// and sees to it that ack is called once, within the three seconds of Slack.
	take func(r *request, ack func(payload any))

	up  [twoSockets]atomic.Bool // which sockets listen
	app atomic.Pointer[string]  // whose sockets they are, as Slack says; nil until it has greeted one
}

// listen runs both sockets until ctx ends or Slack refuses the token for good.
func (l *line) listen(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	refused := make(chan error, twoSockets)
	var sockets sync.WaitGroup
	for n := range twoSockets {
		sockets.Go(func() {
			if wait(ctx, time.Duration(n)*socketShift) != nil {
				return
			}
			if err := l.runSocket(ctx, n); err != nil {
				refused <- fmt.Errorf("slack: socket: %w", err)
				stop()
			}
		})
	}
	sockets.Wait()
	select {
	case err := <-refused:
		return err
	default:
		return nil
	}
}

// twoSockets is how many sockets are open: a client drops what Slack still sends
// on the old one after a warning, and Slack never repeats a tap (SLACK.md 0.3).
const twoSockets = 2

// runSocket keeps one socket open. An error is fatal.
func (l *line) runSocket(ctx context.Context, n int) error {
	for {
		life, end := context.WithCancelCause(ctx)
		client := l.newSocket()
		var reader sync.WaitGroup
		reader.Go(func() { l.read(life, end, n, client) })
		err := client.RunContext(life)
		end(err)
		reader.Wait()
		switch cause := context.Cause(life); {
		case ctx.Err() != nil:
			return nil
		case fatalAuth(cause):
			l.log.Error().Err(cause).Int("socket", n).Msg("socket_refused")
			return cause
		}
	}
}

// read is the only reader of a client's events. It does nothing but acknowledge
// and hand over: a client whose events are not read goes deaf and loses clicks
// (SLACK.md 0.4). It ends the client when slack-go wants to wait for too long, and
// where it would go on trying with a token that is refused for good.
func (l *line) read(ctx context.Context, end context.CancelCauseFunc, n int, client *socketmode.Client) {
	var connected []time.Time
	defer l.up[n].Store(false)
	for {
		select {
		case <-ctx.Done():
			return
		case evt := <-client.Events:
			switch evt.Type {
			case socketmode.EventTypeConnecting, socketmode.EventTypeDisconnect:
				l.up[n].Store(false)
			case socketmode.EventTypeConnected:
				now := time.Now()
				connected = append(connected, now)
				for now.Sub(connected[0]) > time.Minute {
					connected = connected[1:]
				}
				l.connected(n, len(connected))
			case socketmode.EventTypeHello:
				l.up[n].Store(true)
				l.app.Store(&evt.Request.ConnectionInfo.AppID)
				if evt.Request.NumConnections > twoSockets*maxReplicas {
					l.log.Warn().Int("socket", n).Int("connections", evt.Request.NumConnections).Msg("socket_ghosts")
				}
			case socketmode.EventTypeConnectionError:
				e, ok := evt.Data.(*slack.ConnectionErrorEvent)
				if !ok {
					continue
				}
				l.log.Warn().Err(e.ErrorObj).Int("socket", n).Dur("backoff", e.Backoff).Msg("socket_failed")
				_, limited := rateLimited(e.ErrorObj)
				if fatalAuth(e.ErrorObj) || e.Backoff > maxBackoff && !limited {
					end(e.ErrorObj)
				}
			case socketmode.EventTypeErrorWriteFailed:
				l.log.Warn().Int("socket", n).Msg("ack_not_written")
			case socketmode.EventTypeErrorBadMessage:
				l.acknowledgeBroken(ctx, client, evt)
			case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
				l.receive(ctx, client, evt)
			}
		}
	}
}

// listening reports whether Slack has greeted a socket that is open.
func (l *line) listening() bool { return l.up[0].Load() || l.up[1].Load() }

// Listening reports whether people are heard at all.
func (b *Bot) Listening() bool { return b.line.listening() }

// maxReplicas is how many replicas explain the number of connections that Slack
// believes in; more are ghosts (SLACK.md 1.2).
const maxReplicas = 3

func (l *line) connected(n, lately int) {
	if lately > stormAlarm {
		l.log.Warn().Int("socket", n).Int("last_minute", lately).Msg("socket_storm")
		return
	}
	l.log.Info().Int("socket", n).Msg("socket_connected")
}

func (l *line) acknowledgeBroken(ctx context.Context, client *socketmode.Client, evt socketmode.Event) {
	bad, ok := evt.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	id := brokenEnvelope(bad.Message)
	l.log.Warn().Err(bad.Cause).Str("envelope_id", id).Msg("envelope_not_understood")
	if id != "" {
		l.ack(ctx, client, id, nil)
	}
}

// ack answers an envelope. The channel behind it holds twenty and is drained by
// the connection only, so it may not wait for ever.
func (l *line) ack(ctx context.Context, client *socketmode.Client, id string, payload any) {
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	if err := client.AckCtx(ctx, id, payload); err != nil {
		l.log.Warn().Err(err).Str("envelope_id", id).Msg("ack_failed")
	}
}

// ofAnotherApp reports whether the envelope names another app than the one whose
// socket greeted us. Slack sends none such: whoever does is not Slack. Payloads of
// shortcuts name none.
func (l *line) ofAnotherApp(r *request) bool {
	app := l.app.Load()
	return app != nil && *app != "" && r.app != "" && r.app != *app
}

// receive hands over what comes on a socket.
func (l *line) receive(ctx context.Context, client *socketmode.Client, evt socketmode.Event) {
	if evt.Request == nil {
		return
	}
	l.onEnvelope()
	ack := func(payload any) { l.ack(ctx, client, evt.Request.EnvelopeID, payload) }
	r, known := decode(evt, time.Now())
	if !known {
		ack(nil)
		return
	}
	if l.ofAnotherApp(r) {
		l.log.Warn().Str("request_id", r.envelope).Str("app", r.app).Msg("envelope_of_another_app")
		ack(nil)
		return
	}
	l.take(r, ack)
}

// receive acknowledges a request and hands it over to the queue. The place in
// the queue is taken first, so that the acknowledgement can say that there is
// none; the work begins after it.
func (b *Bot) receive(r *request, ack func(payload any)) {
	route, ok := b.routes.find(r.family, r.name)
	if !ok {
		b.log.Warn().Str("family", string(r.family)).Str("name", r.name).Msg("no_route")
		ack(nil)
		return
	}
	if route.suggest != nil { // its answer is the acknowledgement
		queued := b.queue.Do(r.lane(true), func() {
			ack(b.suggest(r, route))
			b.observeAck(time.Since(r.at))
		})
		if !queued {
			ack(noOptions)
		}
		return
	}
	if r.tap != "" && !b.taps.begin(r.tap) {
		b.log.Debug().Str("request_id", r.envelope).Str("user", r.user).Msg("tap_repeated")
		ack(nil)
		return
	}
	var payload any
	if route.pending != nil {
		if payload, ok = route.pending(r); !ok {
			ack(b.markedPayload(payload))
			return
		}
	}
	acked := make(chan struct{})
	b.unserved.Add(1)
	queued := b.queue.Do(r.lane(route.open != nil), func() {
		<-acked
		b.unserved.Add(-1)
		defer b.taps.end(r.tap)
		b.serve(r, route)
	})
	if !queued {
		b.unserved.Add(-1)
		b.taps.end(r.tap)
		payload = b.busy(r)
	}
	ack(b.markedPayload(payload))
	if r.acked.IsZero() { // else the reception has acknowledged it
		r.acked = time.Now()
	}
	close(acked)
	b.observeAck(r.acked.Sub(r.at))
}
