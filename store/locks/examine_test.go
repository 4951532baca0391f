package locks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/occupation/checkup/checkuptest"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

func TestExamineServers(t *testing.T) {
	t.Parallel()
	ok, warned, bad := checkuptest.OK, checkuptest.Warn, checkuptest.Fail
	forbidding := func(t *testing.T) string {
		server := redistest.Start(t)
		if err := server.Client(t).Do(t.Context(), "ACL", "SETUSER", "bot", "on", ">secret", "~*", "+@all", "-zadd").Err(); err != nil {
			t.Fatal(err)
		}
		return "redis://bot:secret@" + server.Addr()
	}
	for name, c := range map[string]struct {
		open func(*testing.T) (url string)
		want []checkup.Finding
	}{
		"all is well": {
			func(t *testing.T) string { return redistest.Start(t, redistest.AOF).URL() },
			[]checkup.Finding{
				ok("redis", "version "), ok("redis-policy", "noeviction"), ok("redis-persistence", "appendonly"), ok("redis-latency", "a round trip"),
				ok("redis-clock", ""), ok("redis-scripts", ""), ok("redis-site", "nothing yet under {spoolbot:site-"),
			},
		},
		"a cluster": {
			func(t *testing.T) string { return redistest.StartCluster(t).URL() },
			[]checkup.Finding{ok("redis", "cluster"), ok("redis-scripts", "")},
		},
		"nobody": {
			func(t *testing.T) string { s := redistest.Start(t); s.Stop(); return s.URL() },
			[]checkup.Finding{bad("redis", "connection refused", "redis-cli"), warned("redis-scripts", "not looked at", "redis first")},
		},
		"without a password": {
			func(t *testing.T) string { return redistest.Start(t, redistest.Arg("requirepass", "secret")).URL() },
			[]checkup.Finding{bad("redis", "NOAUTH", "user and password")},
		},
		"with a wrong password": {
			func(t *testing.T) string {
				return "redis://:hunter2@" + redistest.Start(t, redistest.Arg("requirepass", "secret")).Addr()
			},
			[]checkup.Finding{bad("redis", "WRONGPASS", "user and password")},
		},
		"TLS to a plain server": {
			func(t *testing.T) string { return "rediss://" + redistest.Start(t).Addr() },
			[]checkup.Finding{bad("redis", "no answer within", "rediss:// is with TLS")},
		},
		"a policy that evicts": {
			func(t *testing.T) string {
				return redistest.Start(t, redistest.Arg("maxmemory-policy", "allkeys-lru")).URL()
			},
			[]checkup.Finding{bad("redis-policy", "allkeys-lru", "noeviction")},
		},
		"Debian's persistence": {
			func(t *testing.T) string { return redistest.Start(t, redistest.Arg("save", "3600 1")).URL() },
			[]checkup.Finding{warned("redis-persistence", "now and then", "appendonly yes")},
		},
		"no persistence": {
			func(t *testing.T) string { return redistest.Start(t).URL() },
			[]checkup.Finding{warned("redis-persistence", "keeps nothing", "appendonly yes")},
		},
		"a replica": {
			func(t *testing.T) string { return redistest.StartReplica(t, redistest.Start(t)).URL() },
			[]checkup.Finding{bad("redis-role", "slave", "name the master"), bad("redis-scripts", "READONLY", "name the master")},
		},
		"full": {
			func(t *testing.T) string { return redistest.Start(t, redistest.Arg("maxmemory", "100kb")).URL() },
			[]checkup.Finding{warned("redis-memory", "nothing can be taken", "maxmemory"), bad("redis-scripts", "OOM", "full")},
		},
		"a disk that is full": {
			func(t *testing.T) string {
				m := miniredis.RunT(t)
				m.SetError("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")
				return "redis://" + m.Addr()
			},
			[]checkup.Finding{bad("redis", "MISCONF", "space on the disk")},
		},
		"a server that tells little": {
			func(t *testing.T) string { return "redis://" + miniredis.RunT(t).Addr() },
			[]checkup.Finding{warned("redis", "does not tell its version", "6.2"), warned("redis-policy", "cannot be checked", "noeviction"), warned("redis-persistence", "cannot be checked", "appendonly"), ok("redis-scripts", "")},
		},
		"a command that is renamed": {
			func(t *testing.T) string {
				return redistest.Start(t, redistest.Arg("rename-command", "ZRANGEBYSCORE", "")).URL()
			},
			[]checkup.Finding{bad("redis-scripts", "a script fails", "no command is renamed")},
		},
		"a command that is forbidden": {
			forbidding, []checkup.Finding{bad("redis-scripts", "a script fails", "ACL SETUSER")},
		},
		"a user who may do nothing": {
			func(t *testing.T) string {
				server := redistest.Start(t)
				if err := server.Client(t).Do(t.Context(), "ACL", "SETUSER", "bot", "on", ">secret", "~*", "-@all").Err(); err != nil {
					t.Fatal(err)
				}
				return "redis://bot:secret@" + server.Addr()
			},
			[]checkup.Finding{bad("redis", "NOPERM", "ACL SETUSER")},
		},
		"no scripts at all": {
			func(t *testing.T) string {
				return redistest.Start(t, redistest.Arg("rename-command", "EVALSHA", "")).URL()
			},
			[]checkup.Finding{bad("redis-scripts", "unknown command", "EVALSHA")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := dial(t, c.open(t))
			var got checkuptest.Found
			newSite(client).Examine(t.Context(), got.Tell)
			checkuptest.Wants(t, got, c.want, "secret", "hunter2")
			if keys := client.Keys(t.Context(), "*").Val(); len(keys) > 0 {
				t.Errorf("it leaves %q", keys)
			}
		})
	}
}

func TestExamineSite(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "taller"})
	seed(t, store, 7)
	var got checkuptest.Found
	store.Examine(t.Context(), got.Tell)
	checkuptest.Wants(t, got, []checkup.Finding{checkuptest.OK("redis-site", "0 locks under {spoolbot:taller}:*")})

	client.Set(t.Context(), "{spoolbot:taller}:deadlines", "somebody else's", 0)
	got = nil
	store.Examine(t.Context(), got.Tell)
	checkuptest.Wants(t, got, []checkup.Finding{checkuptest.Fail("redis-site", "WRONGTYPE", "is SITE right")})
}

func TestExamineWhatAServerSays(t *testing.T) {
	t.Parallel()
	ok, warned, bad := checkuptest.OK, checkuptest.Warn, checkuptest.Fail
	for _, c := range []struct {
		info locks.ServerInfo
		want checkup.Finding
	}{
		{locks.ServerInfo{Version: "5.0.14"}, bad("redis", "5.0.14 is too old", "Redis 7")},
		{locks.ServerInfo{Version: "6.0.16"}, bad("redis", "6.0.16 is too old", "Redis 7")},
		{locks.ServerInfo{Version: "6.2.0"}, ok("redis", "6.2.0")},
		{locks.ServerInfo{Version: "10.0"}, ok("redis", "10.0")},
		{locks.ServerInfo{Version: "unstable"}, ok("redis", "unstable")},
		{locks.ServerInfo{Latency: 20 * time.Millisecond}, ok("redis-latency", "20ms")},
		{locks.ServerInfo{Latency: 21 * time.Millisecond}, warned("redis-latency", "21ms", "same building")},
		{locks.ServerInfo{Ahead: -5 * time.Second}, ok("redis-clock", "5s")},
		{locks.ServerInfo{Ahead: -6 * time.Second}, warned("redis-clock", "6s apart", "NTP")},
		{locks.ServerInfo{Ahead: time.Minute}, warned("redis-clock", "1m0s apart", "NTP")},
		{locks.ServerInfo{Memory: 81 << 20, MaxMemory: 100 << 20}, warned("redis-memory", "81.0 of 100.0 MB", "maxmemory")},
	} {
		var got checkuptest.Found
		c.info.Examine(got.Tell)
		checkuptest.Wants(t, got, []checkup.Finding{c.want})
	}
	var got checkuptest.Found
	locks.ServerInfo{Memory: 80 << 20, MaxMemory: 100 << 20, Role: "master"}.Examine(got.Tell)
	for _, f := range got {
		if f.Check == "redis-memory" || f.Check == "redis-role" {
			t.Errorf("a needless finding: %q", f)
		}
	}
}

// The script of the doctor uses all that the others use.
func TestExamineUsesEveryCommand(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`redis\.call\('([A-Z]+)'`)
	files, err := filepath.Glob("*.lua")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{"TIME": "lib.lua"} // by now_ms
	tried := map[string]bool{"TIME": true}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = file
			tried[m[1]] = tried[m[1]] || file == "examine.lua"
		}
	}
	for name, file := range used {
		if !tried[name] {
			t.Errorf("%s uses %s, which examine.lua does not try", file, name)
		}
	}
	if len(used) < 15 {
		t.Errorf("only %d commands were found", len(used))
	}
}
