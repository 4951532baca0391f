package occupation

import (
	"sync"
	"time"
)

// job is one accepted intent on its way to the sheet, and who waits for it.
type job struct {
	intent Intent
	owed   bool     // only the audit row is still to be delivered
	bound  string   // the commit that the intent was bound to last
	maybe  []string // the commits that it may be bound to: the lock store may not have answered
	// keepState: somebody has written a state at the sheet, which must go on saying
	// so.
	keepState bool
	done      chan struct{}
	since     time.Time // when it became one
	again     bool      // the answer to its settling was lost: it may be settled
	lost      bool      // the lock store has forgotten it since

	mu     sync.Mutex
	err    *Error
	over   bool
	leaves int  // how many gave up waiting
	quiet  bool // somebody else brought it to its end, and tells whom it concerns
}

// leave ends the wait for the job: its end, or "it is being checked", after
// which the Notifier will be told of the end.
func (j *job) leave() *Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return j.err
	}
	j.leaves++
	return checking(j.intent.Tag)
}

// reverts reports whether what has landed can be taken back: not where the lock store
// does not remember it, nor where the office has stopped the spool meanwhile. The job
// is over.
func (j *job) reverts() bool { return j.intent.Reverts() && !j.lost && !j.keepState }

func (j *job) ended() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}
