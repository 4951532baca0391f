//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// benchStart measures serve as a process of its own on a big sheet.
func benchStart(ctx context.Context, f benchFlags, r *report) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	far, err := openFarEndsOn(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 3, redisURL: f.redis.fresh()},
		sheetsim.SampleWith(sheetsim.SampleOptions{Seed: 3, Now: time.Now(), Spools: 20_000}))
	if err != nil {
		return err
	}
	defer far.close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, "serve")
	child.Env = far.environmentList(demoFlags{lockTTL: time.Hour})
	child.Stderr = r.err
	began := time.Now()
	if err := child.Start(); err != nil {
		return err
	}
	err = far.slack.Wait(ctx, func() bool { return far.slack.Sockets() > 0 })
	took := time.Since(began)
	if err == nil {
		err = sleep(ctx, 5*time.Second) // a refresh or two
	}
	rss, rssErr := residentMB(child.Process.Pid)
	_ = child.Process.Signal(os.Interrupt)
	if err = errors.Join(err, rssErr, child.Wait()); err != nil {
		return fmt.Errorf("serve as a child: %w", err)
	}
	r.figure("start_20k_ms", float64(took.Milliseconds()), "ms", "20,000 spools x 75 columns, until a socket is open")
	r.figure("start_20k_rss_mb", rss, "MB", "resident after two refreshes")
	return nil
}

// residentMB is a process's resident memory as the kernel tells it.
func residentMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return float64(kb) / 1024, err
		}
	}
	return 0, errors.New("the kernel does not tell the resident memory")
}
