package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"

	"github.com/spoolbot/spoolbot/store/sheet"
)

// sheetVariables are those that init-sheet needs: it is of use before there is an
// app in Slack, or a Redis.
var sheetVariables = []string{"SPREADSHEET_ID", "GOOGLE_APPLICATION_CREDENTIALS", "SHEETS_ENDPOINT", "TIMEZONE"}

// initSheet adds the tabs and columns that the sheet lacks, after it has shown
// them and somebody has said yes. Its code: 0 = nothing is missing any more, 1 =
// something is, also when nobody can be asked (no terminal, no --yes): a script
// that goes on would start a bot that cannot work. What it cannot add it names.
func initSheet(ctx context.Context, in invocation) error {
	fs := flag.NewFlagSet("init-sheet", flag.ContinueOnError)
	yes := fs.Bool("yes", false, "do it without asking")
	site := fs.String("site", "", "which shop, where SHOPS_FILE has several")
	if err := in.parseFlags(fs); err != nil {
		return err
	}
	env, err := ofShop(in.getenv, *site)
	if err != nil {
		return err
	}
	cfg, faults := lookAtConfig(env, platformCredentials(env))
	faults = slices.DeleteFunc(faults, func(f variableFault) bool { return !slices.Contains(sheetVariables, f.name) })
	if len(faults) > 0 {
		return usageOf(faults)
	}
	s, err := newSheet(ctx, cfg, Doors{}, nil, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	plan, err := missing(ctx, s)
	if err != nil {
		return err
	}
	out := scrubber{in.stdout}
	for _, line := range plan.Cannot {
		fmt.Fprintf(out, "left to you: %s\n", line)
	}
	if len(plan.Adds) > 0 {
		if err := in.complete(ctx, out, s, plan, *yes); err != nil {
			return err
		}
	}
	switch {
	case len(plan.Cannot) > 0:
		return fmt.Errorf("left to you, as named above: %d; run it again afterwards", len(plan.Cannot))
	case len(plan.Adds) == 0:
		fmt.Fprintln(out, "Nothing is missing.")
	}
	return nil
}

func missing(ctx context.Context, s *sheet.Sheet) (sheet.Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	return s.Missing(ctx)
}

// complete shows the plan, asks, carries it out and looks whether it is done.
func (in invocation) complete(ctx context.Context, out io.Writer, s *sheet.Sheet, plan sheet.Plan, yes bool) error {
	fmt.Fprintln(out, "These are missing and would be added; nothing that is there is touched:")
	for _, line := range plan.Adds {
		fmt.Fprintf(out, "  %s\n", line)
	}
	if !yes {
		if err := in.ask(out, "Add them?"); err != nil {
			return err
		}
	}
	if err := s.Complete(ctx, plan); err != nil {
		return err
	}
	left, err := missing(ctx, s)
	if err != nil {
		return fmt.Errorf("it was done; whether all of it is there could not be read: %w", err)
	}
	if len(left.Adds) > 0 {
		return fmt.Errorf("it was done, and is missing still: %s; does somebody work on the headers?", strings.Join(left.Adds, "; "))
	}
	fmt.Fprintln(out, "Done.")
	return nil
}

// ask wants a yes to the question; the error says that there was none.
func (in invocation) ask(out io.Writer, question string) error {
	if in.stdin == nil || !isatty.IsTerminal(in.stdin.Fd()) {
		return errors.New("nothing was done: there is no terminal to ask on; run it again with --yes")
	}
	fmt.Fprintf(out, "%s [y/N] ", question)
	if !agreed(in.stdin) {
		return errors.New("nothing was done")
	}
	return nil
}

// agreed reads one line; nothing but a yes is one.
func agreed(r io.Reader) bool {
	line, _ := bufio.NewReader(r).ReadString('\n') // the end of the input is a no
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "s", "si", "sí":
		return true
	}
	return false
}
