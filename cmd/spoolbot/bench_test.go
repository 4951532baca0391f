//go:build !shop

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// promised are the figures that people and scripts outside the project rely on.
const promised = `tomar_p50_rtt pausar_p50_rtt completar_p50_rtt batch50_sheet_writes batch50_sheet_reads batch50_redis_roundtrips batch50_p50_rtt
ack_p99_ms idle_reads_per_minute start_20k_ms start_20k_rss_mb storm200_p50_rtt storm200_p99_rtt storm200_429 storm200_lost
sustained_ops_per_minute sustained_p99_ms callbycall_ops_per_minute locks_take50_ms locks_take50_sequential_ms warn_lateness_p99_ms recover_after_kill_ms`

func TestEveryPromisedFigureIsMeasured(t *testing.T) {
	t.Parallel()
	for name := range strings.FieldsSeq(promised) {
		if err := new(report).limit(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBenchOfAnUnknownFigure(t *testing.T) {
	t.Parallel()
	err := bench(t.Context(), invocation{args: []string{"--only", "tomar_p50_rtt,speed"}, stdout: io.Discard, stderr: io.Discard})
	if _, usage := errors.AsType[*usageError](err); !usage || !strings.Contains(err.Error(), "storm200_lost") {
		t.Errorf("got %v, want a fault of usage that lists the figures", err)
	}
}

func TestBenchOfSomeFigures(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := &report{out: &out, err: io.Discard}
	if err := r.limit("storm200_429, storm200_lost"); err != nil {
		t.Fatal(err)
	}
	ran := 0
	step := func(figures ...string) benchStep {
		return benchStep{figures, func(context.Context, benchFlags, *report) error {
			ran++
			for _, name := range figures {
				r.figure(name, 1, "people", "")
			}
			return nil
		}}
	}
	for _, s := range []benchStep{step("storm200_p50_rtt", "storm200_lost"), step("idle_reads_per_minute")} {
		if err := r.step(t.Context(), benchFlags{}, s); err != nil {
			t.Fatal(err)
		}
	}
	if got := out.String(); ran != 1 || got != "storm200_lost 1 people\n" {
		t.Errorf("%d steps printed %q, want the one figure of the one step", ran, got)
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for n := range 100 {
		times = append(times, time.Duration(100-n)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 1, 0.5: 51, 0.99: 100, 1: 100} {
		if got := quantile(times, q, time.Millisecond); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.5, time.Second); got != 0 {
		t.Errorf("of nothing it is %v", got)
	}
}

// A storm in a teacup: the bench itself finds that nobody is lost.
func TestSmallStorm(t *testing.T) {
	t.Parallel()
	f := benchFlags{latency: 20 * time.Millisecond, redis: &benchRedis{}}
	var out bytes.Buffer
	s, err := oneStorm(t.Context(), f, &report{out: &out, err: io.Discard}, stormPlan{12, 200 * time.Millisecond, 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.lost != 0 || s.refused != 0 || len(s.times) != 12 || s.events != 12 || out.Len() > 0 {
		t.Errorf("a storm of twelve: %+v; %s", s, out.String())
	}
	if least := quantile(s.times, 0, time.Millisecond); least < 20 {
		t.Errorf("somebody had an answer after %v ms, before the sheet had answered", least)
	}
}

// Whoever is told "es tuyo" is lost all the same when the row or its audit row is
// not there.
func TestHoldersNeedRowAndAuditRow(t *testing.T) {
	t.Parallel()
	sheet := sheetsim.New(sheetsim.Options{}, sheetsim.SmallWorkbook(
		map[string]any{"TAG_SPOOL": "A-1", "Ocupado_Por": "MR(93)"},
		map[string]any{"TAG_SPOOL": "A-2", "Ocupado_Por": "MR(93)"},
		map[string]any{"TAG_SPOOL": "A-3"},
		map[string]any{"TAG_SPOOL": "A-4", "Ocupado_Por": "CN(41)"},
		map[string]any{"TAG_SPOOL": "A-5", "Ocupado_Por": "CN(41)"},
	))
	far := &farEnds{sheet: sheet}
	for i, row := range [][2]any{{"A-1", 93}, {"A-3", 93}, {"A-4", 93}, {"A-5", 41}, {"A-5", 41}} {
		for column, v := range map[int]any{0: "e", 3: row[0], 4: row[1], 7: "TOMAR"} {
			if err := sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Metadata", Cell: cellName(column, i+2), Value: v}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := far.holders(); len(got) != 1 || got["A-1"] != 93 {
		t.Errorf("holders %v, want A-1 of 93 alone: the others lack a row, an audit row, or are somebody else's or logged twice", got)
	}
}
