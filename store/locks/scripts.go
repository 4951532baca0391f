package locks

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
)

//go:embed lib.lua
var lib string

var (
	//go:embed take.lua
	takeLua string
	//go:embed release.lua
	releaseLua string
	//go:embed expire.lua
	expireLua string
	//go:embed bind.lua
	bindLua string
	//go:embed settle.lua
	settleLua string
	//go:embed undo.lua
	undoLua string
	//go:embed claim.lua
	claimLua string
	//go:embed beat.lua
	beatLua string
	//go:embed snapshot.lua
	snapshotLua string
	//go:embed restore.lua
	restoreLua string
	//go:embed first.lua
	firstLua string

	takeScript     = newScript("take", takeLua)
	releaseScript  = newScript("release", releaseLua)
	expireScript   = newScript("expire", expireLua)
	bindScript     = newScript("bind", bindLua)
	settleScript   = newScript("settle", settleLua)
	undoScript     = newScript("undo", undoLua)
	claimScript    = newScript("claim", claimLua)
	beatScript     = newScript("beat", beatLua)
	snapshotScript = newScript("snapshot", snapshotLua)
	restoreScript  = newScript("restore", restoreLua)
	firstScript    = newScript("first", firstLua)
)

// script is one script with the name that errors show.
type script struct {
	name string
	*redis.Script
}

func newScript(name, source string) script {
	return script{name, redis.NewScript(lib + "\n" + source)}
}

// run runs a script by its hash, and by its text when the server does not know
// it (any more). Error: occupation.ErrUnseeded, or a fault of the store.
func (l *Locks) run(ctx context.Context, s script, keys []string, args ...any) (any, error) {
	reply, err := s.Run(ctx, l.client, keys, args...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("locks: %s: %w", s.name, err)
	}
	if reply == "UNSEEDED" {
		return nil, occupation.ErrUnseeded
	}
	return reply, nil
}

// texts reads a reply that is a list of texts.
func texts(reply any) ([]string, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("locks: the answer is %T, not a list", reply)
	}
	out := make([]string, len(list))
	for i, v := range list {
		if out[i], ok = v.(string); !ok {
			return nil, fmt.Errorf("locks: item %d of the answer is %T, not a text", i, v)
		}
	}
	return out, nil
}

// moment reads milliseconds as the scripts write them.
func moment(text string) (time.Time, error) {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("locks: time in the answer: %w", err)
	}
	return time.UnixMilli(ms).UTC(), nil
}
