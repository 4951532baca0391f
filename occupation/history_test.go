package occupation_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// past reads a history as one line an event, oldest first: "TOMAR S-000 Mauricio".
func (s *shop) past(w occupation.Worker, q occupation.HistoryQuery) ([]string, occupation.History) {
	s.t.Helper()
	h, err := s.History(s.t.Context(), s.request(w), q)
	if err != nil {
		s.t.Fatalf("%+v: %v", q, err)
	}
	var out []string
	for _, p := range slices.Backward(h.Events) {
		line := p.Action + " " + p.Tag + " " + p.WorkerName
		if p.Worked != 0 {
			line += " " + p.Worked.String()
		}
		if p.From.Name != "" {
			line += ", de " + p.From.Name
		}
		out = append(out, line)
	}
	return out, h
}

func (s *shop) wantPast(w occupation.Worker, q occupation.HistoryQuery, want ...string) occupation.History {
	s.t.Helper()
	got, h := s.past(w, q)
	if !slices.Equal(got, want) {
		s.t.Errorf("history of %+v:\n%s\nwant\n%s", q, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return h
}

func TestHistory(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-000", "S-001")
		s.passes(25 * time.Minute)
		s.pause(mauricio, "S-000")
		s.take(juana, "S-000")
		s.passes(10 * time.Minute)
		if res, err := s.Release(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000"}, "urge"); err != nil || res.Err != nil {
			s.t.Fatal(err, res.Err)
		}
		spool := []string{
			"TOMAR S-000 Mauricio Rodríguez", "PAUSAR S-000 Mauricio Rodríguez 25m0s",
			"TOMAR S-000 Juana Pérez", "LIBERAR S-000 Claudia Fuentes 10m0s, de Juana Pérez",
		}

		h := s.wantPast(mauricio, occupation.HistoryQuery{Tag: "s–000"}, spool...)
		if h.Of.Tag != "S-000" || h.More || h.Events[0].Reason != "urge" {
			t.Errorf("of %+v, more %v, the last %+v", h.Of, h.More, h.Events[0])
		}
		if h = s.wantPast(pedro, occupation.HistoryQuery{Tag: "S-000", Limit: 2}, spool[2:]...); !h.More {
			t.Error("two of four, and no more?")
		}
		h = s.wantPast(juana, occupation.HistoryQuery{Worker: juana.ID}, spool[2:]...) // hers, and what was done with it
		if h.Who.Name != "Juana Pérez" {
			t.Errorf("whose: %+v", h.Who)
		}
		s.wantPast(jefa, occupation.HistoryQuery{Worker: mauricio.ID}, spool[0], "TOMAR S-001 Mauricio Rodríguez", spool[1])
		today := occupation.HistoryQuery{Day: time.Now()}
		s.wantPast(jefa, today, spool[0], "TOMAR S-001 Mauricio Rodríguez", spool[1], spool[2], spool[3])
		s.wantPast(jefa, occupation.HistoryQuery{Day: time.Now().AddDate(0, 0, -1)})
		s.wantPast(juana, occupation.HistoryQuery{Worker: juana.ID, Day: time.Now()}, spool[2:]...)
	})
}

// A spool's past is for everybody, that of others and of days for supervisors.
func TestWhoMayReadWhichHistory(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		for _, c := range []struct {
			who  occupation.Worker
			q    occupation.HistoryQuery
			want occupation.Code
		}{
			{pedro, occupation.HistoryQuery{Tag: "S-000"}, ""},
			{pedro, occupation.HistoryQuery{Worker: pedro.ID}, ""},
			{pedro, occupation.HistoryQuery{Worker: juana.ID}, occupation.RoleNotAllowed},
			{pedro, occupation.HistoryQuery{Day: time.Now()}, occupation.RoleNotAllowed},
			{pedro, occupation.HistoryQuery{}, occupation.InvalidInput},
			{pedro, occupation.HistoryQuery{Tag: "S-999"}, occupation.SpoolNotFound},
			{jefa, occupation.HistoryQuery{Worker: juana.ID}, ""},
			{jefa, occupation.HistoryQuery{Worker: 999}, ""}, // whoever has gone
			{jefa, occupation.HistoryQuery{Day: time.Now()}, ""},
		} {
			if _, err := s.History(s.t.Context(), s.request(c.who), c.q); occupation.CodeOf(err) != c.want {
				t.Errorf("%s asks for %+v: %v, want %q", c.who.Name(), c.q, err, c.want)
			}
		}
	})
}

// The row of a spool may be gone; what happened to it has happened.
func TestHistoryOfASpoolThatIsGone(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		s.pause(mauricio, "S-000")
		s.records.Rearrange(func(rows []occupation.Spool) []occupation.Spool { return rows[1:] })
		s.wantPast(mauricio, occupation.HistoryQuery{Tag: "S-000"}, "TOMAR S-000 Mauricio Rodríguez", "PAUSAR S-000 Mauricio Rodríguez")
	})
}

// A day begins and ends at the shop's midnight, also where clocks skip it or show
// an hour twice.
func TestHistoryOfDaysOfClockChanges(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		at := func(day, clock string, fold time.Duration) time.Time {
			out, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, santiago)
			if err != nil {
				s.t.Fatal(err)
			}
			return out.Add(fold)
		}
		var rows []occupation.AuditRow
		for i, m := range []time.Time{
			at("2026-04-04", "22:30", 0), at("2026-04-04", "23:30", 0), at("2026-04-04", "23:30", time.Hour), at("2026-04-05", "00:05", 0),
			at("2026-09-05", "23:59", 0), at("2026-09-06", "01:00", 0), at("2026-09-06", "23:59", 0), at("2026-09-07", "00:00", 0),
		} {
			rows = append(rows, occupation.AuditRow{ID: fmt.Sprint(i), At: m, Kind: occupation.Pause, Tag: "S-000", Action: fmt.Sprint(i)})
		}
		s.records.Rewrite(func([]occupation.AuditRow) []occupation.AuditRow { return rows })
		for day, want := range map[string]string{"2026-04-04": "0 1 2", "2026-04-05": "3", "2026-09-05": "4", "2026-09-06": "5 6", "2026-09-07": "7"} {
			h, err := s.History(s.t.Context(), s.request(jefa), occupation.HistoryQuery{Day: at(day, "12:00", 0)})
			if err != nil {
				s.t.Fatal(err)
			}
			var got []string
			for _, p := range slices.Backward(h.Events) {
				got = append(got, p.ID)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s has %v, want %s", day, got, want)
			}
		}
	})
}

func TestCSV(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, santiago)
	got := string(occupation.CSV([]occupation.AuditRow{
		{
			ID: "e1", At: day.Add(9*time.Hour + 30*time.Minute), Kind: occupation.Complete, Tag: "MK-1", WorkerID: 93, WorkerName: "Mauricio Rodríguez",
			Operation: occupation.ARM, Action: "COMPLETAR", Date: day, JSON: `{"fence":4,"reason":"dijo; \"sí\""}`,
		},
		{
			ID: "=1+1", Kind: "+x", Tag: "-2+3", WorkerName: "\u200b@SUM(A1)", Operation: "\tx", Action: "\rx", JSON: " =IMPORTXML(\"http://x\")",
		},
	}))
	if !strings.HasPrefix(got, "\ufeffID;Timestamp;") || strings.Count(got, "\r\n") != 3 {
		t.Errorf("%q", got)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(got, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := []string{"e1", "23-11-2026 09:30:00", "COMPLETAR_SPOOL", "MK-1", "93", "Mauricio Rodríguez", "ARM", "COMPLETAR", "23-11-2026", `{"fence":4,"reason":"dijo; \"sí\""}`}
	if !slices.Equal(rows[1], want) {
		t.Errorf("row %q, want %q", rows[1], want)
	}
	for i, c := range rows[2] {
		if c != "" && !strings.HasPrefix(c, "'") {
			t.Errorf("cell %s is %q: a spreadsheet would take it for a formula", rows[0][i], c)
		}
	}
}
