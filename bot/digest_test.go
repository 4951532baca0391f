package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

func clock(hour, minute int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

var twoShifts = []occupation.Shift{{Start: clock(7, 30), End: clock(12, 30)}, {Start: clock(13, 30), End: clock(18, 0)}}

// from opens the shop at a time of the clock in Santiago, with shifts, and with a
// supervisor in the supervisors' channel.
func from(start string, shifts []occupation.Shift, more ...option) []option {
	return append([]option{func(_ *slacksim.Options, o *bot.Options, r *slowRecords) {
		at, err := time.ParseInLocation("2006-01-02 15:04", start, santiago)
		if err != nil {
			panic(err)
		}
		<-time.After(time.Until(at))
		r.shifts, o.Supervisors = shifts, "jefes"
	}}, more...)
}

// digested are the digests that were posted, and what stands in their threads, oldest
// first: the supervisors' channel without the board and what else stands there.
func (s *shop) digested(boss *slacksim.Person) []slacksim.Message {
	return slices.DeleteFunc(boss.Messages(s.jefes), func(m slacksim.Message) bool {
		return m.ThreadTS == "" && !strings.HasPrefix(m.Text, "Turno ") && !strings.HasPrefix(m.Text, "Desde ")
	})
}

// digests are their first lines; details are what stands in their threads.
func (s *shop) digests(boss *slacksim.Person) (heads []string, details int) {
	for _, m := range s.digested(boss) {
		if m.ThreadTS != "" {
			details++
			continue
		}
		head, _, _ := strings.Cut(m.Text, "\n")
		heads = append(heads, head)
	}
	return heads, details
}

func (s *shop) wantDigests(boss *slacksim.Person, details int, want ...string) {
	s.t.Helper()
	heads, n := s.digests(boss)
	if strings.Join(heads, "|") != strings.Join(want, "|") || n != details {
		s.t.Errorf("digests %q with %d details, want %q with %d\nlog:\n%s", heads, n, want, details, s.log.String())
	}
}

func TestADigestAtTheEndOfEachShift(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		s.asks(s.juana, "/tomar "+tag(3), "tomado")
		s.asks(s.juana, "/tomar "+tag(2), "lo tiene Mauricio")
		s.passes(20 * time.Minute)
		s.asks(s.mauricio, "/completar "+tag(1), "completado")
		s.asks(s.juana, "/pausar", "pausado")
		s.wantDigests(boss, 0) // the shift has not ended
		s.passes(11 * time.Minute)
		s.wantDigests(boss, 1, "Turno 07:30–12:30")
		all := s.digested(boss)
		main, details := all[len(all)-2], all[len(all)-1]
		for _, want := range []string{
			"1 hecho", "1 en pausa", "1 abierto", "1 choque", "Hace una semana: nada hecho", "Siguen abiertos", tag(2), "Mauricio Rodríguez", "Juana Pérez", "NV0650",
		} {
			if !strings.Contains(main.Shown(), want) || !strings.Contains(main.Text, want) {
				t.Errorf("the digest has no %q:\n%s\nits text:\n%s", want, main.Shown(), main.Text)
			}
		}
		if details.ThreadTS != main.TS || !strings.Contains(details.Shown(), "Vencidos") || !strings.Contains(details.Text, "Juana Pérez") {
			t.Errorf("details in thread %q: %s", details.ThreadTS, details.Shown())
		}
	}, from("2026-11-26 12:00", twoShifts)...)
}

// A shift without anything is a line, and so is such a morning.
func TestADigestOfNothingIsALine(t *testing.T) {
	for start, want := range map[string]string{
		"2026-11-27 17:58": "Turno 13:30–18:00: sin movimientos.",
		"2026-11-27 07:28": "Desde ayer 07:30: sin movimientos.",
	} {
		withBoss(t, func(s *shop, boss *slacksim.Person) {
			s.passes(5 * time.Minute)
			s.wantDigests(boss, 0, want)
		}, from(start, twoShifts)...)
	}
}

// It compares with the same shift a week before.
func TestADigestIsComparedWithTheWeekBefore(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.records.Rewrite(func([]occupation.AuditRow) []occupation.AuditRow {
			return []occupation.AuditRow{{ID: "old", At: time.Now().AddDate(0, 0, -7), Kind: occupation.Complete, Tag: tag(1), WorkerID: 93, Operation: occupation.ARM}}
		})
		s.passes(2 * time.Minute)
		s.wantDigests(boss, 0, "Turno 07:30–12:30: sin movimientos. Hace una semana: 1 hecho.")
	}, from("2026-11-26 12:29", twoShifts)...)
}

// Both clock changes of 2026 in Chile: an end of a shift that comes twice, and one
// that never comes.
func TestDigestsOverClockChanges(t *testing.T) {
	for name, c := range map[string]struct {
		start, until string
		shifts       []occupation.Shift
		want         []string
	}{
		"23:30 comes twice": {
			"2026-04-04 23:00", "2026-04-05 01:00",
			[]occupation.Shift{{Start: clock(16, 0), End: clock(23, 30)}},
			[]string{"Turno 16:00–23:30: sin movimientos."},
		},
		"00:30 never comes": {
			"2026-09-05 23:00", "2026-09-06 02:00",
			[]occupation.Shift{{Start: clock(16, 0), End: clock(0, 30)}},
			[]string{"Turno 16:00–01:30: sin movimientos."},
		},
		"the morning after": {
			"2026-09-06 07:00", "2026-09-06 08:00", twoShifts, []string{"Desde ayer 07:30: sin movimientos."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			withBoss(t, func(s *shop, boss *slacksim.Person) {
				until, err := time.ParseInLocation("2006-01-02 15:04", c.until, santiago)
				if err != nil {
					t.Fatal(err)
				}
				s.passes(time.Until(until))
				s.wantDigests(boss, 0, c.want...)
			}, from(c.start, c.shifts)...)
		})
	}
}

// After days without a bot the last digest of each kind is made up for, and no
// other.
func TestDigestsAreMadeUpForAfterAStop(t *testing.T) {
	d := &diary{done: map[string]time.Time{}}
	for _, job := range []string{"digest-shift", "digest-morning"} {
		d.done[job] = time.Date(2026, 11, 23, 18, 0, 0, 0, santiago)
	}
	share := func(_ *slacksim.Options, o *bot.Options, _ *slowRecords) { o.Diary, o.Replica = d, "a" }
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		for _, later := range []time.Duration{time.Minute, time.Hour} {
			s.passes(later)
			heads, details := s.digests(boss)
			slices.Sort(heads) // the two are due at once
			if got := strings.Join(heads, " "); got != "Desde ayer 07:30: sin movimientos. Turno 13:30–18:00, ayer: sin movimientos." || details != 0 {
				t.Errorf("after %v: %q with %d details", later, got, details)
			}
		}
	}, from("2026-11-27 11:00", twoShifts, share)...)
}

// Of several replicas one posts it: the one that leads, and nobody once it is done.
func TestADigestIsPostedByOneReplica(t *testing.T) {
	d := &diary{done: map[string]time.Time{"digest-shift": time.Date(2026, 11, 26, 18, 0, 0, 0, santiago)}}
	share := func(_ *slacksim.Options, o *bot.Options, _ *slowRecords) { o.Diary, o.Replica = d, "a" }
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		if _, err := d.Lead(s.t.Context(), "jobs", "b", 65*time.Minute); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Hour) // 12:25
		if _, _, err := d.Advance(s.t.Context(), "digest-shift", time.Date(2026, 11, 27, 12, 30, 0, 0, santiago)); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Hour)
		s.wantDigests(boss, 0)
		s.passes(4*time.Hour + 36*time.Minute)
		s.wantDigests(boss, 0, "Turno 13:30–18:00: sin movimientos.")
	}, from("2026-11-27 11:25", twoShifts, share)...)
}

// What does not answer at the end of a shift delays its digest, and loses none.
func TestADigestThatComesLate(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/completar", "completado")
		for range 3 {
			s.records.Fail("Log", occupationtest.RecordFault{Err: errors.New("no answer")})
		}
		s.passes(2 * time.Minute)
		s.wantDigests(boss, 0)
		s.passes(5 * time.Minute)
		s.wantDigests(boss, 1, "Turno 07:30–12:30")
		if n := s.records.Calls("Log"); n > 6 {
			t.Errorf("%d readings of the log", n)
		}
		s.passes(5 * time.Hour)
		s.Fail(slacksim.Fault{Method: "chat.postMessage", Status: 503, Times: 20})
		s.passes(35 * time.Minute)
		s.wantDigests(boss, 1, "Turno 07:30–12:30", "Turno 13:30–18:00: sin movimientos.")
	}, from("2026-11-27 12:29", twoShifts)...)
}

// A workspace that has no tables and charts gets the words.
func TestADigestWhereThereAreNoTables(t *testing.T) {
	old := func(o *slacksim.Options, _ *bot.Options, _ *slowRecords) { o.Without = []string{"table"} }
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/completar", "completado")
		s.passes(2 * time.Minute)
		s.wantDigests(boss, 1, "Turno 07:30–12:30")
		all := s.digested(boss)
		if m := all[len(all)-1]; len(m.Blocks) > 0 || !strings.Contains(m.Text, "Por persona\nMauricio Rodríguez · 1 hecho") {
			t.Errorf("the details: %d blocks, %q", len(m.Blocks), m.Text)
		}
	}, from("2026-11-27 12:29", twoShifts, old)...)
}
