package sheetsim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// SamplePerson is one of the sample's workers.
type SamplePerson struct {
	ID             int
	Given, Surname string
	Active         bool
	Roles          []string
	SlackID        string // "" is not linked
}

// SamplePeople are the workers that every sample workbook begins with, whatever its seed, so that a chat emulator can have the
// same people. Two share the initials MR; one is active and not linked, one is inactive.
func SamplePeople() []SamplePerson {
	return []SamplePerson{
		{93, "Mauricio", "Rodríguez", true, []string{"Armador"}, "U0MAURICIO"},
		{41, "Carlos", "Núñez", true, []string{"Armador"}, "U0CARLOSNU"},
		{57, "Pedro", "Soto", true, []string{"Armador"}, "U0PEDROSOT"},
		{62, "Matías", "Rojas", true, []string{"Armador"}, "U0MATIASRO"},
		{33, "Rodrigo", "Sepúlveda", true, []string{"Armador", "Soldador"}, "U0RODRIGOS"},
		{18, "Iván", "Muñoz", true, []string{"Soldador"}, "U0IVANMUNO"},
		{27, "Cristián", "Peña", true, []string{"Soldador"}, "U0CRISTIAN"},
		{75, "José Luis", "Araya", true, []string{"Ayudante"}, "U0JOSELUIS"},
		{12, "Claudia", "Fuentes", true, []string{"Supervisor"}, "U0CLAUDIAF"},
		{51, "Nicolás", "Vera", true, []string{"Armador"}, ""},
		{66, "Héctor", "Díaz", false, []string{"Armador"}, "U0HECTORDI"},
	}
}

// initials are how a holder is written: MR(93).
func (p SamplePerson) initials() string {
	return fmt.Sprintf("%c%c(%d)", []rune(p.Given)[0], []rune(p.Surname)[0], p.ID)
}

var (
	givenNames = []string{"Luis", "Jorge", "Ángel", "Sergio", "Patricio", "Víctor", "Andrea", "Felipe", "Óscar", "Marcela", "Raúl", "Gonzalo", "Sebastián", "Daniela"}
	surnames   = []string{"González", "Muñoz", "Cáceres", "Valdés", "Ibáñez", "Contreras", "Ñancupil", "Pizarro", "Godoy", "Yáñez", "Fernández", "Bustos", "Órdenes"}
	otherRoles = []string{"Armador", "Armador", "Soldador", "Soldador", "Ayudante", "Metrologia", "Revestimiento", "Pintura", "Despacho"}
)

// samplePeople are n workers: the named ones first, the others by seed and active, without a Slack id.
func samplePeople(n int, rnd *rand.Rand) []SamplePerson {
	people := SamplePeople()
	for id := 101; len(people) < n; id++ {
		people = append(people, SamplePerson{
			ID: id, Given: pick(rnd, givenNames), Surname: pick(rnd, surnames), Active: true, Roles: []string{pick(rnd, otherRoles)},
		})
	}
	return people
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// addPeople adds the tabs Trabajadores and Roles. Some hand typed TRUE as text, as found.
func addPeople(w *Workbook, people []SamplePerson) {
	workers := [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}}
	roles := [][]any{{"Id", "Rol", "Activo"}}
	for i, p := range people {
		var active any = p.Active
		if i%4 == 3 {
			active = map[bool]string{true: "TRUE", false: "FALSE"}[p.Active]
		}
		var slack any
		if p.SlackID != "" {
			slack = p.SlackID
		}
		workers = append(workers, []any{p.ID, p.Given, p.Surname, active, slack})
		for _, r := range p.Roles {
			roles = append(roles, []any{p.ID, r, true})
		}
	}
	w.AddTab("Trabajadores", 3003, workers).AddTab("Roles", 4004, roles)
}

var metadataHeaders = []any{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}

// SmallWorkbook is a tiny workbook for tests: the tabs Operaciones, Metadata, Trabajadores and Roles with the people of
// SamplePeople. Each spool is a map from header to value (what CellOf takes); without any there are three: TEST-01 without
// materials, TEST-02 free for ARM and TEST-03 free for SOLD.
func SmallWorkbook(spools ...map[string]any) *Workbook {
	headers := []string{
		"NV", "OT", "TAG_SPOOL", "Prioridad", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador",
		"Ocupado_Por", "Fecha_Ocupacion", "Estado_Detalle",
	}
	if len(spools) == 0 {
		spools = []map[string]any{
			{"TAG_SPOOL": "TEST-01", "NV": "NV0001", "OT": "OT-1"},
			{"TAG_SPOOL": "TEST-02", "NV": "NV0001", "OT": "OT-1", "Fecha_Materiales": 46300},
			{"TAG_SPOOL": "TEST-03", "NV": "NV0001", "OT": "OT-1", "Fecha_Materiales": 46300, "Fecha_Armado": 46301, "Armador": "PS(57)"},
		}
	}
	for _, s := range spools { // further columns stand behind
		for _, h := range slices.Sorted(maps.Keys(s)) {
			if !slices.Contains(headers, h) {
				headers = append(headers, h)
			}
		}
	}
	rows := [][]any{make([]any, len(headers))}
	for i, h := range headers {
		rows[0][i] = h
	}
	for _, s := range spools {
		line := make([]any, len(headers))
		for i, h := range headers {
			line[i] = s[h]
		}
		rows = append(rows, line)
	}
	w := NewWorkbook("Taller de prueba").AddTab("Operaciones", 1001, rows).AddTab("Metadata", 2002, [][]any{metadataHeaders})
	addPeople(w, SamplePeople())
	return w
}
