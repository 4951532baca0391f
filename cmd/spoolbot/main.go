// Command spoolbot is the program: a table of subcommands, the configuration
// and the wiring of the real clients to the core. It is the only package that
// may import every other one; it holds no rule about spools and no text for
// the people of the shop. Nothing of it reads the environment but run's caller.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	_ "time/tzdata" // shops' zones on machines without the zone files
)

// The exit codes of every subcommand.
const (
	exitDone   = 0
	exitFailed = 1 // one line on stderr says what and what to do
	exitUsage  = 2 // wrong usage or configuration, every fault at once
)

// getenv looks a variable up; the second value tells an empty one from one
// that is not there. It has the form of os.LookupEnv.
type getenv func(name string) (string, bool)

// invocation is what a subcommand gets from its caller.
type invocation struct {
	args           []string // behind the subcommand's name
	getenv         getenv
	stdout, stderr io.Writer
	stdin          *os.File // nil = nobody to be asked
}

// command is a line of the subcommand table. Its run ends soon after ctx does,
// and returns a *usageError for what exit code 2 stands for.
type command struct {
	name, summary string
	run           func(ctx context.Context, in invocation) error
}

func commands() []command {
	return append([]command{
		{"serve", "run the bot, configured by the environment", serve},
		{"doctor", "look at everything that serve needs, and say what to do", doctor},
		{"init-sheet", "add the tabs and columns that the sheet lacks", initSheet},
		{"archive", "move a year of the audit log into a tab of its own", archive},
		{"export", "write the audit log of a time to stdout, as CSV or JSON lines", export},
		{"version", "print the version", version},
	}, tryouts()...)
}

func main() {
	os.Exit(run(os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// run is the program without its process.
func run(args []string, env getenv, stdout, stderr io.Writer) int {
	return runTable(commands(), invocation{args, env, stdout, stderr, os.Stdin})
}

// runTable runs a subcommand. The first SIGINT or SIGTERM ends its context, a
// second one the process, at once.
func runTable(table []command, in invocation) int {
	// A Go program that breaks ends with 2, which is our exitUsage; like this it aborts,
	// and says first what each goroutine did. A hung one is ended so by systemd.
	debug.SetTraceback("crash")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	returned := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for count := 0; ; count++ {
			select {
			case <-returned:
				return
			case sig := <-signals:
				if count > 0 {
					fmt.Fprintf(in.stderr, "spoolbot: ended at once by a second %v; the next start finishes what was in flight\n", sig)
					os.Exit(exitFailed)
				}
				cancel()
			}
		}
	})
	code := dispatch(ctx, table, in)
	signal.Stop(signals)
	close(returned)
	watcher.Wait()
	return code
}

func dispatch(ctx context.Context, table []command, in invocation) int {
	if len(in.args) == 0 {
		printUsage(in.stderr, table)
		return exitUsage
	}
	name := in.args[0]
	in.args = in.args[1:]
	if name == "help" || name == "-h" || name == "--help" {
		printUsage(in.stdout, table)
		return exitDone
	}
	for _, c := range table {
		if c.name == name {
			return exitCode(ctx, name, c.run(ctx, in), in.stderr)
		}
	}
	fmt.Fprintf(in.stderr, "spoolbot: there is no subcommand %q\n\n", name)
	printUsage(in.stderr, table)
	return exitUsage
}

// exitCode says on stderr what an error means for the person who typed. Whatever the
// error quotes, no secret is said.
func exitCode(ctx context.Context, name string, err error, stderr io.Writer) int {
	stderr = scrubber{stderr}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	if usage, ok := errors.AsType[*usageError](err); ok {
		lines := strings.ReplaceAll(usage.Error(), "\n", "\n  ")
		fmt.Fprintf(stderr, "spoolbot %s: wrong usage or configuration\n  %s\n", name, lines)
		return exitUsage
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitDone // stopped by a signal before it had really begun
	}
	fmt.Fprintf(stderr, "spoolbot %s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	return exitFailed
}

func printUsage(w io.Writer, table []command) {
	fmt.Fprint(w, "Usage: spoolbot SUBCOMMAND [flags]\n\n")
	for _, c := range table {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nspoolbot SUBCOMMAND -h lists the flags of one.\n")
}

// usageError is a fault of the command line or of the configuration.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// parseFlags parses the arguments of a subcommand, which takes flags only.
func (in invocation) parseFlags(fs *flag.FlagSet) error {
	fs.SetOutput(io.Discard)
	err := fs.Parse(in.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(in.stdout)
		fs.Usage()
		return err
	case err != nil:
		return &usageError{err}
	case fs.NArg() > 0:
		return &usageError{fmt.Errorf("unexpected argument %q", fs.Arg(0))}
	}
	return nil
}

func version(_ context.Context, in invocation) error {
	if err := in.parseFlags(flag.NewFlagSet("version", flag.ContinueOnError)); err != nil {
		return err
	}
	number, revision, toolchain := "(devel)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		number, toolchain = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	_, err := fmt.Fprintln(in.stdout, strings.Join(strings.Fields("spoolbot "+number+" "+revision+" "+toolchain), " "))
	return err
}
