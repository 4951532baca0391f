package sheetsim

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// metadataBudget is how many characters of keys and values the spreadsheet level holds, and each sheet. SHEETS.md 1 [U].
const metadataBudget = 30000

// metadata is one entry of developer metadata. The level follows from the location: spreadsheet, sheet, row or column.
type metadata struct {
	id              int32
	key, value, vis string
	level           string // locationType: SPREADSHEET, SHEET, ROW, COLUMN
	sheet           int32
	index           int // of the row or column
}

type location struct {
	LocationType   string          `json:"locationType"`
	Spreadsheet    bool            `json:"spreadsheet"`
	SheetID        *int32          `json:"sheetId"`
	DimensionRange *dimensionRange `json:"dimensionRange"`
}

type developerMetadata struct {
	MetadataID    int32     `json:"metadataId"`
	MetadataKey   string    `json:"metadataKey"`
	MetadataValue string    `json:"metadataValue"`
	Location      *location `json:"location"`
	Visibility    string    `json:"visibility"`
}

type metadataLookup struct {
	LocationType             string    `json:"locationType"`
	MetadataLocation         *location `json:"metadataLocation"`
	LocationMatchingStrategy string    `json:"locationMatchingStrategy"`
	MetadataID               *int32    `json:"metadataId"`
	MetadataKey              *string   `json:"metadataKey"`
	MetadataValue            *string   `json:"metadataValue"`
	Visibility               string    `json:"visibility"`
}

type dataFilter struct {
	DeveloperMetadataLookup *metadataLookup `json:"developerMetadataLookup"`
}

// place fills in where the entry lives. SHEETS.md 1 [D]: spreadsheet, sheetId, or a dimensionRange of exactly one row or column.
func (m *metadata) place(w *Workbook, l *location) error {
	switch {
	case l == nil:
		return bug("Developer metadata must have a location.")
	case l.Spreadsheet && l.SheetID == nil && l.DimensionRange == nil:
		m.level = "SPREADSHEET"
	case !l.Spreadsheet && l.SheetID != nil && l.DimensionRange == nil:
		m.level, m.sheet = "SHEET", *l.SheetID
	case !l.Spreadsheet && l.SheetID == nil && l.DimensionRange != nil:
		d := l.DimensionRange
		m.level, m.sheet, m.index = "ROW", d.SheetID, int(opt(d.StartIndex))
		if d.Dimension == "COLUMNS" {
			m.level = "COLUMN"
		}
		if d.EndIndex == nil || m.index < 0 || int(*d.EndIndex)-m.index != 1 {
			return bug("Developer metadata can only be associated with a single row or column.")
		}
	default:
		return bug("Developer metadata must have exactly one location.")
	}
	t := w.byID(m.sheet)
	switch {
	case m.level == "SPREADSHEET":
	case t == nil:
		return noGrid(m.sheet)
	case (m.level == "ROW" && m.index >= len(t.rows)) || (m.level == "COLUMN" && m.index >= t.cols):
		return badRequest("", "Developer metadata location is outside of the grid.")
	}
	return nil
}

// createMetadata refuses an id that exists, and the refusal takes the whole batch with it; the same key twice is accepted.
// SHEETS.md 0.1 and 1 [L 2026-09-29/30].
func (x *tx) createMetadata(in *developerMetadata) (obj, error) {
	if in == nil {
		return nil, bug("developerMetadata is required.")
	}
	m := metadata{id: in.MetadataID, key: in.MetadataKey, value: in.MetadataValue, vis: in.Visibility}
	switch {
	case m.key == "":
		return nil, bug("Developer metadata must have a key.")
	case m.vis != "DOCUMENT" && m.vis != "PROJECT":
		return nil, bug("Developer metadata must have a visibility.") // SHEETS.md 1 [D]: mandatory
	case m.id < 0:
		return nil, bug("Developer metadata ID must be greater than 0.")
	}
	if err := m.place(&x.Workbook, in.Location); err != nil {
		return nil, err
	}
	for m.id == 0 || (in.MetadataID == 0 && x.metaByID(m.id) != nil) {
		m.id = nextID(m.id, len(x.meta))
	}
	if x.metaByID(m.id) != nil && !x.acceptDuplicateIDs {
		return nil, badRequest("", fmt.Sprintf("Cannot add developer metadata with ID [%d] because developer metadata with that ID already exists.", m.id))
	}
	x.meta = append(x.meta, m)
	return obj{"createDeveloperMetadata": obj{"developerMetadata": m.json()}}, x.checkBudget()
}

// nextID makes up an id as Google does for entries and tabs without one.
func nextID(last int32, salt int) int32 {
	return int32((uint32(last)*1664525+uint32(salt)*2246822519+1013904223)>>1) | 1
}

func (x *tx) checkBudget() error {
	used := map[int32]int{} // by sheet; -1 is the spreadsheet
	for _, m := range x.meta {
		at := m.sheet
		if m.level == "SPREADSHEET" {
			at = -1
		}
		used[at] += utf8.RuneCountInString(m.key) + utf8.RuneCountInString(m.value)
		if used[at] > metadataBudget {
			return badRequest("", fmt.Sprintf("Developer metadata exceeds the limit of %d characters.", metadataBudget))
		}
	}
	return nil
}

func (x *tx) metaByID(id int32) *metadata {
	if i := slices.IndexFunc(x.meta, func(m metadata) bool { return m.id == id }); i >= 0 {
		return &x.meta[i]
	}
	return nil
}

// deleteMetadata: that nothing matches is refused here unless told otherwise; what Google does is unknown, SHEETS.md 1 and 8.2
// [U], and a client that lives with the refusal lives with both.
func (x *tx) deleteMetadata(f *dataFilter) (obj, error) {
	if f == nil {
		return nil, bug("dataFilter is required.")
	}
	deleted := []obj{}
	var err error
	x.meta = slices.DeleteFunc(x.meta, func(m metadata) bool {
		hit, e := f.matches(m)
		if e != nil {
			err = e
		}
		if hit {
			deleted = append(deleted, m.json())
		}
		return hit
	})
	if err == nil && len(deleted) == 0 && !x.acceptNoMatch {
		err = badRequest("", "No developer metadata matches the data filter.")
	}
	return obj{"deleteDeveloperMetadata": obj{"deletedDeveloperMetadata": deleted}}, err
}

// updateMetadata changes key, value, visibility or location of all that match one of the filters.
func (x *tx) updateMetadata(filters []dataFilter, in *developerMetadata, fields mask) (obj, error) {
	if in == nil || len(filters) == 0 {
		return nil, bug("dataFilters and developerMetadata are required.")
	}
	updated := []obj{}
	for i := range x.meta {
		m := &x.meta[i]
		hit, err := matchesAny(filters, *m)
		if err != nil {
			return nil, err
		}
		if !hit {
			continue
		}
		if fields.has("metadataKey") && in.MetadataKey != "" {
			m.key = in.MetadataKey
		}
		if fields.has("metadataValue") {
			m.value = in.MetadataValue
		}
		if fields.has("visibility") && in.Visibility != "" {
			m.vis = in.Visibility
		}
		if fields.has("location") && in.Location != nil {
			if err := m.place(&x.Workbook, in.Location); err != nil {
				return nil, err
			}
		}
		updated = append(updated, m.json())
	}
	if len(updated) == 0 && !x.acceptNoMatch {
		return nil, badRequest("", "No developer metadata matches the data filters.")
	}
	return obj{"updateDeveloperMetadata": obj{"developerMetadata": updated}}, x.checkBudget()
}

// matches: the fields of a lookup are ANDed. SHEETS.md 1.
func (f dataFilter) matches(m metadata) (bool, error) {
	l := f.DeveloperMetadataLookup
	switch {
	case l == nil:
		return false, bug("A data filter must have a developerMetadataLookup.")
	case l.MetadataLocation != nil:
		return false, bug("The emulator does not know metadataLocation in a lookup.")
	}
	return (l.LocationType == "" || l.LocationType == m.level) &&
		(l.MetadataID == nil || *l.MetadataID == m.id) &&
		(l.MetadataKey == nil || *l.MetadataKey == m.key) &&
		(l.MetadataValue == nil || *l.MetadataValue == m.value) &&
		(l.Visibility == "" || l.Visibility == m.vis), nil
}

// matchesAny: filters are ORed. SHEETS.md 1.
func matchesAny(filters []dataFilter, m metadata) (bool, error) {
	for _, f := range filters {
		if hit, err := f.matches(m); hit || err != nil {
			return hit, err
		}
	}
	return false, nil
}

// json leaves a sheetId of 0 out, as Google's answers do. SHEETS.md 2 [V].
func (m metadata) json() obj {
	at := obj{"locationType": m.level}
	switch m.level {
	case "SPREADSHEET":
		at["spreadsheet"] = true
	case "SHEET":
		at["sheetId"] = m.sheet
	default:
		d := obj{"dimension": m.level + "S", "startIndex": m.index, "endIndex": m.index + 1}
		if m.sheet != 0 {
			d["sheetId"] = m.sheet
		}
		at["dimensionRange"] = d
	}
	out := obj{"metadataId": m.id, "metadataKey": m.key, "location": at, "visibility": m.vis}
	if m.value != "" {
		out["metadataValue"] = m.value
	}
	return out
}

// shiftMeta moves row or column metadata with their line; unshiftMeta also drops what died with it. SHEETS.md 2 [D][L].
func (x *tx) shiftMeta(sheet int32, dim string, at, n int) {
	for i := range x.meta {
		if m := &x.meta[i]; m.sheet == sheet && m.level+"S" == dim {
			m.index = shift(m.index, at, n)
		}
	}
}

func (x *tx) unshiftMeta(sheet int32, dim string, at, n int) {
	on := func(m metadata) bool { return m.sheet == sheet && m.level+"S" == dim }
	x.meta = slices.DeleteFunc(x.meta, func(m metadata) bool { return on(m) && m.index >= at && m.index < at+n })
	for i := range x.meta {
		if on(x.meta[i]) {
			x.meta[i].index = unshift(x.meta[i].index, at, n)
		}
	}
}
