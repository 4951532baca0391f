package occupation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// logged is a row of the log, at so many minutes after eight.
func logged(minute int, kind occupation.Kind, tag string, w occupation.Worker, op occupation.Operation, d occupation.AuditDetail) occupation.AuditRow {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return occupation.AuditRow{
		ID: fmt.Sprint(kind, minute), At: eight.Add(time.Duration(minute) * time.Minute), Kind: kind, Tag: tag,
		WorkerID: w.ID, WorkerName: w.Name(), Operation: op, Action: kind.Action(), JSON: string(text),
	}
}

var eight = time.Date(2026, 11, 23, 8, 0, 0, 0, santiago)

func since(minute int) occupation.AuditDetail {
	return occupation.AuditDetail{Fence: int64(100 + minute), Since: eight.Add(time.Duration(minute) * time.Minute).UTC()}
}

// shown is a digest in a few words, for comparison.
func shown(d occupation.Digest) string {
	var b strings.Builder
	tally := func(t occupation.Tally) string {
		return fmt.Sprintf("ARM %d SOLD %d paused %d expired %d", t.ARM, t.SOLD, t.Paused, t.Expired)
	}
	fmt.Fprintf(&b, "%s; before %s; open %d\n", tally(d.Tally), tally(d.Before), len(d.Open))
	for _, w := range d.Workers {
		fmt.Fprintf(&b, "%s: %s open %d worked %v before %d\n", w.Who.Name, tally(w.Tally), w.Open, w.Worked, w.Before)
	}
	for _, n := range d.NVs {
		fmt.Fprintf(&b, "%s: %s open %d before %d\n", n.NV, tally(n.Tally), n.Open, n.Before)
	}
	for _, s := range d.Slowest {
		fmt.Fprintf(&b, "%s %s %v %s open %v\n", s.Tag, s.Operation, s.Worked, s.Who.Name, s.Open)
	}
	return b.String()
}

func TestDigestCounts(t *testing.T) {
	const arm, sold = occupation.ARM, occupation.SOLD
	p := occupation.Period{Kind: occupation.ShiftDigest, Start: eight, From: eight, To: eight.Add(4 * time.Hour)}
	passed := since(60)
	passed.From = mauricio.ID
	freed := since(150)
	freed.From = juana.ID
	rows := []occupation.AuditRow{ // as people have sorted them: not at all
		logged(200, occupation.Complete, "A-1", mauricio, arm, since(100)), // after a pause of its own: 40 + 100
		logged(0, occupation.Take, "A-1", mauricio, arm, since(0)),
		logged(40, occupation.Pause, "A-1", mauricio, arm, since(0)),
		logged(100, occupation.Take, "A-1", mauricio, arm, since(100)),
		logged(10, occupation.Complete, "A-2", pedro, sold, since(-50)), // begun before the shift
		logged(5, occupation.Take, "A-3", mauricio, arm, since(5)),
		logged(60, occupation.Transfer, "A-3", juana, arm, passed),
		logged(90, occupation.Pause, "A-3", juana, arm, since(60)), // stays paused
		logged(30, occupation.Expire, "A-4", pedro, sold, since(-30)),
		logged(150, occupation.Take, "A-5", juana, arm, since(150)),
		logged(160, occupation.Release, "A-5", jefa, arm, freed),
		logged(70, occupation.Extend, "A-1", mauricio, arm, since(0)),
		{ID: "x", At: eight, Kind: "METROLOGIA", Tag: "A-1"},
	}
	before := []occupation.AuditRow{
		logged(-10080, occupation.Complete, "A-9", mauricio, arm, since(-10090)),
		logged(-10080, occupation.Complete, "A-8", jefa, sold, occupation.AuditDetail{}),
	}
	held := []occupation.Status{
		{Spool: occupation.Spool{Tag: "A-6"}, Lock: occupation.Lock{Tag: "A-6", Fence: 9, Holder: juana.AsHolder(), Operation: arm, Since: eight.Add(3 * time.Hour), State: occupation.Held}},
		{Spool: occupation.Spool{Tag: "A-7"}, Lock: occupation.Lock{Tag: "A-7", Fence: 8, Holder: pedro.AsHolder(), State: occupation.Lapsed}},
	}
	nv := func(tag string) string {
		switch tag {
		case "A-1", "A-2", "A-9":
			return "NV0650"
		case "A-3", "A-6":
			return "NV0651"
		default:
			return ""
		}
	}
	const want = `ARM 1 SOLD 1 paused 1 expired 1; before ARM 1 SOLD 1 paused 0 expired 0; open 1
Mauricio Rodríguez: ARM 1 SOLD 0 paused 0 expired 0 open 0 worked 2h40m0s before 1
Pedro Soto: ARM 0 SOLD 1 paused 0 expired 1 open 0 worked 30m0s before 0
Juana Pérez: ARM 0 SOLD 0 paused 1 expired 0 open 1 worked 1h40m0s before 0
NV0650: ARM 1 SOLD 1 paused 0 expired 0 open 0 before 1
NV0651: ARM 0 SOLD 0 paused 1 expired 0 open 1 before 0
: ARM 0 SOLD 0 paused 0 expired 1 open 0 before 1
A-1 ARM 2h20m0s Mauricio Rodríguez open false
A-3 ARM 1h25m0s Juana Pérez open false
A-2 SOLD 1h0m0s Pedro Soto open false
`
	d := occupation.NewDigest(p, rows, before, held, nv)
	if got := shown(d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d.Empty() || d.Events != 12 {
		t.Errorf("%d events, empty %v", d.Events, d.Empty())
	}
	if d = occupation.NewDigest(p, rows[12:], before, held[1:], nv); !d.Empty() || d.Before.Done() != 2 {
		t.Errorf("a shift in which nothing happened: %+v", d)
	}
}

// The service reads the shift, the same one a week before, and what is held.
func TestDigestOfAShift(t *testing.T) {
	inShop(t, 4, func(s *shop) {
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.NV = "NV0650" })
		s.passes(time.Until(time.Date(2000, 1, 1, 8, 0, 0, 0, santiago)))
		s.take(mauricio, "S-000", "S-001")
		s.take(juana, "S-002")
		s.passes(30 * time.Minute)
		if _, err := s.Complete(s.t.Context(), s.request(mauricio), []occupation.Target{{Tag: "S-000"}}, time.Now()); err != nil {
			t.Fatal(err)
		}
		s.passes(31 * time.Minute)
		if _, err := s.Sweep(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		digest := func(kind occupation.DigestKind) occupation.Digest {
			d, err := s.Digest(s.t.Context(), s.DigestDue(kind, time.Now()))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		s.passes(time.Until(time.Date(2000, 1, 1, 12, 30, 0, 0, santiago)))
		d := digest(occupation.ShiftDigest)
		if d.ARM != 1 || d.Expired != 2 || len(d.Open) != 0 || d.NVs[0].NV != "NV0650" || d.Before.Done() != 0 || d.Slowest[0].Worked != 61*time.Minute {
			t.Errorf("the shift: %+v", d)
		}
		if morning := digest(occupation.MorningDigest); !morning.Empty() || morning.To.Hour() != 7 {
			t.Errorf("before anything happened: %+v", morning)
		}
		s.passes(7 * 24 * time.Hour)
		if d = digest(occupation.ShiftDigest); !d.Empty() || d.Before.ARM != 1 || d.Before.Expired != 2 || len(d.Workers) != 0 {
			t.Errorf("a week later: %+v", d)
		}
	})
}

// What was taken back is not counted, and what was stopped is time of whoever had it.
func TestDigestTakesBack(t *testing.T) {
	const arm = occupation.ARM
	p := occupation.Period{Kind: occupation.ShiftDigest, Start: eight, From: eight, To: eight.Add(4 * time.Hour)}
	back := func(of occupation.Kind, minute int) occupation.AuditDetail {
		d := since(minute)
		d.Undoes = of
		return d
	}
	theirs := since(50)
	theirs.From = juana.ID
	rows := []occupation.AuditRow{
		logged(0, occupation.Take, "A-1", mauricio, arm, since(0)),
		logged(20, occupation.Complete, "A-1", mauricio, arm, since(0)),
		logged(21, occupation.Revert, "A-1", mauricio, arm, back(occupation.Complete, 0)),
		logged(30, occupation.Complete, "A-1", mauricio, arm, since(0)),
		logged(40, occupation.Take, "A-2", mauricio, arm, since(40)),
		logged(41, occupation.Revert, "A-2", mauricio, arm, back(occupation.Take, 40)),
		logged(50, occupation.Take, "A-3", juana, arm, since(50)),
		logged(60, occupation.Pause, "A-3", juana, arm, since(50)),
		logged(61, occupation.Revert, "A-3", juana, arm, back(occupation.Pause, 50)),
		logged(70, occupation.Retain, "A-3", jefa, arm, theirs),
		logged(80, occupation.Take, "A-4", pedro, arm, since(80)),
		logged(90, occupation.Pause, "A-4", pedro, arm, since(80)),
		logged(91, occupation.PauseWhy, "A-4", pedro, arm, since(80)), // it stays paused
	}
	const want = `ARM 1 SOLD 0 paused 1 expired 0; before ARM 0 SOLD 0 paused 0 expired 0; open 0
Mauricio Rodríguez: ARM 1 SOLD 0 paused 0 expired 0 open 0 worked 30m0s before 0
Juana Pérez: ARM 0 SOLD 0 paused 0 expired 0 open 0 worked 20m0s before 0
Pedro Soto: ARM 0 SOLD 0 paused 1 expired 0 open 0 worked 10m0s before 0
: ARM 1 SOLD 0 paused 1 expired 0 open 0 before 0
A-1 ARM 30m0s Mauricio Rodríguez open false
A-3 ARM 20m0s Juana Pérez open false
A-4 ARM 10m0s Pedro Soto open false
`
	if got := shown(occupation.NewDigest(p, rows, nil, nil, func(string) string { return "" })); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
