package sheet

import (
	"strings"
	"unicode"

	"github.com/spoolbot/spoolbot/occupation"
	"golang.org/x/text/unicode/norm"
)

// headKey normalises a header: no accents, lower case, no white space, and
// without _ / . ° so that "Fecha_Materiales" and "FECHA MATERIALES" are one.
func headKey(header string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(header) {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		case strings.ContainsRune("_/.°", r):
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// field is a column that we need, with the headers it is known by, best first.
type field struct {
	column   occupation.Column
	names    []string
	required bool
}

// fields of the tab Operaciones. In real sheets SPLIT stands beside TAG_SPOOL
// and may repeat it (FACTS), so it counts only where TAG_SPOOL is missing.
var fields = []field{
	{occupation.ColTag, []string{"tagspool", "split"}, true},
	{occupation.ColMaterials, []string{"fechamateriales"}, true},
	{occupation.ColArmDate, []string{"fechaarmado"}, true},
	{occupation.ColArmBy, []string{"armador"}, true},
	{occupation.ColSoldDate, []string{"fechasoldadura"}, true},
	{occupation.ColSoldBy, []string{"soldador"}, true},
	{occupation.ColHeldBy, []string{"ocupadopor"}, true},
	{occupation.ColSince, []string{"fechaocupacion"}, true},
	{occupation.ColState, []string{"estadoocupacion", "estadodetalle"}, false},
	{occupation.ColNV, []string{"nv"}, false},
	{occupation.ColOT, []string{"ot"}, false},
	{occupation.ColClient, []string{"cliente"}, false},
	{occupation.ColDrawing, []string{"planoreferencia"}, false},
	{occupation.ColPriority, []string{"prioridad"}, false},
	{occupation.ColDue, []string{"fechacompromiso"}, false},
	{occupation.ColEstimated, []string{"fechaestimadaentrega"}, false},
}

// The columns of the other tabs, as their headers are spelled. All those of the
// audit log are required: a row that lacks who or when is no audit.
var (
	logColumns    = []occupation.Column{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}
	workerColumns = []occupation.Column{"Id", "Nombre", "Apellido", "Activo"}
	roleColumns   = []occupation.Column{"Id", "Rol", "Activo"}
)

const colSlack occupation.Column = "Slack_ID"

// written are the columns of Operaciones that we ever write.
var written = []occupation.Column{
	occupation.ColArmDate, occupation.ColArmBy, occupation.ColSoldDate, occupation.ColSoldBy,
	occupation.ColHeldBy, occupation.ColSince, occupation.ColState,
}

// asFields makes required fields of plain headers.
func asFields(columns []occupation.Column) []field {
	out := make([]field, len(columns))
	for i, c := range columns {
		out[i] = field{column: c, names: []string{headKey(string(c))}, required: true}
	}
	return out
}

// locate finds the fields of a tab in a row of normalised headers. All faults
// are reported at once, with the tab as their Text. Of optional headers that stand twice the first counts,
// unless we write that column: then it is left alone.
func locate(tab string, heads []string, fields []field) (map[occupation.Column]int, []*occupation.Error) {
	at := map[string][]int{}
	for i, h := range heads {
		if h != "" {
			at[h] = append(at[h], i)
		}
	}
	cols := map[occupation.Column]int{}
	var faults []*occupation.Error
	for _, f := range fields {
		var found []int
		for _, name := range f.names {
			if found = at[name]; len(found) > 0 {
				break
			}
		}
		switch {
		case len(found) == 1, len(found) > 1 && !f.required && f.column != occupation.ColState:
			cols[f.column] = found[0]
		case len(found) > 1 && f.required:
			faults = append(faults, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.DoubledHeader, Column: f.column, Text: tab})
		case f.required:
			faults = append(faults, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: f.column, Text: tab})
		}
	}
	return cols, faults
}

// firstOf is the fault that a single answer names; its Text lists all columns.
func firstOf(faults []*occupation.Error) *occupation.Error {
	if len(faults) == 0 {
		return nil
	}
	all := make([]string, len(faults))
	for i, f := range faults {
		all[i] = string(f.Column)
	}
	first := *faults[0]
	first.Text = strings.Join(all, ", ")
	return &first
}

func missingTab(title string) *occupation.Error {
	return &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingTab, Column: occupation.Column(title)}
}
