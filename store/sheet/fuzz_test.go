package sheet

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation"
)

// Whatever stands in a row: a cell that cannot be read is a fault that names it, and
// never an empty cell; and nobody holds the spool but whom the cell names.
func FuzzRow(f *testing.F) {
	for _, s := range []string{
		`[]`, `["MK-1",46056]`, `["MK-1","3/2/26","pendiente",null,true,"","MR(93)",46056.5,"ARM en progreso"]`, `[7,"#REF!",1e300,-1,{},[],"#N/A","x"]`,
		`["A","","","","","","MR(99999999999999999999)",""]`, `["A","","","","","","DISPONIBLE"," "]`, `["A","","","","","","(0)","T"]`,
	} {
		f.Add(s, "TAG_SPOOL\tFecha_Materiales\tFecha_Armado\tArmador\tFecha_Soldadura\tSoldador\tOcupado_Por\tFecha_Ocupacion\tEstado")
	}
	f.Fuzz(func(t *testing.T, row, header string) {
		var cells []any
		if json.Unmarshal([]byte(row), &cells) != nil {
			return
		}
		heads := strings.Split(header, "\t")
		for i, h := range heads {
			heads[i] = headKey(h)
		}
		cols, faults := locate(tabSpools, heads, fields)
		of := map[int]occupation.Column{}
		for c, at := range cols {
			if other, twice := of[at]; twice {
				t.Fatalf("%q: %s and %s are one column", header, c, other)
			}
			of[at] = c
		}
		if len(faults) > 0 {
			return
		}
		tab := &table{heads: heads, cols: cols, cells: map[int][]any{}}
		for i := range heads {
			tab.cells[i] = []any{heads[i], at(cells, i)}
		}
		tab.index()
		look := func(c occupation.Column) any {
			if col, ok := cols[c]; ok {
				return tab.cell(2, col)
			}
			return nil
		}
		s := tab.spool(2, santiago, look)
		for c, got := range map[occupation.Column]time.Time{
			occupation.ColMaterials: s.Materials, occupation.ColArmDate: s.ArmDate, occupation.ColSoldDate: s.SoldDate, occupation.ColSince: s.Since,
		} {
			text, isText := look(c).(string)
			empty := look(c) == nil || isText && strings.TrimSpace(text) == ""
			_, told := s.Fault(c)
			if n := strings.Count(fmt.Sprint(empty, told, !got.IsZero()), "true"); n != 1 {
				t.Fatalf("%s is %#v: read as %v, fault %v", c, look(c), got, told)
			}
		}
		if s.HolderID != 0 && !strings.HasSuffix(s.HeldBy, fmt.Sprintf("(%s)", digitsOf(s.HeldBy))) || s.HolderID < 0 || s.HolderID > maxID {
			t.Fatalf("%q is held by %d", s.HeldBy, s.HolderID)
		}
		if n, err := strconv.Atoi(digitsOf(s.HeldBy)); err == nil && s.HolderID != 0 && n != s.HolderID {
			t.Fatalf("%q is held by %d", s.HeldBy, s.HolderID)
		}
	})
}

// digitsOf is what stands in the last brackets.
func digitsOf(s string) string {
	return strings.TrimSuffix(s[strings.LastIndexByte(s, '(')+1:], ")")
}

// Of the people each id is one worker, and one that the lock store can hold.
func FuzzPeople(f *testing.F) {
	f.Add(`[["Id","Nombre","Apellido","Activo","Slack_ID"],[93,"Ana","Soto",true,"U1"],[93],["99999999999999999999","x"],[1e15,"y"],["7"," B","","si","U1"]]`, `[["Id","Rol","Activo"],[93,"Armador",true]]`)
	f.Add(`[]`, `[[]]`)
	f.Fuzz(func(t *testing.T, one, two string) {
		var workers, roles [][]any
		if json.Unmarshal([]byte(one), &workers) != nil || json.Unmarshal([]byte(two), &roles) != nil {
			return
		}
		p, faults := newPeople(workers, roles)
		if (p == nil) != (len(faults) > 0) {
			t.Fatalf("%v and %v", p, faults)
		}
		if p == nil {
			return
		}
		for id, w := range p.byID {
			if id != w.ID || id < 1 || id > maxID {
				t.Fatalf("%d is %+v", id, w)
			}
		}
		for slack, ids := range p.bySlack {
			for _, id := range ids {
				if p.byID[id].SlackID != slack {
					t.Fatalf("%q is %v", slack, ids)
				}
			}
		}
	})
}

// A plan comes out of Redis: it is read or refused, and what is made of it is one
// stamp and then cells.
func FuzzPlan(f *testing.F) {
	whole := plan{Sheet: 1, Title: "O'p", Tag: 2, Head: "tagspool", At: time.Unix(1e9, 0).UTC(), Rows: []planRow{{Event: "e", Row: 7, Tag: "A", Cells: []planCell{{Col: 3, Head: "armador", New: "MR(93)"}}}}, Log: &planLog{Rows: [][]logCell{{{Value: "e"}}}}, Prune: []int32{4}}
	for _, s := range []string{string(whole.encode()), "{}", "null", `{"rows":[{"row":-1,"cells":[{"col":-1}]}]}`, `{"rows":[{}],"log":{"rows":[[]]}}`, `{"rows":[{"row":1,"cells":[{"col":9,"new":{}},{"col":9}]}]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var p plan
		if json.Unmarshal([]byte(text), &p) != nil {
			return
		}
		b := newBatch(occupation.Commit{ID: "c", Stamp: 7, Plan: []byte(text)}, p, true, p.Prune)
		if len(b.request.Requests) == 0 || b.request.Requests[0].CreateDeveloperMetadata == nil || len(b.origin) != len(b.request.Requests) {
			t.Fatalf("%s makes %+v", text, b)
		}
		_, _ = p.landings(nil)
		_, _ = p.landings(&sheets.Spreadsheet{Sheets: []*sheets.Sheet{{Properties: &sheets.SheetProperties{SheetId: p.Sheet}, Data: []*sheets.GridData{{RowData: []*sheets.RowData{{}}}}}}})
		var again plan
		if err := json.Unmarshal(p.encode(), &again); err != nil {
			t.Fatalf("%s does not come back: %v", text, err)
		}
		if diff := cmp.Diff(p.encode(), again.encode()); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
	})
}

// What is said of a key file holds nothing of the key.
func FuzzAccount(f *testing.F) {
	for _, s := range []string{"", "-----BEGIN PRIVATE KEY-----", `{"type":"service_account","client_email":"a@b","private_key":"geheim"}`, `{"type":"authorized_user","private_key":"geheim"}`, `{"type":"service_account","private_key":"geheim"}`, `{"private_key":"geheim"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		address, err := AccountOf([]byte(file))
		if (address == "") != (err != nil) {
			t.Fatalf("%q and %v", address, err)
		}
		var key struct {
			Type string `json:"type"`
			Key  string `json:"private_key"`
		}
		_ = json.Unmarshal([]byte(file), &key)
		if err != nil && len(key.Key) > 5 && !strings.Contains(key.Type, key.Key) && strings.Contains(err.Error(), key.Key) {
			t.Fatalf("%v has the key", err)
		}
	})
}
