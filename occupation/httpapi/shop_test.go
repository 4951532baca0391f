package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/httpapi"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

var (
	santiago = mustZone("America/Santiago")
	day      = time.Date(2026, 8, 3, 0, 0, 0, 0, santiago)

	mauricio = occupation.Worker{ID: 93, Given: "Mauricio", Surname: "Rodríguez", Active: true, Roles: []occupation.Role{occupation.Armador}}
	juana    = occupation.Worker{ID: 7, Given: "Juana", Surname: "Pérez", Active: true, Roles: []occupation.Role{occupation.Ayudante}}
	jefa     = occupation.Worker{ID: 1, Given: "Rosa", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Supervisor}}
)

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// shop is the door over the real core and the ports in memory.
type shop struct {
	*testing.T
	door    http.Handler
	locks   *occupationtest.Locks
	records *occupationtest.Records
	fsys    fstest.MapFS

	mu   sync.Mutex
	seen []httpapi.Observation
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

var tokensFile = strings.Join([]string{
	"# quién puede usar la puerta",
	hashOf("kiosk") + " kiosco sistema",
	"",
	hashOf("mauricio") + " celular-mauricio trabajador 93",
	hashOf("jefa") + " celular-jefa trabajador 1",
	hashOf("screen") + " pantalla lector",
}, "\n")

func open(t *testing.T) *shop {
	t.Helper()
	var spools []occupation.Spool
	for _, tag := range []string{"MK-1", "MK-2", "MK-3", "MK 4/5", "MK-DUP", "MK-DUP"} {
		spools = append(spools, occupation.Spool{Tag: tag, Materials: day})
	}
	spools = append(spools, occupation.Spool{Tag: "MK-EMPTY"})
	s := &shop{
		T: t, locks: occupationtest.NewLocks(), records: occupationtest.NewRecords(spools...),
		fsys: fstest.MapFS{"tokens": {Data: []byte(tokensFile), ModTime: day}},
	}
	core := occupation.New(occupation.Config{Replica: "a", Zone: santiago, TTL: time.Hour, Grace: 15 * time.Minute}, occupation.Ports{
		Locks: s.locks, Desk: s.locks, Records: s.records, Directory: occupationtest.NewDirectory(mauricio, juana, jefa), Notifier: occupationtest.NewNotices(),
	})
	if err := core.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { core.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	tokens, err := httpapi.NewTokens(s.fsys, "tokens")
	if err != nil {
		t.Fatal(err)
	}
	s.door = httpapi.New(httpapi.Options{
		Core: core, Memory: &memory{}, Tokens: tokens, Zone: santiago,
		Observe: func(o httpapi.Observation) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.seen = append(s.seen, o)
		},
		Offer: func(ctx context.Context, r occupation.Request, target occupation.Target, to int, reason string) (occupation.Offer, error) {
			o, _, err := core.OfferTransfer(ctx, r, target, to, reason)
			return o, err
		},
	})
	return s
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	text   string
}

// asks sends a request, and checks its answer against the description.
func (s *shop) asks(token, method, path, body string, headers ...string) answer {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.door.ServeHTTP(w, r)
	a := answer{w.Code, w.Header(), w.Body.String()}
	s.describes(method, path, a)
	return a
}

func (s *shop) posts(token, path, body string, headers ...string) answer {
	s.Helper()
	return s.asks(token, http.MethodPost, "/api/occupation/"+path, body, headers...)
}

// wants checks status and a part of the answer.
func (s *shop) wants(a answer, status int, parts ...string) {
	s.Helper()
	if a.status != status {
		s.Errorf("%d %s, want %d", a.status, a.text, status)
	}
	for _, part := range parts {
		if !strings.Contains(a.text, part) {
			s.Errorf("%s, want %q in it", a.text, part)
		}
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		s.Errorf("%q is no JSON object: %v", a.text, err)
	}
}

// memory is a Memory of one test.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	gone   error
}

func (m *memory) First(_ context.Context, keys []string, _ time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := true
	for _, k := range keys {
		first = first && m.values["seen "+k] == ""
		m.put("seen "+k, "1")
	}
	return first, m.gone
}

func (m *memory) Put(_ context.Context, key, value string, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, value)
	return m.gone
}

func (m *memory) Get(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], m.gone
}

func (m *memory) put(key, value string) {
	if m.values == nil {
		m.values = map[string]string{}
	}
	m.values[key] = value
}
