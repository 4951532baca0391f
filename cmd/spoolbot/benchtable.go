//go:build !shop

package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// The table of the README stands between these lines.
const (
	benchBegin = "<!-- benchmarks: written by make bench -->\n"
	benchEnd   = "<!-- end of benchmarks -->"
)

// benchRow sets a figure of ours beside what one would use instead.
type benchRow struct {
	what, unit string
	ours       string
	other      string // the figure of the other; empty = there is none
	than       string // who the other is
	more       bool   // more is better
}

// benchRows are the rows of the table, in its order.
func benchRows() []benchRow {
	const byCall, sheetOnly = "call by call", "the sheet alone"
	return []benchRow{
		{"TOMAR, until the answer", "round trips", "tomar_p50_rtt", "callbycall_tomar_p50_rtt", byCall, false},
		{"the same", "round trips", "tomar_p50_rtt", "sheetonly_tomar_p50_rtt", sheetOnly, false},
		{"PAUSAR", "round trips", "pausar_p50_rtt", "callbycall_pausar_p50_rtt", byCall, false},
		{"COMPLETAR", "round trips", "completar_p50_rtt", "callbycall_completar_p50_rtt", byCall, false},
		{"TOMAR of fifty", "round trips", "batch50_p50_rtt", "callbycall_batch50_p50_rtt", byCall, false},
		{"its writes of the sheet", "calls", "batch50_sheet_writes", "callbycall_batch50_sheet_writes", byCall, false},
		{"its reads", "calls", "batch50_sheet_reads", "callbycall_batch50_sheet_reads", byCall, false},
		{"its trips to Redis", "calls", "batch50_redis_roundtrips", "callbycall_batch50_redis_roundtrips", byCall, false},
		{"fifty locks over a line of 20 ms", "ms", "locks_take50_ms", "locks_take50_library_ms", "bsm/redislock, fifty times", false},
		{"operations a minute at 60 writes", "", "sustained_ops_per_minute", "sheetonly_ops_per_minute", sheetOnly, true},
		{"spools that two got, of 30 wanted by both", "", "doubled_of_30", "sheetonly_doubled_of_30", sheetOnly, false},
		{"200 people within 10 s: half of the answers", "round trips", "storm200_p50_rtt", "", "", false},
		{"and 99 %", "round trips", "storm200_p99_rtt", "", "", false},
		{"people lost in that", "", "storm200_lost", "", "", false},
		{"acknowledgement to Slack, 99 %", "ms", "ack_p99_ms", "", "", false},
		{"start with 20,000 spools", "ms", "start_20k_ms", "", "", false},
		{"memory then", "MB", "start_20k_rss_mb", "", "", false},
		{"reads in an idle minute", "calls", "idle_reads_per_minute", "", "", false},
		{"after a kill, until all is put right", "ms", "recover_after_kill_ms", "", "", false},
	}
}

// writeInto writes the table of what was measured into a README.
func (r *report) writeInto(path string, latency time.Duration) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok1 := bytes.Cut(text, []byte(benchBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(benchEnd))
	if !ok1 || !ok2 {
		return fmt.Errorf("%s lacks the lines %s and %s", path, strings.TrimSpace(benchBegin), benchEnd)
	}
	table, err := r.table()
	if err != nil {
		return err
	}
	head := fmt.Sprintf("%s, %s; Go %s; one round trip of the emulated sheet is %v.\n\n", time.Now().UTC().Format(time.DateOnly), machine(), runtime.Version()[2:], latency)
	return os.WriteFile(path, []byte(string(before)+benchBegin+head+table+benchEnd+string(after)), 0o644)
}

// table is the rows of which each figure was measured.
func (r *report) table() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	b.WriteString("| what | spoolbot | instead | ratio |\n|---|---|---|---|\n")
	rows := 0
	for _, row := range benchRows() {
		ours, known := r.measured[row.ours]
		other, both := r.measured[row.other]
		if !known || row.other != "" && !both {
			continue
		}
		rows++
		instead, ratio := "", ""
		if row.other != "" {
			instead, ratio = fmt.Sprintf("%.4g (%s)", other, row.than), ratioOf(ours, other, row.more)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", strings.TrimSpace(row.what), strings.TrimSpace(fmt.Sprintf("%.4g %s", ours, row.unit)), instead, ratio)
	}
	if rows == 0 {
		return "", fmt.Errorf("none of the table's figures was measured; leave --only out")
	}
	return b.String(), nil
}

// ratioOf says how many times better ours is; where one of them is nothing there is no
// ratio.
func ratioOf(ours, other float64, more bool) string {
	if more {
		ours, other = other, ours
	}
	if ours == 0 || other == 0 {
		return "–"
	}
	if times := other / ours; times < 10 {
		return fmt.Sprintf("%.1f ×", times)
	}
	return fmt.Sprintf("%.0f ×", other/ours)
}

// machine is what the figures were measured on.
func machine() string {
	name := runtime.GOARCH
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(info)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d × %s, %s", runtime.NumCPU(), name, runtime.GOOS)
}
