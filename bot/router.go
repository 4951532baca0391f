package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// handler does what a request asks for: decode, one call of the core, one view,
// send. An error of it becomes words in problem.go.
type handler func(ctx context.Context, r *request) error

// route says who answers to one command, button, form, select or shortcut.
type route struct {
	family family
	name   string
	handle handler
	// open gives the modal that is opened first of all, without waiting behind the
	// person's other work: a trigger_id lives for three seconds. The worker of the
	// request is there if that was quick to find out. nil = none is.
	open func(r *request) (slack.ModalViewRequest, error)
	// strangers: it is served to people who are no worker, too; its form and its
	// options only to those who may become one.
	strangers bool
	// pending answers a submission at once; false = that was all.
	pending func(r *request) (payload any, carryOn bool)
	// suggest gives the options of a select; handle is not called.
	suggest func(ctx context.Context, r *request) (any, error)
}

// routes are the router's maps, one for each family.
type routes map[family]map[string]route

func newRoutes(list []route) routes {
	out := routes{}
	for _, r := range list {
		if out[r.family] == nil {
			out[r.family] = map[string]route{}
		}
		out[r.family][r.name] = r
	}
	return out
}

func (rs routes) find(f family, name string) (route, bool) {
	r, ok := rs[f][name]
	return r, ok
}

// jobTimeout bounds the work for one request, all its waits included.
const jobTimeout = 90 * time.Second

// serve carries out one request and logs its outcome in one line: who, what, how
// long and with which code, and nothing that people wrote.
func (b *Bot) serve(r *request, route route) {
	ctx, cancel := context.WithTimeout(b.jobs, jobTimeout)
	defer cancel()
	log := b.log.With().Str("request_id", r.envelope).Str("user", r.user).Str(string(r.family), r.name).Logger()
	ctx = occupation.WithTrace(log.WithContext(ctx), r.envelope)
	if !b.first(ctx, r.seen) {
		log.Info().Msg("request_seen_before")
		return
	}
	if b.repeated(ctx, r.tap) {
		log.Info().Msg("tap_repeated")
		return
	}
	err := b.attempt(ctx, r, route)
	if err != nil {
		b.showProblem(ctx, r, err)
	}
	b.logOutcome(log, r, err)
}

// logOutcome writes the one line. A typed error's own text stays out: it may
// quote what people wrote; its cause does not.
func (b *Bot) logOutcome(log zerolog.Logger, r *request, err error) {
	level := zerolog.InfoLevel
	if e, ok := errors.AsType[*occupation.Error](err); ok {
		log = log.With().Str("reason", string(e.Reason)).AnErr("cause", e.Err).Logger()
	} else if err != nil && !isStranger(err) {
		level, log = zerolog.ErrorLevel, log.With().Err(err).Logger()
	}
	log.WithLevel(level).Str("code", outcome(r, err)).Dur("ack", r.acked.Sub(r.at)).Dur("took", time.Since(r.at)).Msg("request")
}

// attempt identifies the person and calls the handler; a panic in it is a fault
// of this request alone.
func (b *Bot) attempt(ctx context.Context, r *request, route route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			zerolog.Ctx(ctx).Error().Str("stack", string(debug.Stack())).Msg("request_panicked")
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if route.open != nil {
		if err := b.openFirst(ctx, r, route); err != nil {
			return err
		}
	}
	r.worker, r.refused = b.identify(ctx, r)
	b.noteStanding(r.user, standingOf(r.worker, r.refused))
	if r.refused != nil && !route.strangers {
		return r.refused
	}
	b.workers.put(r.worker.ID, r.user)
	return route.handle(ctx, r)
}

// openFirst opens the modal within the life of the trigger: after a look at who
// asks, which is usually a matter of milliseconds, but without waiting for it.
func (b *Bot) openFirst(ctx context.Context, r *request, route route) error {
	look, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	w, err := b.identify(look, r)
	switch {
	case look.Err() != nil, errors.Is(err, unchecked), route.strangers && unlinked(err):
	case err != nil:
		return err
	}
	r.worker = w
	modal, err := route.open(r)
	if err != nil {
		return err
	}
	return b.openModal(ctx, r, modal)
}

const lookTimeout = 500 * time.Millisecond

// outcome is the code that the log and the metrics get.
func outcome(r *request, err error) string {
	switch code := occupation.CodeOf(err); {
	case code != "":
		return string(code)
	case err != nil && isStranger(err):
		return "REFUSED"
	case err != nil:
		return "FAULT"
	case r.code != "":
		return string(r.code)
	default:
		return "ok"
	}
}

func isStranger(err error) bool {
	_, ok := errors.AsType[stranger](err)
	return ok
}

// suggestTimeout leaves time to bring the answer to Slack within its three
// seconds.
const suggestTimeout = 2 * time.Second

// suggest answers a select that people type into. Trouble gives no options: the
// phone has no place for words there.
func (b *Bot) suggest(r *request, route route) any {
	ctx, cancel := context.WithTimeout(b.jobs, suggestTimeout)
	defer cancel()
	log := b.log.With().Str("request_id", r.envelope).Str("user", r.user).Str(string(r.family), r.name).Logger()
	options, err := func() (out any, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		if r.worker, err = b.identify(ctx, r); err != nil && !(route.strangers && unlinked(err)) {
			return nil, err
		}
		return route.suggest(log.WithContext(ctx), r)
	}()
	if err != nil || options == nil {
		options = noOptions
	}
	r.acked = time.Now()
	b.logOutcome(log, r, err)
	return options
}

// noOptions is an empty answer to a select: slack-go's own type leaves the list
// out when it is empty (SLACK.md 2.1).
var noOptions = map[string]any{"options": []any{}}
