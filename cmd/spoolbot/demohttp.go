//go:build !shop

package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// demoHTTP is the HTTP door of the demo's bot: a free port and a tokens file with
// one token, which acts for whom it names.
type demoHTTP struct {
	url, token string
	env        []string
	dir        string
}

func newDemoHTTP(ctx context.Context) (*demoHTTP, error) {
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the HTTP door: %w", err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "spoolbot-demo-")
	if err != nil {
		return nil, err
	}
	d := &demoHTTP{url: "http://" + address + "/", token: rand.Text(), dir: dir}
	file := filepath.Join(dir, "tokens")
	d.env = []string{"HTTP_LISTEN=" + address, "HTTP_TOKENS_FILE=" + file}
	line := fmt.Sprintf("%x demo sistema\n", sha256.Sum256([]byte(d.token)))
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *demoHTTP) close() { _ = os.RemoveAll(d.dir) }
