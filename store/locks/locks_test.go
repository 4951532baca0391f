package locks_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

var sites atomic.Int64

// newSite is the locks of a shop of its own on the server.
func newSite(client redis.UniversalClient) *locks.Locks {
	return locks.New(client, locks.Options{Site: fmt.Sprintf("site-%d", sites.Add(1))})
}

func dial(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	o, err := locks.ParseURL(url, 20)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewUniversalClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// openMini starts a miniredis whose clock can be moved: TIME by SetTime, the
// expiry of keys by FastForward.
func openMini(t *testing.T) occupationtest.LocksHarness {
	_, h := startMini(t)
	return h
}

func startMini(t *testing.T) (*miniredis.Miniredis, occupationtest.LocksHarness) {
	m := miniredis.RunT(t)
	now := time.Now()
	m.SetTime(now)
	return m, occupationtest.LocksHarness{
		Locks: newSite(dial(t, "redis://"+m.Addr())),
		Advance: func(d time.Duration) {
			now = now.Add(d)
			m.SetTime(now)
			m.FastForward(d)
		},
	}
}

// desk is the harness with the same store as the desk.
func desk(h occupationtest.LocksHarness) occupationtest.DeskHarness {
	return occupationtest.DeskHarness{LocksHarness: h, Desk: h.Locks.(*locks.Locks)}
}

func claims(h occupationtest.LocksHarness) occupationtest.ClaimsHarness {
	return occupationtest.ClaimsHarness{Claims: h.Locks.(*locks.Locks), Advance: h.Advance}
}

func TestOnMiniredis(t *testing.T) {
	t.Parallel()
	occupationtest.TestLocks(t, openMini)
	occupationtest.TestDesk(t, func(t *testing.T) occupationtest.DeskHarness { return desk(openMini(t)) })
	occupationtest.TestClaims(t, func(t *testing.T) occupationtest.ClaimsHarness { return claims(openMini(t)) })
}

func TestOnRedis(t *testing.T) {
	t.Parallel()
	suites(t, dial(t, redistest.Start(t).URL()))
}

func TestOnCluster(t *testing.T) {
	t.Parallel()
	suites(t, dial(t, redistest.StartCluster(t).URL()))
}

// suites runs the suites on real servers, of which the clock cannot be moved.
func suites(t *testing.T, client redis.UniversalClient) {
	open := func(*testing.T) occupationtest.LocksHarness {
		return occupationtest.LocksHarness{Locks: newSite(client)}
	}
	occupationtest.TestLocks(t, open)
	occupationtest.TestDesk(t, func(t *testing.T) occupationtest.DeskHarness { return desk(open(t)) })
	occupationtest.TestClaims(t, func(t *testing.T) occupationtest.ClaimsHarness { return claims(open(t)) })
}
