package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Three seconds: the first lines say how much was done, what is wrong, and how it
// was a week ago. And nothing stands in blocks that does not stand in the text.
func TestDigestsSayWhatMattersFirst(t *testing.T) {
	all := samples(t)
	for name, want := range map[string][]string{
		"digest-shift": {
			"Turno 07:30–12:30\n✅ 14 hechos · ARM 9, SOLD 5\n3 en pausa · 1 vencido · 2 abiertos · 4 choques\nHace una semana: 11 hechos, 2 vencidos\n",
			"Lo que más demoró\nMK-1335-CW-25238-007 · ARM · 3 h 10 min · Mauricio Rodríguez", "2 h · Josefa Pérez · sigue abierto",
			"Siguen abiertos\n🔧 MK-1335-CW-25238-011 · ARM · Mauricio Rodríguez · desde las 14:42",
			"Mauricio Rodríguez · 6 hechos · ARM · antes 7 · 1 vencido · 1 abierto · 4 h 20 min", "NV 0650 · 14 hechos · ARM 9, SOLD 5 · antes 11", "sin NV · 3 en pausa",
		},
		"digest-morning":        {"Desde ayer 07:30\n✅ 9 hechos · ARM\n", "Hace una semana: nada hecho"},
		"digest-late":           {"Turno 07:30–12:30, vie 20-11\nnada hecho\n"},
		"digest-quiet":          {"Turno 07:30–12:30: sin movimientos."},
		"digest-quiet-compared": {"sin movimientos. Hace una semana: 14 hechos, 1 vencido."},
		"digest-120":            {"y 50 más.", "y 100 más."},
		"digest-details":        {"Por persona\nMauricio Rodríguez · 6 hechos"},
	} {
		m := all[name].(view.Message)
		for _, w := range want {
			if !strings.Contains(m.Text, w) {
				t.Errorf("%s does not say %q:\n%s", name, w, m.Text)
			}
		}
		for _, b := range m.Blocks {
			s, ok := b.(*slack.SectionBlock)
			if !ok {
				continue
			}
			for line := range strings.SplitSeq(s.Text.Text, "\n") {
				if len(m.Text) < 5900 && !strings.Contains(m.Text, strings.ReplaceAll(line, "*", "")) {
					t.Errorf("%s: %q stands in no text", name, line)
				}
			}
		}
	}
	for _, name := range []string{"digest-quiet", "digest-quiet-compared"} {
		if m := all[name].(view.Message); strings.Contains(m.Text, "\n") || len(m.Blocks) != 1 {
			t.Errorf("%s is more than a line: %q", name, m.Text)
		}
	}
}

// Each number of the charts and of the table stands in words above them.
func TestPicturesOfADigestAreNeverAlone(t *testing.T) {
	k := kit{at(t)}
	m, _ := view.DigestDetails(k.digest(), k.at)
	charts, tables := 0, 0
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.DataVisualizationBlock:
			charts++
			if err := b.Validate(); err != nil {
				t.Error(err)
			}
		case *slack.TableBlock:
			tables++
		}
	}
	if charts != 2 || tables != 1 {
		t.Errorf("%d charts and %d tables", charts, tables)
	}
	quiet := occupation.Digest{Period: k.digest().Period}
	if _, ok := view.DigestDetails(quiet, k.at); ok {
		t.Error("details of nothing")
	}
	only := quiet
	only.Events, only.Workers = 1, []occupation.Share{{Who: mauricio, Worked: time.Hour}} // took one, and that is all
	if m, ok := view.DigestDetails(only, k.at); !ok || len(m.Blocks) != 1 {
		t.Errorf("a chart of nothing: %d blocks, %v", len(m.Blocks), ok)
	}
	for _, name := range []string{"digest-details-120", "digest-details-hostile"} {
		for _, b := range samples(t)[name].(view.Message).Blocks {
			if c, ok := b.(*slack.DataVisualizationBlock); ok {
				if err := c.Validate(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}
