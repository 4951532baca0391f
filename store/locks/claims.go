package locks

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var _ occupation.Claims = (*Locks)(nil)

// claimRecord is a claim as Redis holds it: what the scripts look at, and the
// claim itself, which they keep as it came.
type claimRecord struct {
	V     int    `json:"v"`
	Slack string `json:"slack"`
	At    int64  `json:"at"`
	Ends  int64  `json:"ends"`
	Claim string `json:"claim"`
}

// claimText is the part of a claim that its sender knows.
type claimText struct {
	V      int        `json:"v"`
	ID     string     `json:"id"`
	Slack  string     `json:"slack"`
	Worker personText `json:"worker"`
	Lasts  int64      `json:"lasts_us"`
}

// PutClaim implements occupation.Claims.
func (l *Locks) PutClaim(ctx context.Context, c occupation.LinkClaim) (occupation.LinkClaim, error) {
	if c.ID == "" || c.SlackID == "" || c.Worker.ID == 0 {
		return occupation.LinkClaim{}, errors.New("locks: a claim without id, person or worker")
	}
	text, err := encode(claimText{V: recordVersion, ID: c.ID, Slack: c.SlackID, Worker: personText(c.Worker), Lasts: c.Lasts.Microseconds()})
	if err != nil {
		return occupation.LinkClaim{}, err
	}
	reply, err := l.run(ctx, putClaimScript, l.claimKeys(), c.ID, c.SlackID, c.Lasts.Milliseconds(), text)
	replaced, err := claims(reply, err)
	if err != nil || len(replaced) == 0 {
		return occupation.LinkClaim{}, err
	}
	return replaced[0], nil
}

// Claims implements occupation.Claims.
func (l *Locks) Claims(ctx context.Context) ([]occupation.LinkClaim, error) {
	reply, err := l.run(ctx, claimsScript, l.claimKeys()[:1])
	return claims(reply, err)
}

// TakeClaims implements occupation.Claims.
func (l *Locks) TakeClaims(ctx context.Context, ids ...string) ([]occupation.LinkClaim, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	reply, err := l.run(ctx, takeClaimsScript, l.claimKeys(), args...)
	return claims(reply, err)
}

// OverClaims implements occupation.Claims.
func (l *Locks) OverClaims(ctx context.Context) ([]occupation.LinkClaim, error) {
	reply, err := l.run(ctx, overScript, append(l.claimKeys(), l.keys.key("claims_over")), occupation.TellWithin.Milliseconds())
	return claims(reply, err)
}

// ClaimsTold implements occupation.Claims.
func (l *Locks) ClaimsTold(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := l.client.HDel(ctx, l.keys.key("claims_over"), ids...).Err(); err != nil {
		return fmt.Errorf("locks: claims told: %w", err)
	}
	return nil
}

// claimKeys are the keys of the scripts about claims; every call has an answer of
// its own.
func (l *Locks) claimKeys() []string {
	return []string{l.keys.key("claims"), l.keys.answer(rand.Text())}
}

// claims reads an answer of claims, the oldest first.
func claims(reply any, err error) ([]occupation.LinkClaim, error) {
	if err != nil {
		return nil, err
	}
	raw, err := texts(reply)
	if err != nil {
		return nil, err
	}
	records := make([]claimRecord, len(raw))
	for i, text := range raw {
		if err := json.Unmarshal([]byte(text), &records[i]); err != nil {
			return nil, fmt.Errorf("locks: stored claim: %w", err)
		}
	}
	slices.SortFunc(records, func(a, b claimRecord) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Claim, b.Claim)) })
	var out []occupation.LinkClaim
	for _, r := range records {
		var t claimText
		if err := json.Unmarshal([]byte(r.Claim), &t); err != nil {
			return nil, fmt.Errorf("locks: stored claim: %w", err)
		}
		if r.V < 1 || t.ID == "" || t.Slack == "" || t.Worker.ID == 0 {
			return nil, errors.New("locks: stored claim: version, id, person or worker is missing")
		}
		out = append(out, occupation.LinkClaim{
			ID: t.ID, SlackID: t.Slack, Worker: occupation.Holder(t.Worker), Lasts: time.Duration(t.Lasts) * time.Microsecond, Until: at(r.Ends),
		})
	}
	return out, nil
}
