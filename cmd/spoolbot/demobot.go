//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// demoBot is the demo's spoolbot serve, a process of its own: visitors may kill
// it, as a power cut would, and start it again.
type demoBot struct {
	self   string
	env    []string
	stderr io.Writer

	mu    sync.Mutex
	cmd   *exec.Cmd     // nil = it is not running
	ended chan struct{} // closed when cmd has ended
}

// newDemoBot returns a bot that is not running yet.
func newDemoBot(env []string, stderr io.Writer) (*demoBot, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the demo's bot: %w", err)
	}
	var others []string // what the machine's own shop may have set is not the demo's
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !slices.ContainsFunc(variables, func(v variable) bool { return v.Name == name }) {
			others = append(others, e)
		}
	}
	return &demoBot{self: self, env: append(others, env...), stderr: stderr}, nil
}

// On reports whether it is running.
func (b *demoBot) On() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cmd != nil
}

// Switch starts it, or kills it without a word of warning.
func (b *demoBot) Switch(on bool) error {
	if on {
		_, err := b.start()
		return err
	}
	b.end(syscall.SIGKILL)
	return nil
}

// start starts it, unless it is running; the channel is closed when it has ended.
func (b *demoBot) start() (<-chan struct{}, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd != nil {
		return b.ended, nil
	}
	cmd := exec.Command(b.self, "serve")
	cmd.Env, cmd.Stderr = b.env, b.stderr
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the demo's bot: %w", err)
	}
	ended := make(chan struct{})
	b.cmd, b.ended = cmd, ended
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it has said on stderr what it had to say
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.cmd == cmd {
			b.cmd = nil
		}
	}()
	return ended, nil
}

// end sends it a signal and waits for its end.
func (b *demoBot) end(sig syscall.Signal) {
	b.mu.Lock()
	cmd, ended := b.cmd, b.ended
	b.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(sig) // an error means that it has ended
	<-ended
}

// answers starts it and waits until ready says that it can be used.
func (b *demoBot) answers(ctx context.Context, ready func(context.Context) error) error {
	ended, err := b.start()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	go func() {
		select {
		case <-ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	err = ready(ctx)
	select {
	case <-ended:
		return errors.New("the demo's bot has ended; what it said stands above")
	default:
	}
	if err != nil {
		return fmt.Errorf("the demo's bot does not answer: %w", err)
	}
	return nil
}
