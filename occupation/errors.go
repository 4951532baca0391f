package occupation

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code names what went wrong. Every door maps each code to its own words.
type Code string

// The codes.
const (
	InvalidInput       Code = "INVALID_INPUT"
	SpoolNotFound      Code = "SPOOL_NOT_FOUND"
	DuplicateTag       Code = "DUPLICATE_TAG"
	PrerequisiteNotMet Code = "PREREQUISITE_NOT_MET"
	WorkerUnknown      Code = "WORKER_UNKNOWN"
	RoleNotAllowed     Code = "ROLE_NOT_ALLOWED"
	SpoolOccupied      Code = "SPOOL_OCCUPIED"
	NotOwner           Code = "NOT_OWNER"
	LockExpired        Code = "LOCK_EXPIRED"
	SheetSchema        Code = "SHEET_SCHEMA"
	SheetUnavailable   Code = "SHEET_UNAVAILABLE"
	LocksUnavailable   Code = "LOCKS_UNAVAILABLE"
)

// Codes lists every code, for the tests that check that each door knows all.
func Codes() []Code {
	return []Code{
		InvalidInput, SpoolNotFound, DuplicateTag, PrerequisiteNotMet, WorkerUnknown, RoleNotAllowed,
		SpoolOccupied, NotOwner, LockExpired, SheetSchema, SheetUnavailable, LocksUnavailable,
	}
}

// Reason says more than a code where people need to know which of several
// things happened.
type Reason string

// The reasons, by the code that they go with.
const (
	NoTags        Reason = "no_tags"        // INVALID_INPUT: the list is empty
	NoTagsThere   Reason = "no_tags_there"  // INVALID_INPUT: a message has none in it
	TooManyTags   Reason = "too_many_tags"  // INVALID_INPUT: more than MaxBatch
	BadTag        Reason = "bad_tag"        // INVALID_INPUT: too long, or nothing of a TAG in it
	BadOperation  Reason = "bad_operation"  // INVALID_INPUT
	BadDate       Reason = "bad_date"       // INVALID_INPUT: not a date
	FutureDate    Reason = "future_date"    // INVALID_INPUT
	OldDate       Reason = "old_date"       // INVALID_INPUT: more than MaxDateAge ago
	NoReason      Reason = "no_reason"      // INVALID_INPUT: a supervisor must say why
	NoReceiver    Reason = "no_receiver"    // INVALID_INPUT: TRASPASAR to nobody, or to who has it
	OfferGone     Reason = "offer_gone"     // INVALID_INPUT: the offer was answered, replaced, or is too old
	EmptyColumn   Reason = "empty_column"   // PREREQUISITE_NOT_MET: Column is empty
	AlreadyDone   Reason = "already_done"   // PREREQUISITE_NOT_MET: the operation has its date
	OnHold        Reason = "on_hold"        // PREREQUISITE_NOT_MET: Holder has stopped it, Text says why (Spool.Stop)
	NotOnHold     Reason = "not_on_hold"    // PREREQUISITE_NOT_MET: nothing stops it (any more)
	Unlinked      Reason = "unlinked"       // WORKER_UNKNOWN: nobody in Trabajadores
	Inactive      Reason = "inactive"       // WORKER_UNKNOWN: Activo is not true
	NotSupervisor Reason = "not_supervisor" // ROLE_NOT_ALLOWED: only a supervisor may
	NotSetter     Reason = "not_setter"     // ROLE_NOT_ALLOWED: only who stopped it (Holder) or a supervisor may lift that
	ReceiverRole  Reason = "receiver_role"  // ROLE_NOT_ALLOWED: who is to have it (Holder) may not do the Operation
	HeldByHand    Reason = "held_by_hand"   // SPOOL_OCCUPIED: only the sheet says so, without a worker id
	InGrace       Reason = "in_grace"       // SPOOL_OCCUPIED: it has expired and is kept for Holder until Until
	WaitListFirst Reason = "wait_list"      // SPOOL_OCCUPIED: it is free, and the first who waited has it reserved until Until
	NobodyHolds   Reason = "nobody_holds"   // NOT_OWNER: the spool is free
	HeldAnew      Reason = "held_anew"      // NOT_OWNER: a button of an earlier occupation
	UndoOver      Reason = "undo_over"      // NOT_OWNER: it cannot be taken back any more: a minute is over, or somebody has acted since (Holder)
	PauseOver     Reason = "pause_over"     // NOT_OWNER: that pause was too long ago, or none of the worker's
	MissingHeader Reason = "missing_header" // SHEET_SCHEMA: Column is not there
	DoubledHeader Reason = "doubled_header" // SHEET_SCHEMA: Column is there more than once
	UnreadCell    Reason = "unread_cell"    // SHEET_SCHEMA: Column and Row hold something else
	MissingTab    Reason = "missing_tab"    // SHEET_SCHEMA: Column is the tab's name
	Protected     Reason = "protected"      // SHEET_UNAVAILABLE: the sheet refuses the write for good
	Shrunken      Reason = "shrunken"       // SHEET_UNAVAILABLE: the sheet came back empty or halved
	NothingDone   Reason = "nothing_done"   // ..._UNAVAILABLE: for certain nothing was changed
	BeingChecked  Reason = "being_checked"  // ..._UNAVAILABLE: not known yet, it is being found out

	ClaimGone    Reason = "claim_gone"    // INVALID_INPUT: a claim was decided, replaced, or is too old
	NameTaken    Reason = "name_taken"    // INVALID_INPUT: the worker (Holder) is linked to somebody else
	AccountTaken Reason = "account_taken" // INVALID_INPUT: the Slack user is linked to another worker (Holder)
	NoName       Reason = "no_name"       // INVALID_INPUT: the worker (Holder, if known) is not in Trabajadores, or inactive
	LinkChanged  Reason = "link_changed"  // INVALID_INPUT: the worker (Holder) is not linked any more as it was shown
	OwnLink      Reason = "own_link"      // ROLE_NOT_ALLOWED: nobody decides about their own link
	Uncertain    Reason = "uncertain"     // SHEET_UNAVAILABLE: not known, and nobody finds it out; asking again shows it
)

// Error is the one typed error of the core. Its text is for logs; people get
// words from a door's catalogue by Code and Reason.
type Error struct {
	Code   Code
	Reason Reason

	Tag       string
	Operation Operation
	Holder    Holder    // who has it; only Name is set when the sheet alone knows
	Since     time.Time // since when it is held, or when the operation was done
	Until     time.Time // the holder's deadline
	Expired   time.Time // LOCK_EXPIRED: when it did
	Column    Column
	Row       int      // 1-based, 0 = does not apply
	Rows      []int    // DUPLICATE_TAG: where the TAG stands
	Near      []string // SPOOL_NOT_FOUND: the nearest TAGs, best first
	Text      string   // what was given, as given

	Err error // the cause, never shown to people
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Reason != "" {
		fmt.Fprintf(&b, " (%s)", e.Reason)
	}
	if e.Tag != "" {
		fmt.Fprintf(&b, " %s", e.Tag)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, " column %s", e.Column)
	}
	if e.Row != 0 {
		fmt.Fprintf(&b, " row %d", e.Row)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code that an error carries; errors without one are faults
// and give the empty Code.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
