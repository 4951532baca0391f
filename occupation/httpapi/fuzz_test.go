package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spoolbot/spoolbot/occupation/httpapi"
)

// Whatever a client sends, the answer is JSON, never a fault of ours; and a token of
// one worker acts for nobody else.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"tag_spool":"MK-1","worker_id":93}`, `{"tag_spool":null}`, `{"tag_spool":"MK-1","worker_id":7}`, `{"tag_spools":["MK-1","mk 1","MK-2"],"worker_id":"93"}`,
		`{"tag_spool":"MK-1","worker_id":93,"fecha_operacion":"29-2"}`, `{"tag_spool":"MK-1","minutos":-9223372036854775808}`, `{"tag_spool":"MK-1","hasta":"turno"}`,
		`{"tag_spool":"MK-1","worker_id":93,"a_worker_id":7,"motivo":"\u0000"}`, `{"worker_id":99999999999999999999}`, `[]`, `{"tag_spool":"MK-1"}{"tag_spool":"MK-2"}`,
	} {
		f.Add(s, "k")
	}
	f.Fuzz(func(t *testing.T, body, key string) {
		s := open(t)
		for _, token := range []string{"mauricio", "screen", "kiosk"} {
			for _, path := range []string{"tomar", "pausar", "completar", "batch-tomar", "extender", "traspasar", "liberar"} {
				a := s.posts(token, path, body, "Idempotency-Key", key)
				if a.status >= http.StatusInternalServerError || !json.Valid([]byte(a.text)) {
					t.Errorf("%s %s %q: %d %s", token, path, body, a.status, a.text)
				}
				if token == "screen" && a.status < http.StatusBadRequest {
					t.Errorf("who may look only has done %s %q: %s", path, body, a.text)
				}
			}
			held, err := s.locks.Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range held.Locks {
				if token != "kiosk" && l.Holder.ID != mauricio.ID {
					t.Errorf("%q with the token of %d: %+v", body, mauricio.ID, l)
				}
			}
		}
	})
}

// Whatever stands in a path: an answer in JSON, and never another tag's.
func FuzzTag(f *testing.F) {
	for _, s := range []string{"MK-1", "mk 4/5", "..", "%2e%2e", "\x00", "ñ", "MK-DUP", "tomar", "openapi.json"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if strings.Trim(tag, ".") == "" {
			return // such a path is another one
		}
		s := open(t)
		a := s.asks("screen", http.MethodGet, "/api/occupation/"+url.PathEscape(tag), "")
		if a.status >= http.StatusInternalServerError {
			t.Errorf("%q: %d %s", tag, a.status, a.text)
		}
	})
}

// A tokens file is taken whole or not at all, and what is said of it holds no hash.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", tokensFile, hashOf("x") + " a trabajador 99999999999999999999", hashOf("x") + " a trabajador -1", hashOf("x") + " a lector 7", "x\x00 y z", strings.Repeat("a", 70_000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		_, err := httpapi.NewTokens(fstest.MapFS{"f": {Data: []byte(file)}}, "f")
		for line := range strings.Lines(file) {
			words := strings.Fields(line)
			if len(words) == 0 || strings.HasPrefix(words[0], "#") {
				continue
			}
			if err == nil && (len(words[0]) != 64 || len(words) < 3 || len(words) == 4 && len(words[3]) > 18) {
				t.Fatalf("%q is taken", line)
			}
			if err != nil && len(words[0]) == 64 && strings.Contains(err.Error(), words[0]) {
				t.Fatalf("%v", err)
			}
		}
	})
}
