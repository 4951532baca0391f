package occupationtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// ClaimsHarness are claims under test.
type ClaimsHarness struct {
	Claims  occupation.Claims   // empty when opened
	Advance func(time.Duration) // moves the store's clock; nil = it cannot be moved
}

// TestClaims checks an occupation.Claims against every sentence of its contract.
// open is called once per test and returns a store of its own.
func TestClaims(t *testing.T, open func(t *testing.T) ClaimsHarness) {
	tests := []struct {
		name string
		run  func(c *claimsTest)
	}{
		{"claims wait in their order", claimsWait},
		{"a person claims one name at a time", claimsReplace},
		{"two people may claim one name", claimsRival},
		{"a claim is taken off once", claimsTaken},
		{"a claim lasts as long as it says", claimsLast},
		{"one replica at a time has a lease", claimsLease},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(&claimsTest{T: t, ctx: t.Context(), ClaimsHarness: open(t)})
		})
	}
}

type claimsTest struct {
	*testing.T
	ctx context.Context
	ClaimsHarness
}

func someClaim(id, slack string, who occupation.Holder) occupation.LinkClaim {
	return occupation.LinkClaim{ID: id, SlackID: slack, Worker: who, Lasts: time.Hour}
}

func (c *claimsTest) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// put remembers a claim, which must replace that of the id, "" = none.
func (c *claimsTest) put(claim occupation.LinkClaim, replaced string) {
	c.Helper()
	was, err := c.Claims.PutClaim(c.ctx, claim)
	c.ok(err)
	if was.ID != replaced {
		c.Fatalf("%s replaces %+v, want %q", claim.ID, was, replaced)
	}
	if c.Advance != nil {
		c.Advance(time.Second)
	}
}

// is wants these claims to wait, by id, in any order.
func (c *claimsTest) is(want ...string) []occupation.LinkClaim {
	c.Helper()
	got, err := c.Claims.Claims(c.ctx)
	c.ok(err)
	c.ids(got, want)
	return got
}

func (c *claimsTest) ids(got []occupation.LinkClaim, want []string) {
	c.Helper()
	ids := make([]string, len(got))
	for i, g := range got {
		ids[i] = g.ID
	}
	slices.Sort(ids)
	if slices.Sort(want); !slices.Equal(ids, want) {
		c.Fatalf("claims %q, want %q", ids, want)
	}
}

func (c *claimsTest) take(ids []string, want ...string) {
	c.Helper()
	got, err := c.Claims.TakeClaims(c.ctx, ids...)
	c.ok(err)
	c.ids(got, want)
}

// over wants these claims to be the ones whose time is over, by id.
func (c *claimsTest) over(want ...string) {
	c.Helper()
	got, err := c.Claims.OverClaims(c.ctx)
	c.ok(err)
	c.ids(got, want)
}

func claimsWait(c *claimsTest) {
	c.is()
	odd := nicolas
	odd.Name = "Ñandú \"Ö\" </b> \u2028 漢字"
	before := time.Now()
	c.put(someClaim("c2", "U2", odd), "")
	c.put(someClaim("c1", "U1", mauricio), "")
	got := c.is("c1", "c2")
	if c.Advance != nil && got[0].ID != "c2" {
		c.Errorf("the first of them is %+v, want the oldest", got[0])
	}
	first := got[slices.IndexFunc(got, func(x occupation.LinkClaim) bool { return x.ID == "c2" })]
	if until := first.Until; until.Before(before.Add(time.Hour-time.Minute)) || until.After(time.Now().Add(time.Hour+time.Minute)) {
		c.Errorf("it waits until %v, want an hour after %v", until, before)
	}
	if first.Until = (time.Time{}); first != someClaim("c2", "U2", odd) {
		c.Errorf("claim\n got %+v\nwant %+v", first, someClaim("c2", "U2", odd))
	}
}

func claimsReplace(c *claimsTest) {
	c.put(someClaim("c1", "U1", nicolas), "")
	c.put(someClaim("c2", "U1", mauricio), "c1")
	c.is("c2")
	c.take([]string{"c1"})
}

func claimsRival(c *claimsTest) {
	c.put(someClaim("c1", "U1", nicolas), "")
	c.put(someClaim("c2", "U2", nicolas), "")
	c.is("c1", "c2")
}

func claimsTaken(c *claimsTest) {
	c.put(someClaim("c1", "U1", nicolas), "")
	c.put(someClaim("c2", "U2", nicolas), "")
	c.put(someClaim("c3", "U3", mauricio), "")
	c.take([]string{"c2", "c1", "nobody"}, "c1", "c2")
	c.take([]string{"c1", "c2"})
	c.take(nil)
	c.is("c3")
}

func claimsLast(c *claimsTest) {
	if c.Advance == nil {
		brief := someClaim("c1", "U1", nicolas)
		brief.Lasts = -time.Second
		c.put(brief, "")
		c.is()
		c.over("c1")
		c.over()
		return
	}
	c.put(someClaim("c1", "U1", nicolas), "")
	c.Advance(30 * time.Minute)
	c.put(someClaim("c2", "U2", nicolas), "")
	c.Advance(31 * time.Minute)
	c.take([]string{"c1"}) // it is over
	c.is("c2")
	c.put(someClaim("c3", "U1", nicolas), "")
	c.over("c1")
	c.over()
	c.Advance(50 * time.Minute)
	c.is("c3")
	c.put(someClaim("c4", "U2", nicolas), "")
	c.Advance(59 * time.Minute)
	c.over("c1", "c2", "c3") // of the first nobody has told
	c.is("c4")
	c.ok(c.Claims.ClaimsTold(c.ctx, "c2"))
	c.Advance(occupation.TellWithin + time.Second) // whoever was to tell of the other has died
	c.over("c1", "c3", "c4")
	c.over()
	c.ok(c.Claims.ClaimsTold(c.ctx, "c1", "c3", "c4", "c9"))
	c.Advance(occupation.TellWithin + time.Second)
	c.over()
	c.put(someClaim("c5", "U5", nicolas), "")
	c.Advance(2 * time.Hour)
	c.over("c5")
	c.Advance(25 * time.Hour) // in vain for a day
	c.over()
}

func claimsLease(c *claimsTest) {
	lead := func(replica string, ttl time.Duration, want bool) {
		c.Helper()
		got, err := c.Claims.Lead(c.ctx, "links", replica, ttl)
		c.ok(err)
		if got != want {
			c.Fatalf("%s for %v: %v, want %v", replica, ttl, got, want)
		}
	}
	lead("a", time.Minute, true)
	lead("b", time.Minute, false)
	lead("b", 0, false)
	lead("a", time.Minute, true)
	lead("a", 0, false)
	lead("b", time.Minute, true)
	if c.Advance != nil {
		c.Advance(2 * time.Minute)
		lead("a", time.Minute, true)
	}
}
