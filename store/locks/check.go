package locks

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ServerInfo is what a Redis server says of itself. What it does not tell is
// empty: managed servers hide some, emulators all.
type ServerInfo struct {
	Version         string
	Mode            string // "standalone", "cluster", "sentinel"
	Role            string // "master", "slave"
	MaxMemoryPolicy string // must be "noeviction", else locks may vanish
	// Persistence is "aof", "rdb" (loses the last minutes when killed), "none"
	// (loses all), or empty when it is not told.
	Persistence string
	Latency     time.Duration // of one round trip, the median of five
	Ahead       time.Duration // of the server's clock, over this machine's
	Memory      int64         // bytes in use; 0 = not told
	MaxMemory   int64         // bytes; 0 = as much as the machine has, or not told
}

// Check asks the server that holds the site's keys about itself.
func (l *Locks) Check(ctx context.Context) (ServerInfo, error) {
	var node redis.Cmdable = l.client
	if cluster, ok := l.client.(*redis.ClusterClient); ok {
		master, err := cluster.MasterForKey(ctx, l.keys.key("site"))
		if err != nil {
			return ServerInfo{}, fmt.Errorf("locks: check: %w", err)
		}
		node = master
	}
	var out ServerInfo
	var trips []time.Duration
	for range 5 {
		began := time.Now()
		if err := node.Ping(ctx).Err(); err != nil {
			return ServerInfo{}, fmt.Errorf("locks: check: %w", err)
		}
		trips = append(trips, time.Since(began))
	}
	slices.Sort(trips)
	out.Latency = trips[len(trips)/2]

	asked := time.Now()
	at, err := node.Time(ctx).Result()
	if err := fault(err); err != nil {
		return ServerInfo{}, fmt.Errorf("locks: check: %w", err)
	}
	if err == nil {
		out.Ahead = at.Sub(asked.Add(time.Since(asked) / 2))
	}

	text, err := node.Info(ctx).Result()
	if err := fault(err); err != nil {
		return ServerInfo{}, fmt.Errorf("locks: check: %w", err)
	}
	info := fields(text)
	out.Version, out.Mode, out.Role, out.MaxMemoryPolicy = info["redis_version"], info["redis_mode"], info["role"], info["maxmemory_policy"]
	out.Memory, _ = strconv.ParseInt(info["used_memory"], 10, 64)  // 0 = not told
	out.MaxMemory, _ = strconv.ParseInt(info["maxmemory"], 10, 64) // as above
	switch info["aof_enabled"] {
	case "1":
		out.Persistence = "aof"
	case "0":
		save, err := node.ConfigGet(ctx, "save").Result()
		if err := fault(err); err != nil {
			return ServerInfo{}, fmt.Errorf("locks: check: %w", err)
		}
		if text, told := save["save"]; told && text == "" {
			out.Persistence = "none"
		} else if told {
			out.Persistence = "rdb"
		}
	}
	return out, nil
}

// fault drops the refusals of a server that does not know a command or does not
// allow it.
func fault(err error) error {
	if _, refused := errors.AsType[redis.Error](err); refused {
		return nil
	}
	return err
}

// fields reads the lines of INFO.
func fields(text string) map[string]string {
	out := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}
