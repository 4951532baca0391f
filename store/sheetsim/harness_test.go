package sheetsim_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

var santiago = func() *time.Location {
	l, err := time.LoadLocation("America/Santiago")
	if err != nil {
		panic(err)
	}
	return l
}()

var morning = time.Date(2026, 11, 23, 9, 30, 0, 0, santiago)

// start serves w and checks at the end that no request was one that only a faulty client sends.
func start(t *testing.T, o sheetsim.Options, w *sheetsim.Workbook) *sheetsim.Server {
	t.Helper()
	s := sheetsim.New(o, w)
	t.Cleanup(func() {
		s.Close()
		for _, c := range s.Complaints() {
			t.Errorf("complaint: %s", c)
		}
	})
	return s
}

// answer is what came back; status is 0 and err set if nothing did.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// message is the sentence of an error answer.
func (a answer) message() string {
	var e struct {
		Error struct {
			Message, Status string
		}
	}
	if err := json.Unmarshal([]byte(a.body), &e); err != nil {
		return a.body
	}
	return e.Error.Message
}

// do sends one request through the in-process door; path is below the spreadsheet, or absolute with a leading slash.
func do(t *testing.T, s *sheetsim.Server, method, path, body string) answer {
	t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/v4/spreadsheets/" + s.SpreadsheetID() + path
		path = strings.Replace(path, s.SpreadsheetID()+"values", s.SpreadsheetID()+"/values", 1)
		path = strings.Replace(path, s.SpreadsheetID()+"developer", s.SpreadsheetID()+"/developer", 1)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://sheets.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return send(s, r)
}

func send(s *sheetsim.Server, r *http.Request) answer {
	resp, err := s.Client().Do(r)
	if err != nil {
		return answer{err: err}
	}
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body), errors.Join(err, resp.Body.Close())}
}

// batch sends a batchUpdate of the given requests.
func batch(t *testing.T, s *sheetsim.Server, requests ...string) answer {
	t.Helper()
	return do(t, s, "POST", ":batchUpdate", `{"requests":[`+strings.Join(requests, ",")+`]}`)
}

// stamp is a createDeveloperMetadata request.
func stamp(id, value string) string {
	return `{"createDeveloperMetadata":{"developerMetadata":{"metadataId":` + id + `,"metadataKey":"commit","metadataValue":"` + value +
		`","location":{"spreadsheet":true},"visibility":"DOCUMENT"}}}`
}

// write is an updateCells request that puts text into one cell.
func write(sheet, row, column, text string) string {
	return `{"updateCells":{"start":{"sheetId":` + sheet + `,"rowIndex":` + row + `,"columnIndex":` + column +
		`},"rows":[{"values":[{"userEnteredValue":{"stringValue":"` + text + `"}}]}],"fields":"userEnteredValue"}}`
}
