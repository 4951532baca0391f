// Package slacksim plays the far side of the bot: Slack's Web API, Socket Mode and
// the people at their phones, in one process, in the manner of net/http/httptest.
//
// It is strict, where Slack is strict, and unfair, where Slack is unfair: what the
// documents forbid is refused with Slack's own error code and noted in Complaints;
// envelopes may come late, twice or only as a retry, sockets fall silent or are
// recycled. Each behaviour carries its source: "SLACK.md 1.5 [thread ...]" is the
// section of the project's notes on Slack with the kind of evidence behind it.
//
// It has two doors: TCP on loopback (Start), and an in-process one (Client, Dialer)
// without any socket, which works inside testing/synctest bubbles.
//
// It imports nothing of the project and none of slack-go's types, else it would agree
// with their mistakes: everything here is decoded JSON. It is for tests, `demo` and
// `bench`; it never listens off loopback and never talks to the real Slack.
package slacksim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The hosts of the in-process door. The response URLs live on a host of their own, so
// that a token or a base URL used in the wrong place shows. SLACK.md 3.3
const (
	apiHost   = "slacksim.test"
	hooksHost = "hooks.slacksim.test"
)

// Options configures a Server; the zero value is complete.
type Options struct {
	BotToken string // default "xoxb-sim-bot"
	AppToken string // default "xapp-sim-app"

	TeamID     string // default "T0SIM"
	TeamDomain string // default "taller"

	Listen     string        // address of Start, loopback only; default "127.0.0.1:0"
	PingEvery  time.Duration // default 15 s; negative means never
	SocketLife time.Duration // Slack recycles sockets; default 1 h, negative means never

	Seed uint64           // of every random choice: ids, which socket gets an envelope
	Now  func() time.Time // dates what people see, default time.Now; Slack's deadlines go by the machine's time

	Scopes     []string   // bot scopes of the manifest; nil grants all
	Events     []string   // bot_events of the manifest; nil means app_home_opened
	Commands   []Command  // slash_commands of the manifest; nil lets people type any
	Shortcuts  []Shortcut // shortcuts of the manifest; nil allows any
	Without    []string   // types of blocks that this workspace does not have yet
	RateLimits bool       // enforce SLACK.md 3.2, with modest bursts
}

// Command is a slash command of the manifest.
type Command struct {
	Name         string `json:"command"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint,omitempty"`
	ShouldEscape bool   `json:"should_escape,omitempty"`
}

// Shortcut is a shortcut of the manifest; Type is "global" or "message".
type Shortcut struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	CallbackID string `json:"callback_id"`
}

// Server is one workspace with one installed app. All methods may be called from any
// goroutine.
type Server struct {
	opt    Options
	mux    *http.ServeMux
	dialed sync.WaitGroup // goroutines of sockets and of the listeners

	mu        sync.Mutex
	closed    bool
	base      string // http://host of Web API and control doors
	hooks     string // http://host of the response URLs
	servers   []*http.Server
	rnd       *rand.Rand
	lastID    int
	lastTS    int64
	timers    map[*time.Timer]struct{}
	pipes     map[net.Conn]struct{}
	changes   changes
	users     map[string]*User
	userOrder []string
	channels  map[string]*channel
	chanOrder []string
	stacks    map[string][]*View // open modals per user, top last
	homes     map[string]*View   // published App Home per user
	triggers  map[string]*trigger
	hookURLs  map[string]*hook
	suggested map[string][]any // options last offered by an external select
	notices   map[string][]string
	tickets   map[string]bool
	uploads   map[string]*upload
	sockets   []*socket            // those that get envelopes
	live      map[*socket]struct{} // those and the ones on their way out
	waiting   map[string]*envelope
	order     []string // keys of waiting, oldest first
	faults    []*Fault
	limiter   map[string]*bucket
	scheduled map[string]scheduled
	calls     log[Call]
	envelopes log[*Envelope]
	complains log[string]
}

// New returns a workspace with the bot installed and nobody else in it. It starts no
// goroutine and opens no socket.
func New(opt Options) *Server {
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&opt.BotToken, "xoxb-sim-bot")
	def(&opt.AppToken, "xapp-sim-app")
	def(&opt.TeamID, "T0SIM")
	def(&opt.TeamDomain, "taller")
	def(&opt.Listen, "127.0.0.1:0")
	if opt.PingEvery == 0 {
		opt.PingEvery = 15 * time.Second // SLACK.md 0.5: at least every 30 s
	}
	if opt.SocketLife == 0 {
		opt.SocketLife = time.Hour
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Events == nil {
		opt.Events = []string{"app_home_opened"}
	}
	s := &Server{
		opt:       opt,
		base:      "http://" + apiHost,
		hooks:     "http://" + hooksHost,
		rnd:       rand.New(rand.NewPCG(opt.Seed, 0x51ac)),
		timers:    map[*time.Timer]struct{}{},
		pipes:     map[net.Conn]struct{}{},
		users:     map[string]*User{},
		channels:  map[string]*channel{},
		stacks:    map[string][]*View{},
		homes:     map[string]*View{},
		triggers:  map[string]*trigger{},
		hookURLs:  map[string]*hook{},
		suggested: map[string][]any{},
		notices:   map[string][]string{},
		tickets:   map[string]bool{},
		uploads:   map[string]*upload{},
		live:      map[*socket]struct{}{},
		waiting:   map[string]*envelope{},
		limiter:   map[string]*bucket{},
		scheduled: map[string]scheduled{},
	}
	s.changes.wake = make(chan struct{})
	s.users[botUser] = &User{ID: botUser, Name: "spoolbot", RealName: "Spoolbot", Bot: true, TeamID: opt.TeamID}
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/api/{method}", s.serveAPI)
	s.mux.HandleFunc("GET /link/", s.serveLink)
	s.mux.HandleFunc("/upload/v1/", s.serveUpload)
	s.mux.HandleFunc("/commands/", s.wrongHost)
	s.mux.HandleFunc("/actions/", s.wrongHost)
	s.mux.Handle("/sim/", s.doors())
	return s
}

// Start opens the TCP door: one port for Web API, sockets and control doors, and one
// for the response URLs.
func (s *Server) Start() error {
	host, _, err := net.SplitHostPort(s.opt.Listen)
	if err != nil {
		return fmt.Errorf("slacksim: listen address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("slacksim: %s is not a loopback address", s.opt.Listen)
	}
	api, err := net.Listen("tcp", s.opt.Listen)
	if err != nil {
		return fmt.Errorf("slacksim: %w", err)
	}
	hooks, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return errors.Join(fmt.Errorf("slacksim: %w", err), api.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base, s.hooks = "http://"+api.Addr().String(), "http://"+hooks.Addr().String()
	for _, l := range []net.Listener{api, hooks} {
		srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
		s.servers = append(s.servers, srv)
		s.dialed.Go(func() { _ = srv.Serve(l) })
	}
	return nil
}

// URL is the base of Web API and control doors, without a slash at its end. Before
// Start it is an address that only Client and Dialer understand.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// APIURL is what slack-go's OptionAPIURL wants: with the slash. SLACK.md 2.1 [src]
func (s *Server) APIURL() string { return s.URL() + "/api/" }

// BotToken is the token of the Web API, AppToken the one that opens sockets.
func (s *Server) BotToken() string { return s.opt.BotToken }

// AppToken is the app-level token for apps.connections.open.
func (s *Server) AppToken() string { return s.opt.AppToken }

// Close cuts every connection, stops every timer and waits for the goroutines.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for t := range s.timers {
		t.Stop()
	}
	servers, live := s.servers, slices.Collect(maps.Keys(s.live))
	s.servers = nil
	for c := range s.pipes {
		_ = c.Close()
	}
	s.bump(Change{Kind: "closed"})
	s.mu.Unlock()
	for _, sock := range live {
		sock.close()
	}
	for _, srv := range servers {
		_ = srv.Close()
	}
	s.dialed.Wait()
}

// ServeHTTP answers for both hosts, by the Host header.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	hooks := strings.TrimPrefix(s.hooks, "http://")
	s.mu.Unlock()
	if r.Host == hooks {
		s.serveHook(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) wrongHost(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.complain("%s %s: a response_url has a host of its own", r.Method, r.URL.Path)
	s.mu.Unlock()
	http.NotFound(w, r)
}

// after runs f under the lock once d has passed; the caller holds the lock.
func (s *Server) after(d time.Duration, f func()) *time.Timer {
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.timers, t)
		if !s.closed {
			f()
		}
	})
	s.timers[t] = struct{}{}
	return t
}

// stop ends a timer of after; the caller holds the lock.
func (s *Server) stop(t *time.Timer) {
	if t != nil {
		t.Stop()
		delete(s.timers, t)
	}
}

// pause waits for a simulated latency; false when the caller went away.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
