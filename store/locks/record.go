package locks

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	recordVersion = 1
	// maxNumber is the greatest whole number that cjson writes without an
	// exponent (14 digits).
	maxNumber = 99_999_999_999_999
)

// ErrNewer is what a store answers that a newer version has written.
var ErrNewer = errors.New("it is of a newer spoolbot; start that one again, or update this one")

// readable refuses what a newer version has stored in a form that this one would
// misread. A version that only adds fields keeps the number: its neighbours leave in
// place what they do not know.
func readable(what string, version int) error {
	if version > recordVersion {
		return fmt.Errorf("locks: a stored %s has the version %d, and this program knows %d: %w", what, version, recordVersion, ErrNewer)
	}
	return nil
}

// lockRecord is a lock as Redis holds it. Times are Unix milliseconds.
type lockRecord struct {
	V        int    `json:"v"`
	Key      string `json:"key"`
	Tag      string `json:"tag"`
	Holder   int    `json:"holder"`
	Name     string `json:"name"`
	Label    string `json:"label"`
	Op       string `json:"op"`
	Since    int64  `json:"since"`
	Deadline int64  `json:"deadline"`
	Fence    int64  `json:"fence"`
	State    string `json:"state"`
	Event    string `json:"event"`
	Kept     int64  `json:"kept_until,omitzero"` // end of the grace
}

func encodeLock(l occupation.Lock) (string, error) {
	r := lockRecord{
		V: recordVersion, Key: l.Key, Tag: l.Tag, Holder: l.Holder.ID, Name: l.Holder.Name, Label: l.Holder.Label,
		Op: string(l.Operation), Since: ms(l.Since), Deadline: ms(l.Deadline), Fence: l.Fence,
		State: string(l.State), Event: l.Event, Kept: ms(l.Until),
	}
	for _, n := range []int64{r.Since, r.Deadline, r.Kept, r.Fence, int64(r.Holder)} {
		if n < 0 || n > maxNumber {
			return "", fmt.Errorf("locks: lock of %s: number %d out of range", l.Key, n)
		}
	}
	return encode(r)
}

func decodeLock(raw string) (occupation.Lock, error) {
	var r lockRecord
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return occupation.Lock{}, fmt.Errorf("locks: stored lock: %w", err)
	}
	if err := readable("lock", r.V); err != nil {
		return occupation.Lock{}, err
	}
	if r.V < 1 || r.Key == "" || r.Fence < 1 || r.State == "" {
		return occupation.Lock{}, errors.New("locks: stored lock: version, key, fence or state is missing")
	}
	return occupation.Lock{
		Key: r.Key, Tag: r.Tag, Holder: occupation.Holder{ID: r.Holder, Name: r.Name, Label: r.Label},
		Operation: occupation.Operation(r.Op), Since: at(r.Since), Deadline: at(r.Deadline), Fence: r.Fence,
		State: occupation.LockState(r.State), Event: r.Event, Until: at(r.Kept),
	}, nil
}

func decodeLocks(raws []string) ([]occupation.Lock, error) {
	var out []occupation.Lock
	for _, raw := range raws {
		lock, err := decodeLock(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, lock)
	}
	return out, nil
}

// intentRecord is an intent as Redis holds it: what the scripts look at and
// complete, and the intent itself, which they keep as it came.
type intentRecord struct {
	V        int    `json:"v"`
	Commit   string `json:"commit"`
	Owed     bool   `json:"owed"`
	Op       string `json:"op"`
	Fence    int64  `json:"fence"`
	Since    int64  `json:"since"`
	Deadline int64  `json:"deadline"`
	At       int64  `json:"at"`
	Intent   string `json:"intent"`
	Renews   bool   `json:"renews"` // of a take: the worker held it already
	Last     string `json:"last"`   // the record of what was done to the spool before; of a Revert what it takes back
}

// intentText is the part of an intent that its sender knows.
type intentText struct {
	V       int        `json:"v"`
	Event   string     `json:"event"`
	Kind    string     `json:"kind"`
	Key     string     `json:"key"`
	Tag     string     `json:"tag"`
	ID      int        `json:"worker"`
	Name    string     `json:"name"`
	Label   string     `json:"label"`
	From    personText `json:"from,omitzero"`
	By      personText `json:"by,omitzero"`
	TTL     int64      `json:"ttl_us"`
	Grace   int64      `json:"grace_us"`
	Until   time.Time  `json:"until,omitzero"`
	Date    time.Time  `json:"date,omitzero"`
	Reason  string     `json:"reason,omitzero"`
	BySheet bool       `json:"by_sheet,omitzero"`
	Former  int64      `json:"former,omitzero"`
	OnFree  bool       `json:"on_free,omitzero"`
	Was     string     `json:"was,omitzero"`
	Undoes  string     `json:"undoes,omitzero"`
	Trace   string     `json:"trace,omitzero"`
}

// personText is a worker in a text that the scripts keep as it came.
type personText struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Label string `json:"label"`
}

func encodeIntent(in occupation.Intent) (string, error) {
	return encode(intentText{
		V: recordVersion, Event: in.Event, Kind: string(in.Kind), Key: in.Key, Tag: in.Tag,
		ID: in.Worker.ID, Name: in.Worker.Name, Label: in.Worker.Label, From: personText(in.From), By: personText(in.By),
		TTL: in.TTL.Microseconds(), Grace: in.Grace.Microseconds(), Until: in.Until, Date: in.Date,
		Reason: in.Reason, BySheet: in.BySheet, Former: in.Former, OnFree: in.OnFree, Was: in.Was, Undoes: string(in.Undoes), Trace: in.Trace,
	})
}

// remembered is an intent out of the store, with what it is bound to.
type remembered struct {
	intent occupation.Intent
	commit string
	owed   bool
}

func decodeIntent(raw string) (remembered, error) {
	var r intentRecord
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return remembered{}, fmt.Errorf("locks: stored intent: %w", err)
	}
	var t intentText
	if err := json.Unmarshal([]byte(r.Intent), &t); err != nil {
		return remembered{}, fmt.Errorf("locks: stored intent: %w", err)
	}
	if err := errors.Join(readable("intent", r.V), readable("intent", t.V)); err != nil {
		return remembered{}, err
	}
	if r.V < 1 || t.Event == "" || t.Key == "" || t.Kind == "" {
		return remembered{}, errors.New("locks: stored intent: version, event, key or kind is missing")
	}
	out := remembered{commit: r.Commit, owed: r.Owed, intent: occupation.Intent{
		Event: t.Event, Kind: occupation.Kind(t.Kind), Key: t.Key, Tag: t.Tag, Operation: occupation.Operation(r.Op),
		Worker: occupation.Holder{ID: t.ID, Name: t.Name, Label: t.Label}, Fence: r.Fence,
		From: occupation.Holder(t.From), By: occupation.Holder(t.By), Reason: t.Reason, BySheet: t.BySheet, Former: t.Former, OnFree: t.OnFree, Was: t.Was, Undoes: occupation.Kind(t.Undoes), Trace: t.Trace,
		TTL: time.Duration(t.TTL) * time.Microsecond, Grace: time.Duration(t.Grace) * time.Microsecond,
		Until: t.Until, Date: t.Date, Since: at(r.Since), Deadline: at(r.Deadline), At: at(r.At), Renews: r.Renews,
	}}
	if out.intent.Kind == occupation.Revert {
		undone, err := decodeIntent(r.Last)
		if err != nil {
			return remembered{}, err
		}
		out.intent.Former, out.intent.Was, out.intent.Date = undone.intent.Fence, undone.intent.Was, undone.intent.Date
	}
	return out, nil
}

// commitRecord is a bound commit as Redis holds it.
type commitRecord struct {
	V      int      `json:"v"`
	Stamp  int32    `json:"stamp"`
	Plan   string   `json:"plan"` // base64url: cjson would escape a slash
	Repair bool     `json:"repair"`
	Events []string `json:"events"`
	Sent   int64    `json:"sent"`
}

func encodeCommit(c occupation.Commit) (string, error) {
	return encode(commitRecord{
		V: recordVersion, Stamp: c.Stamp, Plan: base64.RawURLEncoding.EncodeToString(c.Plan), Repair: c.Repair, Events: c.Events(),
	})
}

// decodeCommit returns the commit without its changes.
func decodeCommit(id, raw string) (occupation.Commit, error) {
	var r commitRecord
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return occupation.Commit{}, fmt.Errorf("locks: stored commit %s: %w", id, err)
	}
	plan, err := base64.RawURLEncoding.DecodeString(r.Plan)
	if err != nil {
		return occupation.Commit{}, fmt.Errorf("locks: plan of stored commit %s: %w", id, err)
	}
	if err := readable("commit", r.V); err != nil {
		return occupation.Commit{}, err
	}
	if r.V < 1 || r.Stamp < 1 {
		return occupation.Commit{}, fmt.Errorf("locks: stored commit %s: version or stamp is missing", id)
	}
	return occupation.Commit{ID: id, Stamp: r.Stamp, Plan: plan, Repair: r.Repair, Sent: at(r.Sent)}, nil
}

// at is the moment of Unix milliseconds; 0 is the zero time.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// ms is the reverse of at.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("locks: %w", err)
	}
	return string(b), nil
}
