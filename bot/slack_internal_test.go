package bot

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestGateSlowsDownAStormOfOpeningsAndForgetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		g := newGate(roundTrip(func(*http.Request) (*http.Response, error) {
			opened++
			return nil, errors.New("refused")
		}))
		open := func(ctx context.Context) {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://slack.test/api/apps.connections.open", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = g.RoundTrip(req)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		for ctx.Err() == nil {
			open(ctx)
		}
		// 0, 1, 3, 7, 15, 31, 61, 91 s, and jitter.
		if opened < 6 || opened > 9 {
			t.Errorf("%d openings in two minutes of storm", opened)
		}
		if err := wait(t.Context(), 5*time.Minute); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		open(t.Context())
		open(t.Context())
		if took := time.Since(began); took < time.Second || took > 2*time.Second {
			t.Errorf("after a calm two openings took %v, want a bit more than 1 s", took)
		}
	})
}

func TestGateLetsOtherMethodsPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }))
		began := time.Now()
		for range 50 {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://slack.test/api/views.open", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = g.RoundTrip(req)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("50 calls waited %v", took)
		}
	})
}

func TestPatientlyWaitsForARateLimitOnly(t *testing.T) {
	limited := &slack.RateLimitedError{RetryAfter: 3 * time.Second}
	cases := map[string]struct {
		errs    []error
		calls   int
		atLeast time.Duration
		fails   bool
	}{
		"done":                {[]error{nil}, 1, 0, false},
		"429 with header":     {[]error{limited, nil}, 2, 3 * time.Second, false},
		"429 without header":  {[]error{slack.StatusCodeError{Code: 429}, nil}, 2, 5 * time.Second, false},
		"ratelimited in 200":  {[]error{slack.SlackErrorResponse{Err: "ratelimited"}, nil}, 2, 5 * time.Second, false},
		"500 may have posted": {[]error{slack.StatusCodeError{Code: 500}}, 1, 0, true},
		"cut line":            {[]error{errors.New("EOF")}, 1, 0, true},
		"too long":            {[]error{&slack.RateLimitedError{RetryAfter: 10 * time.Minute}}, 1, 0, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				began := time.Now()
				err := patiently(t.Context(), func(context.Context) error {
					calls++
					return c.errs[calls-1]
				})
				if calls != c.calls || (err != nil) != c.fails || time.Since(began) < c.atLeast {
					t.Errorf("%d calls, err %v, after %v", calls, err, time.Since(began))
				}
			})
		})
	}
}

func TestPacerAllowsAShortBurstThenOneASecondAndChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pacer
		began := time.Now()
		for range burst + 4 {
			if err := p.turn(t.Context(), "C1"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("%d messages took %v, want 4 s", burst+4, took)
		}
		began = time.Now()
		if err := p.turn(t.Context(), "C2"); err != nil || time.Since(began) != 0 {
			t.Errorf("another channel waited %v (%v)", time.Since(began), err)
		}
	})
}

func TestTypedTextIsWhatThePersonTyped(t *testing.T) {
	cases := map[string]string{
		"MK-1335 ARM":                         "MK-1335 ARM",
		"&lt;!channel&gt; A&amp;B":            "<!channel> A&B",
		"<@U123|mauricio> <#C1|taller> 011":   "mauricio taller 011",
		"<@U123>":                             "U123",
		"<!channel>":                          "channel",
		"<http://mk-1335.cl|mk-1335.cl> SOLD": "mk-1335.cl SOLD",
		"<mailto:a@b.cl>":                     "a@b.cl",
		"&amp;lt;":                            "&lt;",
	}
	for in, want := range cases {
		if got := typed(in); got != want {
			t.Errorf("typed(%q) = %q, want %q", in, got, want)
		}
	}
}
