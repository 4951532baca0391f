package sheet_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/occupation/checkup/checkuptest"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

const robot = "robot@shop.iam.gserviceaccount.com"

// soundBook is a workbook of which the doctor says nothing bad.
func soundBook() *sheetsim.Workbook {
	spools := [][]any{
		{"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion", "Estado_Ocupacion"},
		{"MK-1", 46300, nil, nil, nil, nil, "MR(93)", 46340.5, "ARM en progreso"},
		{"MK-2", 46300, 46301, "MR(93)"},
		{"MK-3", 46300},
	}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, spools).
		AddTab("Trabajadores", 2, [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}, {93, "Mauricio", "Rodríguez", true, "U0MAURICIO"}, {12, "Carla", "Jefa", true, "U0CARLA"}}).
		AddTab("Roles", 3, [][]any{{"Id", "Rol", "Activo"}, {93, "Armador", true}, {12, "Supervisor", true}}).
		AddTab("Metadata", 4, [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}})
}

func set(cell string, value any) sheetsim.Edit {
	return sheetsim.Edit{Kind: "set", Cell: cell, Value: value}
}

func rename(tab, from, to string) sheetsim.Edit {
	return sheetsim.Edit{Kind: "rename_header", Sheet: tab, Column: sheetsim.ColumnName(from), Value: to}
}

func TestExamine(t *testing.T) {
	ok, warned, bad := checkuptest.OK, checkuptest.Warn, checkuptest.Fail
	for name, c := range map[string]struct {
		edits []sheetsim.Edit
		fault sheetsim.Fault
		zone  string
		want  []checkup.Finding
		fine  bool // nothing else is wrong
	}{
		"all is well": {fine: true, want: []checkup.Finding{
			ok("sheet-access", "read as "+robot), ok("sheet-timezone", "America/Santiago"), ok("sheet-tabs", "Operaciones, Trabajadores, Roles, Metadata"), ok("sheet-headers", ""),
			ok("sheet-protected", ""), ok("sheet-stamp", "refused"), ok("sheet-rows", "3 spools"), ok("sheet-workers", "2 active workers, 2 of them linked"),
		}},
		"another id or not shared": {fault: sheetsim.Fault{Op: "read", Status: 404, Times: -1}, want: []checkup.Finding{bad("sheet-access", "no spreadsheet", "share the sheet with "+robot), warned("sheet", "not looked at", "sheet-access")}},
		"not shared":               {fault: sheetsim.Fault{Op: "read", Status: 403, Times: -1}, want: []checkup.Finding{bad("sheet-access", "closed to "+robot, "share the sheet with "+robot+" as editor")}},
		"no credentials":           {fault: sheetsim.Fault{Op: "read", Status: 401, Times: -1}, want: []checkup.Finding{bad("sheet-access", "401", "GOOGLE_APPLICATION_CREDENTIALS")}},
		"out of quota":             {fault: sheetsim.Fault{Op: "read", Status: 429, Times: -1}, want: []checkup.Finding{bad("sheet-access", "quota", "in a minute")}},
		"Google is down":           {fault: sheetsim.Fault{Op: "read", Status: 503, Times: -1}, want: []checkup.Finding{bad("sheet-access", "503", "sheets.googleapis.com")}},
		"Google is silent":         {fault: sheetsim.Fault{Op: "read", Delay: time.Hour, Times: -1}, want: []checkup.Finding{bad("sheet-access", "no answer within 10s", "sheets.googleapis.com")}},
		"shared as viewer": {
			fault: sheetsim.Fault{Op: "write", Status: 403, Times: -1},
			want:  []checkup.Finding{bad("sheet-stamp", "can be read and not be written", robot+" as editor"), ok("sheet-rows", "")},
		},
		"writes fail":            {fault: sheetsim.Fault{Op: "write", Status: 503, Times: -1}, want: []checkup.Finding{bad("sheet-stamp", "503", "sheets.googleapis.com")}},
		"headers cannot be read": {fault: sheetsim.Fault{Method: "values.batchGet", Status: 403, Times: -1}, want: []checkup.Finding{bad("sheet-headers", "cannot be read", "share"), bad("sheet-rows", "cannot be read", "share"), ok("sheet-stamp", "")}},
		"no guard":               {fault: sheetsim.Fault{NoStampGuard: true}, fine: true, want: []checkup.Finding{warned("sheet-stamp", "accepts a stamp twice", "maintainers")}},
		"another time zone":      {zone: "America/New_York", fine: true, want: []checkup.Finding{warned("sheet-timezone", "America/New_York, the shop's America/Santiago", "File → Settings")}},
		"a tab is missing": {
			edits: []sheetsim.Edit{{Kind: "rename_tab", Sheet: "Metadata", Value: "Bitácora"}}, fine: true,
			want: []checkup.Finding{bad("sheet-tabs", `the tab Metadata is missing; there are ["Operaciones"`, "init-sheet")},
		},
		"a tab is misspelt": {
			edits: []sheetsim.Edit{{Kind: "rename_tab", Sheet: "Roles", Value: "Rol"}, {Kind: "rename_tab", Sheet: "Operaciones", Value: "Operacion"}},
			want: []checkup.Finding{
				bad("sheet-tabs", `Operaciones is missing; there is "Operacion"`, "rename that tab to Operaciones"), bad("sheet-tabs", `Roles is missing; there is "Rol"`, "rename"),
				warned("sheet-rows", "not looked at", "its headers"), warned("sheet-workers", "not looked at", "their headers"),
			},
		},
		"a header is missing": {
			edits: []sheetsim.Edit{rename("Operaciones", "Ocupado_Por", "quién")},
			want:  []checkup.Finding{bad("sheet-headers", "Ocupado_Por of the tab Operaciones is missing", "init-sheet"), warned("sheet-rows", "not looked at", "its headers"), ok("sheet-workers", "")},
		},
		"a header is misspelt": {
			edits: []sheetsim.Edit{rename("Operaciones", "Fecha_Materiales", "Fecha Material"), rename("Metadata", "Accion", "Acciones")},
			want: []checkup.Finding{
				bad("sheet-headers", `Fecha_Materiales of the tab Operaciones is missing; there is "Fecha Material"`, "rename that column to Fecha_Materiales"),
				bad("sheet-headers", `Accion of the tab Metadata is missing; there is "Acciones"`, "rename"),
			},
		},
		"a header stands twice": {
			edits: []sheetsim.Edit{set("Operaciones!J1", "ARMADOR"), set("Trabajadores!F1", "slack id")},
			want:  []checkup.Finding{bad("sheet-headers", "Armador of the tab Operaciones stands there twice", "delete or rename"), bad("sheet-headers", "Slack_ID of the tab Trabajadores stands there twice", "delete or rename")},
		},
		"no state": {
			edits: []sheetsim.Edit{rename("Operaciones", "Estado_Ocupacion", "x")}, fine: true,
			want: []checkup.Finding{warned("sheet-headers", "Estado_Ocupacion of the tab Operaciones is missing: nobody sees", "init-sheet")},
		},
		"two states": {
			edits: []sheetsim.Edit{set("Operaciones!J1", "Estado_Ocupacion")}, fine: true,
			want: []checkup.Finding{warned("sheet-headers", "Estado_Ocupacion of the tab Operaciones stands there twice", "delete or rename")},
		},
		"no Slack ids": {
			edits: []sheetsim.Edit{rename("Trabajadores", "Slack_ID", "")}, fine: true,
			want: []checkup.Finding{bad("sheet-headers", "Slack_ID of the tab Trabajadores is missing: nobody is known in Slack", "init-sheet")},
		},
		"protected columns": {
			edits: []sheetsim.Edit{{Kind: "protect", Sheet: "Operaciones", Column: "Armador"}, {Kind: "protect", Cell: "Operaciones!G2:H3"}, {Kind: "protect", Sheet: "Trabajadores", Column: "Slack_ID"}}, fine: true,
			want: []checkup.Finding{
				bad("sheet-protected", "Operaciones!D1:D is protected: nothing can be written to Armador", "add "+robot+" to its editors"),
				bad("sheet-protected", "Operaciones!G2:H3 is protected: nothing can be written to Ocupado_Por, Fecha_Ocupacion", "add "+robot),
				bad("sheet-protected", "Trabajadores!E1:E is protected: nothing can be written to Slack_ID", "add "+robot),
			},
		},
		"a protected log": {
			edits: []sheetsim.Edit{{Kind: "protect", Sheet: "Metadata"}}, fine: true,
			want: []checkup.Finding{bad("sheet-protected", "the tab Metadata is protected: nothing can be written to ID, Timestamp", "add "+robot)},
		},
		"protections that stop nothing": {
			edits: []sheetsim.Edit{
				{Kind: "protect", Sheet: "Operaciones", At: 1},
				{Kind: "protect", Sheet: "Operaciones", Column: "Fecha_Materiales"},
				{Kind: "protect", Sheet: "Roles"},
				{Kind: "protect", Sheet: "Operaciones", Value: "warning"},
				{Kind: "protect", Sheet: "Operaciones", Value: "bot"},
				set("Metadata!A2", "old"),
				{Kind: "protect", Cell: "Metadata!A2:J2"},
			}, fine: true,
			want: []checkup.Finding{ok("sheet-protected", "none stops a write")},
		},
		"the log became a year's": {
			edits: []sheetsim.Edit{{Kind: "rename_tab", Sheet: "Metadata", Value: "Metadata_2024"}}, fine: true,
			want: []checkup.Finding{bad("sheet-tabs", `the tab Metadata is missing; there are ["Operaciones"`, "init-sheet")},
		},
		"a long log": {
			edits: slices.Repeat([]sheetsim.Edit{{Kind: "insert_rows", Sheet: "Metadata", At: 2, Count: 10_000}}, 10), fine: true,
			want: []checkup.Finding{warned("sheet-log", "Metadata has 100101 rows", "spoolbot archive --year ")},
		},
		"rows of the log yet to come are protected": {
			edits: []sheetsim.Edit{{Kind: "protect", Cell: "Metadata!A2:J50"}}, fine: true,
			want: []checkup.Finding{bad("sheet-protected", "Metadata!A2:J50", "add "+robot)},
		},
		"unreadable cells": {
			edits: []sheetsim.Edit{set("Operaciones!B2", "'pronto"), set("Operaciones!B3", "'31-02-2026"), set("Operaciones!C3", "'ayer"), set("Operaciones!A4", true), set("Operaciones!G3", "=X1")}, fine: true,
			want: []checkup.Finding{
				warned("sheet-dates", `2 cells of Fecha_Materiales cannot be read: row 2 ("pronto"), row 3 ("31-02-2026")`, "as a date"),
				warned("sheet-dates", `1 cells of Fecha_Armado cannot be read: row 3 ("ayer")`, "as a date"),
				warned("sheet-cells", `1 cells of TAG_SPOOL cannot be read: row 4 ("TRUE")`, "formula"), warned("sheet-cells", `1 cells of Ocupado_Por cannot be read: row 3`, "formula"),
			},
		},
		"doubled TAGs": {
			edits: []sheetsim.Edit{set("Operaciones!A5", "mk-2"), set("Operaciones!A6", "MK–2")}, fine: true,
			want: []checkup.Finding{warned("sheet-tags", "1 TAGs stand more than once: MK-2 in rows 3 and 5 and 6", "in one row")},
		},
		"holders by hand": {
			edits: []sheetsim.Edit{set("Operaciones!G3", "Juan Pérez"), set("Operaciones!G4", "XX(777)")}, fine: true,
			want: []checkup.Finding{warned("sheet-holders", `1 holders were filled in by hand, without a worker's id: row 3 ("Juan Pérez")`, "MR(93)"), warned("sheet-holders", `1 holders have an id that is not in Trabajadores: row 4 ("XX(777)")`, "clear the cell")},
		},
		"an empty tab": {
			edits: []sheetsim.Edit{{Kind: "delete_rows", Sheet: "Operaciones", At: 2, Count: 3}}, fine: true,
			want: []checkup.Finding{warned("sheet-rows", "no row with a TAG", "SPREADSHEET_ID")},
		},
		"workers without a role": {
			edits: []sheetsim.Edit{set("Roles!B2", "Pintor"), set("Roles!C3", false), set("Trabajadores!A4", 50), set("Trabajadores!B4", "Ana"), set("Trabajadores!D4", true), set("Trabajadores!A5", 51)}, fine: true,
			want: []checkup.Finding{warned("sheet-roles", "3 active workers have no active role that counts here: 12 Carla Jefa, 50 Ana, 93 Mauricio Rodríguez", "add a row to Roles"), warned("sheet-roles", "no active Supervisor is linked", "fill in Slack_ID")},
		},
		"workers' ids": {
			edits: []sheetsim.Edit{set("Trabajadores!A4", "x9"), set("Trabajadores!A5", 93)}, fine: true,
			want: []checkup.Finding{warned("sheet-workers", `2 rows of Trabajadores have an Id that is no number, or that stands there twice: row 4 ("x9"), row 5 ("93")`, "a number of their own")},
		},
		"Slack ids": {
			edits: []sheetsim.Edit{set("Trabajadores!E3", "U0MAURICIO"), set("Trabajadores!A4", 50), set("Trabajadores!E4", "@ana")}, fine: true,
			want: []checkup.Finding{warned("sheet-slack-ids", "1 Slack ids stand twice: U0MAURICIO beside the workers 12 and 93", "one worker"), warned("sheet-slack-ids", `1 Slack_ID are no member ids: 50 ("@ana")`, "Copy member ID")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := unopened(t, sheetsim.Options{TimeZone: c.zone}, soundBook(), sheet.Options{})
				s.edit(c.edits...)
				if c.fault != (sheetsim.Fault{}) {
					s.sim.Fail(c.fault)
				}
				began := s.sim.Version()
				var got checkuptest.Found
				s.Examine(t.Context(), robot, got.Tell)
				checkuptest.Wants(t, got, c.want)
				var bad int
				for _, w := range c.want {
					if w.Status != checkup.OK {
						bad++
					}
				}
				if all := got.Bad(); c.fine && len(all) != bad {
					t.Errorf("it finds more than that:\n%s", checkuptest.Lines(all))
				}
				if n := s.sim.Version() - began; n > 3 { // a stamp; without the guard one too many, and away
					t.Errorf("%d changes of the spreadsheet", n)
				}
			})
		})
	}
}

// answering is a line on which every call gets one answer.
type answering struct {
	status int
	body   string
	err    error
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}

type cannotFetch struct{}

func (cannotFetch) Error() string {
	return `auth: cannot fetch token: 400` + "\n" + `Response: {"error":"invalid_grant","error_description":"Invalid JWT Signature."}`
}

func TestExamineWithoutAccess(t *testing.T) {
	info := func(reason string) string {
		return `{"error":{"code":403,"message":"No.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"` + reason + `","domain":"googleapis.com"}]}}`
	}
	for name, c := range map[string]struct {
		line answering
		want checkup.Finding
	}{
		"the API is off":      {answering{status: 403, body: info("SERVICE_DISABLED")}, checkuptest.Fail("sheet-access", "SERVICE_DISABLED", "enable the Google Sheets API")},
		"the API is off, old": {answering{status: 403, body: `{"error":{"code":403,"message":"No.","errors":[{"domain":"usageLimits","reason":"accessNotConfigured"}]}}`}, checkuptest.Fail("sheet-access", "accessNotConfigured", "enable the Google Sheets API")},
		"another scope":       {answering{status: 403, body: info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")}, checkuptest.Fail("sheet-access", "SCOPE", "key file of a service account")},
		"a key that is gone":  {answering{err: cannotFetch{}}, checkuptest.Fail("sheet-access", "Google gives no token for the service account: auth: cannot fetch token: 400", "make a new one; and is this machine's clock right")},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				service, err := sheets.NewService(t.Context(), option.WithHTTPClient(&http.Client{Transport: c.line}), option.WithEndpoint("http://sheets.test/"))
				if err != nil {
					t.Fatal(err)
				}
				s := sheet.New(service, sheet.Options{SpreadsheetID: "x", Zone: santiago})
				defer s.Close()
				var got checkuptest.Found
				s.Examine(t.Context(), "", got.Tell)
				checkuptest.Wants(t, got, []checkup.Finding{c.want})
			})
		})
	}
}
