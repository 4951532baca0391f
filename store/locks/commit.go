package locks

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Bind implements occupation.Locks. Of the quota the first 8 of 11 writes in a
// minute are free, then they are spread: Wait is 5 s at most while nothing but
// this quota limits them.
func (l *Locks) Bind(ctx context.Context, replica string, commit occupation.Commit) (occupation.Bound, error) {
	events := commit.Events()
	if commit.ID == "" || commit.Stamp < 1 || len(events) == 0 {
		return occupation.Bound{}, errors.New("locks: a commit without id, stamp or events")
	}
	text, err := encodeCommit(commit)
	if err != nil {
		return occupation.Bound{}, err
	}
	keys := []string{l.keys.key("site"), l.keys.key("intents"), l.keys.key("commits"), l.keys.key("quota")}
	args := []any{replica, commit.ID, l.quota, rand.Text(), text}
	for _, e := range events {
		args = append(args, e)
	}
	reply, err := l.run(ctx, bindScript, keys, args...)
	if err != nil {
		return occupation.Bound{}, err
	}
	return bound(reply)
}

func bound(reply any) (occupation.Bound, error) {
	part, err := texts(reply)
	if err != nil {
		return occupation.Bound{}, err
	}
	switch {
	case len(part) > 1 && part[0] == "stale":
		return occupation.Bound{Stale: part[1:]}, nil
	case len(part) == 2 && part[0] == "wait":
		ms, err := strconv.ParseInt(part[1], 10, 64)
		return occupation.Bound{Wait: time.Duration(ms) * time.Millisecond}, err
	case len(part) == 2 && part[0] == "bound":
		sent, err := moment(part[1])
		return occupation.Bound{Sent: sent}, err
	default:
		return occupation.Bound{}, fmt.Errorf("locks: bind answers %q", part)
	}
}

// Settle implements occupation.Locks. After a broken line lost may name what the
// first sending of the call has settled: it is remembered no more.
func (l *Locks) Settle(ctx context.Context, commit string, events, owed []string) ([]string, error) {
	args := []any{commit, occupation.HeadStart.Milliseconds()}
	for _, e := range events {
		flag := "0"
		if slices.Contains(owed, e) {
			flag = "1"
		}
		args = append(args, e, flag)
	}
	keys := append(l.commitKeys(), l.keys.key("news"))
	reply, err := l.run(ctx, settleScript, keys, args...)
	if err != nil {
		return nil, err
	}
	lost, err := texts(reply)
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	return lost, nil
}

// Undo implements occupation.Locks.
func (l *Locks) Undo(ctx context.Context, commit string, events []string) error {
	args := []any{commit, occupation.HeadStart.Milliseconds()}
	for _, e := range events {
		args = append(args, e)
	}
	_, err := l.run(ctx, undoScript, l.commitKeys(), args...)
	return err
}

func (l *Locks) commitKeys() []string {
	return []string{
		l.keys.key("site"), l.keys.key("intents"), l.keys.key("commits"), l.keys.key("deadlines"), l.keys.key("waiting"),
	}
}
