package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// described are the names of the metrics that the program tells.
func described() map[string]bool {
	m := newMetrics(nil)
	m.shared(nil)
	m.leader(nil)
	m.registry.MustRegister(branches{})
	out := make(chan *prometheus.Desc, 1000)
	m.registry.Describe(out)
	close(out)
	names := map[string]bool{}
	name := regexp.MustCompile(`fqName: "([^"]*)"`)
	for d := range out {
		names[name.FindStringSubmatch(d.String())[1]] = true
	}
	return names
}

// asked are the names that alerts and dashboard ask for, by file.
func asked(t *testing.T) map[string][]string {
	t.Helper()
	out, names := map[string][]string{}, regexp.MustCompile(`\b(spoolbot|go|process)_[a-z_]+`)
	for _, file := range []string{"rules.yml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join("ops", file))
		if err != nil {
			t.Fatal(err)
		}
		if out[file] = names.FindAllString(string(text), -1); len(out[file]) == 0 {
			t.Errorf("%s asks for nothing", file)
		}
	}
	return out
}

// Alerts and dashboard ask for numbers that there are.
func TestTheMetricsOfAlertsAndDashboardExist(t *testing.T) {
	t.Parallel()
	known := described()
	for file, names := range asked(t) {
		for _, name := range names {
			base := name
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				base = strings.TrimSuffix(base, part)
			}
			if !known[name] && !known[base] {
				t.Errorf("%s asks for %s, which nobody tells", file, name)
			}
		}
	}
}

// The service manager hears that the program serves, lives, and stops.
func TestSystemdIsTold(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	heard, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer heard.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "30000")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); tellSystemd(ctx, zerolog.Nop()) }()
	next := func() string {
		text := make([]byte, 100)
		_ = heard.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := heard.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n])
	}
	for _, want := range []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1"} {
		if got := next(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	stop()
	<-done
	last := ""
	for last != "STOPPING=1" {
		if last = next(); last != "STOPPING=1" && last != "WATCHDOG=1" {
			t.Fatalf("it says %q, want STOPPING=1", last)
		}
	}
}
