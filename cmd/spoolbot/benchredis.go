//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/store/locks"
)

// benchRedis is the Redis of a bench: a server of its own where redis-server is
// installed, else the embedded one, whose Lua is some thirty times slower.
type benchRedis struct {
	base string // redis://host:port, "" = embedded
	used atomic.Int32
	stop func()
}

// databases is how many shops a bench may open.
const databases = 64

func startBenchRedis(ctx context.Context, r *report) (*benchRedis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		r.note("redis: the embedded one, because redis-server is not installed: its scripts are slow")
		return &benchRedis{stop: func() {}}, nil
	}
	dir, err := os.MkdirTemp("", "spoolbot-bench")
	if err != nil {
		return nil, err
	}
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	if err := free.Close(); err != nil {
		return nil, err
	}
	server := exec.CommandContext(ctx, path, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--appendonly", "yes", "--save", "",
		"--databases", strconv.Itoa(databases))
	server.SysProcAttr = dieWithParent()
	if err := server.Start(); err != nil {
		return nil, err
	}
	b := &benchRedis{base: "redis://127.0.0.1:" + port, stop: func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}}
	client, err := dialRedis(b.base)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close() }()
	for range 100 {
		if err = client.Ping(ctx).Err(); err == nil {
			r.note("redis: redis-server on loopback, appendonly yes")
			return b, nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			break
		}
	}
	b.stop()
	return nil, errors.Join(errors.New("redis-server does not answer"), err)
}

// fresh is the address of a database that no other shop uses; "" = each embeds
// its own.
func (b *benchRedis) fresh() string {
	if b.base == "" {
		return ""
	}
	return fmt.Sprintf("%s/%d", b.base, b.used.Add(1)%databases)
}

func dialRedis(url string) (redis.UniversalClient, error) {
	o, err := locks.ParseURL(url, 50)
	if err != nil {
		return nil, err
	}
	return redis.NewUniversalClient(o), nil
}
