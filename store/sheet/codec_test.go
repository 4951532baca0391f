package sheet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/occupation"
)

var santiago = func() *time.Location {
	l, err := time.LoadLocation("America/Santiago")
	if err != nil {
		panic(err)
	}
	return l
}()

func TestCellTimeReadsWhatPeopleLeave(t *testing.T) {
	t.Parallel()
	day := func(y, m, d int, clock ...int) time.Time {
		clock = append(clock, 0, 0, 0)
		return time.Date(y, time.Month(m), d, clock[0], clock[1], clock[2], 0, santiago)
	}
	tests := []struct {
		in   any
		want time.Time
		ok   bool
	}{
		{nil, time.Time{}, true},
		{"", time.Time{}, true},
		{"  ", time.Time{}, true},
		{43831.0, day(2020, 1, 1), true},                       // SHEETS.md 2 [V]
		{46056.54996527778, day(2026, 2, 3, 13, 11, 57), true}, // [V], noise of a float
		{"03-02-2026", day(2026, 2, 3), true},
		{"3/2/2026", day(2026, 2, 3), true},
		{"3/2/26", day(2026, 2, 3), true},
		{"2026-02-03", day(2026, 2, 3), true},
		{"03-Feb-2026", day(2026, 2, 3), true},
		{"3-ago-2026", day(2026, 8, 3), true},
		{"05-OCT-2026", day(2026, 10, 5), true},
		{"3-septiembre-2026", day(2026, 9, 3), true},
		{"03-02-2026 13:11:57", day(2026, 2, 3, 13, 11, 57), true},
		{"3/2/2026 9:05", day(2026, 2, 3, 9, 5), true},
		{"2026-02-03T13:11:57", day(2026, 2, 3, 13, 11, 57), true},
		{"29-02-2028", day(2028, 2, 29), true},
		{"29-02-2027", time.Time{}, false},
		{"31-02-2026 aprox.", time.Time{}, false},
		{"13-13-2026", time.Time{}, false},
		{"03-02", time.Time{}, false},
		{"03-02/2026", time.Time{}, false},
		{"-3-2-2026", time.Time{}, false},
		{"3-2-026", time.Time{}, false},
		{"3-2-2026 25:00", time.Time{}, false},
		{"3-2-2026 mañana", time.Time{}, false},
		{"pendiente", time.Time{}, false},
		{"#REF!", time.Time{}, false},
		{5.0, time.Time{}, false},          // the year 1900: somebody's count, not a date
		{46056000.0, time.Time{}, false},   // too far
		{-1.0, time.Time{}, false},         //
		{true, time.Time{}, false},         //
		{"03-02-1826", time.Time{}, false}, // a slip
	}
	for _, tt := range tests {
		got, ok := cellTime(tt.in, santiago)
		if ok != tt.ok || !got.Equal(tt.want) {
			t.Errorf("cellTime(%v) = %v, %v; want %v, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

// Clocks in Santiago: 2026-04-04 23:00-23:59 happens twice, 2026-09-06
// 00:00-00:59 never.
func TestDatesSurviveClockChanges(t *testing.T) {
	t.Parallel()
	for _, day := range []int{4, 5, 6, 7} {
		for _, month := range []time.Month{time.April, time.September} {
			noon := time.Date(2026, month, day, 12, 0, 0, 0, santiago)
			for name, at := range map[string]time.Time{"the core's midnight": occupation.Midnight(noon), "noon": noon} {
				serial := daySerial(at, santiago)
				got, ok := cellDay(serial, santiago)
				if !ok || got.Day() != day || got.Month() != month {
					t.Errorf("%s of %s %d is written as %v and read as %v", name, month, day, serial, got)
				}
			}
		}
	}
	for clock := time.Date(2026, 4, 4, 20, 0, 0, 0, santiago); clock.Day() < 6; clock = clock.Add(17 * time.Minute) {
		got, ok := cellTime(serialOf(clock, santiago), santiago)
		if !ok || got.Format(time.DateTime) != clock.Format(time.DateTime) {
			t.Errorf("%v is read back as %v", clock, got)
		}
	}
}

func TestMomentsRoundToTheSecond(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 9, 59, 59, 600_000_000, santiago)
	if got, _ := cellTime(serialOf(at, santiago), santiago); !got.Equal(time.Date(2026, 11, 23, 10, 0, 0, 0, santiago)) {
		t.Errorf("read back as %v", got)
	}
}

func FuzzCellTime(f *testing.F) {
	for _, s := range []string{"03-02-2026", "3/2/26 9:05", "2026-02-03T13:11:57", "05-Oct-2026", "T", "--", "1-1-1 :", "\xff-1-2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := cellTime(s, santiago)
		if !ok || got.IsZero() {
			if ok && strings.TrimSpace(s) != "" {
				t.Fatalf("%q was taken for an empty cell", s)
			}
			return
		}
		if again, ok := cellTime(serialOf(got, santiago), santiago); !ok || again.Format(time.DateTime) != got.Format(time.DateTime) {
			t.Fatalf("%q is %v, and read back %v", s, got, again)
		}
	})
}

func FuzzSerial(f *testing.F) {
	f.Add(46056.54996527778)
	f.Add(46271.0) // 06-09-2026, a day without a midnight
	f.Fuzz(func(t *testing.T, n float64) {
		got, ok := fromSerial(n, santiago)
		if !ok {
			return
		}
		again, ok := fromSerial(serialOf(got, santiago), santiago)
		if !ok || !again.Equal(got) {
			t.Fatalf("%v is %v, and read back %v", n, got, again)
		}
	})
}

func FuzzTextStaysText(f *testing.F) {
	for _, s := range []string{"=IMPORTXML(1)", "+1", "'x", "001", "", "TRUE", "#REF!", "ñ\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, format := value(occupation.Cell{Text: s}, santiago)
		data := cellData(v, format)
		switch {
		case s == "" && data.UserEnteredValue == nil:
		case data.UserEnteredValue.FormulaValue != nil || *data.UserEnteredValue.StringValue != s:
			t.Fatalf("%q is written as %+v", s, data.UserEnteredValue)
		}
	})
}

func TestCellTextOfNumbersIsPlain(t *testing.T) {
	t.Parallel()
	for v, want := range map[any]string{7.0: "7", 13350125238.0: "13350125238", 10.5: "10.5", " x ": "x", true: "TRUE", nil: ""} {
		if got := cellText(v); got != want {
			t.Errorf("cellText(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestHeadersMeanTheSame(t *testing.T) {
	t.Parallel()
	for _, group := range [][]string{
		{"Fecha_Materiales", "FECHA MATERIALES", "fecha.materiales", "Fécha_Materiáles", " Fecha_Materiales\n", "Fecha\u00a0Materiales"},
		{"PLANO_KRONOS N°", "Plano Kronos N"},
	} {
		for _, h := range group {
			if headKey(h) != headKey(group[0]) {
				t.Errorf("%q is %q, want as %q", h, headKey(h), group[0])
			}
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	base := []string{"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion"}
	swap := func(old, with string) []string {
		out := slices.Clone(base)
		out[slices.Index(out, old)] = with
		return out
	}
	tests := []struct {
		name   string
		heads  []string
		column occupation.Column
		at     int // -1 = not there
		faults []string
	}{
		{"as they are", base, occupation.ColTag, 0, nil},
		{"alias alone", swap("TAG_SPOOL", "Split"), occupation.ColTag, 0, nil},
		{"alias beside it", append([]string{"SPLIT"}, base...), occupation.ColTag, 1, nil},
		{"alias twice beside it", append([]string{"SPLIT", "SPLIT"}, base...), occupation.ColTag, 2, nil},
		{"state by its alias", append(slices.Clone(base), "Estado_Detalle"), occupation.ColState, 8, nil},
		{"state by its name before its alias", append(slices.Clone(base), "Estado_Detalle", "Estado_Ocupacion"), occupation.ColState, 9, nil},
		{"state twice is left alone", append(slices.Clone(base), "Estado_Detalle", "Estado_Detalle"), occupation.ColState, -1, nil},
		{"optional twice", append(slices.Clone(base), "NV", "NV"), occupation.ColNV, 8, nil},
		{"doubled", append(slices.Clone(base), "ARMADOR"), occupation.ColArmBy, -1, []string{"doubled_header Armador"}},
		{"missing", base[:6], occupation.ColHeldBy, -1, []string{"missing_header Ocupado_Por", "missing_header Fecha_Ocupacion"}},
		{"empty", nil, occupation.ColTag, -1, []string{
			"missing_header TAG_SPOOL", "missing_header Fecha_Materiales", "missing_header Fecha_Armado", "missing_header Armador",
			"missing_header Fecha_Soldadura", "missing_header Soldador", "missing_header Ocupado_Por", "missing_header Fecha_Ocupacion",
		}},
	}
	for _, tt := range tests {
		heads := make([]string, len(tt.heads))
		for i, h := range tt.heads {
			heads[i] = headKey(h)
		}
		cols, faults := locate(tabSpools, heads, fields)
		at, ok := cols[tt.column]
		if !ok {
			at = -1
		}
		var got []string
		for _, f := range faults {
			got = append(got, string(f.Reason)+" "+string(f.Column))
		}
		if diff := cmp.Diff(tt.faults, got); diff != "" || at != tt.at {
			t.Errorf("%s: %s at %d, want %d; faults (-want +got):\n%s", tt.name, tt.column, at, tt.at, diff)
		}
	}
}

func TestWaitAfterA429(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 30, 20, 0, time.UTC)
	for header, least := range map[string]time.Duration{
		"": 40 * time.Second, "3": 3 * time.Second, "Mon, 23 Nov 2026 09:30:30 GMT": 10 * time.Second, "soon": 40 * time.Second, "-1": 40 * time.Second,
	} {
		if got := waitAfter(header, now); got < least || got > least+3*time.Second {
			t.Errorf("Retry-After %q: %v, want %v and a little", header, got, least)
		}
	}
}
