package view

import "github.com/spoolbot/spoolbot/occupation"

// The action ids of buttons. Those that start with spool_ or offer_ carry Facts as
// value, those that start with extend_all what ReadDeadline reads.
const (
	ActionTake     = "spool_take"
	ActionPause    = "spool_pause"
	ActionComplete = "spool_complete"
	ActionStatus   = "spool_status"
	ActionMine     = "show_mine"
	ActionBoard    = "show_board"
	ActionHelp     = "show_help"
	ActionBatch    = "open_batch"

	ActionExtend         = "spool_extend"       // one hour more
	ActionExtendShift    = "spool_extend_shift" // until the end of the shift
	ActionExtendAll      = "extend_all"
	ActionExtendAllShift = "extend_all_shift"

	ActionTransfer = "spool_transfer" // opens the modal
	ActionAccept   = "offer_accept"
	ActionRefuse   = "offer_refuse"
	ActionWithdraw = "offer_withdraw"
	ActionRelease  = "spool_release" // opens the modal

	ActionWait     = "spool_wait"
	ActionLeave    = "spool_leave" // the wait list
	ActionAsk      = "spool_ask"   // the holder for it
	ActionGive     = "spool_give"  // to who asked
	ActionStillUse = "spool_still_use"

	ActionReconcile = "reconcile_apply"

	ActionHistory     = "spool_history"
	ActionHistoryCSV  = "history_csv"  // its value is what ReadHistory reads
	ActionRetain      = "spool_retain" // asks why
	ActionRetainFor   = "spool_retain_for"
	ActionRetainOther = "spool_retain_other" // opens the modal
	ActionLift        = "spool_lift"

	ActionUndo     = "spool_undo" // its Why says what
	ActionUndoMany = "undo_many"  // its Verb says what; it carries Many

	ActionPauseEnd  = "pause_end" // why there was a pause: ReadPauseWhy
	ActionPausePart = "pause_part"
	ActionPauseMeal = "pause_meal"
	ActionPauseTool = "pause_tool"
	ActionPauseAny  = "pause_any"
)

// ActionShop chooses one of several shops of the app; its value is the SITE.
const ActionShop = "shop_choose"

// App Home, and what is done to several spools at once. Those that end in _many
// carry Many as value, but for complete_many, which carries nothing.
const (
	ActionCompleteOn   = "spool_complete_on" // opens the modal, for one
	ActionCompleteMany = "complete_many"     // opens the modal, for what the person holds
	ActionWaitMany     = "wait_many"
	ActionRetryMany    = "retry_many"
	ActionHomeFilter   = "home_filter" // a select: ReadFilter
	ActionHomeAll      = "home_all"
)

// The ids of the modal of COMPLETAR. The boxes stand in blocks of ten.
const (
	CallbackComplete     = "complete"
	CallbackCompleteWait = "complete_wait"

	BlockCompleteDay    = "complete_day"
	BlockCompletePieces = "complete_pieces_" // and the number of the block

	ActionCompleteDay    = "complete_day_pick"
	ActionCompletePieces = "complete_pieces_boxes"
)

// The ids of the batch modal.
const (
	CallbackBatch        = "batch"
	CallbackBatchWorking = "batch_working"
	CallbackBatchDone    = "batch_done"
	CallbackHome         = "home"

	BlockBatchSpools    = "batch_spools"
	BlockBatchOperation = "batch_operation"

	ActionBatchSpools    = "batch_spools_select"
	ActionBatchOperation = "batch_operation_choice"
)

// The ids of the modals of TRASPASAR and LIBERAR.
const (
	CallbackTransfer = "transfer"
	CallbackRelease  = "release"

	BlockTransferTo     = "transfer_to"
	BlockTransferReason = "transfer_reason"
	BlockReleaseReason  = "release_reason"

	ActionTransferTo     = "transfer_to_select"
	ActionTransferReason = "transfer_reason_text"
	ActionReleaseReason  = "release_reason_text"
)

// The ids of who is who. The buttons carry LinkFacts, but for those that open an
// empty form (choose, people).
const (
	ActionLinkChoose  = "link_choose"  // opens the modal in which one says who one is
	ActionLinkApprove = "link_approve" // a claim
	ActionLinkRefuse  = "link_refuse"  // opens the modal that asks why
	ActionLinkPeople  = "link_people"  // opens the modal to look for a worker
	ActionLinkShow    = "link_show"
	ActionLinkChange  = "link_change" // opens the modal to choose an account
	ActionLinkGive    = "link_give"   // opens the modal to choose a worker for an account
	ActionLinkRemove  = "link_remove"

	CallbackLinkChoose  = "link_choose"
	CallbackLinkReject  = "link_reject"
	CallbackLinkPeople  = "link_people"
	CallbackLinkAccount = "link_account"
	CallbackLinkGive    = "link_give"

	BlockLinkName    = "link_name"
	BlockLinkWorker  = "link_worker"
	BlockLinkAccount = "link_account"
	BlockLinkReason  = "link_reason"

	ActionLinkName    = "link_name_select"   // of those without a link
	ActionLinkWorker  = "link_worker_select" // of all
	ActionLinkAccount = "link_account_select"
	ActionLinkReason  = "link_reason_text"
)

// FirstInput is the first block of a form, under which stands what is wrong with
// all of it.
func FirstInput(callback string) string {
	switch callback {
	case CallbackTransfer:
		return BlockTransferTo
	case CallbackRelease:
		return BlockReleaseReason
	case CallbackRetain:
		return BlockRetainReason
	case CallbackComplete:
		return BlockCompleteDay
	default:
		return BlockBatchSpools
	}
}

// The ids of the modal of RETENER.
const (
	CallbackRetain     = "retain"
	BlockRetainReason  = "retain_reason"
	ActionRetainReason = "retain_reason_text"
)

// ActionIDs lists the action ids of all buttons, for the test that compares them
// with the router. The elements of the modals are not in it: they send no action.
func ActionIDs() []string {
	return []string{
		ActionTake, ActionPause, ActionComplete, ActionStatus,
		ActionMine, ActionBoard, ActionHelp, ActionBatch,
		ActionExtend, ActionExtendShift, ActionExtendAll, ActionExtendAllShift,
		ActionTransfer, ActionAccept, ActionRefuse, ActionWithdraw, ActionRelease,
		ActionWait, ActionLeave, ActionAsk, ActionGive, ActionStillUse,
		ActionReconcile,
		ActionHistory, ActionHistoryCSV,
		ActionLinkChoose, ActionLinkApprove, ActionLinkRefuse, ActionLinkPeople, ActionLinkShow, ActionLinkChange, ActionLinkGive, ActionLinkRemove,
		ActionCompleteOn, ActionCompleteMany, ActionWaitMany, ActionRetryMany, ActionHomeFilter, ActionHomeAll,
		ActionRetain, ActionRetainFor, ActionRetainOther, ActionLift,
		ActionUndo, ActionUndoMany,
		ActionPauseEnd, ActionPausePart, ActionPauseMeal, ActionPauseTool, ActionPauseAny,
		ActionShop,
	}
}

// Verb is what a person asks for; it decides which button an offer gets.
type Verb string

// The verbs.
const (
	Take     Verb = "take"
	Pause    Verb = "pause"
	Complete Verb = "complete"
	Show     Verb = "show"
	Extend   Verb = "extend" // by one hour
	Transfer Verb = "transfer"
	Release  Verb = "release"
	Wait     Verb = "wait"
	Ask      Verb = "ask"
	Look     Verb = "look"   // back, at its history
	BeWho    Verb = "be_who" // a worker: to say that one is
	Retain   Verb = "retain"
	Lift     Verb = "lift"
	Undo     Verb = "undo"
)

// VerbOf is the verb of a kind of change.
func VerbOf(kind occupation.Kind) Verb {
	switch kind {
	case occupation.Pause:
		return Pause
	case occupation.Complete:
		return Complete
	case occupation.Take:
		return Take
	case occupation.Extend:
		return Extend
	case occupation.Transfer:
		return Transfer
	case occupation.Release:
		return Release
	case occupation.Retain:
		return Retain
	case occupation.Lift:
		return Lift
	case occupation.Revert:
		return Undo
	default:
		return Show
	}
}

func (v Verb) action() string {
	switch v {
	case Take:
		return ActionTake
	case Pause:
		return ActionPause
	case Complete:
		return ActionComplete
	case Extend:
		return ActionExtend
	case Transfer:
		return ActionTransfer
	case Release:
		return ActionRelease
	case Wait:
		return ActionWait
	case Ask:
		return ActionAsk
	case Look:
		return ActionHistory
	case Retain:
		return ActionRetain
	case Lift:
		return ActionLift
	case Undo:
		return ActionUndo
	default:
		return ActionStatus
	}
}
