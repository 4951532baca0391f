package redistest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Sentinel watches one master, known to it as "mymaster".
type Sentinel struct{ *Server }

// StartSentinel starts a Sentinel for the master and waits until it knows it.
func StartSentinel(t T, master *Server) Sentinel {
	t.Helper()
	s := &Server{dir: t.TempDir(), port: freePort(t)}
	conf := filepath.Join(s.dir, "sentinel.conf") // Sentinel writes into it
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor mymaster 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 3000\n", s.port, s.dir, master.port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatalf("sentinel: %v", err)
	}
	s.args, s.ready = []string{conf, "--sentinel"}, "+monitor master"
	if fault := s.start(t); fault != "" {
		t.Fatalf("sentinel does not start: %s", fault)
	}
	t.Cleanup(s.Stop)
	client := s.Client(t)
	await(t, "sentinel", 10*time.Second, func(ctx context.Context) bool {
		addr, err := client.Do(ctx, "SENTINEL", "get-master-addr-by-name", "mymaster").StringSlice()
		return err == nil && len(addr) == 2 && addr[1] == strconv.Itoa(master.port)
	})
	return Sentinel{s}
}

// AwaitReplicas waits until it knows so many replicas of the master: one of them
// takes the master's place a few seconds after that has died.
func (s Sentinel) AwaitReplicas(t T, atLeast int) {
	t.Helper()
	client := s.Client(t)
	await(t, "sentinel's replicas", 20*time.Second, func(ctx context.Context) bool {
		known, err := client.Do(ctx, "SENTINEL", "replicas", "mymaster").Slice()
		return err == nil && len(known) >= atLeast
	})
}

// URL is the address as REDIS_URL.
func (s Sentinel) URL() string { return "redis+sentinel://" + s.Addr() + "/mymaster" }
