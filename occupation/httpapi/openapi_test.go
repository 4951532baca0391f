package httpapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// api is the description, read once.
var api = sync.OnceValues(func() (map[string]any, error) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return doc.(map[string]any), nil
})

// describes checks that the description knows the answer: its path, method, status,
// kind and form.
func (s *shop) describes(method, path string, a answer) {
	s.Helper()
	doc, err := api()
	if err != nil {
		s.Fatal(err)
	}
	path, _, _ = strings.Cut(path, "?")
	asked := path
	if _, known := at(doc, "paths", path); !known && strings.HasPrefix(path, "/api/occupation/") {
		if path = "/api/occupation/{tag}"; strings.HasSuffix(asked, "/historia") {
			path += "/historia"
		}
	}
	operation, known := at(doc, "paths", path, strings.ToLower(method))
	if !known {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed && a.status != http.StatusUnauthorized && a.status != http.StatusTooManyRequests {
			s.Errorf("%s %s is not described, and answers %d", method, path, a.status)
		}
		return
	}
	response, known := at(operation, "responses", fmt.Sprint(a.status))
	if !known {
		s.Errorf("%s %s answers %d, which is not described: %s", method, path, a.status, a.text)
		return
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if _, known := at(response, "content", kind); !known {
		s.Errorf("%s %s answers %d with %s", method, path, a.status, kind)
		return
	}
	pointer := "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path) + "/" + strings.ToLower(method) +
		fmt.Sprintf("/responses/%d/content/", a.status) + strings.ReplaceAll(kind, "/", "~1") + "/schema"
	c := jsonschema.NewCompiler()
	if err := c.AddResource("api.json", doc); err != nil {
		s.Fatal(err)
	}
	schema, err := c.Compile("api.json" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer))
	if err != nil {
		s.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.text))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		s.Errorf("%s %s answers %d %s: %v", method, path, a.status, a.text, err)
	}
}

func at(in any, path ...string) (any, bool) {
	for _, step := range path {
		m, ok := in.(map[string]any)
		if !ok {
			return nil, false
		}
		if in, ok = m[step]; !ok {
			return nil, false
		}
	}
	return in, true
}

// Everything that is described is there.
func TestEveryDescribedPathIsServed(t *testing.T) {
	s := open(t)
	doc, err := api()
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := at(doc, "paths")
	for path, methods := range paths.(map[string]any) {
		for method := range methods.(map[string]any) {
			a := s.asks("kiosk", strings.ToUpper(method), strings.ReplaceAll(path, "{tag}", "MK-1"), "{}")
			if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
				t.Errorf("%s %s answers %d", method, path, a.status)
			}
		}
	}
	s.wants(s.asks("screen", http.MethodGet, "/api/openapi.json", ""), http.StatusOK, `"3.1.0"`)
}
