//go:build !shop

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheTableOfBenchmarksIsMadeOfFiguresThatAreMeasured(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil || !bytes.Contains(readme, []byte(benchBegin)) || !bytes.Contains(readme, []byte(benchEnd)) {
		t.Errorf("README.md has no place for the table: %v", err)
	}
	for _, row := range benchRows() {
		for _, name := range []string{row.ours, row.other} {
			if err := new(report).limit(name); err != nil {
				t.Errorf("%s: %v", row.what, err)
			}
		}
	}
}

func TestTheTableOfBenchmarksIsWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, []byte("before\n"+benchBegin+"old\n"+benchEnd+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &report{out: io.Discard, err: io.Discard}
	if err := r.writeInto(path, time.Second); err == nil {
		t.Error("a table of nothing was written")
	}
	for name, v := range map[string]float64{
		"tomar_p50_rtt": 1.25, "sheetonly_tomar_p50_rtt": 3.125, "batch50_sheet_writes": 1, "sustained_ops_per_minute": 900, "sheetonly_ops_per_minute": 30,
		"doubled_of_30": 0, "sheetonly_doubled_of_30": 30, "ack_p99_ms": 2,
	} {
		r.figure(name, v, "x", "")
	}
	if err := r.writeInto(path, 250*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"before\n" + benchBegin, "is 250ms.\n\n| what |", "| the same | 1.25 round trips | 3.125 (the sheet alone) | 2.5 × |\n",
		"| operations a minute at 60 writes | 900 | 30 (the sheet alone) | 30 × |\n", "| 0 | 30 (the sheet alone) | – |\n", "| 2 ms |  |  |\n" + benchEnd + "\nafter\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") || strings.Contains(string(text), "writes of the sheet") {
		t.Errorf("what was not measured with its other is there:\n%s", text)
	}
}
