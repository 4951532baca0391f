package locks

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
)

//go:embed *.lua
var sources embed.FS

// The scripts, each with the helpers that it needs besides lib.lua.
var (
	takeScript       = newScript("take", "lib_wait", "lib_intend")
	transferScript   = newScript("transfer", "lib_intend")
	releaseScript    = newScript("release", "lib_intend")
	extendScript     = newScript("extend", "lib_intend")
	freeScript       = newScript("free", "lib_intend")
	expireScript     = newScript("expire", "lib_intend")
	stopScript       = newScript("stop", "lib_intend")
	revertScript     = newScript("revert", "lib_wait", "lib_intend")
	whyScript        = newScript("why", "lib_intend")
	bindScript       = newScript("bind", "lib_end", "lib_quota")
	settleScript     = newScript("settle", "lib_wait", "lib_end")
	undoScript       = newScript("undo", "lib_wait", "lib_end")
	claimScript      = newScript("claim")
	beatScript       = newScript("beat")
	calmScript       = newScript("calm")
	snapshotScript   = newScript("snapshot")
	restoreScript    = newScript("restore")
	dropScript       = newScript("drop", "lib_wait")
	dueScript        = newScript("due", "lib_wait")
	waitScript       = newScript("wait", "lib_wait")
	leaveScript      = newScript("leave", "lib_wait")
	waitsScript      = newScript("waits")
	stoppedScript    = newScript("stopped", "lib_wait")
	turnsScript      = newScript("turns", "lib_wait")
	offerScript      = newScript("offer")
	answeredScript   = newScript("answered")
	overScript       = newScript("over")
	newsScript       = newScript("news")
	firstScript      = newScript("first")
	leadScript       = newScript("lead")
	advanceScript    = newScript("advance")
	countScript      = newScript("count")
	countedScript    = newScript("counted")
	writeScript      = newScript("write", "lib_quota")
	putClaimScript   = newScript("put_claim")
	claimsScript     = newScript("claims")
	takeClaimsScript = newScript("take_claims")
	examineScript    = newScript("examine")
)

// script is one script with the name that errors show.
type script struct {
	name string
	*redis.Script
}

func newScript(name string, helpers ...string) script {
	var text []byte
	for _, file := range append([]string{"lib"}, append(helpers, name)...) {
		source, err := sources.ReadFile(file + ".lua")
		if err != nil {
			panic(err) // a wrong name above; no test gets past it
		}
		text = append(append(text, source...), '\n')
	}
	return script{name, redis.NewScript(string(text))}
}

// run runs a script by its hash, and by its text when the server does not know
// it (any more). Error: occupation.ErrUnseeded, or a fault of the store.
func (l *Locks) run(ctx context.Context, s script, keys []string, args ...any) (any, error) {
	reply, err := s.Run(ctx, l.client, keys, args...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		l.reroute(ctx)
		return nil, fmt.Errorf("locks: %s: %w", s.name, err)
	}
	if reply == "UNSEEDED" {
		return nil, occupation.ErrUnseeded
	}
	return reply, nil
}

// reroute lets a Cluster client find out who serves its keys now: by itself it
// asks once a minute, and a replica takes the place of a dead master in seconds.
func (l *Locks) reroute(ctx context.Context) {
	if cluster, ok := l.client.(*redis.ClusterClient); ok {
		cluster.ReloadState(ctx) // in the background
	}
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
