package occupation

import (
	"context"
	"encoding/json"
	"time"
)

// Claims is the port to what people in Slack say of who they are, until a
// supervisor has decided. Time in it is the lock store's clock. Every method is
// one round trip; a missing entry is no error, and what is over is not there.
type Claims interface {
	// PutClaim remembers a claim for c.Lasts. Of one Slack user there is one at a
	// time: an earlier one is replaced and returned (zero = none).
	PutClaim(ctx context.Context, c LinkClaim) (replaced LinkClaim, err error)
	// Claims returns all claims, the oldest first.
	Claims(ctx context.Context) ([]LinkClaim, error)
	// TakeClaims takes claims off and returns those that were there, the oldest
	// first: each is returned once, whoever asks.
	TakeClaims(ctx context.Context, ids ...string) ([]LinkClaim, error)
	// OverClaims takes those claims off whose time is over and returns them, the oldest
	// first: each once, whoever asks, and again whenever TellWithin has passed without
	// ClaimsTold, for a day.
	OverClaims(ctx context.Context) ([]LinkClaim, error)
	// ClaimsTold says that whom these claims concern has heard that their time is over.
	ClaimsTold(ctx context.Context, ids ...string) error
	// Lead takes or renews the lease of that name for ttl and reports whether the
	// replica has it; a ttl of zero gives it up.
	Lead(ctx context.Context, name, replica string, ttl time.Duration) (bool, error)
}

// ClaimLasts is how long a claim waits for a supervisor.
const ClaimLasts = 7 * 24 * time.Hour

// LinkClaim is what a Slack user says: that they are this worker. It gives no
// right.
type LinkClaim struct {
	ID      string
	SlackID string
	Worker  Holder
	Lasts   time.Duration
	Until   time.Time // set by the store
}

// Link is one change of the Slack user to whom a worker is linked.
type Link struct {
	Worker  int
	SlackID string   // from now on; empty = nobody
	Was     string   // until now: nothing is written when it is not so any more
	Audit   AuditRow // goes into the log with it, if the log can be written; else it is left out
}

// LinkDetail is the content of Metadata_JSON of a change of a link.
type LinkDetail struct {
	SlackID string `json:"slack_id,omitzero"` // whom the worker is linked to now
	Was     string `json:"was,omitzero"`      // and was before
	By      int    `json:"by"`                // worker id of the supervisor who decided
}

// newLink is the change with its audit row.
func newLink(event string, w Worker, slackID, was string, by Worker, now time.Time) Link {
	kind := LinkWorker
	if slackID == "" {
		kind = UnlinkWorker
	}
	detail, err := json.Marshal(LinkDetail{SlackID: slackID, Was: was, By: by.ID})
	if err != nil {
		panic(err) // texts and a number always marshal
	}
	return Link{Worker: w.ID, SlackID: slackID, Was: was, Audit: AuditRow{
		ID: event, At: now, Kind: kind, WorkerID: w.ID, WorkerName: w.Name(), Action: kind.Action(), JSON: string(detail),
	}}
}
