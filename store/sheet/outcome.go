package sheet

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/googleapi"
)

// outcomeKind says what an error of a call means for what it was to do.
type outcomeKind int

const (
	unknown outcomeKind = iota // it may have been applied
	refused                    // for certain it was not
	waits                      // for certain it was not, and may be asked again later
)

// outcome is the meaning of one failed call.
type outcome struct {
	kind    outcomeKind
	code    int           // of HTTP, 0 when there was no answer
	request int           // the request of the batch that is to blame, -1 = not said
	wait    time.Duration // when kind is waits
}

// longestWait is more than a fixed minute, which is how the quota is refilled.
const longestWait = 65 * time.Second

var blamed = regexp.MustCompile(`^Invalid requests\[(\d+)\]`)

// outcomeOf reads an error by code, form and prefix, never by its sentence,
// which is in the language of the sheet. SHEETS.md 4: 4xx means not applied,
// except 408 and 409; 429 was rejected before any work; all else, and whatever
// is not Google's own JSON, is unknown.
func outcomeOf(err error, now time.Time) outcome {
	out := outcome{request: -1}
	e, ok := errors.AsType[*googleapi.Error](err)
	if !ok {
		if neverSent(err) {
			out.kind = refused
		}
		return out
	}
	out.code = e.Code
	switch {
	case e.Code == http.StatusTooManyRequests:
		out.kind, out.wait = waits, waitAfter(e.Header.Get("Retry-After"), now)
	case e.Code < 400 || e.Code >= 500, e.Code == http.StatusRequestTimeout, e.Code == http.StatusConflict:
	case !strings.HasPrefix(strings.TrimSpace(e.Body), "{"): // a proxy's page
	default:
		out.kind = refused
		if m := blamed.FindStringSubmatch(e.Message); m != nil {
			out.request, _ = strconv.Atoi(m[1]) // digits
		}
	}
	return out
}

// neverSent reports whether no line was ever open: nothing can have arrived.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}

// waitAfter is how long a 429 asks to wait. In practice it does not say, and
// the window is a fixed minute. Jitter keeps replicas out of step. SHEETS.md 0.6.
func waitAfter(header string, now time.Time) time.Duration {
	wait := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	if n, err := strconv.Atoi(header); err == nil && n >= 0 {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = max(at.Sub(now), 0)
	}
	return min(wait+rand.N(2*time.Second)+50*time.Millisecond, longestWait)
}

// unavailable is what a failed read means for people.
func unavailable(err error) *occupation.Error {
	if e, ok := errors.AsType[*occupation.Error](err); ok {
		return e
	}
	return &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Err: err}
}
