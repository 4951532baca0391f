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
	bus   map[*Server]int
}

// StartCluster starts a cluster and waits until it serves all slots.
func StartCluster(t T) *Cluster {
	t.Helper()
	c := &Cluster{bus: map[*Server]int{}}
	for range clusterNodes {
		c.Nodes = append(c.Nodes, c.node(t))
	}
	ctx, cancel := context.WithTimeout(context.Background(), clusterTimeout)
	defer cancel()
	first := c.Nodes[0].Client(t)
	for i, n := range c.Nodes {
		client := n.Client(t)
		do(ctx, t, client, "CLUSTER", "SET-CONFIG-EPOCH", i+1)
		do(ctx, t, client, "CLUSTER", "ADDSLOTSRANGE", i*clusterSlots/clusterNodes, (i+1)*clusterSlots/clusterNodes-1)
		if i > 0 {
			do(ctx, t, first, "CLUSTER", "MEET", "127.0.0.1", n.port, c.bus[n])
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

// node starts a server that belongs to no cluster yet.
func (c *Cluster) node(t T) *Server {
	t.Helper()
	port := freePort(t) // the default, port + 10000, may be none or taken
	s := Start(t, Arg("cluster-enabled", "yes"), Arg("cluster-node-timeout", "2000"), Arg("cluster-port", strconv.Itoa(port)))
	c.bus[s] = port
	return s
}

// Master is the node that was given the slot of the key at the start.
func (c *Cluster) Master(t T, key string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), clusterTimeout)
	defer cancel()
	slot, err := c.Nodes[0].Client(t).ClusterKeySlot(ctx, key).Result()
	if err != nil {
		t.Fatalf("slot of %s: %v", key, err)
	}
	for i, n := range c.Nodes {
		if int(slot) < (i+1)*clusterSlots/clusterNodes {
			return n
		}
	}
	return nil
}

// AddReplica starts a replica of a master and waits until it has all of its
// data: it takes the master's place when that dies.
func (c *Cluster) AddReplica(t T, of *Server) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), clusterTimeout)
	defer cancel()
	id, err := of.Client(t).Do(ctx, "CLUSTER", "MYID").Text()
	if err != nil {
		t.Fatalf("id of the master: %v", err)
	}
	of.syncAtOnce(t)
	s := c.node(t)
	do(ctx, t, of.Client(t), "CLUSTER", "MEET", "127.0.0.1", s.port, c.bus[s])
	client := s.Client(t)
	await(t, "replica", clusterTimeout, func(ctx context.Context) bool {
		return client.Do(ctx, "CLUSTER", "REPLICATE", id).Err() == nil
	})
	s.awaitSync(t)
	for _, n := range c.Nodes { // all must know it, or nobody votes for it
		other := n.Client(t)
		await(t, "replica", clusterTimeout, func(ctx context.Context) bool {
			nodes, err := other.ClusterNodes(ctx).Result()
			return err == nil && strings.Contains(nodes, "slave "+id)
		})
	}
	return s
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
