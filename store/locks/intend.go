package locks

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/spoolbot/spoolbot/occupation"
)

// Intend implements occupation.Locks.
func (l *Locks) Intend(ctx context.Context, replica string, intents []occupation.Intent) ([]occupation.Outcome, error) {
	if len(intents) == 0 {
		return nil, nil
	}
	if err := checkIntents(intents); err != nil {
		return nil, err
	}
	keys, args, err := l.intending(replica, intents)
	if err != nil {
		return nil, err
	}
	reply, err := l.run(ctx, scriptOf(intents[0].Kind), keys, args...)
	if err != nil {
		return nil, err
	}
	return outcomes(intents, reply)
}

func scriptOf(kind occupation.Kind) script {
	switch kind {
	case occupation.Take:
		return takeScript
	case occupation.Transfer:
		return transferScript
	case occupation.Extend:
		return extendScript
	case occupation.Release:
		return freeScript
	case occupation.Expire:
		return expireScript
	case occupation.Retain, occupation.Lift:
		return stopScript
	case occupation.Revert:
		return revertScript
	case occupation.PauseWhy:
		return whyScript
	default:
		return releaseScript
	}
}

// checkIntents refuses what the port forbids: one batch is of one kind, and no
// spool and no event is in it twice.
func checkIntents(intents []occupation.Intent) error {
	seen := make(map[string]bool, len(intents))
	for _, in := range intents {
		switch {
		case in.Kind.Action() == "" || in.Kind != intents[0].Kind:
			return fmt.Errorf("locks: an intent of kind %q among those of %q", in.Kind, intents[0].Kind)
		case in.Key == "" || in.Event == "":
			return fmt.Errorf("locks: an intent without key or event")
		case seen["k"+in.Key] || seen["e"+in.Event]:
			return fmt.Errorf("locks: %s or event %s is there twice", in.Key, in.Event)
		}
		seen["k"+in.Key], seen["e"+in.Event] = true, true
	}
	return nil
}

// intending makes keys and arguments as lib_intend.lua takes them.
func (l *Locks) intending(replica string, intents []occupation.Intent) ([]string, []any, error) {
	keys := []string{
		l.keys.key("site"), l.keys.key("fence"), l.keys.key("deadlines"), l.keys.key("intents"), l.keys.key("waiting"),
	}
	args := []any{replica, rand.Text()}
	for _, in := range intents {
		lock, err := newLock(in)
		if err != nil {
			return nil, nil, err
		}
		ms, err := msOf(in)
		if err != nil {
			return nil, nil, err
		}
		text, err := encodeIntent(in)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, l.keys.lock(in.Key), l.keys.expired(in.Key))
		args = append(args, in.Event, in.Worker.ID, in.Fence, in.From.ID, ms, lock, text)
	}
	return keys, args, nil
}

// newLock is the lock of what begins an occupation or is about a free spool, but
// for fence and times; empty for all else.
func newLock(in occupation.Intent) (string, error) {
	state := occupation.Pending
	switch {
	case in.OnFree:
		state = occupation.Changing
	case !in.Begins():
		return "", nil
	}
	return encodeLock(occupation.Lock{
		Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation, State: state, Event: in.Event,
	})
}

// msOf is the one time that an intent brings along, as milliseconds.
func msOf(in occupation.Intent) (int64, error) {
	switch in.Kind {
	case occupation.Take, occupation.Transfer:
		return in.TTL.Milliseconds(), nil
	case occupation.Expire:
		return in.Grace.Milliseconds(), nil
	case occupation.Revert, occupation.PauseWhy:
		return occupation.RevertFor.Milliseconds(), nil
	case occupation.Extend:
		ms := in.Until.UnixMilli()
		if ms > maxNumber {
			return 0, fmt.Errorf("locks: deadline %v out of range", in.Until)
		}
		return ms, nil
	default:
		return 0, nil
	}
}

// outcomes reads the answer of an intending script.
func outcomes(intents []occupation.Intent, reply any) ([]occupation.Outcome, error) {
	list, ok := reply.([]any)
	if !ok || len(list) != len(intents) {
		return nil, fmt.Errorf("locks: the answer to %d intents is %T of %d", len(intents), reply, len(list))
	}
	out := make([]occupation.Outcome, len(list))
	for i, item := range list {
		part, err := texts(item)
		if err != nil {
			return nil, err
		}
		if len(part) != 4 {
			return nil, fmt.Errorf("locks: an outcome of %d parts", len(part))
		}
		if out[i], err = outcome(intents[i], part[0], part[1], part[2], part[3]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func outcome(in occupation.Intent, verdict, lock, record, when string) (occupation.Outcome, error) {
	o := occupation.Outcome{Verdict: occupation.Verdict(verdict)}
	var err error
	if lock != "" {
		if o.Lock, err = decodeLock(lock); err != nil {
			return o, err
		}
	}
	switch verdict {
	case "known":
		o.Verdict, o.Lock.Event = occupation.Busy, in.Event
	case string(occupation.Accepted):
		r, err := decodeIntent(record)
		if err != nil {
			return o, err
		}
		o.Intent = r.intent
		if o.Intent.Until = in.Until; in.Kind != occupation.Revert { // in the sender's zone
			o.Intent.Date = in.Date
		}
	case string(occupation.Expired):
		o.Expired, err = moment(when)
	case string(occupation.Reserved):
		o.Until, err = moment(when)
	}
	if in.Kind == occupation.PauseWhy && when != "" {
		o.Until, err = moment(when)
	}
	return o, err
}
