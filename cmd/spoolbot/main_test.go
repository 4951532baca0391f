package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// asChild makes the test binary behave as the program, with one more
// subcommand, for the tests that need a process and its signals.
const asChild = "SPOOLBOT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Exit(runTable(append(commands(), command{"stubborn", "", stubborn}, command{"panics", "", panics}), invocation{os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr, os.Stdin}))
	}
	os.Exit(m.Run())
}

// stubborn is a subcommand that hears the signal and does not end. It waits in
// a read, since a Go program in which nothing can happen any more ends itself.
func stubborn(ctx context.Context, in invocation) error {
	fmt.Fprintln(in.stdout, "ready")
	<-ctx.Done()
	fmt.Fprintln(in.stdout, "stopping")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// panics is a subcommand that breaks where nobody catches it.
func panics(_ context.Context, in invocation) error {
	fmt.Fprintln(in.stdout, "ready")
	var none *invocation
	done := make(chan struct{})
	go func() { defer close(done); none.args = nil }()
	<-done
	return nil
}

// talking starts a subcommand of the child; its stdin stays open and empty, its stderr
// may be read once it has ended.
func talking(t *testing.T, name string) (cmd *exec.Cmd, out *bufio.Reader, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = exec.CommandContext(t.Context(), os.Args[0], name), &bytes.Buffer{}
	cmd.Env, cmd.Stderr = append(os.Environ(), asChild+"=1"), stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(pipe), stderr
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd, out, stderr := talking(t, "stubborn")
		for _, want := range []string{"ready\n", "stopping\n"} {
			if line, err := out.ReadString('\n'); line != want {
				t.Fatalf("%v: the child says %q, %v; want %q", sig, line, err, want)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
		}
		err := cmd.Wait()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != exitFailed || !strings.Contains(stderr.String(), "second") {
			t.Errorf("after the second %v the child ended with %v and says %q; want exit %d and why", sig, err, stderr.String(), exitFailed)
		}
	}
}

// What breaks the program is not taken for a wrong configuration, after which the unit
// of systemd starts nothing again: neither a panic nor the abort by which a service
// manager ends a program that hangs. What every part of it did stands in the log.
func TestABrokenProgramIsNoWrongConfiguration(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*os.Process) error{
		"panics":   func(*os.Process) error { return nil },
		"stubborn": func(p *os.Process) error { return p.Signal(syscall.SIGABRT) },
	} {
		cmd, out, stderr := talking(t, name)
		if line, err := out.ReadString('\n'); line != "ready\n" {
			t.Fatalf("%s says %q, %v", name, line, err)
		}
		if err := end(cmd.Process); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // how it ended is looked at below
		how := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !how.Signaled() || how.Signal() != syscall.SIGABRT || !strings.Contains(stderr.String(), "runtime.gopark") {
			t.Errorf("%s: it ended with %v, want SIGABRT and all goroutines; it said:\n%s", name, cmd.ProcessState, stderr.String())
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	two := errors.Join(errors.New("SITE: is wrong"), errors.New("SHIFTS: is wrong"))
	table := []command{
		{"fine", "", func(context.Context, invocation) error { return nil }},
		{"fails", "", func(context.Context, invocation) error { return errors.New("redis does not answer:\nstart it") }},
		{"usage", "", func(context.Context, invocation) error { return fmt.Errorf("start: %w", &usageError{two}) }},
		{"flags", "", func(_ context.Context, in invocation) error {
			fs := flag.NewFlagSet("flags", flag.ContinueOnError)
			fs.Int("seed", 1, "a `number`")
			return in.parseFlags(fs)
		}},
		{"stopped", "", func(ctx context.Context, _ invocation) error { return fmt.Errorf("start: %w", ctx.Err()) }},
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	cases := []struct {
		args        string
		ctx         context.Context
		code        int
		out, stderr string // what must stand there
	}{
		{args: "fine", code: exitDone},
		{args: "fails", code: exitFailed, stderr: "spoolbot fails: redis does not answer:; start it\n"},
		{args: "usage", code: exitUsage, stderr: "spoolbot usage: wrong usage or configuration\n  SITE: is wrong\n  SHIFTS: is wrong\n"},
		{args: "flags --seed 3", code: exitDone},
		{args: "flags --seed x", code: exitUsage, stderr: "-seed"},
		{args: "flags --sead 1", code: exitUsage, stderr: "-sead"},
		{args: "flags more", code: exitUsage, stderr: `"more"`},
		{args: "flags -h", code: exitDone, out: "-seed number"},
		{args: "help", code: exitDone, out: "  stopped"},
		{args: "", code: exitUsage, stderr: "Usage:"},
		{args: "tomar", code: exitUsage, stderr: `no subcommand "tomar"`},
		{args: "stopped", ctx: stopped, code: exitDone},
	}
	for _, c := range cases {
		if c.ctx == nil {
			c.ctx = t.Context()
		}
		var out, stderr bytes.Buffer
		code := dispatch(c.ctx, table, invocation{strings.Fields(c.args), nil, &out, &stderr, nil})
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("spoolbot %s: exit %d, stdout %q, stderr %q; want %d, %q, %q", c.args, code, out.String(), stderr.String(), c.code, c.out, c.stderr)
		}
		if (c.stderr == "") != (stderr.Len() == 0) {
			t.Errorf("spoolbot %s: stderr %q", c.args, stderr.String())
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	var out, stderr bytes.Buffer
	code := run([]string{"version"}, nil, &out, &stderr)
	if code != exitDone || !strings.HasPrefix(out.String(), "spoolbot ") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("version: exit %d, stdout %q, stderr %q", code, out.String(), stderr.String())
	}
}
