//go:build !shop

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"
)

// contests is how many spools two people want at the same moment.
const contests = 30

// benchSheetOnly does the work as a bot with the sheet alone would: one read of the two
// columns, then the row's cells and the audit row. It looks before it writes, and
// nothing holds the place between the two.
func benchSheetOnly(ctx context.Context, f benchFlags, r *report) error {
	far, err := openFarEnds(ctx, demoFlags{latency: f.latency, quota: 1_000_000, lockTTL: time.Hour, seed: 1, redisURL: f.redis.fresh()})
	if err != nil {
		return err
	}
	defer far.close()
	service, err := sheets.NewService(ctx, option.WithEndpoint(far.sheet.URL()), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	c := &callByCall{far: far, sheet: service.Spreadsheets.Values}
	if err := c.learn(ctx); err != nil {
		return err
	}
	free := freeForARM(far.sheet)
	var times []time.Duration
	for _, tag := range free[:f.rounds] {
		began := time.Now()
		if _, err := c.takeUnlocked(ctx, tag, 93); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	doubled := 0
	for _, tag := range free[f.rounds : f.rounds+contests] {
		told := [2]bool{}
		faults := [2]error{}
		var both sync.WaitGroup
		for i := range told {
			both.Go(func() { told[i], faults[i] = c.takeUnlocked(ctx, tag, 93+i) })
		}
		both.Wait()
		if faults[0] != nil || faults[1] != nil {
			return fmt.Errorf("%w, %w", faults[0], faults[1])
		}
		if told[0] && told[1] {
			doubled++
		}
	}
	r.figure("sheetonly_tomar_p50_rtt", quantile(times, 0.5, f.latency), "rtt", "one read, three writes, no lock")
	r.figure("sheetonly_ops_per_minute", 20, "operations", "reckoned: three of 60 writes for each")
	r.figure("sheetonly_doubled_of_30", float64(doubled), "spools", "that two people were both told is theirs, of thirty that they wanted at the same moment")
	return nil
}

// takeUnlocked reports whether the worker was told that the spool is theirs.
func (c *callByCall) takeUnlocked(ctx context.Context, tag string, worker int) (bool, error) {
	id, tags, held := c.far.sheet.SpreadsheetID(), c.column["TAG_SPOOL"], c.column["Ocupado_Por"]
	seen, err := c.sheet.BatchGet(id).Ranges("Operaciones!"+tags+":"+tags, "Operaciones!"+held+":"+held).Context(ctx).Do()
	if err != nil {
		return false, err
	}
	row := 0
	for i, v := range seen.ValueRanges[0].Values {
		if len(v) > 0 && v[0] == tag {
			row = i + 1
		}
	}
	if others := seen.ValueRanges[1].Values; row == 0 || row <= len(others) && len(others[row-1]) > 0 && others[row-1][0] != "" {
		return false, nil
	}
	for _, cells := range []struct {
		from, to string
		values   []any
	}{
		{"Ocupado_Por", "Fecha_Ocupacion", []any{fmt.Sprintf("MR(%d)", worker), "23-11-2026 12:00:00"}},
		{"Estado_Detalle", "Estado_Detalle", []any{"ARM en progreso"}},
	} {
		where := fmt.Sprintf("Operaciones!%s%d:%s%d", c.column[cells.from], row, c.column[cells.to], row)
		if _, err := c.sheet.Update(id, where, &sheets.ValueRange{Values: [][]any{cells.values}}).ValueInputOption("RAW").Context(ctx).Do(); err != nil {
			return false, err
		}
	}
	_, err = c.sheet.Append(id, "Metadata!A1", &sheets.ValueRange{Values: [][]any{{"id", "23-11-2026 12:00:00", "TOMAR_SPOOL", tag, worker, "", "ARM", "TOMAR", "", "{}"}}}).
		ValueInputOption("RAW").Context(ctx).Do()
	return err == nil, err
}

// benchContests lets two people want the same spool at the same moment, again and
// again, of this program.
func benchContests(ctx context.Context, f benchFlags, r *report) error {
	flags := demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 3, redisURL: f.redis.fresh()}
	c, err := openBenchCrowd(ctx, flags, 2)
	if err != nil {
		return err
	}
	defer c.close()
	b, err := startBenchShop(ctx, c.far, flags, nil)
	if err != nil {
		return err
	}
	doubled, nobody := 0, 0
	for _, tag := range freeForARM(b.sheet)[:contests] {
		told := [2]bool{}
		var both sync.WaitGroup
		for i, h := range c.hands {
			both.Go(func() {
				a, err := h.types(ctx, h.yard, "/tomar "+tag)
				told[i] = err == nil && strings.Contains(a.text, "es tuyo")
			})
		}
		both.Wait()
		switch {
		case told[0] && told[1]:
			doubled++
		case !told[0] && !told[1]:
			nobody++
		}
		if err := sleep(ctx, pace); err != nil {
			return fmt.Errorf("%w; %w", err, b.end())
		}
	}
	r.figure("doubled_of_30", float64(doubled), "spools", fmt.Sprintf("the same of this program; %d that nobody was told is theirs", nobody))
	r.complaints(b.farEnds)
	return b.end()
}
