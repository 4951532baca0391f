package sheet_test

import (
	"context"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// A move that was given up never comes, neither minutes after the next one nor after
// the program was told to stop: it would take rows that stand there by then.
func TestAMoveThatWasGivenUpNeverComes(t *testing.T) {
	for name, stopped := range map[string]bool{"and made anew": false, "and the program stopped": true} {
		bubbleRun(t, name, func(t *testing.T) {
			s := open(t, sheetsim.Options{}, logBook(seam(200)...), sheet.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if stopped {
				s.line.before = cancel
			}
			arrive := s.line.late()
			if done, err := s.Archive(ctx, 2025, cutoff, func(int, int) {}); (err != nil) != stopped || (done == 0) != stopped {
				t.Errorf("%d rows, %v", done, err)
			}
			passes(time.Minute)
			version := s.sim.Version()
			arrive()
			if s.sim.Version() != version {
				t.Error("it came all the same")
			}
		})
	}
}

// The end of the log is read again when rows have moved between the two reads: moved up
// by an archive, or down by rows that are put back.
func TestTheTailIsReadAgainWhenRowsMoved(t *testing.T) {
	for name, e := range map[string]sheetsim.Edit{
		"up":   {Kind: "delete_rows", Sheet: "Metadata", At: 2, Count: 150, When: sheetsim.AfterNextRead},
		"down": {Kind: "insert_rows", Sheet: "Metadata", At: 300, Count: 30, When: sheetsim.AfterNextRead},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			s := open(t, sheetsim.Options{}, logBook(seam(200)...), sheet.Options{})
			s.edit(e)
			if l, err := s.Ledger(t.Context()); err != nil || l.Fence != 399 {
				t.Errorf("the fence is %d, %v; want 399", l.Fence, err)
			}
		})
	}
}
