package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/spoolbot/spoolbot/store/sheet"
)

const (
	// archiveAge is how old a row is at least that is moved. Digests look back a week,
	// Deshacer and recovery some minutes, and a date of completion 30 days.
	archiveAge = 60 * 24 * time.Hour
	// archivePace lies between two writes: five a minute, which is what a serve that
	// writes as much as it may leaves of Google's sixty.
	archivePace = 12 * time.Second
)

// archiveConfig is what archive takes from the command line and the environment.
type archiveConfig struct {
	Config
	year   int
	before time.Time // rows from then on stay
	yes    bool
}

// archive moves the rows of a year from Metadata into a tab of their own, after it has
// shown how many and somebody has said yes. Its code: 0 = none of them is left where it
// could be moved, 1 = some are.
func archive(ctx context.Context, in invocation) error {
	cfg, err := parseArchive(in, time.Now())
	if err != nil {
		return err
	}
	return archiveYear(ctx, in, cfg, Doors{})
}

func parseArchive(in invocation, now time.Time) (archiveConfig, error) {
	fs := flag.NewFlagSet("archive", flag.ContinueOnError)
	year := fs.Int("year", 0, "which year, as 2025: its rows are moved from Metadata to Metadata_2025")
	yes := fs.Bool("yes", false, "do it without asking")
	site := fs.String("site", "", "which shop, where SHOPS_FILE has several")
	if err := in.parseFlags(fs); err != nil {
		return archiveConfig{}, err
	}
	env, err := ofShop(in.getenv, *site)
	if err != nil {
		return archiveConfig{}, err
	}
	cfg, faults := lookAtConfig(env, platformCredentials(env))
	faults = slices.DeleteFunc(faults, func(f variableFault) bool { return !slices.Contains(sheetVariables, f.name) })
	if cfg.Zone == nil { // its fault is among them
		cfg.Zone = time.UTC
	}
	switch this := now.In(cfg.Zone).Year(); {
	case *year < 1990:
		faults = append(faults, variableFault{name: "--year", err: errors.New("which year? as 2025")})
	case *year >= this:
		faults = append(faults, variableFault{name: "--year", err: fmt.Errorf("%d is not over", *year)})
	}
	if len(faults) > 0 {
		return archiveConfig{}, usageOf(faults)
	}
	return archiveConfig{cfg, *year, now.Add(-archiveAge), *yes}, nil
}

func archiveYear(ctx context.Context, in invocation, cfg archiveConfig, doors Doors) error {
	s, err := newSheet(ctx, cfg.Config, doors, nil, archivePacer().Wait)
	if err != nil {
		return err
	}
	defer s.Close()
	plan, err := archiving(ctx, s, cfg)
	if err != nil {
		return err
	}
	out := scrubber{in.stdout}
	tellStaying(out, cfg, plan)
	if plan.Nothing() {
		fmt.Fprintf(out, "Metadata has no row of %d to be moved.\n", cfg.year)
		return nil
	}
	where := "the tab " + plan.Title
	if plan.New {
		where = "a new tab " + plan.Title
	}
	fmt.Fprintf(out, "%d rows of %d would be moved from Metadata to %s, with all their columns.\n", plan.Rows, cfg.year, where)
	if plan.Back > 0 {
		fmt.Fprintf(out, "%d rows of %s are not of %d, and would be put back into Metadata.\n", plan.Back, plan.Title, cfg.year)
	}
	if !cfg.yes {
		if err := in.ask(out, "Move them?"); err != nil {
			return err
		}
	}
	seen, end := progress(in.stderr, "rows")
	done, err := s.Archive(ctx, cfg.year, cfg.before, seen)
	end()
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("stopped after %d rows, each of which stands in one of the tabs; run it again, it goes on from there", done)
	case err != nil:
		return fmt.Errorf("after %d rows: %w", done, err)
	}
	fmt.Fprintf(out, "%d rows moved to %s.\n", done, plan.Title)
	return nil
}

func archiving(ctx context.Context, s *sheet.Sheet, cfg archiveConfig) (sheet.Archiving, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	return s.Archiving(ctx, cfg.year, cfg.before)
}

// tellStaying names what is not moved.
func tellStaying(out io.Writer, cfg archiveConfig, plan sheet.Archiving) {
	if plan.Young > 0 {
		fmt.Fprintf(out, "%d rows of %d are younger than %d days and stay; run it again later.\n", plan.Young, cfg.year, int(archiveAge.Hours()/24))
	}
	if n := len(plan.Unread); n > 0 {
		rows := make([]string, 0, 20)
		for _, row := range plan.Unread[:min(n, 20)] {
			rows = append(rows, fmt.Sprint(row))
		}
		more := ""
		if n > len(rows) {
			more = fmt.Sprintf(" and %d more", n-len(rows))
		}
		fmt.Fprintf(out, "%d rows stay because their Timestamp cannot be read: %s%s.\n", n, strings.Join(rows, ", "), more)
	}
}

// archivePacer lets a write go at once, and each further one at the archive's pace.
func archivePacer() *rate.Limiter { return rate.NewLimiter(rate.Every(archivePace), 1) }
