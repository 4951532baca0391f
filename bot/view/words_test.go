package view_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// reasons reads the reasons of the core from its source, so that a new one
// cannot be forgotten here.
func reasons(t *testing.T) []occupation.Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../occupation/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []occupation.Reason
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Reason" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, occupation.Reason(value))
		}
		return true
	})
	if len(out) < 20 {
		t.Fatalf("found only %d reasons in the core's source", len(out))
	}
	return out
}

func TestEveryCodeAndReasonHasItsWordsAndANextStep(t *testing.T) {
	k := kit{at(t)}
	codes, seen := map[occupation.Code]bool{}, map[occupation.Reason]bool{}
	byWords := map[string]string{}
	for _, p := range k.problems() {
		m := view.Problem(p.err, p.asked, k.at)
		if len(m.Blocks) == 0 || utf8.RuneCountInString(m.Text) < 20 {
			t.Errorf("%s: text %q and %d blocks", p.name, m.Text, len(m.Blocks))
		}
		e, typed := errors.AsType[*occupation.Error](p.err)
		if !typed {
			continue
		}
		codes[e.Code], seen[e.Reason] = true, true
		if e.Code != occupation.WorkerUnknown && !slices.ContainsFunc(m.Blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTAction }) {
			t.Errorf("%s: no button for the next step", p.name)
		}
		if e.Reason != "" && e.Reason != occupation.BeingChecked && e.Reason != occupation.NothingDone && e.Reason != occupation.Unlinked {
			if other, dup := byWords[m.Text]; dup {
				t.Errorf("%s has the words of %s: %q", p.name, other, m.Text)
			}
		}
		byWords[m.Text] = p.name
	}
	for _, c := range occupation.Codes() {
		if !codes[c] {
			t.Errorf("no sample of code %s", c)
		}
	}
	for _, r := range reasons(t) {
		if !seen[r] {
			t.Errorf("no sample of reason %s", r)
		}
	}
}

func TestRefusalsSayWhatPeopleNeedToKnow(t *testing.T) {
	k := kit{at(t)}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"spool-occupied", []string{"Josefa Pérez", "desde las 13:10", "hasta las 15:10", "Tomar otro"}},
		{"spool-occupied-held_by_hand", []string{"Don Lucho", "fila 111", "vie 20-11 09:00"}},
		{"spool-not-found", []string{numbered(11), numbered(17), numbered(71)}},
		{"duplicate-tag", []string{"120", "345", "346"}},
		{"sheet-schema-unread_cell", []string{"Fecha_Armado", "fila 111", "32-13-2026"}},
		{"sheet-schema-missing_header", []string{"Fecha_Armado"}},
		{"sheet-unavailable-being_checked", []string{"Lo estoy verificando", "Te aviso"}},
		{"sheet-unavailable-nothing_done", []string{"No se cambió nada", "Probar de nuevo"}},
		{"not-owner", []string{"Josefa Pérez"}},
		{"lock-expired-taken-since", []string{"dom 22-11 23:00", "Josefa Pérez"}},
		{"worker-unknown-unlinked", []string{"Elegir mi nombre", "Un supervisor lo aprueba"}},
		{"role-not-allowed", []string{"SOLD", "Soldador"}},
		{"role-not-allowed-receiver_role", []string{"Josefa Pérez", "SOLD", "Elige a otra persona"}},
		{"worker-unknown-unlinked-receiver", []string{"Josefa Pérez", "Elegir mi nombre"}},
		{"spool-occupied-in_grace", []string{"guardado para Josefa Pérez hasta las 14:57", "Avísame"}},
		{"spool-occupied-wait_list", []string{"14:44"}},
		{"lock-expired", []string{"venció a las 14:10", "No se cambió nada", "libre"}},
	} {
		name := strings.ReplaceAll(c.name, "_", "-")
		i := slices.IndexFunc(k.problems(), func(p problem) bool { return p.name == name })
		if i < 0 {
			t.Errorf("no sample %s", name)
			continue
		}
		p := k.problems()[i]
		got := string(document(t, view.Problem(p.err, p.asked, k.at)))
		for _, want := range c.want {
			if !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
				t.Errorf("%s does not say %q:\n%s", name, want, got)
			}
		}
	}
}

func TestFaultsStayInside(t *testing.T) {
	k := kit{at(t)}
	wrapped := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Err: errors.New("googleapi: Error 503 secret-xyz")}
	for _, err := range []error{errors.New("redis: secret-xyz"), wrapped, (*occupation.Error)(nil)} {
		if got := string(document(t, view.Problem(err, view.Asked{}, k.at))); strings.Contains(got, "xyz") || strings.Contains(got, "redis") {
			t.Errorf("the cause shows: %s", got)
		}
	}
}

// What a notification shows on a phone: TAG, state and person in 40 characters.
func TestNotificationsCarryThePointFirst(t *testing.T) {
	all := samples(t)
	for name, want := range map[string]string{
		"taken":                  tag + ": tomado",
		"paused":                 tag + ": pausado",
		"completed":              tag + ": completado",
		"problem-spool-occupied": tag + ": lo tiene Josefa",
		"problem-lock-expired":   tag + ": venció a las 14",
		"status-others":          tag + ": lo tiene Mauricio",
		"notice-not-taken":       tag + ": no alcanzaste",
		"warning":                tag + ": vence a las 14:57",
		"notice-expired":         tag + ": venció a las 14:42",
		"notice-released":        tag + ": ya no es tuyo",
		"notice-passed":          tag + ": Josefa Pérez lo ac",
		"supervisors-released":   tag + ": liberado por Patr",
		"offer-to":               tag + ": Mauricio Rodrígu",
		"asked":                  tag + ": Josefa Pérez lo n",
		"turn":                   tag + ": quedó libre",
	} {
		text := []rune(all[name].(view.Message).Text)
		if got := string(text[:min(40, len(text))]); !strings.HasPrefix(got, want) {
			t.Errorf("%s begins with %q, want %q", name, got, want)
		}
	}
}

func TestViewsAreFreeOfEnglishAndJargon(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\b(lock|redis|api|error|sheet|null|nil|undefined|timeout|fence|0001|santiago|utc)\b|%!|\.\.|: \.`)
	for name, v := range samples(t) {
		if strings.Contains(name, "hostile") {
			continue
		}
		for _, s := range visible(t, v) {
			if found := bad.FindString(s); found != "" {
				t.Errorf("%s: %q in %q", name, found, s)
			}
		}
	}
}

// Words for people stand in the catalogue alone: no other file has a literal
// with two words or an accent.
func TestWordsStandInTheCatalogueOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	sentence := regexp.MustCompile(`[a-záéíóúñ]{2,} [a-záéíóúñ]{2,}|[áéíóúñ¿¡]`)
	for _, f := range files {
		if strings.HasPrefix(f, "texts") || strings.HasSuffix(f, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if ok && lit.Kind == token.STRING && sentence.MatchString(lit.Value) && !strings.HasPrefix(lit.Value, `"view: `) {
				t.Errorf("%s: %s belongs into the catalogue", f, lit.Value)
			}
			return true
		})
	}
}

func TestTimesAreShortAndLocal(t *testing.T) {
	k := kit{at(t)}
	for _, c := range []struct {
		until time.Time
		want  string
	}{
		{k.hour(15, 42).UTC(), "hasta las 15:42"},
		{k.hour(24, 5), "hasta el mar 24-11 00:05"},
		{k.hour(14, 30), "venció a las 14:30"},
		{k.day(11, 21).Add(8 * time.Hour), "venció el sáb 21-11 08:00"},
		{time.Time{}, "tomado, es tuyo*\n*ARM*"},
	} {
		r := k.result(11, occupation.Take)
		r.Lock.Deadline = c.until
		got := view.Taken(r, k.at).Blocks[0].(*slack.SectionBlock).Text.Text
		if !strings.Contains(got, c.want) {
			t.Errorf("deadline %v: got %q, want %q in it", c.until, got, c.want)
		}
	}
}
