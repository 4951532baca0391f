package occupation_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// wantResults checks that there is a result for each tag, in order, with the
// code that belongs to it (empty = done), and that what was done speaks of its
// own spool.
func (s *shop) wantResults(results []occupation.Result, tags []string, codes []occupation.Code) {
	s.t.Helper()
	if len(results) != len(tags) {
		s.t.Fatalf("%d results of %d tags", len(results), len(tags))
	}
	for i, r := range results {
		var code occupation.Code
		if r.Err != nil {
			code = r.Err.Code
		}
		if r.Tag != tags[i] || code != codes[i] {
			s.t.Errorf("result %d = %s %q, want %s %q", i, r.Tag, code, tags[i], codes[i])
		}
		if code == "" && r.Lock.Tag != tags[i] {
			s.t.Errorf("result %d of %s speaks of the lock of %q", i, tags[i], r.Lock.Tag)
		}
	}
}

// In one request some spools are refused by the sheet, some by the locks, some
// are kept for others: each result stands where its tag stood.
func TestResultsOfATakeStandWithTheirSpools(t *testing.T) {
	inShop(t, 8, func(s *shop) {
		s.take(juana, "S-003", "S-006")
		s.locks.Advance(61 * time.Minute)
		s.sweep()
		s.take(juana, "S-002")
		s.take(mauricio, "S-004")
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.Materials = time.Time{} })
		tags := []string{"X-999", "S-000", "S-001", "S-002", "S-003", "S-004", "S-005", "S-006"}
		s.wantResults(s.take(mauricio, tags...), tags, []occupation.Code{
			occupation.SpoolNotFound, occupation.PrerequisiteNotMet, "", occupation.SpoolOccupied, occupation.SpoolOccupied, "", "", occupation.SpoolOccupied,
		})
		s.want("log", s.log(), "TOMAR:S-003 TOMAR:S-006 VENCER:S-003 VENCER:S-006 TOMAR:S-002 TOMAR:S-004 TOMAR:S-001 TOMAR:S-005")
	})
}

func TestResultsOfAPauseStandWithTheirSpools(t *testing.T) {
	inShop(t, 4, func(s *shop) {
		s.take(juana, "S-000")
		s.take(mauricio, "S-001")
		s.records.Edit("S-002", func(sp *occupation.Spool) { // the lock store has forgotten it
			sp.HeldBy, sp.HolderID, sp.Since = "MR(93)", 93, time.Now()
		})
		tags := []string{"X-999", "S-000", "S-001", "S-002", "S-003"}
		s.wantResults(s.pauseAll(mauricio, tags), tags, []occupation.Code{
			occupation.SpoolNotFound, occupation.NotOwner, "", "", occupation.NotOwner,
		})
		s.want("row", s.row("S-002"), "|ARM parcial (pausado)")
		s.want("lock of another", s.lock("S-000"), "7 held")
	})
}

// One of the spools is still being taken: its pause waits, the other does not.
func TestResultsOfAPauseThatOvertakesATake(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		var wg sync.WaitGroup
		wg.Go(func() { s.done("take", s.take(mauricio, "S-001")[0].Err) })
		synctest.Wait()
		tags := []string{"S-000", "S-001"}
		s.wantResults(s.pauseAll(mauricio, tags), tags, []occupation.Code{"", ""})
		wg.Wait()
		s.want("row", s.row("S-001"), "|ARM parcial (pausado)")
	})
}

// Another replica is taking two of the spools, one after the other.
func TestResultsOfAPauseThatOvertakesTakesElsewhere(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		stop := s.stop
		var wg sync.WaitGroup
		for _, tag := range []string{"S-001", "S-002"} {
			elsewhere := s.Service
			wg.Go(func() {
				out, err := elsewhere.Take(s.t.Context(), s.request(mauricio), "", []string{tag})
				if err != nil || out[0].Err != nil {
					t.Errorf("take %s: %v %+v", tag, err, out)
				}
			})
			s.passes(time.Second / 10) // virtual: the second waits for the first one's commit
		}
		s.open("c", s.records)
		tags := []string{"S-000", "S-001", "S-002"}
		s.wantResults(s.pauseAll(mauricio, tags), tags, []occupation.Code{"", "", ""})
		wg.Wait()
		for _, tag := range tags {
			s.want("row of "+tag, s.row(tag), "|ARM parcial (pausado)")
		}
		stop()
	})
}

func (s *shop) pauseAll(w occupation.Worker, tags []string) []occupation.Result {
	s.t.Helper()
	targets := make([]occupation.Target, len(tags))
	for i, tag := range tags {
		targets[i].Tag = tag
	}
	out, err := s.Pause(s.t.Context(), s.request(w), targets)
	if err != nil {
		s.t.Fatalf("Pause %v: %v", tags, err)
	}
	return out
}
