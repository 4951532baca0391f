//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// init-sheet needs the variables of the sheet only. It shows what it would do, does
// nothing unless somebody has said yes, and nothing when nothing is missing.
func TestInitSheet(t *testing.T) {
	w := openWorks(t, 0)
	w.edit(
		sheetsim.Edit{Kind: "rename_header", Sheet: "Trabajadores", Column: "Slack_ID", Value: "Notas"},
		sheetsim.Edit{Kind: "rename_tab", Sheet: "Roles", Value: "Cargos"},
	)
	env := slices.DeleteFunc(w.far.environmentList(demoFlags{lockTTL: time.Hour}), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains(sheetVariables, name)
	})
	initSheet := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		p := runChild(t, env, append([]string{"init-sheet"}, args...)...)
		p.exits(code, time.Minute)
		return p.stdout.String(), p.stderr.String()
	}
	const plan = "the tab Roles with the columns Id, Rol, Activo"
	began := w.far.sheet.Version()
	out, said := initSheet(exitFailed)
	if !strings.Contains(out, plan) || !strings.Contains(out, "to the tab Trabajadores, from column F on: Slack_ID") || !strings.Contains(said, "run it again with --yes") {
		t.Errorf("without a terminal: %s\n%s", out, said)
	}
	if n := w.far.sheet.Version() - began; n != 0 {
		t.Errorf("%d changes without a yes", n)
	}
	if out, _ = initSheet(exitDone, "--yes"); !strings.Contains(out, plan) || !strings.Contains(out, "\nDone.\n") {
		t.Errorf("with --yes: %s", out)
	}
	if got := w.far.sheet.Rows("Roles"); len(got) != 1 || !slices.Equal(got[0], []string{"Id", "Rol", "Activo"}) || w.far.sheet.Cell("Trabajadores!F1") != "Slack_ID" || w.far.sheet.Cell("Trabajadores!E2") != "U0CREW0000" {
		t.Errorf("the tab is %q", got)
	}
	began = w.far.sheet.Version()
	for _, args := range [][]string{{"--yes"}, nil} {
		if out, said = initSheet(exitDone, args...); out != "Nothing is missing.\n" || said != "" || w.far.sheet.Version() != began {
			t.Errorf("again: %s\n%s", out, said)
		}
	}

	w.edit(sheetsim.Edit{Kind: "rename_header", Sheet: "Operaciones", Column: "Ocupado_Por", Value: "Ocupado"}, sheetsim.Edit{Kind: "rename_header", Sheet: "Roles", Column: "Activo", Value: "x"})
	out, said = initSheet(exitFailed, "--yes")
	if !strings.Contains(out, `left to you: the column Ocupado_Por of the tab Operaciones is missing, and there is "Ocupado"`) || !strings.Contains(said, "left to you, as named above: 1") || w.far.sheet.Cell("Roles!D1") != "Activo" {
		t.Errorf("with something for people: %s\n%s\n%q", out, said, w.far.sheet.Rows("Roles"))
	}
	env = with(env, "SPREADSHEET_ID=?", "TIMEZONE=Santiago")
	if _, said = initSheet(exitUsage); !strings.Contains(said, "\n  SPREADSHEET_ID: ") || !strings.Contains(said, "\n  TIMEZONE: ") || strings.Contains(said, "SLACK") {
		t.Errorf("a wrong environment: %s", said)
	}
}

func TestOnlyAYesIsOne(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{"y\n": true, "YES\r\n": true, "sí\n": true, "y": true, "\n": false, "": false, "n\n": false, "yo\n": false, "no\ny\n": false} {
		if got := agreed(strings.NewReader(line)); got != want {
			t.Errorf("%q is %v", line, got)
		}
	}
}
