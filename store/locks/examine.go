package locks

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation/checkup"
)

// What is worth a word of the doctor.
const (
	slowLine   = 20 * time.Millisecond // each take makes three trips before it is answered
	clockApart = 5 * time.Second
	almostFull = 80 // per cent of maxmemory
)

// Examine looks at the server as far as the program relies on it: that it
// answers, may be written, keeps what it was given, and runs the scripts. It
// leaves nothing in Redis.
func (l *Locks) Examine(ctx context.Context, tell checkup.Tell) {
	checkup.Within(ctx, func(ctx context.Context) {
		info, err := l.Check(ctx)
		if err != nil {
			tell.Fail("redis", "it does not answer: "+checkup.Cause(err), redisAdvice(err, "is it running, and is REDIS_URL right (rediss:// is with TLS, redis:// without)? redis-cli -u \"$REDIS_URL\" ping"))
			tell.Skipped("redis-scripts", "settings, latency, clock, scripts", "redis")
			return
		}
		info.Examine(tell)
		l.examineScripts(ctx, tell)
	})
}

// redisAdvice is what to do about an answer, or about none.
func redisAdvice(err error, otherwise string) string {
	text := err.Error()
	for _, known := range []struct{ word, todo string }{
		{"NOAUTH", "put user and password right in REDIS_URL: redis://user:password@host:port/db"},
		{"WRONGPASS", "put user and password right in REDIS_URL: redis://user:password@host:port/db"},
		{"NOPERM", everythingOurs},
		{"The user executing the script can't run", everythingOurs},
		{"READONLY", "name the master in REDIS_URL, or let Sentinel find it (redis+sentinel://…)"},
		{"OOM", "its memory is full: give it more (maxmemory), or a Redis of its own"},
		{"MISCONF", "it cannot write to its disk, and so refuses writes: look at its log, and at the space on the disk"},
		{"nknown Redis command", "use a Redis 7 or Valkey in which no command is renamed"},
	} {
		if strings.Contains(text, known.word) {
			return known.todo
		}
	}
	return otherwise
}

const everythingOurs = "let its user do what the bot does: ACL SETUSER … ~{spoolbot:*}:* +@all -@dangerous +info"

// Examine judges what a server says of itself.
func (i ServerInfo) Examine(tell checkup.Tell) {
	switch {
	case i.Version == "":
		tell.Warn("redis", "it answers, and does not tell its version", "make sure that it is Redis 6.2 or later, or Valkey")
	case older(i.Version, 6, 2):
		tell.Fail("redis", "version "+i.Version+" is too old", "install Redis 7 or Valkey; 6.2 is the oldest that will do")
	default:
		tell.OK("redis", "version %s, %s", i.Version, i.Mode)
	}
	if i.Role != "" && i.Role != "master" {
		tell.Fail("redis-role", "it is a "+i.Role+", which takes no writes", "name the master in REDIS_URL, or let Sentinel find it (redis+sentinel://…)")
	}
	switch i.MaxMemoryPolicy {
	case "noeviction":
		tell.OK("redis-policy", "noeviction")
	case "":
		tell.Warn("redis-policy", "cannot be checked from here: the server does not tell maxmemory-policy", "set it to noeviction, else locks may vanish")
	default:
		tell.Fail("redis-policy", "maxmemory-policy is "+i.MaxMemoryPolicy+": locks vanish when memory is short", "set maxmemory-policy noeviction in redis.conf")
	}
	if i.MaxMemory > 0 && i.Memory*100 > i.MaxMemory*almostFull {
		tell.Warn("redis-memory", fmt.Sprintf("%.1f of %.1f MB are in use; when it is full nothing can be taken", float64(i.Memory)/(1<<20), float64(i.MaxMemory)/(1<<20)), "give it more (maxmemory), or a Redis of its own: spoolbot needs a few MB")
	}
	i.examinePersistence(tell)
	if i.Latency > slowLine {
		tell.Warn("redis-latency", fmt.Sprintf("a round trip takes %v, and each take makes three", i.Latency.Round(time.Millisecond)), "run Redis in the same building or region as spoolbot")
	} else {
		tell.OK("redis-latency", "%v a round trip", i.Latency.Round(10*time.Microsecond))
	}
	if i.Ahead.Abs() > clockApart {
		tell.Warn("redis-clock", fmt.Sprintf("its clock and this machine's are %v apart; deadlines go by the one of Redis", i.Ahead.Abs().Round(time.Second)), "set both clocks by NTP (timedatectl set-ntp true)")
	} else {
		tell.OK("redis-clock", "%v from this machine's", i.Ahead.Abs().Round(time.Millisecond))
	}
}

func (i ServerInfo) examinePersistence(tell checkup.Tell) {
	const check, todo = "redis-persistence", "set appendonly yes in redis.conf"
	switch i.Persistence {
	case "aof":
		tell.OK(check, "appendonly")
	case "rdb":
		tell.Warn(check, "it saves now and then: when it crashes it forgets the last takes, and reads the sheet again", todo)
	case "none":
		tell.Warn(check, "it keeps nothing on disk: a restart forgets wait lists and offers, and reads the sheet again", todo)
	default:
		tell.Warn(check, "cannot be checked from here: the server does not tell whether it keeps what it was given", "make sure that it does (appendonly, or its provider's name for it)")
	}
}

// older reports whether a version comes before major.minor; one that cannot be
// read does not.
func older(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA == nil && errB == nil && (a < major || a == major && b < minor)
}

// examineScripts runs the commands of all scripts on scratch keys, then looks what
// there is of this site.
func (l *Locks) examineScripts(ctx context.Context, tell checkup.Tell) {
	keys := []string{l.keys.key("examine:text"), l.keys.key("examine:hash"), l.keys.key("examine:zset")}
	if _, err := l.run(ctx, examineScript, keys); err != nil {
		_ = l.client.Del(ctx, keys...).Err() // what it had written before it failed; the fault is told
		tell.Fail("redis-scripts", "a script fails: "+checkup.Cause(err), redisAdvice(err, "use a Redis 7 or Valkey that lets scripts run (EVALSHA)"))
		return
	}
	tell.OK("redis-scripts", "every command that they use may be used")
	snap, err := l.Snapshot(ctx)
	if err != nil {
		tell.Fail("redis-site", "what it holds of this site cannot be read: "+checkup.Cause(err), "is SITE right, and used by spoolbot alone? to begin anew stop serve and delete the keys "+string(l.keys)+"*: the sheet is read again")
		return
	}
	if !snap.Seeded {
		tell.OK("redis-site", "nothing yet under %s*; serve reads the sheet first", l.keys)
		return
	}
	tell.OK("redis-site", "%d locks under %s*", len(snap.Locks), l.keys)
}
