package occupation

// CanWork checks that the worker may do the operation at all: active, and with
// a role for it. Errors: WORKER_UNKNOWN, ROLE_NOT_ALLOWED.
func CanWork(w Worker, op Operation) *Error {
	if err := CanAct(w); err != nil {
		return err
	}
	if !w.May(op) {
		return &Error{Code: RoleNotAllowed, Operation: op}
	}
	return nil
}

// CanAct checks that the worker is one and active. Error: WORKER_UNKNOWN.
func CanAct(w Worker) *Error {
	if w.ID == 0 {
		return &Error{Code: WorkerUnknown, Reason: Unlinked}
	}
	if !w.Active {
		return &Error{Code: WorkerUnknown, Reason: Inactive}
	}
	return nil
}

// CanTake checks a spool's own prerequisites for TOMAR: ARM needs
// Fecha_Materiales and no Fecha_Armado; SOLD needs both and no
// Fecha_Soldadura; and nobody may have stopped it (OnHold). Who holds it is not
// looked at. Errors: PREREQUISITE_NOT_MET, SHEET_SCHEMA (a cell that decides could
// not be read).
func CanTake(s Spool, op Operation) *Error {
	if _, stopped := s.Stop(); stopped {
		return onHold(s)
	}
	return canWork(s, op)
}

// canWork checks the dates that an operation needs, and its own.
func canWork(s Spool, op Operation) *Error {
	decides := []Column{ColMaterials, ColArmDate}
	if op == SOLD {
		decides = append(decides, ColSoldDate)
	}
	for _, c := range decides {
		if f, bad := s.Fault(c); bad {
			return &Error{Code: SheetSchema, Reason: UnreadCell, Tag: s.Tag, Column: c, Row: f.Row, Text: f.Text}
		}
	}
	missing := func(c Column) *Error {
		return &Error{Code: PrerequisiteNotMet, Reason: EmptyColumn, Tag: s.Tag, Operation: op, Column: c, Row: s.Row}
	}
	switch {
	case s.Materials.IsZero():
		return missing(ColMaterials)
	case op == ARM && !s.ArmDate.IsZero():
		return &Error{Code: PrerequisiteNotMet, Reason: AlreadyDone, Tag: s.Tag, Operation: op, Column: ColArmDate, Since: s.ArmDate, Holder: Holder{Name: s.ArmBy}}
	case op == SOLD && s.ArmDate.IsZero():
		return missing(ColArmDate)
	case op == SOLD && !s.SoldDate.IsZero():
		return &Error{Code: PrerequisiteNotMet, Reason: AlreadyDone, Tag: s.Tag, Operation: op, Column: ColSoldDate, Since: s.SoldDate, Holder: Holder{Name: s.SoldBy}}
	default:
		return nil
	}
}

// Infer says which operation a worker who names none means: what the spool
// needs next. Errors: PREREQUISITE_NOT_MET when nothing is left to do,
// SHEET_SCHEMA when a date that decides cannot be read, ROLE_NOT_ALLOWED when
// the worker may not do what is needed.
func Infer(s Spool, w Worker) (Operation, *Error) {
	op := s.Next()
	if op == "" {
		return "", CanTake(s, SOLD)
	}
	if err := CanTake(s, op); err != nil && (err.Code == SheetSchema || err.Reason == OnHold) {
		return "", err
	}
	if !w.May(op) {
		return "", &Error{Code: RoleNotAllowed, Tag: s.Tag, Operation: op}
	}
	return op, nil
}

// CanWrite checks, on the row as the commit is made from it, what a lock alone
// cannot know: that nobody else stands there, and that a date which is to be
// written is not there already. Whoever finishes their own work writes whatever
// name the row shows; what others do to it, and an expiry, leave to reconcile what
// people wrote there. Errors: SPOOL_OCCUPIED, PREREQUISITE_NOT_MET, SHEET_SCHEMA.
func CanWrite(i Intent, s Spool) *Error {
	known := s.HolderID != 0 && (s.HolderID == i.Worker.ID || s.HolderID == i.From.ID)
	switch {
	case i.Kind == Take, i.Kind == Transfer, i.Kind == Release, i.Kind == Expire, i.Kind == Retain && i.From.ID != 0:
		if s.Occupied() && !known {
			return heldByRow(s)
		}
	}
	switch i.Kind {
	case Take, Transfer:
		return CanTake(s, i.Operation)
	case Complete: // what is done is done, whatever stops the next
		return canWork(s, i.Operation)
	case Retain:
		return canRetain(i, s)
	case Lift:
		return canLift(i, s)
	case Revert:
		return canRevert(i, s)
	default:
		return nil
	}
}

// heldByRow refuses a spool that its row alone gives to somebody. A formula that
// shows an error there gives it to nobody that anyone could ask.
func heldByRow(s Spool) *Error {
	if f, bad := s.Fault(ColHeldBy); bad {
		return &Error{Code: SheetSchema, Reason: UnreadCell, Tag: s.Tag, Column: ColHeldBy, Row: f.Row, Text: f.Text}
	}
	return &Error{
		Code: SpoolOccupied, Reason: HeldByHand, Tag: s.Tag, Row: s.Row,
		Holder: Holder{ID: s.HolderID, Name: s.HeldBy}, Since: s.Since,
	}
}
