package redistest

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	clusterNodes   = 3
	clusterSlots   = 16384
	clusterTimeout = 20 * time.Second
)

// Cluster is a Redis Cluster of three masters.
type Cluster struct {
	Nodes []*Server
}

// StartCluster starts a cluster and waits until it serves all slots.
func StartCluster(t T) *Cluster {
	t.Helper()
	c := &Cluster{}
	bus := map[*Server]int{}
	for range clusterNodes {
		port := freePort(t) // the default, port + 10000, may be none or taken
		s := Start(t, Arg("cluster-enabled", "yes"), Arg("cluster-node-timeout", "2000"), Arg("cluster-port", strconv.Itoa(port)))
		bus[s] = port
		c.Nodes = append(c.Nodes, s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), clusterTimeout)
	defer cancel()
	first := c.Nodes[0].Client(t)
	for i, n := range c.Nodes {
		client := n.Client(t)
		do(ctx, t, client, "CLUSTER", "SET-CONFIG-EPOCH", i+1)
		do(ctx, t, client, "CLUSTER", "ADDSLOTSRANGE", i*clusterSlots/clusterNodes, (i+1)*clusterSlots/clusterNodes-1)
		if i > 0 {
			do(ctx, t, first, "CLUSTER", "MEET", "127.0.0.1", n.port, bus[n])
		}
	}
	for _, n := range c.Nodes {
		client := n.Client(t)
		await(t, "cluster", clusterTimeout, func(ctx context.Context) bool {
			info, err := client.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") &&
				strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(clusterNodes)) &&
				strings.Contains(info, "cluster_slots_ok:"+strconv.Itoa(clusterSlots))
		})
	}
	return c
}

// Addrs are the addresses of the nodes.
func (c *Cluster) Addrs() []string {
	var out []string
	for _, n := range c.Nodes {
		out = append(out, n.Addr())
	}
	return out
}

// URL is the addresses as REDIS_URL.
func (c *Cluster) URL() string { return "redis://" + strings.Join(c.Addrs(), ",") }

func do(ctx context.Context, t T, c *redis.Client, args ...any) {
	t.Helper()
	if err := c.Do(ctx, args...).Err(); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
}

func noNotices() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}
