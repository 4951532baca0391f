package sheet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// apiDescription is what this test reads of sheets-api.json, Google's own
// description of the API, as it comes with the client's module.
type apiDescription struct {
	BasePath   string               `json:"basePath"`
	Parameters map[string]apiSchema `json:"parameters"`
	Schemas    map[string]apiSchema `json:"schemas"`
	Resources  map[string]apiGroup  `json:"resources"`

	methods []apiMethod
}

type apiGroup struct {
	Methods   map[string]apiMethod `json:"methods"`
	Resources map[string]apiGroup  `json:"resources"`
}

type apiMethod struct {
	ID         string               `json:"id"`
	HTTPMethod string               `json:"httpMethod"`
	FlatPath   string               `json:"flatPath"`
	Parameters map[string]apiSchema `json:"parameters"`
	Request    *apiSchema           `json:"request"`
	Response   *apiSchema           `json:"response"`

	path *regexp.Regexp
}

type apiSchema struct {
	Ref        string               `json:"$ref"`
	Type       string               `json:"type"`
	Format     string               `json:"format"`
	Enum       []string             `json:"enum"`
	Location   string               `json:"location"`
	Required   bool                 `json:"required"`
	Repeated   bool                 `json:"repeated"`
	Items      *apiSchema           `json:"items"`
	Properties map[string]apiSchema `json:"properties"`
	More       *apiSchema           `json:"additionalProperties"`
}

var description = sync.OnceValues(func() (*apiDescription, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "sheets", "v4", "sheets-api.json"))
	if err != nil {
		return nil, err
	}
	out := new(apiDescription)
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, err
	}
	out.collect(out.Resources)
	return out, nil
})

// collect lists the methods of all groups.
func (d *apiDescription) collect(groups map[string]apiGroup) {
	for _, g := range groups {
		for _, m := range g.Methods {
			m.path = pathPattern(m.FlatPath)
			d.methods = append(d.methods, m)
		}
		d.collect(g.Resources)
	}
}

// apiCheck passes requests on and refuses, as a failure of the test, every one
// that the description does not allow.
type apiCheck struct {
	t    *testing.T
	api  *apiDescription
	next http.RoundTripper
}

func newAPICheck(t *testing.T, next http.RoundTripper) *apiCheck {
	t.Helper()
	api, err := description()
	if err != nil {
		t.Fatal(err)
	}
	return &apiCheck{t, api, next}
}

// RoundTrip implements http.RoundTripper.
func (c *apiCheck) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	for _, fault := range c.api.check(r.Method, r.URL, body) {
		c.t.Errorf("%s %s: %s", r.Method, r.URL.Path, fault)
	}
	return c.next.RoundTrip(r)
}

// check lists what is wrong with a request.
func (d *apiDescription) check(method string, u *url.URL, body []byte) []string {
	m := d.method(method, strings.TrimPrefix(u.EscapedPath(), "/"))
	if m == nil {
		return []string{"no such method"}
	}
	var faults []string
	for name, values := range u.Query() {
		p, ok := m.Parameters[name]
		if !ok || p.Location != "query" {
			if p, ok = d.Parameters[name]; !ok {
				faults = append(faults, "unknown parameter "+name)
				continue
			}
		}
		if len(values) > 1 && !p.Repeated {
			faults = append(faults, "parameter "+name+" more than once")
		}
		for _, v := range values {
			faults = append(faults, p.checkText(name, v)...)
		}
	}
	if mask := u.Query().Get("fields"); mask != "" && m.Response != nil {
		faults = append(faults, d.checkMask(*m.Response, mask)...)
	}
	switch {
	case m.Request == nil && len(body) > 0:
		faults = append(faults, "a body where none belongs")
	case m.Request != nil:
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			return append(faults, "body: "+err.Error())
		}
		faults = append(faults, d.checkValue("body", *m.Request, v)...)
	}
	return faults
}

func (d *apiDescription) method(verb, path string) *apiMethod {
	for i, m := range d.methods {
		if m.HTTPMethod == verb && m.path.MatchString(path) {
			return &d.methods[i]
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\\\{\w+\\\}`)

func pathPattern(flat string) *regexp.Regexp {
	return regexp.MustCompile("^" + placeholder.ReplaceAllString(regexp.QuoteMeta(flat), `[^/:]+`) + "$")
}

func (s apiSchema) checkText(name, v string) []string {
	switch s.Type {
	case "boolean":
		if v != "true" && v != "false" {
			return []string{fmt.Sprintf("%s is %q, not a boolean", name, v)}
		}
	case "integer":
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return []string{fmt.Sprintf("%s is %q, not an integer", name, v)}
		}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return []string{fmt.Sprintf("%s is %q, want one of %v", name, v, s.Enum)}
	}
	return nil
}

// checkValue compares a JSON value with a schema, recursively.
func (d *apiDescription) checkValue(at string, s apiSchema, v any) []string {
	if s.Ref != "" {
		s = d.Schemas[s.Ref]
	}
	wrong := []string{fmt.Sprintf("%s is %T, want %s", at, v, s.Type)}
	switch s.Type {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return wrong
		}
		var faults []string
		for name, inner := range m {
			p, ok := s.Properties[name]
			switch {
			case ok:
			case s.More != nil:
				p = *s.More
			default:
				faults = append(faults, at+" has an unknown field "+name)
				continue
			}
			faults = append(faults, d.checkValue(at+"."+name, p, inner)...)
			if name == "fields" && p.Format == "google-fieldmask" {
				faults = append(faults, d.checkWriteMask(at, s, inner.(string))...)
			}
		}
		return faults
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		var faults []string
		for i, inner := range list {
			faults = append(faults, d.checkValue(at+"["+strconv.Itoa(i)+"]", *s.Items, inner)...)
		}
		return faults
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong
		}
		return apiSchema{Enum: s.Enum}.checkText(at, text)
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong
		}
	case "integer", "number":
		n, ok := v.(float64)
		if !ok || (s.Type == "integer" && n != float64(int64(n))) {
			return wrong
		}
	}
	return nil
}

func TestAPICheckSeesFaults(t *testing.T) {
	t.Parallel()
	api, err := description()
	if err != nil {
		t.Fatal(err)
	}
	const book = "/v4/spreadsheets/1abc"
	tests := []struct{ name, method, target, body, want string }{
		{"good", "GET", book + "?fields=sheets(properties(sheetId))", "", ""},
		{"path", "GET", "/v4/spreadsheet/1abc", "", "no such method"},
		{"method", "PUT", book + ":batchUpdate", "{}", "no such method"},
		{"parameter", "GET", book + "?range=A1", "", "unknown parameter range"},
		{"enum", "GET", book + "/values:batchGet?majorDimension=DIAGONAL", "", `majorDimension is "DIAGONAL"`},
		{"field", "POST", book + ":batchUpdate", `{"requests":[{"updateCell":{}}]}`, "unknown field updateCell"},
		{"type", "POST", book + ":batchUpdate", `{"requests":[{"updateCells":{"start":{"rowIndex":"4"}}}]}`, "rowIndex is string"},
		{"write mask", "POST", book + ":batchUpdate", `{"requests":[{"updateCells":{"fields":"userEntered"}}]}`, "mask names userEntered"},
		{"answer mask", "GET", book + "?fields=sheets(title)", "", "mask names title"},
	}
	for _, tt := range tests {
		u, err := url.Parse(tt.target)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(api.check(tt.method, u, []byte(tt.body)), "; ")
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
