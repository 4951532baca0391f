// Package bot is the Slack side of spoolbot: it listens on two Socket Mode
// connections, acknowledges at once, carries requests out in order per person,
// and shows the answers as view makes them.
//
// A request goes one way: socket.go (acknowledge) -> queue.go -> router.go (who
// is it, seen before?) -> a handler (commands.go, buttons.go, batch.go, home.go)
// -> the core -> view -> answer.go. Errors become words in problem.go alone.
//
// Where several shops share an app, its envelopes come in by a Reception, which finds
// the bot of the right shop (reception.go); all else is as in a shop alone.
//
// It imports the core, view and slack-go; never Redis or Google, which come in
// through Core and Memory. It decides no rule about spools, and keeps nothing
// that could not be lost.
package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Core is what the bot asks of the core; *occupation.Service is one. The comments
// there say which codes come back.
type Core interface {
	Take(ctx context.Context, r occupation.Request, op occupation.Operation, tags []string) ([]occupation.Result, error)
	Pause(ctx context.Context, r occupation.Request, targets []occupation.Target) ([]occupation.Result, error)
	Complete(ctx context.Context, r occupation.Request, targets []occupation.Target, day time.Time) ([]occupation.Result, error)
	Find(ctx context.Context, tag string) (occupation.Status, error)
	StatusOf(ctx context.Context, spools []occupation.Spool) ([]occupation.Status, error)
	HeldBy(ctx context.Context, worker int) ([]occupation.Status, error)
	Held(ctx context.Context) ([]occupation.Status, error)
	Board(ctx context.Context) (occupation.Board, error)
	Look(ctx context.Context, before *occupation.Look) (*occupation.Look, error)
	Book(ctx context.Context) (*occupation.Book, error)
	Free(ctx context.Context, w occupation.Worker, op occupation.Operation, query string, limit int) ([]occupation.Spool, error)
	Worker(ctx context.Context, id int) (occupation.Worker, error)
	WorkerBySlack(ctx context.Context, slackID string) (occupation.Worker, error)

	Extend(ctx context.Context, r occupation.Request, targets []occupation.Target, ext occupation.Extension) ([]occupation.Result, error)
	Release(ctx context.Context, r occupation.Request, target occupation.Target, reason string) (occupation.Result, error)
	PauseReason(ctx context.Context, r occupation.Request, target occupation.Target, reason string) (occupation.Result, error)
	Revert(ctx context.Context, r occupation.Request, targets []occupation.Target, undoes occupation.Kind) ([]occupation.Result, error)
	Retain(ctx context.Context, r occupation.Request, target occupation.Target, reason string) (occupation.Result, error)
	Lift(ctx context.Context, r occupation.Request, tag, was string) (occupation.Result, error)
	Stopped(ctx context.Context) ([]occupation.Spool, error)
	OfferTransfer(ctx context.Context, r occupation.Request, target occupation.Target, to int, reason string) (offer, replaced occupation.Offer, err error)
	AcceptTransfer(ctx context.Context, r occupation.Request, id string) (occupation.Result, occupation.Offer, error)
	AnswerOffer(ctx context.Context, worker int, id string) (occupation.Offer, error)
	WaitFor(ctx context.Context, r occupation.Request, tag string) (place int, st occupation.Status, err error)
	StopWaiting(ctx context.Context, worker int, tag string) error

	History(ctx context.Context, r occupation.Request, q occupation.HistoryQuery) (occupation.History, error)
	ClaimLink(ctx context.Context, slackID string, worker int) (occupation.Claimed, error)
	DropClaim(ctx context.Context, id string) error
	ClaimTold(ctx context.Context, id string) error
	Pending(ctx context.Context, slackID string) ([]occupation.LinkClaim, error)
	ApproveClaim(ctx context.Context, r occupation.Request, id string) (occupation.Linked, error)
	RefuseClaim(ctx context.Context, r occupation.Request, id, reason string) (occupation.Linked, error)
	SetLink(ctx context.Context, r occupation.Request, change occupation.Relink) (occupation.Linked, error)
	MayLink(ctx context.Context, worker int) error
	Unlinked(ctx context.Context, query string, limit int) ([]occupation.Worker, error)
	Workers(ctx context.Context, query string, limit int) ([]occupation.Worker, error)
	AnyWorker(ctx context.Context, id int) (occupation.Worker, error)

	DigestDue(kind occupation.DigestKind, now time.Time) occupation.Period
	Digest(ctx context.Context, p occupation.Period) (occupation.Digest, error)

	Sweep(ctx context.Context) (occupation.Swept, error)
	Reconcile(ctx context.Context) ([]occupation.Finding, error)
	Review(ctx context.Context, r occupation.Request, putRight bool) ([]occupation.Finding, error)
	Told(ctx context.Context, events ...string) error
	Now() time.Time
	Time(ctx context.Context) (time.Time, error)
}

var _ Core = (*occupation.Service)(nil)

// Options is what a Bot is made of. Fields without a default are required.
type Options struct {
	API    *slack.Client             // from NewSlack
	Socket func() *socketmode.Client // from NewSlack
	HTTP   *http.Client              // from NewSlack; posts to response URLs
	Core   Core
	Memory Memory // nil = in this process
	Diary  Diary  // nil = jobs are this process's own
	Tally  Tally  // nil = counts are this process's own
	Zone   *time.Location
	Log    zerolog.Logger
	// Replica is the unique name of this process among all that serve the shop.
	Replica string
	// Reception is that of the app where several shops share it, and Site which of them
	// this is; then Socket is not needed. nil = the app is this shop's own.
	Reception *Reception
	Site      string
	// Supervisors is the id of the channel that hears of what nobody answered.
	Supervisors string
	Alerts      AlertLimits // zero = DefaultAlerts
	// OnEnvelope is told of every envelope before it is acknowledged; it must not
	// block. OnAck is told how long each acknowledgement took.
	OnEnvelope func()
	OnAck      func(time.Duration)
	// OnOperation is told of each result of what people did: the code, empty when it
	// is done, and how long they waited for it.
	OnOperation func(occupation.Kind, occupation.Code, time.Duration)
	// OnFound is told of each difference between sheet and locks that reconciling by
	// itself has found.
	OnFound func(occupation.FindingKind)
}

// Bot serves one shop. It is safe for use by many goroutines.
type Bot struct {
	api         *slack.Client
	hc          *http.Client
	core        Core
	memory      Memory
	zone        *time.Location
	log         zerolog.Logger
	diary       Diary
	replica     string
	reception   *Reception // nil = the app is this shop's own
	site        string     // where there is one
	onEnvelope  func()
	supervisors string
	observeAck  func(time.Duration)
	onOperation func(occupation.Kind, occupation.Code, time.Duration)
	onFound     func(occupation.FindingKind)

	routes  routes
	queue   *queue
	sorry   *queue // tells people that the queue is full
	allow   *allowance
	line    *line
	dms     channels
	workers linked
	checks  checks
	bosses  bossNews
	leads   atomic.Bool // the jobs
	homes   homes
	home    atomic.Pointer[slack.AuthTestResponse]
	jobs    context.Context // the life of all work, which outlasts the sockets
	endJobs context.CancelFunc

	unserved atomic.Int64 // requests that wait in the queue

	edits     edits
	taps      taps
	board     boardSeen
	tally     Tally
	pending   pendingCounts
	limits    AlertLimits
	locksAway locksAway // written by the watch of it alone
	sheetAway time.Time // since when the sheet does not answer; written by the alerts' job alone
}

// How much may be under way.
const (
	maxRunning   = 256 // people whose request is being carried out at the same time
	maxPerPerson = 20  // requests of one person that wait
	maxWaiting   = 2000
	drainTime    = 13 * time.Second // the core has the other 6 s of the 20 that a stop may take
)

// New returns a bot that serves once Run runs.
func New(o Options) *Bot {
	b := &Bot{
		api: o.API, hc: o.HTTP, core: o.Core, memory: o.Memory, zone: o.Zone, log: o.Log,
		diary: o.Diary, tally: o.Tally, limits: o.Alerts, replica: o.Replica, reception: o.Reception, site: o.Site, supervisors: o.Supervisors, observeAck: o.OnAck, onOperation: o.OnOperation, onFound: o.OnFound,
	}
	if b.memory == nil {
		b.memory = &LocalMemory{}
	}
	if b.diary == nil {
		b.diary = &localDiary{}
	}
	if b.tally == nil {
		b.tally = &LocalTally{}
	}
	if b.limits == (AlertLimits{}) {
		b.limits = DefaultAlerts()
	}
	if b.observeAck == nil {
		b.observeAck = func(time.Duration) {}
	}
	if b.onOperation == nil {
		b.onOperation = func(occupation.Kind, occupation.Code, time.Duration) {}
	}
	if b.onFound == nil {
		b.onFound = func(occupation.FindingKind) {}
	}
	panicked := func(lane string, p any) {
		b.log.Error().Str("lane", lane).Str("panic", fmt.Sprint(p)).Msg("job_panicked")
	}
	b.queue = newQueue(maxRunning, maxPerPerson, maxWaiting, panicked)
	b.sorry = newQueue(4, 2, 200, panicked)
	if o.OnEnvelope == nil {
		o.OnEnvelope = func() {}
	}
	if b.onEnvelope = o.OnEnvelope; b.reception != nil {
		b.line, b.allow = b.reception.line, b.reception.allow
	} else {
		b.line, b.allow = &line{newSocket: o.Socket, log: o.Log, onEnvelope: o.OnEnvelope, take: b.receive}, &allowance{}
	}
	b.edits.budget = &b.allow.edits
	b.homes.wake = make(chan struct{}, 1)
	b.jobs, b.endJobs = context.WithCancel(context.Background())
	b.routes = newRoutes(b.table())
	return b
}

// Run serves until ctx ends or Slack refuses a token for good. Then it takes no
// more envelopes, waits up to 13 s for what is under way, and returns; the error
// is nil after an orderly end, also when something was still waiting for Slack: what
// is lost then is in the log. ErrUnserved: people have to ask again.
func (b *Bot) Run(ctx context.Context) error {
	defer b.endJobs()
	err := b.greet(ctx)
	if err == nil {
		err = b.work(ctx)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if late := errors.Join(b.queue.Drain(drain), b.sorry.Drain(drain)); late != nil {
		b.log.Warn().Err(late).Int("edits", b.edits.left()).Msg("stopped_with_work_left")
		if n := b.unserved.Load(); n > 0 {
			err = errors.Join(err, fmt.Errorf("%d %w", n, ErrUnserved))
		}
	}
	return err
}

// ErrUnserved means that the end came before requests of people could be begun.
var ErrUnserved = errors.New("requests were acknowledged and not begun; whoever sent them has to do it again")

// work serves envelopes and does the jobs, until ctx ends or Slack refuses a token
// for good.
func (b *Bot) work(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var jobs sync.WaitGroup
	jobs.Go(func() { b.runJobs(ctx) })
	jobs.Go(func() { b.freshenHomes(ctx) })
	err := b.listen(ctx)
	stop()
	jobs.Wait()
	return err
}

// listen lets people in until ctx ends, or Slack refuses the token for good.
func (b *Bot) listen(ctx context.Context) error {
	if b.reception == nil {
		return b.line.listen(ctx)
	}
	b.reception.open(ctx, b)
	return nil
}

// greet asks Slack who the bot is, and so which workspace is ours. It goes on
// asking until Slack answers.
func (b *Bot) greet(ctx context.Context) error {
	for pause := time.Second; ; pause = min(2*pause, openMost) {
		var home *slack.AuthTestResponse
		err := once(ctx, callTimeout, func(ctx context.Context) (err error) {
			home, err = b.api.AuthTestContext(ctx)
			return err
		})
		switch {
		case err == nil:
			b.home.Store(home)
			b.log.Info().Str("team", home.TeamID).Str("bot", home.UserID).Msg("slack_greeted")
			return nil
		case ctx.Err() != nil:
			return nil
		case fatalAuth(err):
			return fmt.Errorf("slack: auth.test: %w", err)
		}
		b.log.Warn().Err(err).Msg("slack_not_there")
		if wait(ctx, pause) != nil {
			return nil
		}
	}
}

// clock is the moment for which a view is made.
func (b *Bot) clock() view.Clock { return view.Clock{Now: b.core.Now().In(b.zone), Zone: b.zone} }

// asks is the core's request for what a person asks.
func (b *Bot) asks(r *request) occupation.Request {
	return occupation.Request{Key: r.key(), Worker: r.worker.ID, Now: b.core.Now().In(b.zone)}
}
