// Package locks keeps the occupations in Redis: it is the occupation.Locks, the
// occupation.Desk and the occupation.Claims of production, and gives the bot's
// jobs their leader, over github.com/redis/go-redis/v9 on one server, Sentinel or
// Cluster.
//
// Every method is one script and one round trip. All keys of a site carry one
// hash tag, {spoolbot:SITE}:, so that a script stays in one slot; time is the
// server's TIME. A script decides for itself: it validates first and writes
// last, because Redis does not roll back a script that fails half-way. Calls
// carry a nonce by which a script knows a repetition of the same call, so the
// client may send one again after a broken line.
//
// It imports the core and go-redis. It never looks at the sheet, knows no rule
// about spools but those of the port, does not log, and starts no goroutine.
//
// What Redis holds, all under the prefix:
//
//	site           when the store was seeded, ms; missing = rebuild it first
//	fence          the highest fence given
//	lock:KEY       one lock, JSON; vanishes a day after its deadline or grace
//	deadlines      zset, KEY by deadline, when lapsed by the end of the grace: also
//	               the list of all locks
//	expired:KEY    what expired last, JSON, for a day
//	intents        hash, event -> intent on its way or audit row owed, JSON
//	commits        hash, commit id -> commit that was bound, JSON
//	replicas       zset, replica by the end of its heartbeat
//	calm           zset, until it is seeded: replica that has nothing on its way
//	               which the store, empty as it is, does not know
//	quota          zset, the writes of the last minute
//	warned         zset, warning that was given (FENCE:DEADLINE:BEFORE) by when it
//	               may be forgotten, a day after the deadline
//	waiting        hash, KEY -> wait list, JSON
//	offers         hash, id -> offer of TRASPASAR, JSON
//	claims         hash, id -> what somebody in Slack says to be, JSON
//	news           hash, event -> settled intent that somebody must hear of, JSON
//	leader:NAME    the replica that has the lease, until it ends
//	job:NAME       up to when a job is done, ms
//	counts         hash, start of five minutes in ms:what -> how many
//	answer:CALL    what a call was answered that took something off, for a minute
//	seen:NAME      a delivery that was seen
//	note:NAME      what the bot noted: where it showed what
//
// All JSON has a version v. Fields that a version does not know it leaves in place;
// what has a higher v it refuses to read (ErrNewer), so v grows only with what the
// version before would misread. testdata has what each such version left in the middle
// of a shift; TestTheNextVersionGoesOnWithTheShift goes on with it.
package locks

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
)

// defaultQuota is how many writes to the sheet lie in any minute: five fewer
// than Google allows, for repairs by hand and clocks that differ.
const defaultQuota = 55

// Options say whose locks they are.
type Options struct {
	Site       string // name of the shop, part of every key
	WriteQuota int    // writes of the sheet in any minute, by all replicas; 0 = 55
}

// Locks is the lock store of one site. Its methods are safe for use by many
// goroutines.
type Locks struct {
	client redis.UniversalClient
	keys   keys
	quota  int

	claiming   chan struct{} // holds one item while a claim is under way
	claimToken string        // of the claims until one is answered; see claim.lua
}

var _ occupation.Locks = (*Locks)(nil)

// New returns the locks of a site. The client is the caller's to close.
func New(client redis.UniversalClient, o Options) *Locks {
	if o.WriteQuota == 0 {
		o.WriteQuota = defaultQuota
	}
	return &Locks{
		client: client, keys: keysOf(o.Site), quota: o.WriteQuota,
		claiming: make(chan struct{}, 1), claimToken: rand.Text(),
	}
}

// keys makes the names of the keys; it is their common prefix.
type keys string

// keysOf escapes the site, because a brace in it would end the hash tag.
func keysOf(site string) keys { return keys("{spoolbot:" + url.PathEscape(site) + "}:") }

func (k keys) key(name string) string      { return string(k) + name }
func (k keys) lock(spool string) string    { return string(k) + "lock:" + spool }
func (k keys) expired(spool string) string { return string(k) + "expired:" + spool }
func (k keys) leader(name string) string   { return string(k) + "leader:" + name }
func (k keys) job(name string) string      { return string(k) + "job:" + name }
func (k keys) answer(call string) string   { return string(k) + "answer:" + call }
func (k keys) seen(name string) string     { return string(k) + "seen:" + name }
func (k keys) note(name string) string     { return string(k) + "note:" + name }

// Beat implements occupation.Locks.
func (l *Locks) Beat(ctx context.Context, replica string, ttl time.Duration) error {
	_, err := l.run(ctx, beatScript, []string{l.keys.key("replicas")}, replica, max(ttl, 0).Milliseconds())
	return err
}

// Calm implements occupation.Locks.
func (l *Locks) Calm(ctx context.Context, replica string) error {
	_, err := l.run(ctx, calmScript, []string{l.keys.key("site"), l.keys.key("calm")}, replica)
	return err
}

// First says whether none of the names was seen within ttl, and remembers them
// all. The names identify one delivery: its event id, its envelope id.
func (l *Locks) First(ctx context.Context, names []string, ttl time.Duration) (bool, error) {
	if len(names) == 0 || ttl < time.Millisecond {
		return false, fmt.Errorf("locks: first of %d names for %v", len(names), ttl)
	}
	seen := make([]string, len(names))
	for i, n := range names {
		seen[i] = l.keys.seen(n)
	}
	reply, err := l.run(ctx, firstScript, seen, rand.Text(), ttl.Milliseconds())
	if err != nil {
		return false, err
	}
	n, ok := reply.(int64)
	if !ok {
		return false, fmt.Errorf("locks: first answers %T", reply)
	}
	return n == 1, nil
}
