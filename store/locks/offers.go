package locks

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// offerRecord is an offer as Redis holds it: what the scripts look at, and the
// offer itself, which they keep as it came.
type offerRecord struct {
	V     int    `json:"v"`
	Ends  int64  `json:"ends"`
	Offer string `json:"offer"`
}

// offerText is the part of an offer that its sender knows.
type offerText struct {
	V      int        `json:"v"`
	ID     string     `json:"id"`
	Key    string     `json:"key"`
	Tag    string     `json:"tag"`
	Fence  int64      `json:"fence"`
	From   personText `json:"from"`
	To     personText `json:"to"`
	By     personText `json:"by,omitzero"`
	Reason string     `json:"reason,omitzero"`
	Lasts  int64      `json:"lasts_us"`
}

func encodeOffer(o occupation.Offer) (string, error) {
	return encode(offerText{
		V: recordVersion, ID: o.ID, Key: o.Key, Tag: o.Tag, Fence: o.Fence, From: personText(o.From),
		To: personText(o.To), By: personText(o.By), Reason: o.Reason, Lasts: o.Lasts.Microseconds(),
	})
}

func decodeOffer(raw string) (occupation.Offer, error) {
	var r offerRecord
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return occupation.Offer{}, fmt.Errorf("locks: stored offer: %w", err)
	}
	var t offerText
	if err := json.Unmarshal([]byte(r.Offer), &t); err != nil {
		return occupation.Offer{}, fmt.Errorf("locks: stored offer: %w", err)
	}
	if r.V < 1 || t.ID == "" || t.Key == "" {
		return occupation.Offer{}, errors.New("locks: stored offer: version, id or key is missing")
	}
	return occupation.Offer{
		ID: t.ID, Key: t.Key, Tag: t.Tag, Fence: t.Fence, From: occupation.Holder(t.From), To: occupation.Holder(t.To),
		By: occupation.Holder(t.By), Reason: t.Reason, Lasts: time.Duration(t.Lasts) * time.Microsecond, Until: at(r.Ends),
	}, nil
}

// Offer implements occupation.Desk.
func (l *Locks) Offer(ctx context.Context, o occupation.Offer) (occupation.Offer, error) {
	if o.ID == "" || o.Key == "" {
		return occupation.Offer{}, errors.New("locks: an offer without id or key")
	}
	text, err := encodeOffer(o)
	if err != nil {
		return occupation.Offer{}, err
	}
	args := []any{o.ID, o.Key, o.Lasts.Milliseconds(), text}
	for _, who := range []occupation.Holder{o.From, o.To, o.By} {
		if who.ID != 0 {
			args = append(args, who.ID)
		}
	}
	reply, err := l.run(ctx, offerScript, l.offerKeys(), args...)
	return oneOffer(reply, err)
}

// Answered implements occupation.Desk.
func (l *Locks) Answered(ctx context.Context, id string, worker int) (occupation.Offer, bool, error) {
	reply, err := l.run(ctx, answeredScript, l.offerKeys(), id, worker)
	o, err := oneOffer(reply, err)
	return o, o.ID != "", err
}

// Unanswered implements occupation.Desk, by id.
func (l *Locks) Unanswered(ctx context.Context) ([]occupation.Offer, error) {
	reply, err := l.run(ctx, overScript, append(l.offerKeys(), l.keys.key("offers_over")), occupation.TellWithin.Milliseconds())
	if err != nil {
		return nil, err
	}
	return offers(reply)
}

// offerKeys are the keys of the scripts about offers; every call has an answer
// of its own.
func (l *Locks) offerKeys() []string {
	return []string{l.keys.key("offers"), l.keys.answer(rand.Text())}
}

// oneOffer reads an answer of one offer or none.
func oneOffer(reply any, err error) (occupation.Offer, error) {
	if err != nil {
		return occupation.Offer{}, err
	}
	list, err := offers(reply)
	if err != nil || len(list) == 0 {
		return occupation.Offer{}, err
	}
	return list[0], nil
}

func offers(reply any) ([]occupation.Offer, error) {
	records, err := texts(reply)
	if err != nil {
		return nil, err
	}
	var out []occupation.Offer
	for _, raw := range records {
		o, err := decodeOffer(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b occupation.Offer) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}
