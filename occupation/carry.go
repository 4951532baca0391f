package occupation

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"
)

// maxMoves is how often a commit is prepared anew because people keep moving
// what it was to write.
const maxMoves = 5

// maxLost is how often a finish is committed anew after commits that for
// certain never landed.
const maxLost = 3

// carry brings jobs to their end, whatever it takes: one commit, or several
// when some of them are refused.
func (c *committer) carry(ctx context.Context, jobs []*job) {
	began := time.Now()
	for lost, moves := 0, 0; len(jobs) > 0; {
		draft, err := c.prepare(ctx, jobs)
		if err != nil {
			c.putAllBack(ctx, jobs, asError(asUnavailable(err)))
			return
		}
		jobs = c.dropRefused(ctx, jobs, draft)
		if len(jobs) == 0 {
			return
		}
		commit := Commit{ID: rand.Text(), Stamp: newStamp(), Changes: changes(jobs), Plan: draft.Plan}
		end := c.send(ctx, &commit)
		for _, j := range jobs {
			if j.maybe = append(j.maybe, commit.ID); !commit.Sent.IsZero() {
				j.bound, j.maybe = commit.ID, nil // which has replaced whatever binding there was
			}
		}
		c.cfg.Observe(Observation{Commit: commit.ID, Requests: traces(commit.Changes), Events: len(jobs), Took: time.Since(began), Sends: end.sends, Outcome: end.String(), Err: end.err})
		switch {
		case end.landed:
			c.settle(ctx, end, jobs)
			return
		case end.again:
			jobs = c.more(jobs)
		case end.moved && moves < maxMoves:
			moves++
		case len(end.stale) > 0:
			jobs = c.dropStale(ctx, jobs, end)
		case end.dead && lost < maxLost:
			lost++
			jobs = c.keepFinishes(ctx, jobs, end.err)
		case end.unknown:
			c.leaveToRecovery(ctx, jobs)
			return
		default:
			jobs = c.dropBad(ctx, jobs, end)
		}
	}
}

// keepFinishes puts back what a commit that never landed was to begin, or to do to
// a free spool; its finishes are committed anew, because the work is done.
func (c *committer) keepFinishes(ctx context.Context, jobs []*job, why error) []*job {
	return c.drop(jobs, func(j *job) bool {
		if !j.intent.PutBack() {
			return false
		}
		c.putAllBack(ctx, []*job{j}, asError(why))
		return true
	})
}

// prepare makes the draft of a commit. Rows that the rules now refuse, because
// people wrote there meanwhile, are looked at once more on a fresh read and then
// left out, as refused.
func (c *committer) prepare(ctx context.Context, jobs []*job) (Draft, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
	defer cancel()
	draft, err := c.records.Prepare(ctx, changes(jobs))
	if err == nil && keepStates(jobs, draft) {
		draft, err = c.records.Prepare(ctx, changes(jobs))
	}
	if err != nil || len(overtaken(jobs, draft)) == 0 {
		return draft, err
	}
	if _, err := c.records.Book(ctx, 0); err != nil {
		return Draft{}, err
	}
	if draft, err = c.records.Prepare(ctx, changes(jobs)); err != nil {
		return Draft{}, err
	}
	refused := overtaken(jobs, draft)
	if len(refused) == 0 {
		return draft, nil
	}
	maps.Copy(refused, draft.Refused)
	rest := c.drop(jobs, func(j *job) bool { return refused[j.intent.Event] != nil })
	if len(rest) > 0 {
		if draft, err = c.records.Prepare(ctx, changes(rest)); err != nil {
			return Draft{}, err
		}
		maps.Copy(refused, draft.Refused)
	}
	draft.Refused = refused
	return draft, nil
}

// keepStates leaves the state of those rows alone that somebody has stopped while
// the spool was held, or that is another than a take wrote which is taken back, and
// says whether there are any new ones.
func keepStates(jobs []*job, d Draft) (found bool) {
	for _, j := range jobs {
		_, stopped := d.Rows[j.intent.Event].Stop()
		row, planned := d.Rows[j.intent.Event]
		keep := false
		switch in := j.intent; in.Kind {
		case Pause, Complete, Release, Expire:
			keep = stopped
		case Revert:
			keep = in.Undoes == Take && row.State != StateText(Take, in.Operation)
		}
		if planned && keep && !j.keepState {
			j.keepState, found = true, true
		}
	}
	return found
}

// overtaken are the jobs, by event, that the rules refuse on the rows of the
// draft.
func overtaken(jobs []*job, d Draft) map[string]*Error {
	out := map[string]*Error{}
	for _, j := range jobs {
		spool, planned := d.Rows[j.intent.Event]
		if !planned || j.owed {
			continue
		}
		if bad := CanWrite(j.intent, spool); bad != nil {
			out[j.intent.Event] = bad
		}
	}
	return out
}

func (c *committer) dropRefused(ctx context.Context, jobs []*job, d Draft) []*job {
	return c.drop(jobs, func(j *job) bool {
		bad := d.Refused[j.intent.Event]
		if bad == nil {
			return false
		}
		c.putAllBack(ctx, []*job{j}, bad)
		return true
	})
}

// dropStale ends the jobs that another replica has taken over, or that nobody knows
// of any more: those were never sent.
func (c *committer) dropStale(ctx context.Context, jobs []*job, end ending) []*job {
	return c.drop(jobs, func(j *job) bool {
		if !slices.Contains(end.stale, j.intent.Event) {
			return false
		}
		if end.forgotten {
			c.end(ctx, j, &Error{Code: LocksUnavailable, Reason: NothingDone, Tag: j.intent.Tag})
			return true
		}
		c.leaveToRecovery(ctx, []*job{j})
		return true
	})
}

// dropBad ends the jobs that are to blame for a refusal, and keeps the others
// for another commit. When nobody knows which are to blame, the first half is
// committed apart from the second; no change is to blame for a lock store that did
// not answer, and it may yet bind them to the commit that it was asked for.
func (c *committer) dropBad(ctx context.Context, jobs []*job, end ending) []*job {
	reason := asError(asUnavailable(end.err))
	bad := end.bad
	if len(bad) == 0 && len(jobs) > 1 && reason.Code != SheetSchema && reason.Code != LocksUnavailable {
		half := len(jobs) / 2
		c.carry(ctx, jobs[:half])
		return jobs[half:]
	}
	var rest, blamed []*job
	for i, j := range jobs {
		if len(bad) == 0 || slices.Contains(bad, i) {
			blamed = append(blamed, j)
		} else {
			rest = append(rest, j)
		}
	}
	c.putAllBack(ctx, blamed, reason)
	return rest
}

func (c *committer) drop(jobs []*job, gone func(*job) bool) []*job {
	var rest []*job
	for _, j := range jobs {
		if !gone(j) {
			rest = append(rest, j)
		}
	}
	return rest
}

// putAllBack undoes intents that for certain changed nothing, and answers.
func (c *committer) putAllBack(ctx context.Context, jobs []*job, why *Error) {
	byCommit := map[string][]string{}
	for _, j := range jobs {
		if !j.owed || j.bound != "" { // an owed row is unbound and stays owed
			byCommit[j.bound] = append(byCommit[j.bound], j.intent.Event)
		}
		for _, commit := range j.maybe {
			byCommit[commit] = append(byCommit[commit], j.intent.Event)
			if j.owed { // it stays remembered, and a binding that comes late would keep it from all others
				c.doubt(doubt{commit: commit, events: []string{j.intent.Event}})
			}
		}
	}
	undo := func(ctx context.Context) error {
		for commit, events := range byCommit {
			if err := c.locks.Undo(ctx, commit, events); err != nil {
				return err
			}
			delete(byCommit, commit) // what is done need not be repeated
		}
		return nil
	}
	var own, elsewhere map[string]bool
	err := c.persist(ctx, nil, func(ctx context.Context) (err error) {
		if own == nil { // once: a call whose answer is lost may have undone them
			if own, err = c.stillOwn(ctx, jobs); err != nil {
				return err
			}
		}
		if err = undo(ctx); err == nil {
			elsewhere, err = c.elsewhere(ctx, jobs, own)
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrUnseeded) { // the process stops, and its successor recovers
		c.leaveToRecovery(ctx, jobs)
		return
	}
	for _, j := range jobs {
		if elsewhere[j.intent.Event] {
			c.leaveToRecovery(ctx, []*job{j})
			continue
		}
		if !j.owed {
			c.keepPutBack(j)
		}
		reason := *why
		reason.Tag = j.intent.Tag
		c.end(ctx, j, &reason)
	}
}

// leaveToRecovery ends jobs that are not this replica's any more, or whose end
// cannot be found out before the process stops.
func (c *committer) leaveToRecovery(ctx context.Context, jobs []*job) {
	for _, j := range jobs {
		c.end(ctx, j, checking(j.intent.Tag))
	}
}

// settle tells the lock store that a commit has landed, and answers.
func (c *committer) settle(ctx context.Context, end ending, jobs []*job) {
	events := make([]string, len(jobs))
	for i, j := range jobs {
		events[i] = j.intent.Event
	}
	var lost []string
	again := false // an answer was lost: what is lost now may have been settled by that call
	err := c.persist(ctx, nil, func(ctx context.Context) (err error) {
		lost, err = c.locks.Settle(ctx, end.commit.ID, events, end.receipt.Owed)
		again = again || err != nil
		return err
	})
	if errors.Is(err, ErrUnseeded) {
		lost, err = events, c.rebuildAtLast(ctx)
	}
	var forgotten []*job
	for _, j := range jobs {
		if j.again = again; slices.Contains(lost, j.intent.Event) {
			forgotten = append(forgotten, j)
		}
	}
	var taken map[string]*Error
	if err == nil && len(forgotten) > 0 {
		taken, err = c.regainAtLast(ctx, forgotten)
	}
	if err == nil {
		c.keepLanded(jobs, end)
	}
	for _, j := range jobs {
		if err != nil {
			c.end(ctx, j, &Error{Code: LocksUnavailable, Reason: BeingChecked, Tag: j.intent.Tag, Err: err})
			continue
		}
		j.quiet = j.quiet && !again
		c.end(ctx, j, taken[j.intent.Event])
	}
}

func changes(jobs []*job) []Change {
	out := make([]Change, len(jobs))
	for i, j := range jobs {
		out[i] = j.intent.Change()
		if j.owed {
			out[i].Cells = nil
		}
		if j.keepState {
			out[i].Cells = slices.DeleteFunc(out[i].Cells, func(c Cell) bool { return c.Column == ColState })
		}
	}
	return out
}

// newStamp is a random id of 31 bits, never 0.
func newStamp() int32 {
	var b [4]byte
	for {
		_, _ = rand.Read(b[:]) // never fails
		if n := int32(binary.BigEndian.Uint32(b[:]) >> 1); n > 0 {
			return n
		}
	}
}

func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: SheetUnavailable, Reason: NothingDone, Err: err}
}
