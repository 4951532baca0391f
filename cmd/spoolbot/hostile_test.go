//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Texts that would do something if they were taken for more than text.
const (
	formula = `=IMPORTXML("http://malo.example/","//a")`
	link    = `=HYPERLINK("http://malo.example/";"ver")`
	shout   = "<!channel> <!here> @everyone"
	marks   = "*_~`MK`~_*"
	signs   = "<b>R&D</b> & Cía. &amp; <@U0CARLOSNU>"
)

// hostileTags are as people could have typed them into the sheet.
var hostileTags = []string{
	formula, "+1-MK-1", "-2-MK", "'3-MK", "<!channel>-04", "*_~MK~_*-05", "A&B<C>-06", "@Carlos-07", "{\"t\":\"x\"}-08", "<@U0CARLOSNU>-09",
}

func hostileBook() *sheetsim.Workbook {
	var rows []map[string]any
	for i, tag := range hostileTags {
		rows = append(rows, map[string]any{
			"TAG_SPOOL": tag, "NV": []string{formula, shout, marks, signs}[i%4], "OT": []string{link, signs}[i%2],
			"Prioridad": shout, "Soldador": marks, "Fecha_Materiales": 36400,
		})
	}
	return sheetsim.SmallWorkbook(rows...)
}

// Formulas, mentions and marks in names and cells stay text in the sheet, and
// in Slack.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{book: hostileBook(), notStarted: true}, func(s *shop) {
		s.rename(93, shout+" "+marks, formula)
		s.rename(41, link, signs)
		s.start()
		takers := []*slacksim.Person{s.mauricio, s.carlos}
		var changes []string
		for i, tag := range hostileTags {
			me, other := takers[i%2], takers[(i+1)%2]
			offered := s.asks(me, "/tomar", "Cuál quieres tomar")
			at := slices.IndexFunc(offered.Buttons(), func(b string) bool { return strings.HasPrefix(b, tag) })
			if at < 0 {
				t.Fatalf("%s is not offered: %q", tag, offered.Buttons())
			}
			card := s.taps(me, offered, offered.Buttons()[at], "tomado, es tuyo")
			s.asks(other, "/estado all", "1 spool ocupado")
			s.asks(other, "/estado "+tag)
			s.asks(other, "/tomar "+tag)
			s.asks(me, "/mis-spools", "Tienes 1 spool")
			s.taps(me, card, "Completar", "completado")
			changes = append(changes, "TOMAR:"+tag, "COMPLETAR:"+tag)
		}
		s.batchOf(s.ivan, hostileTags...)
		for _, p := range []*slacksim.Person{s.mauricio, s.carlos, s.ivan} {
			p.OpenHome()
		}
		s.passes(0)
		s.ends(append(changes, each("TOMAR", hostileTags...)...)...)
		s.showsNoCode()
		s.hasNoFormula(formula, link)
	})
}

// rename writes a worker's names, as text.
func (s *shop) rename(worker int, given, surname string) {
	s.t.Helper()
	for i, p := range sheetsim.SamplePeople() {
		if p.ID != worker {
			continue
		}
		for column, name := range []string{given, surname} {
			e := sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cellName(column+1, i+2), Value: "'" + name}
			if err := s.sheet.Edit(e); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// batchOf takes spools with the form.
func (s *shop) batchOf(p *slacksim.Person, tags ...string) {
	s.t.Helper()
	form := s.opensBatch(p)
	s.chooses(p, form, "=", tags...) // no letter or digit: all of them
	s.submits(p, "Tomaste los")
}

// showsNoCode looks at all that the people were shown for what Slack would
// interpret: mentions and links, and marks that are not ours.
func (s *shop) showsNoCode() {
	s.t.Helper()
	named := 0
	for _, c := range s.slack.Calls() {
		for _, text := range marked(c.Args) {
			if strings.Contains(text, "&lt;!channel&gt;") {
				named++
			}
			for _, code := range []string{"<!", "<@", "<#", "<http", "<b>", "*_", "_~", "~M", "`"} {
				if strings.Contains(text, code) {
					s.t.Errorf("%s sends %q in %q", c.Method, code, text)
				}
			}
		}
	}
	if named < 3*len(hostileTags) {
		s.t.Errorf("only %d texts name the person: what else was looked at?", named)
	}
}

// marked are the texts in a call, or in anything else, that Slack formats.
func marked(v any) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, marked(e)...)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok && v["type"] != "plain_text" {
			out = append(out, text)
		}
		for _, e := range v {
			out = append(out, marked(e)...)
		}
	}
	return out
}

// hasNoFormula checks that no cell of the sheet computes, and that the texts
// stand in the audit log as they are.
func (s *shop) hasNoFormula(texts ...string) {
	s.t.Helper()
	for _, tab := range []string{"Operaciones", "Metadata", "Trabajadores"} {
		for r, line := range s.sheet.Rows(tab) {
			for c := range line {
				if f := s.sheet.Value(tab + "!" + cellName(c, r+1)).Formula(); f != "" {
					s.t.Errorf("%s!%s computes %s", tab, cellName(c, r+1), f)
				}
			}
		}
	}
	log := s.sheet.Rows("Metadata")
	for _, text := range texts {
		if !slices.ContainsFunc(log, func(row []string) bool {
			return slices.ContainsFunc(row, func(cell string) bool { return strings.Contains(cell, text) })
		}) {
			s.t.Errorf("the log does not know %s", text)
		}
	}
}
