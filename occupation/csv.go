package occupation

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"time"
)

var logHeaders = []string{
	"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON",
}

// CSV is rows of the audit log as a file that Excel opens by a double click where
// numbers have a decimal comma, as in Chile: UTF-8 with its mark, semicolons, and
// the end of line that RFC 4180 wants. Sheets and others find the separator by
// themselves. Dates are dd-mm-yyyy, with hh:mm:ss where there is a time, on the
// shop's wall clock. No cell can be taken for a formula.
func CSV(rows []AuditRow) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	_ = w.Write(LogHeaders()) // a Buffer takes everything
	for _, r := range rows {
		_ = w.Write(r.Cells())
	}
	w.Flush()
	return b.Bytes()
}

// LogHeaders are the columns of the audit log, as the sheet has them.
func LogHeaders() []string { return slices.Clone(logHeaders) }

// Cells is the row as cells of a file, by LogHeaders. None can be taken for a
// formula.
func (r AuditRow) Cells() []string {
	id := ""
	if r.WorkerID != 0 {
		id = strconv.Itoa(r.WorkerID)
	}
	cells := []string{
		r.ID, wall(r.At, "02-01-2006 15:04:05"), string(r.Kind), r.Tag, id, r.WorkerName,
		string(r.Operation), r.Action, wall(r.Date, "02-01-2006"), r.JSON,
	}
	for i, c := range cells {
		cells[i] = inert(c)
	}
	return cells
}

func wall(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// formula is what a spreadsheet may take for a formula, also behind what cannot be
// seen (OWASP, CSV injection).
var formula = regexp.MustCompile(`^[\pZ\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[ \x{a0}\x{feff}]*[\t\r\n]`)

// inert puts an apostrophe before a formula: people write TAGs, names and reasons.
func inert(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}
