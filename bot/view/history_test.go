package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Who did what, when, for how long and why.
func TestHistoriesSayWhoWhatAndWhy(t *testing.T) {
	all := samples(t)
	for name, want := range map[string][]string{
		"history-spool": {
			"14:30 Mauricio Rodríguez completó · ARM · 1 h 2 min · con fecha 20-11", "hasta las 16:00",
			"Mauricio Rodríguez recibió · ARM · de Josefa Pérez · lo pasó Patricia Soto · «urge para despacho»",
			"Patricia Soto liberó · ARM · menos de 1 min · lo tenía Mauricio Rodríguez · «salió a otro turno»",
			"12:15 Josefa Pérez pausó · ARM · 1 h 35 min", "venció con Josefa Pérez · ARM · 1 h", "09:00 APROBAR", "*Hoy*", "*Vie 20-11*", "*31-12-2025*",
		},
		"history-worker": {"14:30 completó *" + tag + "*", "Patricia Soto liberó *" + tag + "*"},
		"history-day":    {"Historia de ayer", "Josefa Pérez tomó *" + tag + "*", "Hay más"},
		"history-none":   {"No hay nada anotado."},
	} {
		got := strings.Join(visible(t, all[name]), "\n")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s does not say %q:\n%s", name, w, got)
			}
		}
	}
}

func TestHistoryFactsComeBack(t *testing.T) {
	k := kit{at(t)}
	for _, q := range []occupation.HistoryQuery{
		{Tag: tag}, {Worker: 93}, {Day: k.day(11, 22)}, {Worker: 93, Day: time.Date(2026, 9, 6, 1, 0, 0, 0, k.at.Zone)},
	} {
		got, err := view.ReadHistory(view.HistoryFacts(q), k.at.Zone)
		if err != nil || got.Tag != q.Tag || got.Worker != q.Worker || got.Day.IsZero() != q.Day.IsZero() || got.Day.YearDay() != q.Day.YearDay() {
			t.Errorf("%+v came back as %+v, %v", q, got, err)
		}
	}
	for _, bad := range []string{"", "x", "{}", `{"w":-1}`, `{"d":"ayer"}`, `{"t":"` + strings.Repeat("x", 500) + `"}`, `{"t":"A"` + strings.Repeat(" ", 2000) + "}"} {
		if q, err := view.ReadHistory(bad, k.at.Zone); err == nil {
			t.Errorf("%q was read as %+v", bad, q)
		}
	}
}

func TestHistoryFilesHaveNames(t *testing.T) {
	k := kit{at(t)}
	for _, c := range []struct {
		of   occupation.HistoryQuery
		who  occupation.Holder
		want string
	}{
		{occupation.HistoryQuery{Tag: tag}, occupation.Holder{}, "historia-" + tag + ".csv"},
		{occupation.HistoryQuery{Tag: "../../etc/Ñ 1<b>"}, occupation.Holder{}, "historia-ETC-N-1-B.csv"},
		{occupation.HistoryQuery{Worker: 93, Day: k.day(11, 22)}, mauricio, "historia-mauricio-rodriguez-93-2026-11-22.csv"},
	} {
		f := view.HistoryFile(occupation.History{Of: c.of, Who: c.who, Events: k.story(), More: true}, k.at)
		if f.Name != c.want || f.Title == "" || !strings.Contains(f.Comment, "13 movimientos") || len(f.Content) < 500 {
			t.Errorf("%+v gives %q, %q, %q, %d bytes; want %q", c.of, f.Name, f.Title, f.Comment, len(f.Content), c.want)
		}
	}
}
