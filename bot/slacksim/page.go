package slacksim

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// The page runs its own script and style and nothing else, and reaches nothing but the
// address it came from: pictures of other hosts appear as their alternative text.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// PageUser is somebody whose phone a visitor can hold.
type PageUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"` // as people read it, e.g. "Armador"
}

// PageOptions says what the web page shows. The zero value shows everybody of the
// workspace, without a sheet, a gallery or a hand on the clock.
type PageOptions struct {
	Title  string     // of the workspace; default "Taller"
	Users  []PageUser // in this order
	Phones []string   // ids of those who hold the phones; none = the first two of Users
	Tour   []string   // free TAGs to suggest to a visitor, best first

	// Sheets answers for the sheet emulator's control doors: /sheets-sim/sim/... arrives
	// as /sim/.... An httputil.ReverseProxy will do, with FlushInterval -1 for its events.
	Sheets  http.Handler
	Clock   func(forward time.Duration) error // moves the shop's time
	Weather map[string]Trouble                // by name: "slow_sheet", "redis_off" or "bot_off"
	Gallery fs.FS                             // *.json: views, or {"blocks":[...]}
}

// Trouble is something that a visitor may break, as life would, and mend.
type Trouble struct {
	Is  func() bool
	Set func(on bool) error
}

// Page is the phone-like web page: its files, /page.json, the gallery, and the control
// doors that its script uses. It answers to loopback names only, wherever it is served,
// and refuses what the page of another site asks it to do.
func (s *Server) Page(opt PageOptions) http.Handler {
	files, _ := fs.Sub(pageFiles, "page") // fails on an invalid name only
	opt.Title = cmp.Or(opt.Title, "Taller")
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("GET /gallery", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "index.html")
	})
	mux.HandleFunc("GET /gallery.json", func(w http.ResponseWriter, _ *http.Request) {
		views, err := galleryOf(opt.Gallery)
		pageAnswer(w, views, err)
	})
	mux.HandleFunc("GET /page.json", func(w http.ResponseWriter, _ *http.Request) {
		pageAnswer(w, object{
			"title": opt.Title, "users": opt.Users, "phones": opt.Phones, "tour": opt.Tour, "weather": nonNil(slices.Sorted(maps.Keys(opt.Weather))),
			"sheets": opt.Sheets != nil, "clock": opt.Clock != nil, "gallery": opt.Gallery != nil,
		}, nil)
	})
	mux.HandleFunc("GET /sim/weather", func(w http.ResponseWriter, _ *http.Request) {
		now := object{"bot_away": s.Sockets() == 0}
		for name, trouble := range opt.Weather {
			now[name] = trouble.Is()
		}
		pageAnswer(w, now, nil)
	})
	mux.HandleFunc("POST /sim/weather", func(w http.ResponseWriter, r *http.Request) {
		pageAnswer(w, object{"ok": true}, makeWeather(opt.Weather, http.MaxBytesReader(w, r.Body, 1024)))
	})
	mux.HandleFunc("POST /sim/clock", func(w http.ResponseWriter, r *http.Request) {
		pageAnswer(w, object{"ok": true}, moveClock(opt.Clock, http.MaxBytesReader(w, r.Body, 1024)))
	})
	mux.Handle("/sim/", s.mux)
	if opt.Sheets != nil {
		mux.Handle("/sheets-sim/", http.StripPrefix("/sheets-sim", opt.Sheets))
	}
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) { // a name that somebody pointed at 127.0.0.1
			http.Error(w, "open this page as localhost", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}

func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || host == "127.0.0.1" || strings.Trim(host, "[]") == "::1"
}

func pageAnswer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		v = object{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v)
}

func moveClock(clock func(time.Duration) error, body io.Reader) error {
	var in struct{ Forward string }
	if clock == nil {
		return errors.New("no hand on the clock here")
	}
	if err := json.NewDecoder(body).Decode(&in); err != nil {
		return errors.New(`the clock wants {"forward":"1h"}`)
	}
	d, err := time.ParseDuration(in.Forward)
	if err != nil || d <= 0 || d > 48*time.Hour {
		return errors.New("forward is a duration above 0 and at most 48h")
	}
	return clock(d)
}

// makeWeather turns the troubles on and off that the body names.
func makeWeather(weather map[string]Trouble, body io.Reader) error {
	var in map[string]bool
	if err := json.NewDecoder(body).Decode(&in); err != nil || len(in) == 0 {
		return errors.New(`the weather wants {"bot_off":true}, or another trouble, or false`)
	}
	for name, on := range in {
		trouble, known := weather[name]
		if !known {
			return fmt.Errorf("there is no trouble %q here", name)
		}
		if err := trouble.Set(on); err != nil {
			return err
		}
	}
	return nil
}

// galleryOf reads every *.json at the top of the file system, by name.
func galleryOf(fsys fs.FS) ([]object, error) {
	views := []object{}
	if fsys == nil {
		return views, nil
	}
	names, err := fs.Glob(fsys, "*.json")
	for _, name := range names {
		data, readErr := fs.ReadFile(fsys, name)
		var view object
		if err = errors.Join(err, readErr, json.Unmarshal(data, &view)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		views = append(views, object{"name": strings.TrimSuffix(name, ".json"), "view": view})
	}
	return views, err
}
