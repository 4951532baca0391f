package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/httpapi"
)

// The clients of the earlier system find what they knew.
func TestADayOfAnOldClient(t *testing.T) {
	s := open(t)
	ask := `{"tag_spool":"mk-1","worker_id":93,"worker_nombre":"MR(93)","operacion":"ARM"}`
	s.wants(s.asks("kiosk", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusOK, `"ocupado":false,"ocupado_por":null,"fecha_ocupacion":null`)
	s.wants(s.posts("kiosk", "tomar", ask), http.StatusOK, `"success":true,"tag_spool":"MK-1"`, "Mauricio Rodríguez")
	s.wants(s.asks("kiosk", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusOK, `"ocupado":true,"ocupado_por":"MR(93)","fecha_ocupacion":"`)
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":"7"}`), http.StatusConflict, `"code":"SPOOL_OCCUPIED"`, `"detail":"MK-1 lo tiene MR(93), hasta las `)
	s.wants(s.posts("kiosk", "pausar", `{"tag_spool":"MK-1","worker_id":7}`), http.StatusForbidden, "NOT_OWNER")
	s.wants(s.posts("kiosk", "extender", `{"tag_spool":"MK-1","worker_id":93,"minutos":30}`), http.StatusOK, `"hasta":"`)
	s.wants(s.posts("kiosk", "pausar", ask), http.StatusOK, "en pausa")
	s.wants(s.posts("kiosk", "tomar", ask), http.StatusOK)
	s.wants(s.posts("kiosk", "completar", `{"tag_spool":"MK-1","worker_id":93,"fecha_operacion":""}`), http.StatusOK, "completado (ARM)")
	s.wants(s.posts("kiosk", "tomar", ask), http.StatusBadRequest, "ya tiene Fecha_Armado")
}

func TestABatchIsAlwaysAnsweredForEach(t *testing.T) {
	s := open(t)
	s.posts("kiosk", "tomar", `{"tag_spool":"MK-2","worker_id":7}`)
	s.wants(s.posts("kiosk", "batch-tomar", `{"tag_spools":["MK-1","MK-2","MK-NO","MK-DUP","MK-EMPTY"],"worker_id":93,"operacion":"ARM"}`), http.StatusOK,
		`"total":5,"succeeded":1,"failed":4`, `"SPOOL_OCCUPIED"`, `"SPOOL_NOT_FOUND"`, `"DUPLICATE_TAG"`, `"PREREQUISITE_NOT_MET"`)
	s.wants(s.posts("kiosk", "batch-tomar", `{"tag_spools":["MK-1","MK-3"],"worker_id":999}`), http.StatusOK, `"total":2,"succeeded":0,"failed":2`, "WORKER_UNKNOWN")
	s.wants(s.posts("kiosk", "batch-tomar", `{"tag_spools":[],"worker_id":93}`), http.StatusUnprocessableEntity, "Falta el TAG")
	s.wants(s.posts("kiosk", "batch-tomar", `{"tag_spools":["MK-`+strings.Join(numbers(51), `","MK-`)+`"],"worker_id":93}`), http.StatusUnprocessableEntity, "50")
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(1000 + i)
	}
	return out
}

func TestWhatASupervisorDoes(t *testing.T) {
	s := open(t)
	s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":93}`)
	free := `{"tag_spool":"MK-1","motivo":"se fue"}`
	s.wants(s.posts("mauricio", "liberar", free), http.StatusForbidden, "Solo lo puede hacer un supervisor")
	s.wants(s.posts("kiosk", "liberar", `{"tag_spool":"MK-1","worker_id":1,"motivo":"x"}`), http.StatusForbidden, "Este token no puede")
	s.wants(s.posts("jefa", "liberar", `{"tag_spool":"MK-1"}`), http.StatusUnprocessableEntity, "Falta el motivo")
	s.wants(s.posts("jefa", "traspasar", `{"tag_spool":"MK-1","a_worker_id":7,"motivo":"turno"}`), http.StatusAccepted, "Juana Pérez", "aceptar en Slack")
	s.wants(s.posts("jefa", "liberar", free), http.StatusOK, "liberado")
	s.wants(s.posts("jefa", "liberar", free), http.StatusForbidden, "Nadie tiene tomado")
}

func TestATokenActsForNobodyElse(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		token, path, body string
		status            int
	}{
		{"mauricio", "tomar", `{"tag_spool":"MK-1"}`, http.StatusOK},
		{"mauricio", "tomar", `{"tag_spool":"MK-1","worker_id":93}`, http.StatusOK},
		{"mauricio", "pausar", `{"tag_spool":"MK-1","worker_id":7}`, http.StatusForbidden},
		{"mauricio", "batch-tomar", `{"tag_spools":["MK-2"],"worker_id":7}`, http.StatusForbidden},
		{"screen", "tomar", `{"tag_spool":"MK-2","worker_id":93}`, http.StatusForbidden},
		{"kiosk", "tomar", `{"tag_spool":"MK-2"}`, http.StatusUnprocessableEntity},
		{"", "tomar", `{"tag_spool":"MK-2","worker_id":93}`, http.StatusUnauthorized},
		{"nobody", "tomar", `{"tag_spool":"MK-2","worker_id":93}`, http.StatusUnauthorized},
		{hashOf("kiosk"), "tomar", `{"tag_spool":"MK-2","worker_id":93}`, http.StatusUnauthorized},
	} {
		if a := s.posts(tt.token, tt.path, tt.body); a.status != tt.status {
			t.Errorf("%s %s %s: %d %s, want %d", tt.token, tt.path, tt.body, a.status, a.text, tt.status)
		}
	}
}

func TestBadBodiesChangeNothing(t *testing.T) {
	s := open(t)
	for _, body := range []string{
		"", "[]", "null", "{", `{"tag_spool":7,"worker_id":93}`, `{"tag_spool":"MK-1","worker_id":-1}`, `{"tag_spool":"MK-1","worker_id":9.3}`,
		`{"tag_spool":"MK-1","worker_id":93} {}`, `{"tag_spool":"MK-1","worker_id":93,"operacion":"PINTURA"}`, `{"tag_spool":" ","worker_id":93}`,
		`{"tag_spool":"` + strings.Repeat("M", 300) + `","worker_id":93}`,
	} {
		if a := s.posts("kiosk", "tomar", body); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s, want 422", body, a.status, a.text)
		}
	}
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"`+strings.Repeat("M", 70<<10)+`"}`), http.StatusRequestEntityTooLarge)
	s.wants(s.posts("kiosk", "tomar", `{}`, "Content-Type", "text/plain"), http.StatusUnprocessableEntity)
	s.wants(s.posts("kiosk", "completar", `{"tag_spool":"MK-1","worker_id":93,"fecha_operacion":"31-31-2026"}`), http.StatusUnprocessableEntity, "no es una fecha")
	s.wants(s.asks("kiosk", http.MethodDelete, "/api/occupation/tomar", ""), http.StatusMethodNotAllowed)
	s.wants(s.asks("kiosk", http.MethodGet, "/nothing", ""), http.StatusNotFound)
	if n := s.records.Calls("Commit"); n > 0 {
		t.Errorf("%d commits", n)
	}
}

func TestATagWithASlash(t *testing.T) {
	s := open(t)
	s.wants(s.asks("screen", http.MethodGet, "/api/occupation/MK%204%2F5", ""), http.StatusOK, `"MK 4/5"`)
}

func TestWeather(t *testing.T) {
	s := open(t)
	s.locks.Fail("Intend", errors.New("gone: secret detail"), false)
	a := s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":93}`)
	s.wants(a, http.StatusServiceUnavailable, "No se cambió nada", "LOCKS_UNAVAILABLE")
	if strings.Contains(a.text, "secret") || a.header.Get("Retry-After") == "" {
		t.Errorf("%v %s", a.header, a.text)
	}
	if last := s.seen[len(s.seen)-1]; last.Err == nil || last.Token != "kiosco" || last.Worker != 93 || last.Path != "/api/occupation/tomar" {
		t.Errorf("observed %+v", last)
	}
}

// The same key is carried out once, whatever happens meanwhile.
func TestIdempotencyKey(t *testing.T) {
	s := open(t)
	take, key := `{"tag_spool":"MK-1","worker_id":93}`, []string{"Idempotency-Key", "k-1"}
	first := s.posts("kiosk", "tomar", take, key...)
	s.wants(first, http.StatusOK, "tomado por")
	s.posts("kiosk", "pausar", take)
	again := s.posts("kiosk", "tomar", take, key...)
	if again.text != first.text || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v %s, want the first answer again", again.header, again.text)
	}
	s.wants(s.asks("kiosk", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusOK, `"ocupado":false`)
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-2","worker_id":93}`, key...), http.StatusUnprocessableEntity, "ya se usó")
	s.wants(s.posts("mauricio", "tomar", `{"tag_spool":"MK-2"}`, key...), http.StatusOK)
	s.wants(s.posts("kiosk", "tomar", take, "Idempotency-Key", strings.Repeat("k", 201)), http.StatusUnprocessableEntity)

	refused := s.posts("kiosk", "tomar", `{"tag_spool":"MK-NO","worker_id":93}`, "Idempotency-Key", "k-2")
	s.wants(refused, http.StatusNotFound)
	if again := s.posts("kiosk", "tomar", `{"tag_spool":"MK-NO","worker_id":93}`, "Idempotency-Key", "k-2"); again.text+again.header.Get("Content-Type") != refused.text+refused.header.Get("Content-Type") {
		t.Errorf("%v %s, want the same refusal as %s", again.header, again.text, refused.text)
	}

	s.locks.Fail("Intend", errors.New("gone"), false)
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-3","worker_id":93}`, "Idempotency-Key", "k-3"), http.StatusServiceUnavailable)
	s.wants(s.posts("kiosk", "tomar", `{"tag_spool":"MK-3","worker_id":93}`, "Idempotency-Key", "k-3"), http.StatusOK, "tomado por")
}

// Two copies of one request at the same time: one is carried out, the other waits
// or is told to.
func TestTwoCopiesAtOnce(t *testing.T) {
	s := open(t)
	answers := make(chan answer, 2)
	for range 2 {
		go func() {
			answers <- s.posts("kiosk", "tomar", `{"tag_spool":"MK-1","worker_id":93}`, "Idempotency-Key", "k")
		}()
	}
	for range 2 {
		if a := <-answers; a.status != http.StatusOK && (a.status != http.StatusConflict || !strings.Contains(a.text, "todavía está en curso")) {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
	if n := len(s.records.Audit()); n != 1 {
		t.Errorf("%d rows in the log, want one", n)
	}
}

func TestAFloodIsHeldBack(t *testing.T) { synctest.Test(t, floodIsHeldBack) }

func floodIsHeldBack(t *testing.T) {
	s := open(t)
	var many int
	for range 60 {
		if s.asks("screen", http.MethodGet, "/api/occupation/MK-1", "").status == http.StatusTooManyRequests {
			many++
		}
	}
	if many == 0 {
		t.Error("sixty requests at once were all answered")
	}
	s.wants(s.asks("kiosk", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusOK)
	for range 60 {
		s.asks("guess", http.MethodGet, "/api/occupation/MK-1", "")
	}
	s.wants(s.asks("guess", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusTooManyRequests)
}

func TestTokensFile(t *testing.T) {
	good := hashOf("x")
	for _, tt := range []struct{ text, fault string }{
		{"", ""},
		{good + " a lector\n# " + good, ""},
		{good + " a trabajador 93", ""},
		{good + " a trabajador", "needs the id"},
		{good + " a trabajador 0", "needs the id"},
		{good + " a trabajador 99999999999999999999", "needs the id"},
		{good + " a lector 93", "has no worker"},
		{good + " a jefe", "no role"},
		{good + " a", `is not "hash`},
		{"xyz a lector", "hash"},
		{good + " a lector\n" + hashOf("y") + " a lector", "line 2: there is a a already"},
	} {
		_, err := httpapi.NewTokens(fstest.MapFS{"f": {Data: []byte(tt.text)}}, "f")
		if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.fault)
		}
	}
	if _, err := httpapi.NewTokens(fstest.MapFS{}, "f"); err == nil {
		t.Error("a file that is not there is no error")
	}
}

// Whoever is struck out of the file is out.
func TestATokenIsRevokedByTheFile(t *testing.T) { synctest.Test(t, revokedByTheFile) }

func revokedByTheFile(t *testing.T) {
	s := open(t)
	look := func() int { return s.asks("screen", http.MethodGet, "/api/occupation/MK-1", "").status }
	if got := look(); got != http.StatusOK {
		t.Fatal(got)
	}
	s.fsys["tokens"] = &fstest.MapFile{Data: []byte(hashOf("kiosk") + " kiosco sistema"), ModTime: time.Now()}
	passes(1100 * time.Millisecond)
	if got := look(); got != http.StatusUnauthorized {
		t.Errorf("%d after the token was struck out", got)
	}
	s.fsys["tokens"] = &fstest.MapFile{Data: []byte("nonsense"), ModTime: time.Now()}
	passes(1100 * time.Millisecond)
	s.wants(s.asks("kiosk", http.MethodGet, "/api/occupation/MK-1", ""), http.StatusInternalServerError)
}

func passes(d time.Duration) { <-time.After(d) }

func TestEveryCodeHasAStatusAndWords(t *testing.T) {
	zone := santiago
	for _, code := range occupation.Codes() {
		status, text := httpapi.ProblemOf(&occupation.Error{Code: code, Tag: "MK-1", Column: "Fecha_Materiales", Holder: mauricio.AsHolder()}, zone)
		if status == http.StatusInternalServerError || len(text) < 10 {
			t.Errorf("%s: %d %q", code, status, text)
		}
	}
}
