// Mutants applies the deliberate faults of .ci/mutants.txt to a copy of the tree,
// one at a time, and wants the test that is named with each to fail: it shows that
// the tests of the invariants see what they are there for.
//
//	go run ./.ci/mutants [-v] [name...]
//
// It is run in the root of the tree, which it never changes. Names pick some of
// the faults; -v shows what each failing test said. It exits with 1 when a fault
// survives or does not build, and with 2 when the table is not true: a text that is
// not in its file exactly once, an invariant that nothing attacks, a test that is
// not there or fails without any fault.
//
// It imports the standard library only, and lies in a folder that ./... passes over
// because it is no part of the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
)

const (
	tablePath  = ".ci/mutants.txt"
	atLeast    = 30 // mutants that the table must have
	invariants = 11 // of which each must be attacked
)

func main() {
	verbose := flag.Bool("v", false, "show what the failing tests said")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r := report{out: os.Stdout, verbose: *verbose}
	if err := run(ctx, &r, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(2)
	}
	if r.finish() > 0 {
		stop()
		os.Exit(1)
	}
}

// run tries the mutants of these names, or all. An error is a fault of the table,
// or of the machine; then nothing is said of the mutants.
func run(ctx context.Context, r *report, names []string) error {
	text, err := os.ReadFile(tablePath)
	if err != nil {
		return err
	}
	all, err := parseTable(string(text))
	if err != nil {
		return err
	}
	if err := checkTable(all); err != nil {
		return err
	}
	mutants, err := pick(all, names)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	trees, err := copyTrees(ctx, dir, min(2, runtime.NumCPU(), len(mutants)))
	if err != nil {
		return err
	}
	if err := baseline(ctx, trees[0], mutants); err != nil {
		return err
	}
	return tryAll(ctx, r, trees, mutants)
}

// pick returns the mutants of the names, all of them when there are none.
func pick(all []mutant, names []string) ([]mutant, error) {
	if len(names) == 0 {
		return all, nil
	}
	var out []mutant
	for _, name := range names {
		i := slices.IndexFunc(all, func(m mutant) bool { return m.name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s has no mutant %s", tablePath, name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// tryAll tries each mutant once, as many at a time as there are copies of the tree.
func tryAll(ctx context.Context, r *report, trees []tree, mutants []mutant) error {
	next := make(chan mutant)
	faults := make(chan error, len(trees))
	var wg sync.WaitGroup
	for _, t := range trees {
		wg.Go(func() {
			for m := range next {
				v, err := try(ctx, t, m)
				if err != nil {
					faults <- err
					return
				}
				r.add(v)
			}
		})
	}
	err := hand(ctx, next, mutants, faults)
	close(next)
	wg.Wait()
	close(faults)
	return errors.Join(err, <-faults)
}

// hand gives out the mutants, until there is a fault or ctx ends.
func hand(ctx context.Context, next chan<- mutant, mutants []mutant, faults <-chan error) error {
	for _, m := range mutants {
		select {
		case next <- m:
		case err := <-faults:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// report prints a line per mutant and counts.
type report struct {
	out     io.Writer
	verbose bool

	mu             sync.Mutex
	passed, failed int
}

func (r *report) add(v verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v.killed {
		r.passed++
	} else {
		r.failed++
	}
	fmt.Fprintf(r.out, "%s (%.1f s)\n", v.line, v.took.Seconds())
	if r.verbose || !v.killed {
		fmt.Fprintln(r.out, "\t"+strings.ReplaceAll(v.why, "\n", "\n\t"))
	}
}

func (r *report) finish() (failed int) {
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, r.failed)
	return r.failed
}
