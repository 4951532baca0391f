// Package redistest starts real Redis servers for tests, on free loopback
// ports, and ends them with the test. It runs the redis-server of the PATH; a
// test fails when there is none.
//
// It imports go-redis and the standard library only, and is for tests alone.
package redistest

import (
	"bufio"
	"context"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// startTimeout is how long a server may take until it accepts connections.
const startTimeout = 10 * time.Second

// T is the part of testing.TB that is needed.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
	TempDir() string
}

// Server is one redis-server.
type Server struct {
	dir  string
	port int
	args []string
	// ready is what it says once it serves.
	ready string

	mu  sync.Mutex
	cmd *exec.Cmd
}

// Option changes how a server is started.
type Option func(args []string) []string

// AOF makes the server keep every write on disk, so that it survives Restart.
func AOF(args []string) []string {
	return append(args, "--appendonly", "yes", "--appendfsync", "always")
}

// Arg gives the server one more setting of redis.conf.
func Arg(name string, values ...string) Option {
	return func(args []string) []string { return append(append(args, "--"+name), values...) }
}

// Start starts a server, which keeps nothing on disk unless told.
func Start(t T, options ...Option) *Server {
	t.Helper()
	var last string
	for range 5 { // somebody else may take a free port before the server does
		s := &Server{dir: t.TempDir(), port: freePort(t), ready: "Ready to accept connections"}
		s.args = []string{"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--dir", s.dir, "--daemonize", "no"}
		for _, o := range options {
			s.args = o(s.args)
		}
		if last = s.start(t); last == "" {
			t.Cleanup(s.Stop)
			return s
		}
	}
	t.Fatalf("redis-server does not start: %s", last)
	return nil
}

// StartReplica starts a server that follows another, and waits until it has all
// of its data.
func StartReplica(t T, of *Server, options ...Option) *Server {
	t.Helper()
	of.syncAtOnce(t)
	s := Start(t, append(options, Arg("replicaof", "127.0.0.1", strconv.Itoa(of.port)))...)
	s.awaitSync(t)
	return s
}

// syncAtOnce makes a master send its data to a new replica without waiting for
// others that might want it too.
func (s *Server) syncAtOnce(t T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := s.Client(t).ConfigSet(ctx, "repl-diskless-sync-delay", "0").Err(); err != nil {
		t.Fatalf("replication: %v", err)
	}
}

func (s *Server) awaitSync(t T) {
	t.Helper()
	client := s.Client(t)
	await(t, "replication", 20*time.Second, func(ctx context.Context) bool {
		info, err := client.Info(ctx, "replication").Result()
		return err == nil && strings.Contains(info, "master_link_status:up")
	})
}

// Addr is host and port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is the address as REDIS_URL.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Client returns a client of the server that is closed with the test.
func (s *Server) Client(t T) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.Addr(), ContextTimeoutEnabled: true, MaintNotificationsConfig: noNotices()})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Stop kills the server, as kill -9 does.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Restart kills the server and starts it again on the same port and directory.
func (s *Server) Restart(t T) {
	t.Helper()
	s.Stop()
	if fault := s.start(t); fault != "" {
		t.Fatalf("redis-server does not start again: %s", fault)
	}
}

// start returns what the server said when it did not start.
func (s *Server) start(t T) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("redis-server is not in the PATH; `make test` installs it: %v", err)
	}
	cmd := exec.Command(path, s.args...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err.Error()
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err.Error()
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	ready := make(chan string, 1)
	go listen(pipe, s.ready, ready) // ends with the server
	limit := time.NewTimer(startTimeout)
	defer limit.Stop()
	select {
	case said := <-ready:
		if said == "" {
			return ""
		}
		s.Stop()
		return said
	case <-limit.C:
		s.Stop()
		return "not ready in time"
	}
}

// listen reads what a server says to its end, and tells when it is ready: the
// empty text, or its last words.
func listen(out io.Reader, word string, ready chan<- string) {
	told := false
	var words []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if told {
			continue
		}
		if strings.Contains(lines.Text(), word) {
			ready <- ""
			told = true
			continue
		}
		if words = append(words, lines.Text()); len(words) > 5 {
			words = words[1:]
		}
	}
	if !told {
		ready <- "it said: " + strings.Join(words, " | ")
	}
}

func freePort(t T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("no free port: %v", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// await asks until it is told yes or the time is over.
func await(t T, what string, limit time.Duration, ask func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ask(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}
