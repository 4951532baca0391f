package locks

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Lead takes the lease of the name for the replica, or renews it, for ttl from
// now, and says whether the replica has it. A ttl of zero gives it up if it is the
// replica's. Whoever has it must not act on it for longer than ttl: when the lease
// is over, another may have it, and only the next call says so.
//
// A library's lease would be a script too, under keys of its own naming and with a
// token to be kept; here a replica is known by its name.
func (l *Locks) Lead(ctx context.Context, name, replica string, ttl time.Duration) (bool, error) {
	if name == "" || replica == "" || ttl < 0 || (ttl > 0 && ttl < time.Millisecond) {
		return false, fmt.Errorf("locks: lease %q of %q for %v", name, replica, ttl)
	}
	reply, err := l.run(ctx, leadScript, []string{l.keys.leader(name)}, replica, ttl.Milliseconds())
	if err != nil {
		return false, err
	}
	n, ok := reply.(int64)
	if !ok {
		return false, fmt.Errorf("locks: lead answers %T", reply)
	}
	return n == 1, nil
}

// Advance moves the key of a job on to upTo, of which it keeps the milliseconds,
// and returns where it was, zero when the job had none. Of several callers one
// gets ok for any stretch of time, and does the job for it; false means that the
// key is there already, and nothing has changed.
func (l *Locks) Advance(ctx context.Context, job string, upTo time.Time) (last time.Time, ok bool, err error) {
	ms := upTo.UnixMilli()
	if job == "" || ms < 1 || ms > maxNumber {
		return time.Time{}, false, fmt.Errorf("locks: job %q up to %v", job, upTo)
	}
	reply, err := l.run(ctx, advanceScript, []string{l.keys.job(job), l.keys.answer(rand.Text())}, ms)
	if err != nil {
		return time.Time{}, false, err
	}
	part, err := texts(reply)
	if err != nil || len(part) == 0 {
		return time.Time{}, false, err
	}
	if part[0] != "" {
		if last, err = moment(part[0]); err != nil {
			return time.Time{}, false, err
		}
	}
	return last, true, nil
}

// Done returns up to when the job was done, zero when it never was.
func (l *Locks) Done(ctx context.Context, job string) (time.Time, error) {
	ms, err := l.client.Get(ctx, l.keys.job(job)).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("locks: job %q: %w", job, err)
	}
	return moment(ms)
}
