package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

type page struct {
	Tag    string `json:"tag_spool"`
	Events []struct {
		ID, Accion, Fecha string
		Worker            int `json:"worker_id"`
	} `json:"eventos"`
	Next *string `json:"siguiente"`
}

func (s *shop) page(query string) page {
	s.Helper()
	a := s.asks("screen", http.MethodGet, "/api/occupation/mk-1/historia"+query, "")
	s.wants(a, http.StatusOK)
	var out page
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		s.Fatal(err)
	}
	return out
}

// A history comes page by page, newest first; what happens meanwhile moves nothing.
func TestHistoryInPages(t *testing.T) {
	s := open(t)
	if a := s.asks("screen", http.MethodGet, "/api/occupation/MK-1/historia", ""); a.status != http.StatusOK || !strings.Contains(a.text, `"eventos":[],"siguiente":null`) {
		t.Errorf("of a spool to which nothing was done: %d %s", a.status, a.text)
	}
	for range 3 {
		s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":93,"operacion":"ARM"}`), http.StatusOK)
		s.wants(s.posts("kiosk", "pausar", `{"tag_spool":"MK-1","worker_id":93}`), http.StatusOK)
	}
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-2","worker_id":93,"operacion":"ARM"}`), http.StatusOK)
	var got []string
	seen := map[string]bool{}
	p := s.page("?limite=2")
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":7,"operacion":"ARM"}`), http.StatusOK)
	for {
		if p.Tag != "MK-1" || len(p.Events) > 2 {
			t.Errorf("a page of %s has %d events", p.Tag, len(p.Events))
		}
		for _, e := range p.Events {
			if got = append(got, e.Accion); seen[e.ID] || e.Worker != 93 || e.Fecha == "" {
				t.Errorf("event %+v; seen %v", e, seen[e.ID])
			}
			seen[e.ID] = true
		}
		if p.Next == nil {
			break
		}
		p = s.page("?limite=2&antes=" + url.QueryEscape(*p.Next))
	}
	if want := []string{"PAUSAR", "TOMAR", "PAUSAR", "TOMAR", "PAUSAR", "TOMAR"}; !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	for query, part := range map[string]string{"?limite=0": "limite", "?limite=501": "limite", "?limite=x": "limite", "?antes=nada": "antes"} {
		s.wants(s.asks("screen", http.MethodGet, "/api/occupation/MK-1/historia"+query, ""), http.StatusUnprocessableEntity, part)
	}
	s.wants(s.asks("screen", http.MethodGet, "/api/occupation/NADA-9/historia", ""), http.StatusNotFound, "SPOOL_NOT_FOUND")
	s.wants(s.asks("", http.MethodGet, "/api/occupation/MK-1/historia", ""), http.StatusUnauthorized)
}

// Each answer has the id under which the request stands in the log and in the sheet:
// the client's own, if that can be one.
func TestTheIdOfARequest(t *testing.T) {
	s := open(t)
	take := `{"tag_spool":"MK-1","worker_id":93,"operacion":"ARM"}`
	for given, want := range map[string]string{"kiosco-7.1": "kiosco-7.1", "": "", "a b\"c": "", strings.Repeat("x", 65): ""} {
		a := s.posts("kiosk", "tomar", take, "X-Request-Id", given)
		got := a.header.Get("X-Request-Id")
		if (want != "" && got != want) || got == "" || (want == "" && got == given) {
			t.Errorf("given %q, the answer has %q", given, got)
		}
		if last := s.seen[len(s.seen)-1]; last.Request != got {
			t.Errorf("the log has %q, the answer %q", last.Request, got)
		}
	}
	if rows := s.records.Audit(); len(rows) != 1 || rows[0].Detail().Request == "" {
		t.Errorf("rows %+v", rows)
	}
}
