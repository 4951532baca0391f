package occupationtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// DeskHarness is a desk under test, with the lock store of which it is a part.
type DeskHarness struct {
	LocksHarness
	Desk occupation.Desk // empty when opened
}

// TestDesk checks an occupation.Desk against every sentence of its contract.
// open is called once per test and returns a desk of its own.
func TestDesk(t *testing.T, open func(t *testing.T) DeskHarness) {
	tests := []struct {
		name string
		run  func(d *deskTest)
	}{
		{"an unseeded store has no wait list", waitUnseeded},
		{"who waits is told their place", waitPlaces},
		{"there is nothing to wait for without a lock", waitFree},
		{"who leaves makes room", waitLeave},
		{"who waits is listed in the order of the line", waitListed},
		{"a spool that comes free is the first one's turn, once", turnFirst},
		{"whatever frees a spool begins the turn", turnsBegin},
		{"a spool that is held is nobody's turn", turnHeld},
		{"a stop that is lifted at the sheet begins the turns anew", turnStopped},
		{"after a grace the first has the spool before others", turnAfterGrace},
		{"a take that is put back frees the spool", turnPutBack},
		{"a spool is reserved for the first", turnReserved},
		{"whoever gets the spool waits no more", turnTaken},
		{"who moves up has what is left of the head start", turnMovesUp},
		{"all others are told when the head start is over", turnOthers},
		{"all are told when the first was not", turnAll},
		{"each time that the spool comes free is told", turnAgain},
		{"an offer lasts as long as it says", offerLasts},
		{"an offer replaces an earlier one of the spool", offerReplaces},
		{"an offer is answered by those whom it concerns, once", offerAnswered},
		{"an offer that nobody has answered is taken off, once", offerUnanswered},
		{"what happened to people is news until it is told", newsTold},
		{"only what has landed is news", newsSettled},
		{"news wait for their age", newsAge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			tt.run(&deskTest{lockTest: newLockTest(t, h.LocksHarness), desk: h.Desk})
		})
	}
}

// deskTest is one test with its desk.
type deskTest struct {
	*lockTest
	desk occupation.Desk
}

// wait wants the place of the worker on the spool's list.
func (d *deskTest) wait(key string, who occupation.Holder, want int) {
	d.Helper()
	place, err := d.desk.Wait(d.ctx, occupation.Waiting{Key: key, Tag: "tag of " + key, Worker: who.ID})
	d.ok(err)
	if place != want {
		d.Fatalf("%s waits for %s at place %d, want %d", who.Label, key, place, want)
	}
}

// turns wants these turns and no others, in any case as long as they say, and
// returns until when what is reserved is reserved.
func (d *deskTest) turns(want ...occupation.Turn) time.Time {
	d.Helper()
	got, err := d.desk.Turns(d.ctx)
	d.ok(err)
	var until time.Time
	for i, t := range got {
		if t.First == t.Until.IsZero() {
			d.Errorf("first %v, until %v", t.First, t.Until)
		}
		if t.First {
			until = t.Until
		}
		got[i].Until = time.Time{}
	}
	if !slices.Equal(got, want) {
		d.Fatalf("turns\n got %+v\nwant %+v", got, want)
	}
	return until
}

func turn(key string, who occupation.Holder) occupation.Turn {
	return occupation.Turn{Waiting: occupation.Waiting{Key: key, Tag: "tag of " + key, Worker: who.ID}}
}

func firstTurn(key string, who occupation.Holder) occupation.Turn {
	t := turn(key, who)
	t.First = true
	return t
}

// queue lets nicolas hold a spool for which the workers wait, in this order.
func (d *deskTest) queue(key string, workers ...occupation.Holder) {
	d.Helper()
	d.held(take("taken-"+key, key, nicolas, long))
	for i, who := range workers {
		d.wait(key, who, i+1)
	}
}

// pauses lets the spool's holder pause.
func (d *deskTest) pauses(key string) {
	d.Helper()
	lock := d.lock(key)
	d.carry(d.intend(pause(fmt.Sprint("paused-", key, "-", lock.Fence), key, lock.Holder), occupation.Accepted))
}
