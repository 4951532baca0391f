package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	testLimit  = "60s"           // of the test alone; what hangs is not killed
	buildLimit = 5 * time.Minute // of building and testing, on a machine that is busy
)

// tree is a copy of the source tree, for one worker.
type tree string

// copyTrees copies what git tracks, and what it would, as it stands now.
func copyTrees(ctx context.Context, dir string, n int) ([]tree, error) {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var out []tree
	for i := range n {
		out = append(out, tree(filepath.Join(dir, fmt.Sprint(i))))
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) { // tracked, and deleted
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, t := range out {
			if err := t.write(name, text); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (t tree) write(name string, text []byte) error {
	path := filepath.Join(string(t), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// test runs tests of a package, and returns what they said. The paths of the copies
// are left out of what is built, so that all of them share the build cache.
func (t tree) test(ctx context.Context, pkg, pattern string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	gocmd := os.Getenv("GO")
	if gocmd == "" {
		gocmd = "go"
	}
	cmd := exec.CommandContext(ctx, gocmd, "test", "-v", "-count=1", "-vet=off", "-trimpath", "-timeout", testLimit, "-run", pattern, pkg)
	cmd.Dir = string(t)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ended && ctx.Err() == nil {
		err = nil // the output says it
	}
	return out.String(), errors.Join(err, ctx.Err())
}
