//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"
)

// benchCallByCall does the same work as a straightforward program would: read
// the row, take the lock with SET NX, one write per range of cells, one append.
// Its sheet has no quota: with Google's it would stand still after a minute.
func benchCallByCall(ctx context.Context, f benchFlags, r *report) error {
	far, err := openFarEnds(ctx, demoFlags{latency: f.latency, quota: 1_000_000, lockTTL: time.Hour, seed: 1, redisURL: f.redis.fresh()})
	if err != nil {
		return err
	}
	defer far.close()
	service, err := sheets.NewService(ctx, option.WithEndpoint(far.sheet.URL()), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	client, err := dialRedis(far.redisURL)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	trips := &tripCounter{}
	client.AddHook(trips)
	c := &callByCall{far: far, sheet: service.Spreadsheets.Values, redis: client}
	if err := c.learn(ctx); err != nil {
		return err
	}
	free := freeForARM(far.sheet)
	times := map[string][]time.Duration{}
	for _, tag := range free[:f.rounds] {
		for _, verb := range []string{"tomar", "pausar", "tomar", "completar"} {
			began := time.Now()
			if err := c.do(ctx, verb, tag); err != nil {
				return fmt.Errorf("call by call: %w", err)
			}
			times[verb] = append(times[verb], time.Since(began))
		}
	}
	for _, verb := range []string{"tomar", "pausar", "completar"} {
		r.figure("callbycall_"+verb+"_p50_rtt", quantile(times[verb], 0.5, f.latency), "rtt", "")
	}
	w0, r0, t0 := far.count("write"), far.count("read"), trips.n.Load()
	began := time.Now()
	for _, tag := range free[f.rounds : f.rounds+50] {
		if err := c.do(ctx, "tomar", tag); err != nil {
			return fmt.Errorf("call by call: %w", err)
		}
	}
	took := time.Since(began)
	r.figure("callbycall_batch50_sheet_writes", float64(far.count("write")-w0), "calls", "against a quota of 60 a minute")
	r.figure("callbycall_batch50_sheet_reads", float64(far.count("read")-r0), "calls", "")
	r.figure("callbycall_batch50_redis_roundtrips", float64(trips.n.Load()-t0), "roundtrips", "")
	r.figure("callbycall_batch50_p50_rtt", float64(took)/float64(f.latency), "rtt", "once")
	r.figure("callbycall_ops_per_minute", 60/quantile(times["tomar"], 0.5, time.Second), "operations", "without a quota; with 60 writes a minute at most 20")
	return nil
}

// callByCall is the straightforward program.
type callByCall struct {
	far    *farEnds
	sheet  *sheets.SpreadsheetsValuesService
	redis  redis.UniversalClient
	column map[string]string // letters by header
}

func (c *callByCall) learn(ctx context.Context) error {
	head, err := c.sheet.Get(c.far.sheet.SpreadsheetID(), "Operaciones!1:1").Context(ctx).Do()
	if err != nil {
		return err
	}
	c.column = map[string]string{}
	for i, h := range head.Values[0] {
		c.column[fmt.Sprint(h)] = strings.TrimRight(cellName(i, 1), "1")
	}
	return nil
}

func (c *callByCall) do(ctx context.Context, verb, tag string) error {
	id := c.far.sheet.SpreadsheetID()
	col := c.column["TAG_SPOOL"]
	tags, err := c.sheet.Get(id, "Operaciones!"+col+":"+col).Context(ctx).Do()
	if err != nil {
		return err
	}
	row := 0
	for i, v := range tags.Values {
		if len(v) > 0 && v[0] == tag {
			row = i + 1
		}
	}
	if row == 0 {
		return fmt.Errorf("no row of %s", tag)
	}
	write := func(from, to string, values ...any) error {
		where := fmt.Sprintf("Operaciones!%s%d:%s%d", c.column[from], row, c.column[to], row)
		_, err := c.sheet.Update(id, where, &sheets.ValueRange{Values: [][]any{values}}).ValueInputOption("RAW").Context(ctx).Do()
		return err
	}
	if verb == "tomar" {
		err = errors.Join(
			c.redis.SetNX(ctx, "lock:"+tag, "93", time.Hour).Err(),
			write("Ocupado_Por", "Fecha_Ocupacion", "MR(93)", "23-11-2026 12:00:00"),
			write("Estado_Detalle", "Estado_Detalle", "ARM en progreso"),
		)
	} else {
		err = errors.Join(
			write("Ocupado_Por", "Fecha_Ocupacion", "", ""),
			write("Estado_Detalle", "Estado_Detalle", "ARM parcial (pausado)"),
		)
		if verb == "completar" {
			err = errors.Join(err, write("Fecha_Armado", "Armador", "23-11-2026", "MR(93)"))
		}
		err = errors.Join(err, c.redis.Del(ctx, "lock:"+tag).Err())
	}
	if err != nil {
		return err
	}
	_, err = c.sheet.Append(id, "Metadata!A1", &sheets.ValueRange{Values: [][]any{{"id", "23-11-2026 12:00:00", verb, tag, 93, "Mauricio Rodríguez", "ARM", verb, "", "{}"}}}).
		ValueInputOption("RAW").Context(ctx).Do()
	return err
}
