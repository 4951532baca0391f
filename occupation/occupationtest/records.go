package occupationtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// RecordsHarness is a sheet under test with its people and its line.
type RecordsHarness struct {
	Records occupation.Records // the sheet holds Shop's spools in that order and an empty audit log
	Zone    *time.Location     // the shop's
	// Audit returns the IDs in the audit log as a person sees it, in order.
	Audit func() []string
	// Cut cuts the line of the next sending, before or after the sheet has
	// applied it.
	Cut func(applied bool)
	// Late cuts the line of the next sending, which reaches the sheet only when
	// the function that it returns is called.
	Late func() (arrive func())
	// Move lets people bring the rows of the spools into another order now,
	// unseen by what was read before.
	Move func()
}

// Shop returns the spools that the sheet under test holds: with
// materials, free, and the TAG D-1 in two rows.
func Shop(zone *time.Location) []occupation.Spool {
	var out []occupation.Spool
	for _, tag := range []string{"A-1", "A-2", "D-1", "A-3", "A-4", "D-1", "A-5"} {
		out = append(out, occupation.Spool{Tag: tag, NV: "NV0650", Materials: time.Date(2026, 11, 2, 0, 0, 0, 0, zone)})
	}
	return out
}

// TestRecords checks an occupation.Records against its contract. open is called
// once per test and returns a sheet of its own.
func TestRecords(t *testing.T, open func(t *testing.T) RecordsHarness) {
	tests := []struct {
		name string
		run  func(r *recordsTest)
	}{
		{"the book has every spool", bookHasAll},
		{"what cannot be written is refused by event", prepareRefuses},
		{"a commit writes cells and audit rows", commitWrites},
		{"a finish clears the cells and writes its date", commitFinishes},
		{"a commit without cells writes its audit row alone", commitAuditOnly},
		{"text stays text", commitText},
		{"a commit that is sent twice lands once", commitTwice},
		{"an answer that is lost after landing", commitCutAfter},
		{"an answer that is lost before landing", commitCutBefore},
		{"the stamp of another commit is refused", commitStampTaken},
		{"what was resolved as not landed never lands", resolveBurns},
		{"what was resolved as landed has landed", resolveLanded},
		{"a sending that arrives after the burning is nothing", lateAfterBurn},
		{"a sending that arrives before the resolving has landed", lateBeforeResolve},
		{"rows that people move get nothing for good", movedRows},
		{"recovery learns of moved rows too", movedRowsResolved},
		{"the ledger knows fences and open takes", ledgerKnows},
		{"the log tells the newest first", logNewestFirst},
		{"the log by spool, worker and time", logByQuery},
		{"a call whose time is over says so", recordsContext},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			t.Cleanup(cancel)
			tt.run(&recordsTest{T: t, ctx: ctx, RecordsHarness: open(t)})
		})
	}
}

// recordsTest is one test with its sheet.
type recordsTest struct {
	*testing.T
	RecordsHarness
	ctx   context.Context
	fence int64
}

func (r *recordsTest) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// change is an accepted intent's change, as the core makes it.
func (r *recordsTest) change(kind occupation.Kind, event, tag string) occupation.Change {
	r.fence++
	at := time.Date(2026, 11, 23, 9, 30, int(r.fence), 0, r.Zone)
	in := occupation.Intent{
		Event: event, Kind: kind, Key: occupation.TagKey(tag), Tag: tag, Operation: occupation.ARM, Worker: mauricio,
		Fence: r.fence, Since: at, Deadline: at.Add(time.Hour), At: at,
	}
	if kind == occupation.Complete {
		in.Date = occupation.Midnight(at)
	}
	return in.Change()
}

// prepare makes the commit of the changes, none of which may be refused.
func (r *recordsTest) prepare(id string, changes ...occupation.Change) occupation.Commit {
	r.Helper()
	draft, err := r.Records.Prepare(r.ctx, changes)
	r.ok(err)
	if len(draft.Refused) > 0 {
		r.Fatalf("refused: %v", draft.Refused)
	}
	var stamp int32 = 7
	for _, c := range id {
		stamp = stamp*31%1_000_003 + c
	}
	return occupation.Commit{ID: id, Stamp: stamp, Changes: changes, Plan: draft.Plan, Sent: time.Now()}
}

// land commits and wants it landed with nothing left over.
func (r *recordsTest) land(c occupation.Commit) {
	r.Helper()
	receipt, err := r.Records.Commit(r.ctx, c)
	r.ok(err)
	if len(receipt.Owed) > 0 || receipt.Remainder != nil {
		r.Fatalf("landed with %+v", receipt)
	}
}

// unknown commits and wants that nobody can tell.
func (r *recordsTest) unknown(c occupation.Commit) *occupation.Unknown {
	r.Helper()
	_, err := r.Records.Commit(r.ctx, c)
	u, ok := errors.AsType[*occupation.Unknown](err)
	if !ok {
		r.Fatalf("error %v, want *Unknown", err)
	}
	return u
}

// refused commits and wants a certain no.
func (r *recordsTest) refused(c occupation.Commit) *occupation.Refused {
	r.Helper()
	_, err := r.Records.Commit(r.ctx, c)
	no, ok := errors.AsType[*occupation.Refused](err)
	if !ok {
		r.Fatalf("error %v, want *Refused", err)
	}
	return no
}

func (r *recordsTest) resolve(c occupation.Commit, want bool) occupation.Receipt {
	r.Helper()
	landed, receipt, err := r.Records.Resolve(r.ctx, c)
	r.ok(err)
	if landed != want {
		r.Fatalf("landed %v, want %v", landed, want)
	}
	return receipt
}

func (r *recordsTest) logged(want ...string) {
	r.Helper()
	if got := r.Audit(); fmt.Sprint(got) != fmt.Sprint(want) {
		r.Errorf("audit rows %q, want %q", got, want)
	}
}

func (r *recordsTest) spool(tag string) occupation.Spool {
	r.Helper()
	book, err := r.Records.Book(r.ctx, 0)
	r.ok(err)
	s, missing := book.Find(tag)
	if missing != nil {
		r.Fatal(missing)
	}
	return s
}

// heldBy wants exactly these spools occupied, "A-1 A-3".
func (r *recordsTest) heldBy(label, want string) {
	r.Helper()
	for _, maxAge := range []time.Duration{time.Minute, 0} { // our own commits are in every book
		book, err := r.Records.Book(r.ctx, maxAge)
		r.ok(err)
		held := map[string]bool{}
		for _, s := range book.Spools {
			if s.HeldBy == "" && s.Since.IsZero() {
				continue
			}
			held[s.Tag] = true
			if s.HeldBy != label || s.Since.IsZero() {
				r.Errorf("%s held by %q since %v, want %q", s.Tag, s.HeldBy, s.Since, label)
			}
		}
		got := ""
		for _, tag := range []string{"A-1", "A-2", "A-3", "A-4", "A-5", "D-1"} {
			if held[tag] {
				got += " " + tag
			}
		}
		if got = trim(got); got != want {
			r.Errorf("held: %q, want %q (book at most %v old)", got, want, maxAge)
		}
	}
}

func trim(s string) string {
	if s == "" {
		return ""
	}
	return s[1:]
}
