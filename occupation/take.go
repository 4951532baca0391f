package occupation

import (
	"context"
)

// Take is TOMAR: the worker takes each of the tags for the operation, or for
// what each spool needs next when op is empty. There is one result per distinct
// tag, in order; they do not depend on each other. The error concerns the whole
// request: INVALID_INPUT, WORKER_UNKNOWN, ROLE_NOT_ALLOWED, SHEET_... and
// LOCKS_UNAVAILABLE.
//
// A result whose Err has the Reason BeingChecked is not known yet; the Notifier
// will tell.
func (s *Service) Take(ctx context.Context, r Request, op Operation, tags []string) ([]Result, error) {
	if op != "" && !op.Valid() {
		return nil, &Error{Code: InvalidInput, Reason: BadOperation, Text: string(op)}
	}
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return nil, err
	}
	if op != "" {
		if bad := CanWork(worker, op); bad != nil {
			return nil, bad
		}
	}
	t := take{Service: s, request: r, worker: worker, op: op}
	if t.results, err = newResults(tags, Take); err != nil {
		return nil, err
	}
	for i := range t.results {
		t.results[i].Asked = op
	}
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	if err := t.respectRows(ctx); err != nil {
		return nil, err
	}
	if err := t.carry(ctx, t.open()); err != nil {
		return nil, err
	}
	return t.results, nil
}

// take is one TOMAR on its way.
type take struct {
	*Service
	request Request
	worker  Worker
	op      Operation
	results []Result
	ops     []Operation // per result, set by check
}

// open lists the results that are still to be decided.
func (t *take) open() []int {
	var out []int
	for i := range t.results {
		if t.results[i].Err == nil {
			out = append(out, i)
		}
	}
	return out
}

// check runs the rules on the snapshot, and those that it refuses once more on
// a fresh read.
func (t *take) check(ctx context.Context) error {
	t.ops = make([]Operation, len(t.results))
	book, err := t.Book(ctx)
	if err != nil {
		return err
	}
	refused := false
	for i := range t.results {
		t.checkOne(book, i)
		refused = refused || t.results[i].Err != nil
	}
	if !refused {
		return nil
	}
	if book, err = t.records.Book(ctx, freshEnough); err != nil {
		return asUnavailable(err)
	}
	for i := range t.results {
		if t.results[i].Err != nil {
			t.results[i].Err = nil
			t.checkOne(book, i)
		}
	}
	return nil
}

func (t *take) checkOne(book *Book, i int) {
	res := &t.results[i]
	spool, err := book.Find(res.Tag)
	if err != nil {
		res.Err = err
		return
	}
	res.Spool, res.Tag = spool, spool.Tag
	op := t.op
	if op == "" {
		if op, err = Infer(spool, t.worker); err != nil {
			res.Err = err
			return
		}
	}
	t.ops[i] = op
	res.Err = CanTake(spool, op)
}

// respectRows sees to it that a row that says occupied is occupied, whatever
// the lock store knows: a lock that is missing there is rebuilt from the row.
func (t *take) respectRows(ctx context.Context) error {
	var keys []string
	for _, i := range t.open() {
		if t.results[i].Spool.Occupied() {
			keys = append(keys, TagKey(t.results[i].Tag))
		}
	}
	if len(keys) == 0 {
		return nil
	}
	snap, err := t.snapshot(ctx, keys...)
	if err != nil {
		return locksGone(err, NothingDone)
	}
	if !snap.Seeded {
		return t.Rebuild(ctx)
	}
	known := map[string]bool{}
	for _, l := range snap.Locks {
		known[l.Key] = true
	}
	var book *Book
	var lost []Spool
	for _, i := range t.open() {
		res := &t.results[i]
		if !res.Spool.Occupied() || known[TagKey(res.Tag)] {
			continue
		}
		if book == nil {
			if book, err = t.records.Book(ctx, freshEnough); err != nil {
				return asUnavailable(err)
			}
		}
		t.checkOne(book, i)
		switch {
		case res.Err != nil || !res.Spool.Occupied():
		case res.Spool.HolderID == 0:
			res.Err = heldByRow(res.Spool)
		default:
			lost = append(lost, res.Spool)
		}
	}
	return t.restore(ctx, lost)
}

// carry sends the intents of the results at these indexes and waits for what
// becomes of them.
func (t *take) carry(ctx context.Context, at []int) error {
	if len(at) == 0 {
		return nil
	}
	outcomes, err := t.change(ctx, t.intents(at))
	if err != nil {
		return err
	}
	for n, i := range at {
		t.conclude(&t.results[i], outcomes[n])
	}
	return nil
}

func (t *take) intents(at []int) []Intent {
	out := make([]Intent, len(at))
	for n, i := range at {
		key := TagKey(t.results[i].Tag)
		out[n] = Intent{
			Event: eventID(t.request, Take, key), Kind: Take, Key: key, Tag: t.results[i].Tag,
			Operation: t.ops[i], Worker: t.worker.AsHolder(), TTL: t.cfg.TTL, Was: t.results[i].Spool.State,
		}
	}
	return out
}

func (t *take) conclude(res *Result, o changed) {
	res.Lock, res.Err, res.Reverts = t.local(o.Lock), o.err, o.reverts
	switch o.Verdict {
	case Accepted, Busy:
	case Already:
		res.Already = true
	case Kept:
		res.Err = &Error{Code: SpoolOccupied, Reason: InGrace, Tag: res.Tag, Operation: res.Lock.Operation, Holder: res.Lock.Holder, Until: res.Lock.Until}
	case Reserved:
		res.Err = &Error{Code: SpoolOccupied, Reason: WaitListFirst, Tag: res.Tag, Until: o.Outcome.Until.In(t.cfg.Zone)}
	case Occupied:
		res.Err = &Error{
			Code: SpoolOccupied, Tag: res.Tag, Operation: res.Lock.Operation, Holder: res.Lock.Holder,
			Since: res.Lock.Since, Until: res.Lock.Deadline,
		}
	default:
		res.Err = &Error{Code: LocksUnavailable, Reason: NothingDone, Tag: res.Tag}
	}
}
