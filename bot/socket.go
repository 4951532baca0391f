package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

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

// listen runs both sockets until ctx ends or Slack refuses the token for good.
func (b *Bot) listen(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	refused := make(chan error, twoSockets)
	var sockets sync.WaitGroup
	for n := range twoSockets {
		sockets.Go(func() {
			if wait(ctx, time.Duration(n)*socketShift) != nil {
				return
			}
			if err := b.runSocket(ctx, n); err != nil {
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
func (b *Bot) runSocket(ctx context.Context, n int) error {
	for {
		life, end := context.WithCancelCause(ctx)
		client := b.newSocket()
		var reader sync.WaitGroup
		reader.Go(func() { b.read(life, end, n, client) })
		err := client.RunContext(life)
		end(err)
		reader.Wait()
		switch cause := context.Cause(life); {
		case ctx.Err() != nil:
			return nil
		case fatalAuth(cause):
			b.log.Error().Err(cause).Int("socket", n).Msg("socket_refused")
			return cause
		}
	}
}

// read is the only reader of a client's events. It does nothing but acknowledge
// and hand over: a client whose events are not read goes deaf and loses clicks
// (SLACK.md 0.4). It ends the client when slack-go wants to wait for too long, and
// where it would go on trying with a token that is refused for good.
func (b *Bot) read(ctx context.Context, end context.CancelCauseFunc, n int, client *socketmode.Client) {
	var connected []time.Time
	defer b.up[n].Store(false)
	for {
		select {
		case <-ctx.Done():
			return
		case evt := <-client.Events:
			switch evt.Type {
			case socketmode.EventTypeConnecting, socketmode.EventTypeDisconnect:
				b.up[n].Store(false)
			case socketmode.EventTypeConnected:
				now := time.Now()
				connected = append(connected, now)
				for now.Sub(connected[0]) > time.Minute {
					connected = connected[1:]
				}
				b.connected(n, len(connected))
			case socketmode.EventTypeHello:
				b.up[n].Store(true)
				b.app.Store(&evt.Request.ConnectionInfo.AppID)
				if evt.Request.NumConnections > twoSockets*maxReplicas {
					b.log.Warn().Int("socket", n).Int("connections", evt.Request.NumConnections).Msg("socket_ghosts")
				}
			case socketmode.EventTypeConnectionError:
				e, ok := evt.Data.(*slack.ConnectionErrorEvent)
				if !ok {
					continue
				}
				b.log.Warn().Err(e.ErrorObj).Int("socket", n).Dur("backoff", e.Backoff).Msg("socket_failed")
				_, limited := rateLimited(e.ErrorObj)
				if fatalAuth(e.ErrorObj) || e.Backoff > maxBackoff && !limited {
					end(e.ErrorObj)
				}
			case socketmode.EventTypeErrorWriteFailed:
				b.log.Warn().Int("socket", n).Msg("ack_not_written")
			case socketmode.EventTypeErrorBadMessage:
				b.acknowledgeBroken(ctx, client, evt)
			case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
				b.receive(ctx, client, evt)
			}
		}
	}
}

// Listening reports whether Slack has greeted a socket that is open: whether people
// are heard at all.
func (b *Bot) Listening() bool { return b.up[0].Load() || b.up[1].Load() }

// maxReplicas is how many replicas explain the number of connections that Slack
// believes in; more are ghosts (SLACK.md 1.2).
const maxReplicas = 3

func (b *Bot) connected(n, lately int) {
	if lately > stormAlarm {
		b.log.Warn().Int("socket", n).Int("last_minute", lately).Msg("socket_storm")
		return
	}
	b.log.Info().Int("socket", n).Msg("socket_connected")
}

func (b *Bot) acknowledgeBroken(ctx context.Context, client *socketmode.Client, evt socketmode.Event) {
	bad, ok := evt.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	id := brokenEnvelope(bad.Message)
	b.log.Warn().Err(bad.Cause).Str("envelope_id", id).Msg("envelope_not_understood")
	if id != "" {
		b.ack(ctx, client, id, nil)
	}
}

// ack answers an envelope. The channel behind it holds twenty and is drained by
// the connection only, so it may not wait for ever.
func (b *Bot) ack(ctx context.Context, client *socketmode.Client, id string, payload any) {
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	if err := client.AckCtx(ctx, id, payload); err != nil {
		b.log.Warn().Err(err).Str("envelope_id", id).Msg("ack_failed")
	}
}

// ofAnotherApp reports whether the envelope names another app than the one whose
// socket greeted us. Slack sends none such: whoever does is not Slack. Payloads of
// shortcuts name none.
func (b *Bot) ofAnotherApp(r *request) bool {
	app := b.app.Load()
	return app != nil && *app != "" && r.app != "" && r.app != *app
}

// receive acknowledges an envelope and hands it over to the queue. The place in
// the queue is taken first, so that the acknowledgement can say that there is
// none; the work begins after it.
func (b *Bot) receive(ctx context.Context, client *socketmode.Client, evt socketmode.Event) {
	if evt.Request == nil {
		return
	}
	b.onEnvelope()
	ack := func(payload any) { b.ack(ctx, client, evt.Request.EnvelopeID, payload) }
	r, known := decode(evt, time.Now())
	if !known {
		ack(nil)
		return
	}
	if b.ofAnotherApp(r) {
		b.log.Warn().Str("request_id", r.envelope).Str("app", r.app).Msg("envelope_of_another_app")
		ack(nil)
		return
	}
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
			ack(payload)
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
	ack(payload)
	r.acked = time.Now()
	close(acked)
	b.observeAck(r.acked.Sub(r.at))
}
