package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// Times of calls to Slack.
const (
	callTimeout = 10 * time.Second // one call, waits for a rate limit not counted
	rateWait    = 60 * time.Second // how long a rate limit is waited for, in all
	noHeader    = 5 * time.Second  // 429 without Retry-After
	openTimeout = 2500 * time.Millisecond
)

// patiently makes a call that is not bound to a trigger, with a deadline, and
// makes it again when Slack says 429: only then is it certain that nothing has
// happened (SLACK.md 2.2). It gives up with ctx.
func patiently(ctx context.Context, call func(context.Context) error) error {
	waited := time.Duration(0)
	for {
		err := once(ctx, callTimeout, call)
		pause, limited := rateLimited(err)
		if !limited || waited+pause > rateWait {
			return err
		}
		pause += rand.N(500 * time.Millisecond) // jitter
		waited += pause
		if wait(ctx, pause) != nil {
			return err
		}
	}
}

// insist makes a call whose message must arrive, and makes it again after an
// error that may pass. It may then have been carried out twice, which does less
// harm than not at all.
func insist(ctx context.Context, call func(context.Context) error) error {
	for n := time.Duration(1); ; n++ {
		err := call(ctx)
		if err == nil || n == tries || !mayPass(err) || wait(ctx, n*time.Second) != nil {
			return err
		}
	}
}

const tries = 3

// mayPass reports whether Slack may take another time what it has not taken now.
func mayPass(err error) bool {
	switch slackCode(err) {
	case "", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited":
		return !errors.Is(err, errGone)
	default:
		return false
	}
}

// once makes one call with a deadline.
func once(ctx context.Context, limit time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}

// rateLimited reads how long Slack wants us to wait.
func rateLimited(err error) (time.Duration, bool) {
	if e, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return max(e.RetryAfter, time.Second), true
	}
	// Without the header slack-go gives a StatusCodeError (SLACK.md 2.1).
	if e, ok := errors.AsType[slack.StatusCodeError](err); ok && e.Code == http.StatusTooManyRequests {
		return noHeader, true
	}
	// The error in a 200, as some methods answer.
	if slackCode(err) == "ratelimited" {
		return noHeader, true
	}
	return 0, false
}

// slackCode is the error code of Slack's own that an error carries, else "".
func slackCode(err error) string {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return e.Err
	}
	return ""
}

// fatalAuth reports whether Slack refuses the token for good. slack-go ends its
// sockets on the same codes (SLACK.md 1.1).
func fatalAuth(err error) bool {
	switch slackCode(err) {
	case "invalid_auth", "account_inactive", "not_authed", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope":
		return true
	}
	e, ok := errors.AsType[slack.StatusCodeError](err)
	return ok && e.Code == http.StatusNotFound
}

// pacer keeps to one message a second and channel, after a burst, which Slack
// allows without saying how long (SLACK.md 3.2). It remembers channels of the
// last seconds only.
type pacer struct {
	mu   sync.Mutex
	next map[string]time.Time
}

const (
	pace  = time.Second
	burst = 3
)

// turn waits until a message may go to the channel.
func (p *pacer) turn(ctx context.Context, channel string) error {
	now := time.Now()
	p.mu.Lock()
	if p.next == nil {
		p.next = map[string]time.Time{}
	}
	for c, t := range p.next {
		if t.Before(now) {
			delete(p.next, c)
		}
	}
	at := now
	if t := p.next[channel]; t.After(now) {
		at = t
	}
	p.next[channel] = at.Add(pace)
	p.mu.Unlock()
	return wait(ctx, at.Sub(now)-(burst-1)*pace)
}

// respond posts to a response_url.
func respond(ctx context.Context, hc *http.Client, url string, m *slack.WebhookMessage) error {
	err := patiently(ctx, func(ctx context.Context) error {
		return slack.PostWebhookCustomHTTPContext(ctx, url, hc, m)
	})
	if e, ok := errors.AsType[slack.StatusCodeError](err); ok && e.Code == http.StatusNotFound { // used up (SLACK.md 3.3)
		return fmt.Errorf("response_url: %w", errGone)
	}
	if err != nil {
		// net/http names the URL in its errors; a response_url is a secret.
		return fmt.Errorf("response_url: %w", errors.New(strings.ReplaceAll(err.Error(), url, "...")))
	}
	return nil
}
