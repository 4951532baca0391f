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
	args := []any{replica, rand.Text()}
	var s script
	var keys []string
	var err error
	switch intents[0].Kind {
	case occupation.Take:
		s = takeScript
		keys, args, err = l.takes(intents, args)
	case occupation.Expire:
		s = expireScript
		keys, args, err = l.expiries(intents, args)
	default:
		s = releaseScript
		keys, args, err = l.finishes(intents, args)
	}
	if err != nil {
		return nil, err
	}
	reply, err := l.run(ctx, s, keys, args...)
	if err != nil {
		return nil, err
	}
	return outcomes(intents, reply)
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

func (l *Locks) takes(intents []occupation.Intent, args []any) ([]string, []any, error) {
	keys := []string{l.keys.key("site"), l.keys.key("fence"), l.keys.key("deadlines"), l.keys.key("intents")}
	for _, in := range intents {
		lock, err := encodeLock(occupation.Lock{
			Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation, State: occupation.Pending, Event: in.Event,
		})
		if err != nil {
			return nil, nil, err
		}
		text, err := encodeIntent(in)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, l.keys.lock(in.Key))
		args = append(args, in.Event, in.Worker.ID, in.TTL.Milliseconds(), in.Grace.Milliseconds(), lock, text)
	}
	return keys, args, nil
}

func (l *Locks) finishes(intents []occupation.Intent, args []any) ([]string, []any, error) {
	keys := []string{l.keys.key("site"), l.keys.key("deadlines"), l.keys.key("intents")}
	for _, in := range intents {
		text, err := encodeIntent(in)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, l.keys.lock(in.Key), l.keys.expired(in.Key))
		args = append(args, in.Event, in.Worker.ID, in.Fence, text)
	}
	return keys, args, nil
}

func (l *Locks) expiries(intents []occupation.Intent, args []any) ([]string, []any, error) {
	keys := []string{l.keys.key("site"), l.keys.key("deadlines"), l.keys.key("intents")}
	for _, in := range intents {
		text, err := encodeIntent(in)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, l.keys.lock(in.Key))
		args = append(args, in.Event, in.Worker.ID, in.Fence, in.Grace.Milliseconds(), text)
	}
	return keys, args, nil
}

// outcomes reads the answer of the three intending scripts.
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

func outcome(in occupation.Intent, verdict, lock, record, expired string) (occupation.Outcome, error) {
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
		o.Intent.Date = in.Date // in the sender's zone
	case string(occupation.Expired):
		if o.Expired, err = moment(expired); err != nil {
			return o, err
		}
	}
	return o, nil
}
