package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/occupation"
)

const (
	appToken = "xapp-1-A0-secretapp"
	botToken = "xoxb-1-secretbot"
)

// environment is one that serve accepts, changed by name=value pairs; a name
// alone takes the variable away.
func environment(changes ...string) getenv {
	vars := map[string]string{
		"SLACK_APP_TOKEN": appToken, "SLACK_BOT_TOKEN": botToken, "SPREADSHEET_ID": "1AbC-d_9", "SUPERVISOR_CHANNEL": "C0SUPERV",
	}
	for _, change := range changes {
		name, value, set := strings.Cut(change, "=")
		if vars[name] = value; !set {
			delete(vars, name)
		}
	}
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := readConfig(environment(), true)
	if err != nil {
		t.Fatal(err)
	}
	if got.Zone.String() != "America/Santiago" {
		t.Errorf("zone %v", got.Zone)
	}
	got.Zone = nil
	want := Config{
		SlackAppToken: appToken, SlackBotToken: botToken, SpreadsheetID: "1AbC-d_9", SupervisorChannel: "C0SUPERV",
		RedisURL: "redis://localhost:6379/0", RedisMaxConnections: 50, LockTTL: time.Hour, Site: "main",
		WarnBefore: []time.Duration{15 * time.Minute, 5 * time.Minute}, Grace: 15 * time.Minute,
		Shifts: []occupation.Shift{
			{Start: 7*time.Hour + 30*time.Minute, End: 12*time.Hour + 30*time.Minute},
			{Start: 13*time.Hour + 30*time.Minute, End: 18 * time.Hour},
		},
		Alerts:     bot.DefaultAlerts(),
		HTTPListen: "127.0.0.1:8080", LogLevel: zerolog.InfoLevel, LogFormat: "json",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		change string
		got    func(Config) any
		want   string // as %v prints it
	}{
		{"SPREADSHEET_ID=https://docs.google.com/spreadsheets/d/1AbC-d_9/edit?gid=0#gid=0", func(c Config) any { return c.SpreadsheetID }, "1AbC-d_9"},
		{"SPREADSHEET_ID= https://docs.google.com/spreadsheets/u/1/d/1AbC-d_9 ", func(c Config) any { return c.SpreadsheetID }, "1AbC-d_9"},
		{"SPREADSHEET_ID=https://docs.google.com/a/shop.cl/spreadsheets/d/1AbC-d_9/edit", func(c Config) any { return c.SpreadsheetID }, "1AbC-d_9"},
		{"SLACK_API_URL=http://127.0.0.1:1234/api", func(c Config) any { return c.SlackAPIURL }, "http://127.0.0.1:1234/api/"},
		{"SHEETS_ENDPOINT=http://[::1]:1234/", func(c Config) any { return c.SheetsEndpoint }, "http://[::1]:1234/"},
		{"GOOGLE_APPLICATION_CREDENTIALS=" + file, func(c Config) any { return c.GoogleCredentials }, file},
		{"REDIS_LOCK_TTL_SECONDS=600", func(c Config) any { return c.WarnBefore }, "[5m0s]"},
		{"WARN_BEFORE_MINUTES= 5, 30,5,15", func(c Config) any { return c.WarnBefore }, "[30m0s 15m0s 5m0s]"},
		{"SHIFTS=22:00-06:00,06:00-14:00", func(c Config) any { return c.Shifts }, "[{6h0m0s 14h0m0s} {22h0m0s 6h0m0s}]"},
		{"HTTP_LISTEN=", func(c Config) any { return c.HTTPListen }, ""},
		{"HTTP_LISTEN=:9090", func(c Config) any { return c.HTTPListen }, ":9090"},
		{"SITE=", func(c Config) any { return c.Site }, "main"},
		{"TIMEZONE=America/Punta_Arenas", func(c Config) any { return c.Zone }, "America/Punta_Arenas"},
		{"LOG_LEVEL=debug", func(c Config) any { return c.LogLevel }, "debug"},
	}
	for _, c := range cases {
		cfg, err := readConfig(environment(c.change), true)
		if err != nil {
			t.Errorf("%s: %v", c.change, err)
			continue
		}
		if got := fmt.Sprint(c.got(cfg)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.change, got, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	cases := []struct{ change, want string }{
		{"SLACK_APP_TOKEN", "is missing"},
		{"SLACK_APP_TOKEN=" + botToken, "change places"},
		{"SLACK_BOT_TOKEN=xoxb-", "change places"},
		{"SLACK_API_URL=slack.test/api/", "https://"},
		{"SLACK_API_URL=http://10.0.0.5/api/", "ALLOW_INSECURE_ENDPOINTS"},
		{"SLACK_API_URL=http://127.0.0.1.example.com/", "ALLOW_INSECURE_ENDPOINTS"},
		{"SPREADSHEET_ID=", "is missing"},
		{"SPREADSHEET_ID=https://docs.google.com/spreadsheets/d/e/2PACX-1v/pubhtml", "published copy"},
		{"SPREADSHEET_ID=https://example.com/spreadsheets/d/1AbC-d_9/", "neither"},
		{"GOOGLE_APPLICATION_CREDENTIALS=/no/such/file", "must exist"},
		{"SHEETS_ENDPOINT=http://sheets.test/", "ALLOW_INSECURE_ENDPOINTS"},
		{"REDIS_URL=redis://redis.shop:6379/0", "ALLOW_INSECURE_ENDPOINTS"},
		{"REDIS_URL=redis://localhost:7000,10.0.0.5:7001", "ALLOW_INSECURE_ENDPOINTS"},
		{"REDIS_URL=localhost:6379", "redis://"},
		{"REDIS_MAX_CONNECTIONS=0", "from 1 to"},
		{"REDIS_LOCK_TTL_SECONDS=1h", "whole number"},
		{"SITE=main shop}", "letters"},
		{"TIMEZONE=Santiago", "time zone"},
		{"TIMEZONE=Local", "Local differs"},
		{"SUPERVISOR_CHANNEL=#supervisores", "channel id"},
		{"WARN_BEFORE_MINUTES=15;5", "minutes"},
		{"GRACE_MINUTES=-1", "from 0 to"},
		{"SHIFTS=7-12", "07:30-12:30"},
		{"SHIFTS=08:00-08:00", "07:30-12:30"},
		{"HTTP_LISTEN=8080", "host:port"},
		{"HTTP_TOKENS_FILE=/no/such/file", "must exist"},
		{"LOG_LEVEL=loud", "none of"},
		{"LOG_FORMAT=xml", "json, console"},
		{"ALLOW_INSECURE_ENDPOINTS=yes", "none of 0, 1"},
	}
	for _, c := range cases {
		_, err := readConfig(environment(c.change), true)
		name, _, _ := strings.Cut(c.change, "=")
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v; want %s: ... %s", c.change, err, name, c.want)
		}
	}
}

func TestInsecureEndpointsAllowed(t *testing.T) {
	t.Parallel()
	_, err := readConfig(environment("ALLOW_INSECURE_ENDPOINTS=1", "REDIS_URL=redis://redis:6379",
		"SLACK_API_URL=http://slack/api/", "SHEETS_ENDPOINT=http://sheets/"), false)
	if err != nil {
		t.Error(err)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := readConfig(environment("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SPREADSHEET_ID", "SUPERVISOR_CHANNEL", "SITE={}", "SHIFTS=day"), false)
	if _, ok := errors.AsType[*usageError](err); !ok {
		t.Fatalf("got %T, want *usageError", err)
	}
	var names []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	want := []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SPREADSHEET_ID", "SITE", "SUPERVISOR_CHANNEL", "SHIFTS", "GOOGLE_APPLICATION_CREDENTIALS"}
	if !slices.Equal(names, want) {
		t.Errorf("faults of %v, want %v", names, want)
	}
}

func TestGoogleCredentialsAreNeededOnlyForGoogle(t *testing.T) {
	t.Parallel()
	if _, err := readConfig(environment(), false); err == nil || !strings.HasPrefix(err.Error(), "GOOGLE_APPLICATION_CREDENTIALS: is missing") {
		t.Errorf("without a platform: %v", err)
	}
	if _, err := readConfig(environment("SHEETS_ENDPOINT=http://localhost:1/"), false); err != nil {
		t.Errorf("with an emulator: %v", err)
	}
	if !platformCredentials(environment("K_SERVICE=spoolbot")) {
		t.Error("Cloud Run gives credentials")
	}
}

func TestSecretsDoNotPrintThemselves(t *testing.T) {
	t.Parallel()
	cfg, err := readConfig(environment("REDIS_URL=redis://u:secretredis@localhost"), true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %q", cfg, cfg, cfg, cfg.RedisURL), string(text)} {
		if strings.Contains(printed, "secret") {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
	for _, change := range []string{"SLACK_APP_TOKEN=" + botToken, "REDIS_URL=redis://u:secretredis@[", "REDIS_URL=redis://u:secret%zz@h", "REDIS_URL=redis://u:secret#1@h", "REDIS_URL=http://u:secret@h"} {
		if _, err := readConfig(environment(change), true); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the fault is %v", change, err)
		}
	}
}
