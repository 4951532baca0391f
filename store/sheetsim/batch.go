package sheetsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxRequests = 100_000    // SHEETS.md 1 [I airbyte #42904]
	maxCells    = 10_000_000 // SHEETS.md 1 [D support 37603]
	maxText     = 50_000     // characters in a cell, SHEETS.md 1
)

type batchRequest struct {
	Requests                     []json.RawMessage `json:"requests"`
	IncludeSpreadsheetInResponse bool              `json:"includeSpreadsheetInResponse"`
	ResponseRanges               []string          `json:"responseRanges"`
	ResponseIncludeGridData      bool              `json:"responseIncludeGridData"`
}

// decode is strict: a JSON field that Google's schema does not have is a 400. SHEETS.md 3 [V].
func decode(raw []byte, v any, at string) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("text after the JSON value")
		}
	}
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownName(strings.Trim(name, `"`), at)
	}
	e := bug("Invalid JSON payload received. %v", err)
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		e = bug("Invalid value at '%s' (%s), %s", strings.Trim(at+"."+t.Field, "."), t.Type, t.Value)
	}
	e.details = []obj{{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []obj{{"field": at, "description": e.sentence}}}}
	return e
}

type kindFunc func(x *tx, raw []byte, at string) (obj, error)

// kind makes a typed request function one of the table.
func kind[T any](apply func(*tx, *T) (obj, error)) kindFunc {
	return func(x *tx, raw []byte, at string) (obj, error) {
		in := new(T)
		if err := decode(raw, in, at); err != nil {
			return nil, err
		}
		return apply(x, in)
	}
}

// kinds are the requests of a batch that the emulator knows.
var kinds = map[string]kindFunc{
	"createDeveloperMetadata": kind(func(x *tx, in *struct {
		DeveloperMetadata *developerMetadata `json:"developerMetadata"`
	},
	) (obj, error) {
		return x.createMetadata(in.DeveloperMetadata)
	}),
	"updateDeveloperMetadata": kind(func(x *tx, in *struct {
		DataFilters       []dataFilter       `json:"dataFilters"`
		DeveloperMetadata *developerMetadata `json:"developerMetadata"`
		Fields            string             `json:"fields"`
	},
	) (obj, error) {
		fields, err := writeMask(in.Fields, metadataFields)
		if err != nil {
			return nil, err
		}
		return x.updateMetadata(in.DataFilters, in.DeveloperMetadata, fields)
	}),
	"deleteDeveloperMetadata": kind(func(x *tx, in *struct {
		DataFilter *dataFilter `json:"dataFilter"`
	},
	) (obj, error) {
		return x.deleteMetadata(in.DataFilter)
	}),
	"updateCells":           kind((*tx).updateCells),
	"appendCells":           kind((*tx).appendCells),
	"repeatCell":            kind((*tx).repeatCell),
	"insertDimension":       kind((*tx).insertDimension),
	"appendDimension":       kind((*tx).appendDimension),
	"deleteDimension":       kind((*tx).deleteDimension),
	"copyPaste":             kind((*tx).copyPaste),
	"clearBasicFilter":      kind((*tx).clearBasicFilter),
	"addSheet":              kind((*tx).addSheet),
	"updateSheetProperties": kind((*tx).updateSheetProperties),
}

// apply runs the requests in order and returns the replies, one per request. SHEETS.md 1 [D]: requests apply in array order;
// exactly one kind per request; replies map 1:1, most are {}.
func (x *tx) apply(requests []json.RawMessage) ([]obj, error) {
	switch {
	case len(requests) == 0:
		return nil, bug("Must specify at least one request.")
	case len(requests) > maxRequests:
		return nil, bug("Cannot exceed %d requests in a single batch.", maxRequests)
	}
	replies := make([]obj, len(requests))
	for i, raw := range requests {
		at := fmt.Sprintf("requests[%d]", i)
		var union map[string]json.RawMessage
		if err := decode(raw, &union, at); err != nil {
			return nil, err
		}
		if len(union) != 1 {
			return nil, bug("Invalid %s: exactly one kind of request must be set, got %d.", at, len(union))
		}
		for name, body := range union {
			apply, ok := kinds[name]
			if !ok {
				return nil, unknownName(name, at)
			}
			reply, err := apply(x, body, at+"."+name)
			if e, ok := errors.AsType[*apiError](err); ok && e.details == nil {
				e.prefix = "Invalid " + at + "." + name // SHEETS.md 0.7: the part that is never localised
			}
			if err != nil {
				return nil, err
			}
			if reply == nil {
				reply = obj{}
			}
			replies[i] = reply
		}
		if x.size() > maxCells {
			return nil, badRequest("Invalid "+at, "This action would increase the number of cells in the workbook above the limit of 10000000 cells.")
		}
	}
	return replies, nil
}

var (
	metadataFields = mustMask("metadataKey,metadataValue,location,visibility")
	cellFields     = mustMask("userEnteredValue,userEnteredFormat,note,hyperlink,textFormatRuns,dataValidation,pivotTable," +
		"dataSourceTable,chipRuns")
)

// writeMask reads the fields of a write: mandatory, and rooted at the thing written. SHEETS.md 1 [D].
func writeMask(fields string, schema mask) (mask, error) {
	if fields == "" {
		return nil, bug("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
	}
	m, err := parseMask(fields)
	if err != nil {
		return nil, bug("Invalid value at 'fields' (type.googleapis.com/google.protobuf.FieldMask), %q", fields)
	}
	if bad := m.unknown(schema); bad != "" {
		return nil, bug("Invalid field: %s", bad)
	}
	return m, nil
}
