package locks

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// Write waits for a write of the sheet from the quota that all replicas share, and
// takes it: for what no commit is bound for. Errors: of ctx, or a fault of the
// store.
func (l *Locks) Write(ctx context.Context) error {
	for nonce := rand.Text(); ; {
		reply, err := l.run(ctx, writeScript, []string{l.keys.key("quota")}, l.quota, nonce)
		if err != nil {
			return err
		}
		ms, ok := reply.(int64)
		if !ok {
			return fmt.Errorf("locks: write answers %T", reply)
		}
		if ms == 0 {
			return nil
		}
		t := time.NewTimer(time.Duration(ms) * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}
