package occupation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"
)

// This file is about who is who: a person in Slack says to be a worker, a
// supervisor decides. Nobody gets a right by what they say themselves.

const (
	linkLease = "links"
	// linkTime is how long one change may take, and linkLeaseTime how long nobody
	// else makes one meanwhile: whoever is slower than that has given up by then.
	linkTime      = 90 * time.Second
	linkLeaseTime = 2 * time.Minute
	linkPause     = 250 * time.Millisecond
	linkPatience  = 20 * time.Second // for the turn of one's own
)

// Claimed is what a claim has come to.
type Claimed struct {
	Claim    LinkClaim
	Again    bool        // the same person had claimed the same name already; nothing changed
	Replaced LinkClaim   // the person's earlier claim of another name; zero = none
	Rivals   []LinkClaim // others who claim the same name
}

// ClaimLink remembers that a Slack user says to be the worker, until a supervisor
// decides. Errors: INVALID_INPUT (AccountTaken: they are linked already;
// NameTaken, NoName), SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) ClaimLink(ctx context.Context, slackID string, worker int) (Claimed, error) {
	if w, err := s.directory.BySlack(ctx, slackID); err == nil {
		return Claimed{}, &Error{Code: InvalidInput, Reason: AccountTaken, Holder: w.AsHolder()}
	} else if CodeOf(err) != WorkerUnknown {
		return Claimed{}, asUnavailable(err)
	}
	w, err := s.linkable(ctx, worker)
	if err != nil {
		return Claimed{}, err
	}
	if bad := CanLink(w, slackID); bad != nil {
		return Claimed{}, bad
	}
	claims, err := s.claims.Claims(ctx)
	if err != nil {
		return Claimed{}, locksGone(err, NothingDone)
	}
	out := Claimed{Claim: LinkClaim{ID: rand.Text(), SlackID: slackID, Worker: w.AsHolder(), Lasts: ClaimLasts}}
	for _, c := range claims {
		switch {
		case c.Worker.ID == worker && c.SlackID == slackID:
			out.Claim, out.Again = c, true
		case c.Worker.ID == worker:
			out.Rivals = append(out.Rivals, c)
		}
	}
	if !out.Again {
		if out.Replaced, err = s.claims.PutClaim(ctx, out.Claim); err != nil {
			return Claimed{}, locksGone(err, NothingDone)
		}
	}
	return out, nil
}

// Pending returns the claims that wait: those of one Slack user, or all when it is
// empty, the oldest first. Error: LOCKS_UNAVAILABLE.
func (s *Service) Pending(ctx context.Context, slackID string) ([]LinkClaim, error) {
	claims, err := s.claims.Claims(ctx)
	if err != nil {
		return nil, locksGone(err, NothingDone)
	}
	return slices.DeleteFunc(claims, func(c LinkClaim) bool { return slackID != "" && c.SlackID != slackID }), nil
}

// ClaimTold says that whom a claim concerns has heard that nobody has decided it in
// time. Error: a fault of the store; they may hear of it again.
func (s *Service) ClaimTold(ctx context.Context, id string) error {
	return s.claims.ClaimsTold(ctx, id)
}

// DropClaim takes a claim back of which no supervisor could be told. Error:
// LOCKS_UNAVAILABLE.
func (s *Service) DropClaim(ctx context.Context, id string) error {
	_, err := s.claims.TakeClaims(ctx, id)
	if err != nil {
		return locksGone(err, NothingDone)
	}
	return nil
}

// Linked is what a supervisor's decision has come to.
type Linked struct {
	Worker  Worker // as linked now
	By      Holder // who decided
	Was     string // the Slack user to whom the worker was linked before; empty = nobody
	Logged  bool   // the audit log has it; else it could not be written, or it was so already
	Refused bool   // a claim was refused; nothing else changed
	Reason  string // of a refusal, as written; empty = none was given
	// Claims are those that are over by it: that of the one who is linked now, and
	// of all others who said to be the worker.
	Claims []LinkClaim
}

// ApproveClaim links the worker to whoever claimed the name, and with that refuses
// all others who did. Approving what is so already is no error. Errors:
// WORKER_UNKNOWN and ROLE_NOT_ALLOWED (NotSupervisor, OwnLink) of who decides,
// INVALID_INPUT (ClaimGone, NameTaken, AccountTaken, NoName), SHEET_...,
// LOCKS_UNAVAILABLE.
func (s *Service) ApproveClaim(ctx context.Context, r Request, id string) (Linked, error) {
	return s.decide(ctx, r, func(ctx context.Context, boss Worker, claims []LinkClaim) (Linked, error) {
		claim, err := decidable(claims, id, boss)
		if err != nil {
			return Linked{}, err
		}
		return s.link(ctx, r, boss, Relink{Worker: claim.Worker.ID, SlackID: claim.SlackID}, claims)
	})
}

// RefuseClaim says no to a claim, with a reason or without. Errors: as ApproveClaim,
// but nothing is read or written in the sheet but who decides.
func (s *Service) RefuseClaim(ctx context.Context, r Request, id, reason string) (Linked, error) {
	return s.decide(ctx, r, func(ctx context.Context, boss Worker, claims []LinkClaim) (Linked, error) {
		if _, err := decidable(claims, id, boss); err != nil {
			return Linked{}, err
		}
		taken, err := s.claims.TakeClaims(ctx, id)
		if err != nil {
			return Linked{}, locksGone(err, NothingDone)
		}
		if len(taken) == 0 {
			return Linked{}, &Error{Code: InvalidInput, Reason: ClaimGone}
		}
		return Linked{Refused: true, By: boss.AsHolder(), Reason: tidyReason(reason), Claims: taken}, nil
	})
}

// Relink is a change of a link that a supervisor asks for.
type Relink struct {
	Worker  int
	SlackID string // empty = the link is removed
	Was     string // as the supervisor saw it
}

// SetLink changes or removes a worker's link without a claim. Claims that are
// decided by it are over. Errors: as ApproveClaim, and LinkChanged.
func (s *Service) SetLink(ctx context.Context, r Request, change Relink) (Linked, error) {
	return s.decide(ctx, r, func(ctx context.Context, boss Worker, claims []LinkClaim) (Linked, error) {
		if change.Worker == boss.ID {
			return Linked{}, &Error{Code: RoleNotAllowed, Reason: OwnLink}
		}
		return s.link(ctx, r, boss, change, claims)
	})
}

// MayLink says whether the worker decides who is who. Errors: WORKER_UNKNOWN,
// ROLE_NOT_ALLOWED, SHEET_....
func (s *Service) MayLink(ctx context.Context, worker int) error {
	_, err := s.supervisor(ctx, worker)
	return err
}

// decide lets a supervisor decide while nobody else does, here or in another
// replica: two people must not get one name.
func (s *Service) decide(ctx context.Context, r Request, do func(context.Context, Worker, []LinkClaim) (Linked, error)) (Linked, error) {
	boss, err := s.supervisor(ctx, r.Worker)
	if err != nil {
		return Linked{}, err
	}
	wait, cancel := context.WithTimeout(ctx, linkPatience)
	defer cancel()
	if err := s.linking.take(wait); err != nil {
		return Linked{}, locksGone(err, NothingDone)
	}
	defer s.linking.give()
	if err := s.lease(wait); err != nil {
		return Linked{}, locksGone(err, NothingDone)
	}
	defer func() { // when that fails, the others wait for its end
		_, _ = s.claims.Lead(context.WithoutCancel(ctx), linkLease, s.cfg.Replica, 0)
	}()
	work, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	claims, err := s.claims.Claims(work)
	if err != nil {
		return Linked{}, locksGone(err, NothingDone)
	}
	return do(work, boss, claims)
}

// lease waits until no other replica changes a link.
func (s *Service) lease(ctx context.Context) error {
	for {
		ours, err := s.claims.Lead(ctx, linkLease, s.cfg.Replica, linkLeaseTime)
		if err != nil || ours {
			return err
		}
		t := time.NewTimer(linkPause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}

// decidable finds the claim that the supervisor may decide.
func decidable(claims []LinkClaim, id string, boss Worker) (LinkClaim, error) {
	at := slices.IndexFunc(claims, func(c LinkClaim) bool { return c.ID == id && id != "" })
	switch {
	case at < 0:
		return LinkClaim{}, &Error{Code: InvalidInput, Reason: ClaimGone}
	case claims[at].SlackID == boss.SlackID, claims[at].Worker.ID == boss.ID:
		return LinkClaim{}, &Error{Code: RoleNotAllowed, Reason: OwnLink}
	default:
		return claims[at], nil
	}
}

// link writes the change and ends the claims that it decides. What cannot be ended
// is found out by whoever decides it next.
func (s *Service) link(ctx context.Context, r Request, boss Worker, change Relink, claims []LinkClaim) (Linked, error) {
	w, err := s.linkable(ctx, change.Worker)
	if err != nil {
		return Linked{}, err
	}
	if change.SlackID != "" && !w.Active {
		return Linked{}, CanLink(w, change.SlackID)
	}
	what := fmt.Sprintf("link/%d/%s/%s", w.ID, change.Was, change.SlackID)
	logged, err := s.directory.Link(ctx, newLink(eventID(r, LinkWorker, what), w, change.SlackID, change.Was, boss, r.Now))
	if bad, ok := errors.AsType[*Error](err); ok && bad.Reason == LinkChanged && change.Was == "" {
		return Linked{}, &Error{Code: InvalidInput, Reason: NameTaken, Holder: w.AsHolder()}
	}
	if err != nil {
		return Linked{}, asUnavailable(err)
	}
	w.SlackID = change.SlackID
	out := Linked{Worker: w, By: boss.AsHolder(), Was: change.Was, Logged: logged}
	var over []string
	for _, c := range claims {
		if change.SlackID != "" && (c.Worker.ID == w.ID || c.SlackID == change.SlackID) {
			over = append(over, c.ID)
		}
	}
	if len(over) > 0 {
		if out.Claims, err = s.claims.TakeClaims(ctx, over...); err != nil {
			out.Claims = nil
		}
	}
	return out, nil
}

// linkable is the worker with the id, whatever they may do. Error: INVALID_INPUT
// (NoName), SHEET_....
func (s *Service) linkable(ctx context.Context, id int) (Worker, error) {
	w, err := s.directory.Worker(ctx, id)
	if CodeOf(err) == WorkerUnknown {
		return Worker{}, &Error{Code: InvalidInput, Reason: NoName}
	}
	if err != nil {
		return Worker{}, asUnavailable(err)
	}
	return w, nil
}
