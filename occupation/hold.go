package occupation

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// ExtendBeyond is how long after the end of the shift a deadline may lie.
	ExtendBeyond = 12 * time.Hour
	// OfferLasts is how long an offer of TRASPASAR waits for an answer.
	OfferLasts = 15 * time.Minute
	// MaxReason is how many characters of a supervisor's reason are kept.
	MaxReason = 200
)

// Extension says how long a worker wants to go on: so much longer, or until the
// end of the shift.
type Extension struct {
	By       time.Duration
	ShiftEnd bool
}

// Extend is EXTENDER: the deadlines of the worker's spools move, never to an
// earlier moment and never beyond the end of the shift by more than ExtendBeyond.
// No targets means all that the worker holds. What has expired is taken back
// while its grace lasts, which begins a new occupation. The answer does not wait
// for the sheet. A supervisor extends also what somebody else holds, if the target
// names its fence: who holds it, and who has to pause it, stay the same. Results and
// errors as Pause; Already says that the deadline is no earlier than what was asked
// for.
func (s *Service) Extend(ctx context.Context, r Request, targets []Target, ext Extension) ([]Result, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		held, err := s.HeldBy(ctx, r.Worker)
		if err != nil {
			return nil, err
		}
		for _, st := range held[:min(len(held), MaxBatch)] {
			targets = append(targets, Target{Tag: st.tag(), Fence: st.Lock.Fence})
		}
	}
	f, err := s.prepareFinish(ctx, r, worker, Extend, targets)
	if err != nil {
		return nil, err
	}
	locks, err := s.locksOf(ctx, f.intents)
	if err != nil {
		return nil, err
	}
	for n := range f.intents {
		in := &f.intents[n]
		lock, target := locks[in.Key], f.targets[in.Key]
		from := target.Deadline
		if from.IsZero() {
			from = lock.Deadline
		}
		if worker.Has(Supervisor) && lock.Holds() && lock.Holder.ID != worker.ID && lock.Fence == target.Fence {
			in.Worker, in.By = lock.Holder, worker.AsHolder()
		}
		in.Until = ext.until(from, r.Now.In(s.cfg.Zone), s.cfg.Shifts)
	}
	if err := s.carryFinish(ctx, f); err != nil {
		return nil, err
	}
	var own []*Result
	for n, i := range f.at {
		if f.intents[n].By.ID == 0 { // else it is not theirs to take back
			own = append(own, &f.results[i])
		}
	}
	s.takeBack(ctx, r, own)
	return f.results, nil
}

// until is the deadline that the extension asks for.
func (e Extension) until(from, now time.Time, shifts []Shift) time.Time {
	end := ShiftEnd(shifts, now)
	if end.IsZero() {
		end = now
	}
	if e.ShiftEnd {
		return end
	}
	if from.Before(now) {
		from = now
	}
	if latest := end.Add(ExtendBeyond); from.Add(e.By).After(latest) {
		return latest
	}
	return from.Add(e.By)
}

// locksOf are the locks of now, by key.
func (s *Service) locksOf(ctx context.Context, intents []Intent) (map[string]Lock, error) {
	if len(intents) == 0 {
		return nil, nil
	}
	keys := make([]string, len(intents))
	for i, in := range intents {
		keys[i] = in.Key
	}
	snap, err := s.snapshot(ctx, keys...)
	if err == nil && !snap.Seeded { // whose deadlines stand in the sheet
		if err := s.Rebuild(ctx); err != nil {
			return nil, err
		}
		snap, err = s.snapshot(ctx, keys...)
	}
	if err != nil {
		return nil, locksGone(err, NothingDone)
	}
	out := map[string]Lock{}
	for _, l := range snap.Locks {
		out[l.Key] = l
	}
	return out, nil
}

// takeBack takes what the worker wanted to extend and what has expired, where its
// grace lasts or nobody wants it: whoever says "I go on" means just that.
func (s *Service) takeBack(ctx context.Context, r Request, results []*Result) {
	byOp := map[Operation][]int{}
	for i, res := range results {
		if res.Err != nil && res.Err.Code == LockExpired && res.Err.Holder.ID == 0 {
			byOp[res.Err.Operation] = append(byOp[res.Err.Operation], i)
		}
	}
	for op, at := range byOp {
		tags := make([]string, len(at))
		for n, i := range at {
			tags[n] = results[i].Tag
		}
		taken, err := s.Take(ctx, r, op, tags)
		for n, i := range at {
			if err != nil { // the others are extended all the same
				results[i].Err = asError(err)
				continue
			}
			*results[i] = taken[n]
		}
	}
}

// Release is LIBERAR: a supervisor frees a spool that somebody else holds, and
// says why. Its former holder is told. Errors: INVALID_INPUT (NoReason),
// WORKER_UNKNOWN, ROLE_NOT_ALLOWED (NotSupervisor), those of Find, and
// LOCKS_UNAVAILABLE; what became of the spool is in the result.
func (s *Service) Release(ctx context.Context, r Request, target Target, reason string) (Result, error) {
	boss, err := s.supervisor(ctx, r.Worker)
	if err != nil {
		return Result{}, err
	}
	if reason = tidyReason(reason); reason == "" {
		return Result{}, &Error{Code: InvalidInput, Reason: NoReason, Tag: target.Tag}
	}
	st, err := s.lockOf(ctx, target.Tag)
	if err != nil {
		return Result{}, err
	}
	res := Result{Tag: st.tag(), Spool: st.Spool, Lock: st.Lock, Kind: Release}
	if st.Lock.Fence == 0 {
		res.Err = nobodyHolds(st)
		return res, nil
	}
	in := Intent{
		Event: eventID(r, Release, st.Lock.Key), Kind: Release, Key: st.Lock.Key, Tag: res.Tag,
		Worker: boss.AsHolder(), From: st.Lock.Holder, Fence: st.Lock.Fence, Reason: reason,
	}
	if target.Fence != 0 {
		in.Fence = target.Fence
	}
	err = s.override(ctx, &res, in)
	return res, err
}

// OfferTransfer is the first half of TRASPASAR: the holder, or a supervisor who
// says why, offers the spool to another worker. Nothing changes until that worker
// accepts. Of one spool there is one offer: an earlier one is over. Errors:
// INVALID_INPUT (NoReceiver, NoReason), WORKER_UNKNOWN and ROLE_NOT_ALLOWED (of
// either; Holder names the receiver), NOT_OWNER, LOCK_EXPIRED, those of Find.
func (s *Service) OfferTransfer(ctx context.Context, r Request, target Target, to int, reason string) (offer, replaced Offer, err error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return Offer{}, Offer{}, err
	}
	st, err := s.lockOf(ctx, target.Tag)
	if err != nil {
		return Offer{}, Offer{}, err
	}
	lock := st.Lock
	offer = Offer{
		ID: rand.Text(), Key: lock.Key, Tag: st.tag(), Fence: lock.Fence, From: lock.Holder,
		Reason: tidyReason(reason), Lasts: OfferLasts,
	}
	switch {
	case !lock.Holds():
		return Offer{}, Offer{}, nobodyHolds(st)
	case target.Fence != 0 && target.Fence != lock.Fence && lock.Holder.ID == worker.ID:
		return Offer{}, Offer{}, &Error{Code: NotOwner, Reason: HeldAnew, Tag: offer.Tag, Holder: lock.Holder, Since: lock.Since, Until: lock.Deadline}
	case lock.Holder.ID != worker.ID && !worker.Has(Supervisor):
		return Offer{}, Offer{}, &Error{Code: NotOwner, Tag: offer.Tag, Operation: lock.Operation, Holder: lock.Holder, Since: lock.Since, Until: lock.Deadline}
	case lock.Holder.ID != worker.ID:
		if offer.By = worker.AsHolder(); offer.Reason == "" {
			return Offer{}, Offer{}, &Error{Code: InvalidInput, Reason: NoReason, Tag: offer.Tag}
		}
	}
	if to == 0 || to == lock.Holder.ID {
		return Offer{}, Offer{}, &Error{Code: InvalidInput, Reason: NoReceiver, Tag: offer.Tag}
	}
	receiver, err := s.receiver(ctx, to, lock.Operation)
	if err != nil {
		return Offer{}, Offer{}, err
	}
	offer.To = receiver.AsHolder()
	if replaced, err = s.desk.Offer(ctx, offer); err != nil {
		return Offer{}, Offer{}, locksGone(err, NothingDone)
	}
	return offer, replaced, nil
}

// receiver is a worker who may be given a spool for the operation.
func (s *Service) receiver(ctx context.Context, id int, op Operation) (Worker, error) {
	w, err := s.directory.Worker(ctx, id)
	if err != nil {
		return w, asUnavailable(err)
	}
	if bad := CanWork(w, op); bad != nil {
		if bad.Holder = w.AsHolder(); bad.Code == RoleNotAllowed {
			bad.Reason = ReceiverRole
		}
		return w, bad
	}
	return w, nil
}

// AcceptTransfer is the second half of TRASPASAR: the worker takes over what was
// offered to them, for a new occupation. Errors: INVALID_INPUT (OfferGone),
// WORKER_UNKNOWN, ROLE_NOT_ALLOWED, LOCKS_UNAVAILABLE; what became of the spool is
// in the result. The offer is over in any case but the last.
func (s *Service) AcceptTransfer(ctx context.Context, r Request, id string) (Result, Offer, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return Result{}, Offer{}, err
	}
	offer, err := s.AnswerOffer(ctx, worker.ID, id)
	if err != nil {
		return Result{}, offer, err
	}
	if offer.To.ID != worker.ID { // who gives it cannot accept it
		return Result{}, offer, &Error{Code: InvalidInput, Reason: OfferGone, Tag: offer.Tag}
	}
	res := Result{Tag: offer.Tag, Kind: Transfer}
	if book, err := s.Book(ctx); err == nil {
		if spool, missing := book.Find(offer.Tag); missing == nil {
			res.Spool = spool
		}
	}
	in := Intent{
		Event: eventID(r, Transfer, offer.Key), Kind: Transfer, Key: offer.Key, Tag: offer.Tag,
		Worker: worker.AsHolder(), From: offer.From, Fence: offer.Fence, Former: offer.Fence, By: offer.By, Reason: offer.Reason, TTL: s.cfg.TTL,
	}
	err = s.override(ctx, &res, in)
	return res, offer, err
}

// AnswerOffer takes an offer off the desk for one of those whom it concerns: the
// receiver refuses it, or who made it takes it back. Error: INVALID_INPUT
// (OfferGone), LOCKS_UNAVAILABLE.
func (s *Service) AnswerOffer(ctx context.Context, worker int, id string) (Offer, error) {
	offer, ok, err := s.desk.Answered(ctx, id, worker)
	if err != nil {
		return Offer{}, locksGone(err, NothingDone)
	}
	if !ok {
		return Offer{}, &Error{Code: InvalidInput, Reason: OfferGone}
	}
	return offer, nil
}

// override carries out a transfer or a forced release.
func (s *Service) override(ctx context.Context, res *Result, in Intent) error {
	outcomes, err := s.change(ctx, []Intent{in})
	if err != nil {
		return err
	}
	s.concludeFinish(res, outcomes[0])
	return nil
}

// lockOf is Find, with the lock put back where only the row knows of it.
func (s *Service) lockOf(ctx context.Context, tag string) (Status, error) {
	st, err := s.Find(ctx, tag)
	if err != nil || st.Lock.Fence != 0 || st.Spool.HolderID == 0 {
		return st, err
	}
	if err := s.restore(ctx, []Spool{st.Spool}); err != nil {
		return st, err
	}
	return s.Find(ctx, tag)
}

func (s *Service) supervisor(ctx context.Context, id int) (Worker, error) {
	w, err := s.Worker(ctx, id)
	if err != nil {
		return w, err
	}
	if !w.Has(Supervisor) {
		return w, &Error{Code: RoleNotAllowed, Reason: NotSupervisor}
	}
	return w, nil
}

// nobodyHolds is the error for a spool without a lock.
func nobodyHolds(st Status) *Error {
	if st.Spool.Occupied() {
		return heldByRow(st.Spool)
	}
	return &Error{Code: NotOwner, Reason: NobodyHolds, Tag: st.tag()}
}

// tidyReason makes one line of what a supervisor wrote.
func tidyReason(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > MaxReason {
		text = string([]rune(text)[:MaxReason-1]) + "…"
	}
	return text
}

func (s Status) tag() string {
	if s.Spool.Tag != "" {
		return s.Spool.Tag
	}
	return s.Lock.Tag
}
