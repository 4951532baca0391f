//go:build !shop

package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// twoYears is a workbook with an audit log of so many rows, half of them of 2023 and
// half of 2024, with two columns of the office: a note and a formula.
func twoYears(rows int) *sheetsim.Workbook {
	log := [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON", "Nota", "Doble"}}
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(rows/2) * time.Hour)
	for i := range rows {
		log = append(log, []any{
			fmt.Sprintf("E%06d", i), sheetsim.DateTimeCell(began.Add(time.Duration(i) * time.Hour)), "TOMAR_SPOOL", fmt.Sprintf("MK-%d", i%50),
			93, "=Mauricio", "ARM", "TOMAR", "", `{"fence":` + fmt.Sprint(i) + `}`, fmt.Sprintf("nota %d", i), sheetsim.FormulaCell("=1+1", 2),
		})
	}
	spools := [][]any{{"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion"}, {"MK-1"}}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, spools).AddTab("Metadata", 2, log).
		AddTab("Trabajadores", 3, [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}, {93, "Mauricio", "Rodríguez", true, "U0MAURICIO"}}).AddTab("Roles", 4, [][]any{{"Id", "Rol", "Activo"}})
}

// Five thousand rows of two years: those of the first move as they are, beside the
// office's columns; run twice it does nothing, and an export of the time over the seam
// is the same file, byte for byte.
func TestArchive(t *testing.T) {
	t.Parallel()
	far, err := openFarEndsOn(t.Context(), demoFlags{quota: 600, redisURL: "redis://127.0.0.1:1/0"}, twoYears(5000))
	if err != nil {
		t.Fatal(err)
	}
	defer far.close()
	spoolbot := func(code int, args ...string) (out, said string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := runTable(commands(), invocation{args, far.environment(demoFlags{}), &stdout, &stderr, nil}); got != code {
			t.Fatalf("%v: exit %d, want %d; it said %s", args, got, code, stderr.String())
		}
		return stdout.String(), stderr.String()
	}
	exports := func() (all [3]string) {
		all[0], _ = spoolbot(exitDone, "export")
		all[1], _ = spoolbot(exitDone, "export", "--from", "2023-12-20", "--to", "2024-01-10", "--format", "json")
		all[2], _ = spoolbot(exitDone, "export", "--from", "2024-02-01", "--to", "2024-02-01")
		return all
	}
	rows, files := far.sheet.Rows("Metadata"), exports()
	began := far.sheet.Version()
	if out, said := spoolbot(exitFailed, "archive", "--year", "2023"); !strings.Contains(out, "2500 rows of 2023 would be moved from Metadata to a new tab Metadata_2023") || !strings.Contains(said, "--yes") {
		t.Errorf("without a yes: %s\n%s", out, said)
	}
	if out, _ := spoolbot(exitDone, "archive", "--year", "2022", "--yes"); out != "Metadata has no row of 2022 to be moved.\n" {
		t.Errorf("a year without rows: %s", out)
	}
	if far.sheet.Version() != began {
		t.Error("something was changed without a yes, or without rows")
	}
	if out, _ := spoolbot(exitDone, "archive", "--year", "2023", "--yes"); !strings.HasSuffix(out, "2500 rows moved to Metadata_2023.\n") {
		t.Errorf("with --yes: %s", out)
	}
	old, left := far.sheet.Rows("Metadata_2023"), far.sheet.Rows("Metadata")
	if !slices.EqualFunc(slices.Concat(old, left[1:]), rows, slices.Equal) || len(old) != 2501 || len(left) != 2501 {
		t.Errorf("%d rows with the header are in the year's tab and %d left; some are not what they were", len(old), len(left))
	}
	if c := far.sheet.Value("Metadata_2023!L7"); c.Formula() != "=1+1" {
		t.Errorf("a cell of the office became %+v", c)
	}
	if kind, pattern := far.sheet.Value("Metadata_2023!B2").Format(); kind != "DATE_TIME" || pattern != "dd-mm-yyyy hh:mm:ss" {
		t.Errorf("a time is shown as %s %s", kind, pattern)
	}
	if got := exports(); got != files {
		t.Error("an export is not the same as before")
	}
	began = far.sheet.Version()
	if out, _ := spoolbot(exitDone, "archive", "--year", "2023"); out != "Metadata has no row of 2023 to be moved.\n" || far.sheet.Version() != began {
		t.Errorf("run twice: %s", out)
	}
	for _, args := range [][]string{nil, {"--year", "25"}, {"--year", fmt.Sprint(time.Now().Year())}, {"--year", "2023", "more"}} {
		spoolbot(exitUsage, append([]string{"archive"}, args...)...)
	}
}

// An archive takes the five writes a minute that a serve leaves which writes as much as
// it may, and begins at once.
func TestAnArchiveWritesFiveTimesAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		write, began, n := archivePacer().Wait, time.Now(), 0
		for time.Since(began) < 10*time.Minute {
			if err := write(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n++; n == 1 && time.Since(began) > 0 {
				t.Errorf("the first waits %v", time.Since(began))
			}
		}
		if n > 51 || n < 50 {
			t.Errorf("%d writes in ten minutes, want five a minute", n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := write(ctx); err == nil {
			t.Error("who is told to stop waits")
		}
	})
}
