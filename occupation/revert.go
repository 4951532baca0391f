package occupation

import "context"

// Revert is DESHACER: the worker takes back what they did last to the spools, TOMAR,
// PAUSAR or COMPLETAR, for RevertFor and only if nobody has acted since. What was
// given back is theirs again as it was, for a new occupation with the old deadline.
// A target's Fence is that of the occupation, 0 = whichever. Each spool for itself: what
// became of one is in its result, also that it is too late (NOT_OWNER, UndoOver).
// Results and errors as Pause.
func (s *Service) Revert(ctx context.Context, r Request, targets []Target, undoes Kind) ([]Result, error) {
	if !undoes.Reverts() {
		return nil, &Error{Code: InvalidInput, Text: string(undoes)}
	}
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return nil, err
	}
	f, err := s.prepareFinish(ctx, r, worker, Revert, targets)
	if err != nil {
		return nil, err
	}
	for i := range f.results {
		f.results[i].Undoes = undoes
	}
	for n := range f.intents {
		f.intents[n].Undoes = undoes
	}
	outcomes, err := s.change(ctx, f.intents)
	if err != nil {
		return nil, err
	}
	for n, i := range f.at {
		s.concludeRevert(&f.results[i], outcomes[n])
	}
	return f.results, nil
}

func (s *Service) concludeRevert(res *Result, o changed) {
	switch o.Verdict {
	case Gone:
		res.Lock = s.local(o.Lock)
		res.Err = undoOver(res.Tag, res.Lock)
	case Reserved:
		res.Err = &Error{Code: SpoolOccupied, Reason: WaitListFirst, Tag: res.Tag, Until: o.Outcome.Until.In(s.cfg.Zone)}
	default:
		s.concludeFinish(res, o)
		res.Date = o.Intent.Date
	}
}

func undoOver(tag string, now Lock) *Error {
	e := &Error{Code: NotOwner, Reason: UndoOver, Tag: tag}
	if now.Holds() {
		e.Operation, e.Holder, e.Since, e.Until = now.Operation, now.Holder, now.Since, now.Deadline
	}
	return e
}

// revertCells is what taking a change back makes of the row.
func (i Intent) revertCells() []Cell {
	if i.Undoes == Take {
		was := i.Was
		if was == StateText(Take, i.Operation) { // somebody else's, read too early
			was = ""
		}
		return []Cell{{Column: ColHeldBy}, {Column: ColSince}, {Column: ColState, Text: was}}
	}
	cells := []Cell{
		{Column: ColHeldBy, Text: i.Worker.Label},
		{Column: ColSince, Moment: i.Since},
		{Column: ColState, Text: StateText(Take, i.Operation)},
	}
	if i.Undoes == Complete {
		date, by := doneColumns(i.Operation)
		cells = append(cells, Cell{Column: date}, Cell{Column: by})
	}
	return cells
}

// doneColumns are the columns that say when an operation was done and by whom.
func doneColumns(op Operation) (date, by Column) {
	if op == SOLD {
		return ColSoldDate, ColSoldBy
	}
	return ColArmDate, ColArmBy
}

// canRevert checks that the row still shows what is to be taken back, and nothing
// that somebody has written since.
func canRevert(i Intent, s Spool) *Error {
	if i.Undoes == Take {
		if s.Occupied() && s.HolderID != i.Worker.ID {
			return heldByRow(s)
		}
		return nil
	}
	if s.Occupied() {
		return heldByRow(s)
	}
	if _, stopped := s.Stop(); stopped {
		return onHold(s)
	}
	if s.State != "" && s.State != StateText(i.Undoes, i.Operation) {
		return undoOver(s.Tag, Lock{})
	}
	if i.Undoes == Complete {
		date, by := s.ArmDate, s.ArmBy
		if i.Operation == SOLD {
			date, by = s.SoldDate, s.SoldBy
		}
		if !date.Equal(i.Date) || by != i.Worker.Label || (i.Operation == ARM && !s.SoldDate.IsZero()) {
			return undoOver(s.Tag, Lock{})
		}
		return nil
	}
	return canWork(s, i.Operation)
}
