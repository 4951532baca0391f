package sheet

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"
)

// A stamp is developer metadata of the spreadsheet with an id that can exist
// only once: creating it a second time is refused and takes its whole batch
// with it. SHEETS.md 0.1 [L 2026-09-29].
//
// The key is short because the spreadsheet has 30,000 characters of metadata:
// 800 stamps of key and commit id take 28,000. Visibility is DOCUMENT, so that
// a service account of another Cloud project (a move, a second replica) meets
// the same stamps.
const (
	stampKey    = "spoolbot"
	stampKeep   = 10 * time.Minute // no younger one is ever dropped for its age
	stampMost   = 800
	pruneAtOnce = 100
	burned      = "burned" // the value of a stamp that no commit can have any more
	probed      = "probe"
	withoutLog  = "-" // after the commit's id: its audit rows were left out
)

// stampSeen is a stamp that we know to be there, and since when.
type stampSeen struct {
	id    int32
	since time.Time
}

// stampValue is the commit's id; the suffix makes known, to whoever finds the
// stamp, that the audit rows are still owed.
func stampValue(commit string, logged bool) string {
	if logged {
		return commit
	}
	return commit + withoutLog
}

func newStampRequest(id int32, value string) *sheets.Request { return keyedStamp(stampKey, id, value) }

func keyedStamp(key string, id int32, value string) *sheets.Request {
	return &sheets.Request{CreateDeveloperMetadata: &sheets.CreateDeveloperMetadataRequest{DeveloperMetadata: &sheets.DeveloperMetadata{
		MetadataId: int64(id), MetadataKey: key, MetadataValue: value, Visibility: "DOCUMENT",
		Location: &sheets.DeveloperMetadataLocation{Spreadsheet: true},
	}}}
}

// owner says whose a stamp is.
type owner int

const (
	absent owner = iota
	ours
	oursWithoutLog
	nobodys // burned
	anothers
)

// stampOwner reads a stamp.
func (s *Sheet) stampOwner(ctx context.Context, c occupation.Commit) (owner, error) {
	var m *sheets.DeveloperMetadata
	err := s.repeat(ctx, func(ctx context.Context) (err error) {
		m, err = s.service.Spreadsheets.DeveloperMetadata.Get(s.id, int64(c.Stamp)).Context(ctx).Do()
		return err
	})
	switch {
	case err != nil && outcomeOf(err, time.Now()).code == http.StatusNotFound:
		return absent, nil
	case err != nil:
		return absent, err
	case m.MetadataValue == stampValue(c.ID, true):
		return ours, nil
	case m.MetadataValue == stampValue(c.ID, false):
		return oursWithoutLog, nil
	case m.MetadataValue == burned || m.MetadataValue == "":
		return nobodys, nil
	default:
		return anothers, nil
	}
}

// create makes one stamp of commits alone. Error: as Google answered.
func (s *Sheet) create(ctx context.Context, id int32, value string) error {
	return s.stamp(ctx, newStampRequest(id, value))
}

// stamp makes one stamp alone. Error: as Google answered.
func (s *Sheet) stamp(ctx context.Context, r *sheets.Request) error {
	if err := s.opt.Quota(ctx); err != nil {
		return err
	}
	_, err := s.service.Spreadsheets.BatchUpdate(s.id, &sheets.BatchUpdateSpreadsheetRequest{Requests: []*sheets.Request{r}}).
		Fields(googleapi.Field("spreadsheetId")).Context(ctx).Do()
	return err
}

// probe finds out whether this spreadsheet refuses a stamp that exists: a known
// one is created again. Where there is none, one is made first. What an
// unguarded spreadsheet accepts is taken away again.
func (s *Sheet) probe(ctx context.Context) (guard bool, err error) {
	s.mu.Lock()
	id, known := int32(0), len(s.stamps) > 0
	if known {
		id = s.stamps[len(s.stamps)-1].id
	}
	s.mu.Unlock()
	if !known {
		id = newStamp()
		if err := s.create(ctx, id, probed); err != nil {
			return false, err
		}
		s.stampLanded(id, time.Now())
	}
	err = s.create(ctx, id, probed+"2")
	if o := outcomeOf(err, time.Now()); err != nil {
		if o.code == http.StatusBadRequest && o.request == 0 {
			return true, nil
		}
		return false, err
	}
	if err := s.opt.Quota(ctx); err != nil {
		return false, err
	}
	_, err = s.service.Spreadsheets.BatchUpdate(s.id, &sheets.BatchUpdateSpreadsheetRequest{Requests: []*sheets.Request{{
		DeleteDeveloperMetadata: &sheets.DeleteDeveloperMetadataRequest{DataFilter: &sheets.DataFilter{
			DeveloperMetadataLookup: &sheets.DeveloperMetadataLookup{MetadataId: int64(id), MetadataValue: probed + "2"},
		}},
	}}}).Fields(googleapi.Field("spreadsheetId")).Context(ctx).Do()
	return false, err
}

// newStamp is a random id of 31 bits, never 0.
func newStamp() int32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return int32(binary.BigEndian.Uint32(b[:])>>1) | 1
}

// stampLanded remembers a stamp that is there for certain. Stamps whose fate is
// open are not remembered, so they are never pruned.
func (s *Sheet) stampLanded(id int32, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.doubts, id)
	if !slices.ContainsFunc(s.stamps, func(x stampSeen) bool { return x.id == id }) {
		s.stamps = append(s.stamps, stampSeen{id, now})
	}
}

// stampGone forgets stamps that are not there any more.
func (s *Sheet) stampGone(ids []int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamps = slices.DeleteFunc(s.stamps, func(x stampSeen) bool { return slices.Contains(ids, x.id) })
}

// learnStamps takes over the stamps that an earlier process left; their age
// counts from now.
func (s *Sheet) learnStamps(all []*sheets.DeveloperMetadata, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamps = nil
	for _, m := range all {
		if m.MetadataKey == stampKey && m.MetadataId > 0 {
			s.stamps = append(s.stamps, stampSeen{int32(m.MetadataId), now})
		}
	}
}

// prunable lists stamps that may go: those older than ten minutes and, beyond
// 800, the oldest; never the newest, which the probe needs.
func (s *Sheet) prunable(now time.Time) []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []int32
	for i, x := range s.stamps[:max(len(s.stamps)-1, 0)] {
		surplus := len(s.stamps) - i
		if len(out) < pruneAtOnce && (surplus > stampMost || now.Sub(x.since) >= stampKeep) {
			out = append(out, x.id)
		}
	}
	return out
}

// present is those of the ids that are still remembered: another commit may
// have pruned some meanwhile, and to delete what is not there is refused.
func (s *Sheet) present(ids []int32) []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []int32
	for _, id := range ids {
		if slices.ContainsFunc(s.stamps, func(x stampSeen) bool { return x.id == id }) {
			out = append(out, id)
		}
	}
	return out
}
