package locks

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"
)

// Count adds to what all replicas have counted, in steps of five minutes of the
// store's clock. What is a day old is forgotten.
func (l *Locks) Count(ctx context.Context, counts map[string]int) error {
	var args []any
	for name, n := range counts {
		args = append(args, name, n)
	}
	if len(args) == 0 {
		return nil
	}
	_, err := l.run(ctx, countScript, []string{l.keys.key("counts"), l.keys.answer(rand.Text())}, args...)
	return err
}

// Counted sums what was counted in the steps that began within over.
func (l *Locks) Counted(ctx context.Context, over time.Duration) (map[string]int, error) {
	reply, err := l.run(ctx, countedScript, []string{l.keys.key("counts")}, over.Milliseconds())
	if err != nil {
		return nil, err
	}
	parts, err := texts(reply)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for i := 0; i+1 < len(parts); i += 2 {
		if out[parts[i]], err = strconv.Atoi(parts[i+1]); err != nil {
			return nil, fmt.Errorf("locks: count in the answer: %w", err)
		}
	}
	return out, nil
}
