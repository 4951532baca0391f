package occupationtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

func TestLocksInMemory(t *testing.T) {
	t.Parallel()
	occupationtest.TestLocks(t, func(*testing.T) occupationtest.LocksHarness {
		l := occupationtest.NewLocks()
		return occupationtest.LocksHarness{Locks: l, Advance: l.Advance}
	})
}

func TestDeskInMemory(t *testing.T) {
	t.Parallel()
	occupationtest.TestDesk(t, func(*testing.T) occupationtest.DeskHarness {
		l := occupationtest.NewLocks()
		return occupationtest.DeskHarness{LocksHarness: occupationtest.LocksHarness{Locks: l, Advance: l.Advance}, Desk: l}
	})
}

func TestClaimsInMemory(t *testing.T) {
	t.Parallel()
	occupationtest.TestClaims(t, func(*testing.T) occupationtest.ClaimsHarness {
		l := occupationtest.NewLocks()
		return occupationtest.ClaimsHarness{Claims: l, Advance: l.Advance}
	})
}

func TestRecordsInMemory(t *testing.T) {
	t.Parallel()
	occupationtest.TestRecords(t, func(*testing.T) occupationtest.RecordsHarness {
		zone := time.FixedZone("-03", -3*3600)
		r := occupationtest.NewRecords(occupationtest.Shop(zone)...)
		lost := &occupation.Unknown{Err: errors.New("line cut"), Again: true}
		return occupationtest.RecordsHarness{
			Records: r,
			Zone:    zone,
			Audit: func() []string {
				var ids []string
				for _, row := range r.Audit() {
					ids = append(ids, row.ID)
				}
				return ids
			},
			Cut: func(applied bool) {
				r.Fail("Commit", occupationtest.RecordFault{Err: lost, Applied: applied})
			},
			Late: func() func() {
				r.Fail("Commit", occupationtest.RecordFault{Err: lost, Late: true})
				return func() { r.LandLate() }
			},
			Move: r.Move,
		}
	})
}
