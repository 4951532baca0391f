package bot

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/view"
)

// Shop is one of those that share an app.
type Shop struct {
	Site        string
	Supervisors string // the id of its channel; empty = none
}

// ReceptionOptions is what a Reception is made of. All fields are required.
type ReceptionOptions struct {
	API    *slack.Client             // from NewSlack
	Socket func() *socketmode.Client // from NewSlack
	HTTP   *http.Client              // from NewSlack
	Shops  []Shop                    // all of the app, whether they are served or not
	Log    zerolog.Logger
}

// Reception is where people come in to an app that several shops share. It has the
// app's sockets, and hands each request to the bot of the shop that it is for: by the
// mark of the button or the form, by the supervisors' channel, or by who the person
// is (shoppers.go). Each bot judges everything again, as if it were alone: the
// reception decides where something goes, and never what may be done.
//
// A shop that is not served now is simply not there: its people are told so, and the
// others notice nothing.
type Reception struct {
	api   *slack.Client
	hc    *http.Client
	log   zerolog.Logger
	shops []Shop
	line  *line
	allow *allowance
	queue *queue
	work  context.Context // the life of what is under way
	end   context.CancelFunc

	mu     sync.Mutex
	served map[string]*Bot // by site

	arrived chan struct{} // a shop is served
	people  shoppers
	looking sync.WaitGroup // the questions to shops
}

// NewReception returns a reception that serves once Run runs.
func NewReception(o ReceptionOptions) *Reception {
	d := &Reception{api: o.API, hc: o.HTTP, log: o.Log, shops: o.Shops, allow: &allowance{}, served: map[string]*Bot{}, arrived: make(chan struct{}, 1)}
	d.line = &line{newSocket: o.Socket, log: o.Log, onEnvelope: func() {}, take: d.take}
	d.queue = newQueue(maxRunning, maxPerPerson, maxWaiting, func(lane string, p any) {
		d.log.Error().Str("lane", lane).Str("panic", fmt.Sprint(p)).Msg("job_panicked")
	})
	d.work, d.end = context.WithCancel(context.Background())
	return d
}

const (
	receptionWait  = 10 * time.Second // for the others, once a shop is served
	receptionDrain = time.Second      // what waits there is handed over in less
	receptionPause = 5 * time.Second  // until a token that was refused is tried again
	receptionMost  = time.Minute
)

// Run serves from when the shops are there until ctx ends; then nothing is on its way
// to a shop any more. The bots should end after it. A token that Slack refuses is logged and tried again.
func (d *Reception) Run(ctx context.Context) {
	d.awaitShops(ctx)
	for pause := receptionPause; ; pause = min(2*pause, receptionMost) {
		err := d.line.listen(ctx)
		if ctx.Err() != nil {
			break
		}
		d.log.Error().Err(err).Dur("again_in", pause).Msg("app_not_served")
		_ = wait(ctx, pause)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), receptionDrain)
	defer cancel()
	if err := d.queue.Drain(drain); err != nil {
		d.log.Warn().Err(err).Msg("stopped_with_work_left")
	}
	d.end()
	d.looking.Wait()
}

// awaitShops waits until all shops are served, and not much longer than until the
// first one is: another replica may be serving their people meanwhile.
func (d *Reception) awaitShops(ctx context.Context) {
	var late <-chan time.Time
	for ctx.Err() == nil {
		switch n := len(d.all()); {
		case n == len(d.shops):
			return
		case n > 0 && late == nil:
			late = time.After(receptionWait)
		}
		select {
		case <-d.arrived:
		case <-late:
			return
		case <-ctx.Done():
		}
	}
}

// open lets people in to a shop until ctx ends.
func (d *Reception) open(ctx context.Context, b *Bot) {
	d.mu.Lock()
	d.served[b.site] = b
	d.mu.Unlock()
	select {
	case d.arrived <- struct{}{}:
	default:
	}
	<-ctx.Done()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.served[b.site] == b {
		delete(d.served, b.site)
	}
}

// at is the bot of a shop, nil while it is not served.
func (d *Reception) at(site string) *Bot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.served[site]
}

// all are the bots of the shops that are served, in the order of the shops.
func (d *Reception) all() []*Bot {
	var out []*Bot
	for _, s := range d.shops {
		if b := d.at(s.Site); b != nil {
			out = append(out, b)
		}
	}
	return out
}

// has reports whether a shop of that name is of this app.
func (d *Reception) has(site string) bool {
	return slices.ContainsFunc(d.shops, func(s Shop) bool { return s.Site == site })
}

// servedSites are the shops that are there.
func (d *Reception) servedSites() []string {
	var out []string
	for _, b := range d.all() {
		out = append(out, b.site)
	}
	return out
}

func (d *Reception) sites() []string {
	out := make([]string, len(d.shops))
	for i, s := range d.shops {
		out[i] = s.Site
	}
	return out
}

// take acknowledges what need not be answered with the acknowledgement, and lets it
// wait in the person's line until it is found out for which shop it is. Forms and what
// is typed into them say so themselves.
func (d *Reception) take(r *request, ack func(payload any)) {
	answered := r.family == submission || r.family == suggestion
	if answered {
		if b := d.at(r.site); b != nil {
			d.hand(b, r, ack)
			return
		}
	}
	acked := make(chan struct{})
	queued := d.queue.Do(r.user, func() {
		<-acked
		if answered {
			d.route(r, ack)
		} else {
			d.route(r, d.late(r))
		}
	})
	switch {
	case !queued:
		d.log.Warn().Str("request_id", r.envelope).Str("user", r.user).Msg("reception_full")
		ack(refusal(r, view.ShopAway("", nil)))
	case !answered:
		ack(nil)
		r.acked = time.Now()
	}
	close(acked)
}

// late takes what a bot would have said with the acknowledgement of a request that is
// acknowledged already.
func (d *Reception) late(r *request) func(payload any) {
	return func(payload any) {
		m, ok := payload.(*slack.WebhookMessage)
		if !ok || r.from.Hook == "" {
			return
		}
		ctx, cancel := context.WithTimeout(d.work, callTimeout)
		defer cancel()
		logged(d.log.WithContext(ctx), respond(ctx, d.hc, r.from.Hook, m), "busy_not_said")
	}
}

// hand gives a request to a shop.
func (d *Reception) hand(b *Bot, r *request, ack func(payload any)) {
	b.onEnvelope()
	b.receive(r, ack)
}
