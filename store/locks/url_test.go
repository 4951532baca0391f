package locks_test

import (
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// dialed is what a test looks at in a client's options.
type dialed struct {
	Addrs          string
	User, Password string
	DB             int
	TLS            bool
}

func optionsOf(t *testing.T, c redis.UniversalClient) dialed {
	t.Helper()
	switch c := c.(type) {
	case *redis.Client:
		o := c.Options()
		if !o.ContextTimeoutEnabled || o.ReadTimeout > 5*time.Second || o.DialTimeout > 5*time.Second || o.PoolSize != 7 {
			t.Errorf("unbounded: %+v", o)
		}
		return dialed{o.Addr, o.Username, o.Password, o.DB, o.TLSConfig != nil}
	case *redis.ClusterClient:
		o := c.Options()
		if !o.ContextTimeoutEnabled || o.ReadTimeout > 5*time.Second || o.DialTimeout > 5*time.Second || o.PoolSize != 7 {
			t.Errorf("unbounded: %+v", o)
		}
		return dialed{strings.Join(o.Addrs, " "), o.Username, o.Password, 0, o.TLSConfig != nil}
	default:
		t.Fatalf("a client of type %T", c)
		return dialed{}
	}
}

func TestParseURLReadsEveryForm(t *testing.T) {
	t.Parallel()
	tests := map[string]dialed{
		"redis://localhost:6379/0":                        {Addrs: "localhost:6379"},
		"redis://localhost":                               {Addrs: "localhost:6379"},
		" redis://u:p%2Fq%25@redis.example:7000/3\n":      {Addrs: "redis.example:7000", User: "u", Password: "p/q%", DB: 3},
		"redis://:p@ss@h":                                 {Addrs: "h:6379", Password: "p@ss"},
		"rediss://user:secret@h:6380":                     {Addrs: "h:6380", User: "user", Password: "secret", TLS: true},
		"redis://[::1]:6379":                              {Addrs: "[::1]:6379"},
		"redis://::1":                                     {Addrs: "[::1]:6379"},
		"redis://u:p@a:7000,b:7001,c":                     {Addrs: "a:7000 b:7001 c:6379", User: "u", Password: "p"},
		"rediss://a:7000,b:7001/0":                        {Addrs: "a:7000 b:7001", TLS: true},
		"unix:///run/redis.sock":                          {Addrs: "/run/redis.sock"},
		"redis+sentinel://u:p@a,b:1/mymaster/2":           {Addrs: "FailoverClient", User: "u", Password: "p", DB: 2},
		"rediss+sentinel://a/?master_name=m":              {Addrs: "FailoverClient", TLS: true},
		"redis+sentinel://a/mymaster?sentinel_password=x": {Addrs: "FailoverClient"},
	}
	for url, want := range tests {
		o, err := locks.ParseURL(url, 7)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		c := redis.NewUniversalClient(o)
		if diff := cmp.Diff(want, optionsOf(t, c)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
		_ = c.Close()
	}
}

func TestParseURLRefusesWithoutShowingThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "localhost:6379", "hunter2", "http://:hunter2@h", "redis://", "redis://:hunter2@", "redis://:hunter2/x@h:6379", "redis://:hunter2",
		"redis://u:hunter2%zz@h", "redis://:hunter2@h:99999", "redis://:hunter2@h:0", "redis://:hunter2@h/hunter2", "redis://h/-1",
		"redis://:hunter2@a,b/3", "redis://:hunter2@a,,b", "redis://h?password=hunter2", "redis://h?hunter2", "redis://h?%zzhunter2",
		"redis+sentinel://:hunter2@h", "redis+sentinel://h/m/hunter2", "unix://hunter2", "unix:///x?hunter2",
	} {
		_, err := locks.ParseURL(url, 7)
		if err == nil {
			t.Errorf("%q is taken", url)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestThroughSentinel(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t)
	store := newSite(dial(t, redistest.StartSentinel(t, master).URL()))
	seed(t, store, 0)
	warm(t, store)
}

func TestCheckTellsWhatTheServerIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url  string
		want locks.ServerInfo
	}{
		"plain":     {redistest.Start(t).URL(), locks.ServerInfo{Mode: "standalone", Role: "master", MaxMemoryPolicy: "noeviction", Persistence: "none"}},
		"aof":       {redistest.Start(t, redistest.AOF).URL(), locks.ServerInfo{Mode: "standalone", Role: "master", MaxMemoryPolicy: "noeviction", Persistence: "aof"}},
		"rdb, lru":  {redistest.Start(t, redistest.Arg("save", "3600 1"), redistest.Arg("maxmemory-policy", "allkeys-lru")).URL(), locks.ServerInfo{Mode: "standalone", Role: "master", MaxMemoryPolicy: "allkeys-lru", Persistence: "rdb"}},
		"no CONFIG": {redistest.Start(t, redistest.Arg("rename-command", "CONFIG", "")).URL(), locks.ServerInfo{Mode: "standalone", Role: "master", MaxMemoryPolicy: "noeviction"}},
		"cluster":   {redistest.StartCluster(t).URL(), locks.ServerInfo{Mode: "cluster", Role: "master", MaxMemoryPolicy: "noeviction", Persistence: "none"}},
		"miniredis": {"redis://" + miniredis.RunT(t).Addr(), locks.ServerInfo{}},
	}
	for name, tt := range tests {
		got, err := newSite(dial(t, tt.url)).Check(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Latency <= 0 || (name != "miniredis") != (got.Version != "") {
			t.Errorf("%s: latency %v, version %q", name, got.Latency, got.Version)
		}
		if got.Ahead.Abs() > time.Second || (name != "miniredis") != (got.Memory > 0) {
			t.Errorf("%s: its clock is %v ahead, %d bytes in use", name, got.Ahead, got.Memory)
		}
		got.Latency, got.Version, got.Ahead, got.Memory = 0, "", 0, 0
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestCheckOfNobody(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	store := newSite(dial(t, server.URL()))
	server.Stop()
	if got, err := store.Check(t.Context()); err == nil {
		t.Errorf("a server that is gone is %+v", got)
	}
}
