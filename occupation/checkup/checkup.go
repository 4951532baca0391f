// Package checkup has the words in which the parts of spoolbot say what they
// found when `spoolbot doctor` asked them: one finding per thing that was looked
// at, with what to do about it. The parts that know Slack, the sheet and Redis
// make the findings, each for itself; cmd prints them.
//
// Findings are for the person who installs the program, in English like all that
// it says on a terminal. They never hold a secret. The package imports the
// standard library only and looks at nothing by itself.
package checkup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Status says how bad a finding is.
type Status string

// The statuses. Only Fail keeps the program from doing its work; what cannot be
// checked from here is a Warn.
const (
	OK   Status = "ok"
	Warn Status = "warn"
	Fail Status = "fail"
)

// Finding is the result of looking at one thing.
type Finding struct {
	Check  string `json:"check"` // what was looked at, as slack-scopes
	Status Status `json:"status"`
	What   string `json:"what"`          // one line
	Todo   string `json:"todo"`          // what to do about it, one line; empty when it is OK
	Site   string `json:"site,omitzero"` // which of several shops; empty = the one there is, or the machine
}

// Patience is how long one check may take.
const Patience = 10 * time.Second

// Tell takes the findings one after the other, as they are made.
type Tell func(Finding)

// OK tells that a thing is as it must be.
func (t Tell) OK(check, format string, args ...any) {
	t(Finding{Check: check, Status: OK, What: fmt.Sprintf(format, args...)})
}

// Warn tells of something that does not stop the work, or that could not be
// looked at.
func (t Tell) Warn(check, what, todo string) {
	t(Finding{Check: check, Status: Warn, What: what, Todo: todo})
}

// Fail tells of something that must be put right.
func (t Tell) Fail(check, what, todo string) {
	t(Finding{Check: check, Status: Fail, What: what, Todo: todo})
}

// Skipped tells that something was not looked at because of another fault.
func (t Tell) Skipped(check, what, because string) {
	t.Warn(check, "not looked at: "+what, "put right "+because+" first, and run doctor again")
}

// Within runs one check with Patience.
func Within(ctx context.Context, check func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	check(ctx)
}

// Cause is the text of a fault in one line, without the address that was asked
// for: it may hold a ticket, and is long.
func Cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", Patience)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
