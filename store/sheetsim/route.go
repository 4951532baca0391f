package sheetsim

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// operation is one API call, decoded; either read or write is set, none if err refuses it.
type operation struct {
	name, kind string
	id         string // of the spreadsheet
	fields     mask
	read       func(*Workbook) (obj, error)
	write      func(*tx) (obj, error)
	err        error
}

// commonParams are the query parameters of every method. SHEETS.md 4: the discovery document.
var commonParams = []string{
	"alt", "prettyPrint", "fields", "key", "quotaUser", "access_token", "oauth_token", "callback",
	"upload_protocol", "uploadType", "$.xgafv",
}

// split takes a path apart before unescaping it: a range may hold %2F and %3A, a verb follows a bare colon. SHEETS.md 4 [R].
func split(escaped string) (parts []string, verb string, err error) {
	for _, v := range []string{
		"batchUpdate", "batchGet", "append", "search", "clear", "batchClear", "getByDataFilter",
		"batchUpdateByDataFilter", "batchGetByDataFilter", "batchClearByDataFilter", "copyTo",
	} {
		if rest, ok := strings.CutSuffix(escaped, ":"+v); ok {
			escaped, verb = rest, v
			break
		}
	}
	for p := range strings.SplitSeq(strings.TrimPrefix(escaped, "/"), "/") {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return nil, "", err
		}
		parts = append(parts, plain)
	}
	return parts, verb, nil
}

// route decodes a call; nil if the API has no such method, or the emulator has not.
func route(r *http.Request, body []byte) *operation {
	parts, verb, err := split(r.URL.EscapedPath())
	if err != nil || len(parts) < 3 || parts[0] != "v4" || parts[1] != "spreadsheets" {
		return nil
	}
	q := r.URL.Query()
	op := &operation{id: parts[2], kind: "read"}
	method := r.Method + " " + strings.Join(parts[3:min(4, len(parts))], "") + " " + strconv.Itoa(len(parts)) + " " + verb
	var params []string
	switch method {
	case "GET  3 ":
		op.name, params = "spreadsheets.get", []string{"ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode"}
		op.read = func(w *Workbook) (obj, error) {
			return w.spreadsheet(op.id, q["ranges"], q.Get("includeGridData") == "true", op.fields)
		}
	case "POST  3 batchUpdate":
		op.name, op.kind = "spreadsheets.batchUpdate", "write"
		op.batchUpdate(body)
	case "GET values 4 batchGet":
		op.name, params = "values.batchGet", []string{"ranges", "majorDimension", "valueRenderOption", "dateTimeRenderOption"}
		op.readValues(q, q["ranges"], true)
	case "GET values 5 ":
		op.name, params = "values.get", []string{"majorDimension", "valueRenderOption", "dateTimeRenderOption"}
		op.readValues(q, parts[4:5], false)
	case "PUT values 5 ":
		op.name, op.kind = "values.update", "write"
		params = []string{"valueInputOption", "includeValuesInResponse", "responseValueRenderOption", "responseDateTimeRenderOption"}
		op.writeValues(body, parts[4], q, (*tx).updateValues)
	case "POST values 5 append":
		op.name, op.kind = "values.append", "write"
		params = []string{"valueInputOption", "insertDataOption", "includeValuesInResponse", "responseValueRenderOption", "responseDateTimeRenderOption"}
		op.writeValues(body, parts[4], q, (*tx).appendValues)
	case "GET developerMetadata 5 ":
		op.name = "developerMetadata.get"
		op.read = func(w *Workbook) (obj, error) { return w.getMetadata(parts[4]) }
	case "POST developerMetadata 4 search":
		op.name = "developerMetadata.search"
		op.searchMetadata(body)
	default:
		return nil
	}
	for name := range q {
		if !slices.Contains(params, name) && !slices.Contains(commonParams, name) {
			op.err = bug("Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%s' could not be found in request message.", name, name)
		}
	}
	var bad error
	if op.fields, bad = parseFields(q); op.err == nil {
		op.err = bad
	}
	return op
}

// batchUpdate answers with replies and, if asked, with the spreadsheet as it is after the batch, in the same answer.
// SHEETS.md 1 [D]: responseRanges and responseIncludeGridData count only if includeSpreadsheetInResponse is set.
func (op *operation) batchUpdate(body []byte) {
	var in batchRequest
	op.err = decode(body, &in, "")
	op.write = func(x *tx) (obj, error) {
		replies, err := x.apply(in.Requests)
		if err != nil {
			return nil, err
		}
		out := obj{"spreadsheetId": op.id, "replies": replies, "commentUpdateState": "NO_UPDATES_REQUESTED"}
		if in.IncludeSpreadsheetInResponse && op.fields.has("updatedSpreadsheet") {
			out["updatedSpreadsheet"], err = x.spreadsheet(op.id, in.ResponseRanges, in.ResponseIncludeGridData, op.fields["updatedSpreadsheet"])
		}
		return out, err
	}
}

// readValues is one read however many ranges it has. SHEETS.md 2 [D].
func (op *operation) readValues(q url.Values, ranges []string, many bool) {
	var o render
	if o, op.err = parseRender(q); op.err != nil {
		return
	}
	op.read = func(w *Workbook) (obj, error) {
		all := []obj{}
		for _, s := range ranges {
			v, err := w.valueRange(s, o)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		if !many {
			return all[0], nil
		}
		out := obj{"spreadsheetId": op.id}
		if len(all) > 0 {
			out["valueRanges"] = all
		}
		return out, nil
	}
}

func (op *operation) writeValues(body []byte, target string, q url.Values, write func(*tx, string, valueWrite, url.Values) (obj, error)) {
	var in valueWrite
	op.err = decode(body, &in, "data")
	op.write = func(x *tx) (obj, error) {
		out, err := write(x, target, in, q)
		if err != nil {
			return nil, err
		}
		out["spreadsheetId"] = op.id
		if updates, ok := out["updates"].(obj); ok {
			updates["spreadsheetId"] = op.id
		}
		return out, nil
	}
}

// getMetadata answers 404 for an id that does not exist. SHEETS.md 1 [U].
func (w *Workbook) getMetadata(id string) (obj, error) {
	n, err := strconv.ParseInt(id, 10, 32)
	if err != nil {
		return nil, bug("Invalid value at 'metadata_id' (TYPE_INT32), %q", id)
	}
	i := slices.IndexFunc(w.meta, func(m metadata) bool { return m.id == int32(n) })
	if i < 0 {
		return nil, plainError(http.StatusNotFound)
	}
	return w.meta[i].json(), nil
}

// searchMetadata: no match is {}. SHEETS.md 1 [L].
func (op *operation) searchMetadata(body []byte) {
	var in struct {
		DataFilters []dataFilter `json:"dataFilters"`
	}
	op.err = decode(body, &in, "")
	if op.err == nil && len(in.DataFilters) == 0 {
		op.err = bug("Must specify at least one data filter.")
	}
	op.read = func(w *Workbook) (obj, error) {
		var matched []obj
		for _, m := range w.meta {
			hit, err := matchesAny(in.DataFilters, m)
			if err != nil {
				return nil, err
			}
			if hit {
				matched = append(matched, obj{"developerMetadata": m.json()})
			}
		}
		if matched == nil {
			return obj{}, nil
		}
		return obj{"matchedDeveloperMetadata": matched}, nil
	}
}

// refusal turns an error into one that has a body.
func refusal(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return plainError(http.StatusInternalServerError)
}
