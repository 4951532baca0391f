package occupationtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var _ occupation.Claims = (*Locks)(nil)

type leaseItem struct {
	replica string
	until   time.Time
}

// PutClaim implements occupation.Claims.
func (l *Locks) PutClaim(ctx context.Context, c occupation.LinkClaim) (occupation.LinkClaim, error) {
	var replaced occupation.LinkClaim
	err := l.call(ctx, "PutClaim", false, func(now time.Time) {
		if i := slices.IndexFunc(l.claims, func(o occupation.LinkClaim) bool { return o.SlackID == c.SlackID && !now.After(o.Until) }); i >= 0 {
			replaced = l.claims[i]
			l.claims = slices.Delete(l.claims, i, i+1)
		}
		c.Until = now.Add(c.Lasts)
		l.claims = append(l.claims, c)
	})
	return replaced, err
}

// Claims implements occupation.Claims.
func (l *Locks) Claims(ctx context.Context) ([]occupation.LinkClaim, error) {
	var out []occupation.LinkClaim
	err := l.call(ctx, "Claims", false, func(now time.Time) {
		out = slices.DeleteFunc(slices.Clone(l.claims), func(c occupation.LinkClaim) bool { return now.After(c.Until) })
	})
	return out, err
}

// TakeClaims implements occupation.Claims.
func (l *Locks) TakeClaims(ctx context.Context, ids ...string) ([]occupation.LinkClaim, error) {
	var out []occupation.LinkClaim
	err := l.call(ctx, "TakeClaims", false, func(now time.Time) {
		l.claims = slices.DeleteFunc(l.claims, func(c occupation.LinkClaim) bool {
			taken := slices.Contains(ids, c.ID) && !now.After(c.Until)
			if taken {
				out = append(out, c)
			}
			return taken
		})
	})
	return out, err
}

// OverClaims implements occupation.Claims.
func (l *Locks) OverClaims(ctx context.Context) ([]occupation.LinkClaim, error) {
	var out []occupation.LinkClaim
	err := l.call(ctx, "OverClaims", false, func(now time.Time) {
		l.claims = slices.DeleteFunc(l.claims, func(c occupation.LinkClaim) bool {
			over := now.After(c.Until)
			if over {
				l.claimsOver[c.ID] = overItem[occupation.LinkClaim]{what: c, since: now}
			}
			return over
		})
		out = toTell(l.claimsOver, now)
		slices.SortFunc(out, func(a, b occupation.LinkClaim) int {
			return cmp.Or(a.Until.Add(-a.Lasts).Compare(b.Until.Add(-b.Lasts)), cmp.Compare(a.ID, b.ID))
		})
	})
	return out, err
}

// ClaimsTold implements occupation.Claims.
func (l *Locks) ClaimsTold(ctx context.Context, ids ...string) error {
	return l.call(ctx, "ClaimsTold", false, func(time.Time) {
		for _, id := range ids {
			delete(l.claimsOver, id)
		}
	})
}

// Lead implements occupation.Claims.
func (l *Locks) Lead(ctx context.Context, name, replica string, ttl time.Duration) (bool, error) {
	ours := false
	err := l.call(ctx, "Lead", false, func(now time.Time) {
		held := l.leases[name]
		if held.replica != replica && now.Before(held.until) {
			return
		}
		ours = ttl > 0
		l.leases[name] = leaseItem{replica, now.Add(ttl)}
	})
	return ours, err
}
