//go:build !shop

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// longLog is a workbook with an audit log of so many rows, one a minute from the
// third of August 2026 on.
func longLog(rows int) *sheetsim.Workbook {
	log := [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}}
	began := time.Date(2026, 8, 3, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		log = append(log, []any{
			fmt.Sprintf("E%06d", i), began.Add(time.Duration(i) * time.Minute).Format("02-01-2006 15:04:05"), "TOMAR_SPOOL", fmt.Sprintf("MK-%d", i),
			93, "=Mauricio", "ARM", "TOMAR", "", `{"fence":` + fmt.Sprint(i) + `}`,
		})
	}
	spools := [][]any{{"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion"}, {"MK-1"}}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, spools).AddTab("Metadata", 2, log).
		AddTab("Trabajadores", 3, [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}, {93, "Mauricio", "Rodríguez", true, "U0MAURICIO"}}).AddTab("Roles", 4, [][]any{{"Id", "Rol", "Activo"}})
}

func TestExport(t *testing.T) {
	t.Parallel()
	far, err := openFarEndsOn(t.Context(), demoFlags{quota: 600, redisURL: "redis://127.0.0.1:1/0"}, longLog(12_000))
	if err != nil {
		t.Fatal(err)
	}
	defer far.close()
	export := func(code int, args ...string) (out, said string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := run(append([]string{"export"}, args...), far.environment(demoFlags{}), &stdout, &stderr); got != code {
			t.Fatalf("export %v: exit %d, want %d; it said %s", args, got, code, stderr.String())
		}
		return stdout.String(), stderr.String()
	}

	all, said := export(exitDone)
	if lines := strings.Count(all, "\r\n"); lines != 12_001 || !strings.HasSuffix(said, "12000 rows\n") {
		t.Errorf("%d lines of all; it said %q", lines, said)
	}
	if !strings.Contains(all, "E000007;03-08-2026 00:07:00;TOMAR_SPOOL;MK-7;93;'=Mauricio;ARM;TOMAR;;\"{\"\"fence\"\":7}\"\r\n") {
		t.Errorf("the file begins %.400q", all)
	}
	day, _ := export(exitDone, "--from", "2026-08-05", "--to", "2026-08-05", "--format", "json")
	lines := strings.Split(strings.TrimSpace(day), "\n")
	if len(lines) != 24*60 {
		t.Errorf("%d lines of a day", len(lines))
	}
	for _, line := range []string{lines[0], lines[len(lines)-1]} {
		var row struct {
			At       string
			Metadata struct{ Fence int }
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || !strings.HasPrefix(row.At, "2026-08-05T") || row.Metadata.Fence == 0 {
			t.Errorf("%q: %+v, %v", line, row, err)
		}
	}
	for _, args := range [][]string{{"--from", "yesterday"}, {"--format", "xml"}, {"--from", "2026-08-06", "--to", "2026-08-05"}, {"more"}} {
		export(exitUsage, args...)
	}
	if reads := len(far.sheet.Calls()); reads > 20 {
		t.Errorf("%d calls for two exports of 12,000 rows", reads)
	}
	far.sheet.Fail(sheetsim.Fault{Op: "read", Times: 100, Status: 403})
	if _, said := export(exitFailed); !strings.Contains(said, "not complete") {
		t.Errorf("it said %q", said)
	}
}
