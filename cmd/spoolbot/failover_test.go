//go:build !shop

package main

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// The Redis master dies while twenty people take and give back, and its replica
// takes its place: whoever asked meanwhile got an error or a success, never a lie.
func TestFailOverWhileTaking(t *testing.T) {
	for _, c := range []struct {
		name   string
		invest func(t *testing.T) (url string, master *redistest.Server)
	}{
		{"Cluster", func(t *testing.T) (string, *redistest.Server) {
			cluster := redistest.StartCluster(t)
			master := cluster.Master(t, "{spoolbot:demo}:site")
			cluster.AddReplica(t, master)
			return cluster.URL(), master
		}},
		{"Sentinel", func(t *testing.T) (string, *redistest.Server) {
			master := redistest.Start(t)
			redistest.StartReplica(t, master)
			sentinel := redistest.StartSentinel(t, master)
			sentinel.AwaitReplicas(t, 1)
			return sentinel.URL(), master
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var master *redistest.Server
			w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, spools: 300, quota: 10_000, others: func() (string, redis.UniversalClient) {
				var url string
				url, master = c.invest(t)
				o, err := locks.ParseURL(url, 10)
				if err != nil {
					t.Fatal(err)
				}
				client := redis.NewUniversalClient(o)
				t.Cleanup(func() { _ = client.Close() })
				return url, client
			}})
			bot := w.serve()
			people := w.crowd(20, 24, 4)
			people.acts()
			w.passes(2 * time.Second)
			master.Stop()
			w.passes(time.Second)
			w.comes("the replica has taken over", func() bool { return w.serves() }, bot)
			w.minutePasses()
			t.Logf("after the fail-over: %s", people.tally())
			w.passes(3 * time.Second)
			people.rests()
			w.settles(bot)
			people.allKnow(bot)
			people.check(t)
			w.wantSound(bot)
		})
	}
}

// serves reports whether Redis answers.
func (w *works) serves() bool {
	err := w.redis.ZScore(w.ctx, "{spoolbot:demo}:replicas", "nobody").Err()
	if cluster, ok := w.redis.(*redis.ClusterClient); ok && err != redis.Nil {
		cluster.ReloadState(w.ctx)
	}
	return err == redis.Nil
}
