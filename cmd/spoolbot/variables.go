package main

import (
	"os"
	"path/filepath"
	"strings"
)

// variable is one variable of the environment that serve reads. The table in
// the README is made of these.
type variable struct {
	Name, Default, Meaning string
	Required               bool
	EmptyCounts            bool // set but empty is a value, not the default
}

// variables are all of them, in the order of the README. It is never changed.
var variables = []variable{
	{Name: "SLACK_APP_TOKEN", Required: true, Meaning: "app-level token, `xapp-…`"},
	{Name: "SLACK_BOT_TOKEN", Required: true, Meaning: "bot token, `xoxb-…`"},
	{Name: "SLACK_API_URL", Meaning: "another Web API base than Slack's, for tests"},
	{Name: "SPREADSHEET_ID", Required: true, Meaning: "the id or the whole link of the sheet"},
	{Name: "GOOGLE_APPLICATION_CREDENTIALS", Meaning: "key file of the service account; required unless the platform gives credentials or `SHEETS_ENDPOINT` is set"},
	{Name: "SHEETS_ENDPOINT", Meaning: "another Sheets base than Google's, for tests; without a key file no credentials are sent to it"},
	{Name: "REDIS_URL", Default: "redis://localhost:6379/0", Meaning: "`redis://` or `rediss://` (TLS) `user:password@host:port/db`; several hosts with commas = Cluster; `redis+sentinel://host,host/master/db` or `rediss+sentinel://` = Sentinel"},
	{Name: "REDIS_LOCK_TTL_SECONDS", Default: "3600", Meaning: "how long a take lasts before it must be extended"},
	{Name: "REDIS_MAX_CONNECTIONS", Default: "50", Meaning: "connections to each Redis node"},
	{Name: "SITE", Default: "main", Meaning: "name of the shop and prefix of its Redis keys"},
	{Name: "TIMEZONE", Default: "America/Santiago", Meaning: "the shop's zone: dates, hours, digests"},
	{Name: "SUPERVISOR_CHANNEL", Required: true, Meaning: "id (`C…`) of the supervisors' channel"},
	{Name: "WARN_BEFORE_MINUTES", Default: "15,5", Meaning: "minutes before expiry at which the holder is warned; those longer than a take lasts are left out"},
	{Name: "GRACE_MINUTES", Default: "15", Meaning: "time after expiry in which only the former holder may finish or take back"},
	{Name: "SHIFTS", Default: "07:30-12:30,13:30-18:00", Meaning: "shifts, comma between them; one that ends before it starts ends the next day"},
	{Name: "ALERT_CONFLICTS_PERCENT", Default: "10", Meaning: "the supervisors are alerted when more takes than this, in percent, meet a spool that somebody has"},
	{Name: "ALERT_EXPIRIES_PERCENT", Default: "5", Meaning: "the same for takes that expire"},
	{Name: "ALERT_MIN_TAKES", Default: "20", Meaning: "takes in the last hour below which neither is looked at"},
	{Name: "ALERT_AWAY_MINUTES", Default: "2", Meaning: "minutes without an answer after which sheet or Redis are told to be away"},
	{Name: "HTTP_LISTEN", Default: "127.0.0.1:8080", EmptyCounts: true, Meaning: "address of health, metrics and REST door; set but empty = off"},
	{Name: "HTTP_TOKENS_FILE", Meaning: "bearer tokens of the REST door, hashed, each bound to a name and a role; none = REST off"},
	{Name: "SHOPS_FILE", Meaning: "several shops in this one process: a file with a section `[SITE]` for each; see *Several shops*"},
	{Name: "LOG_LEVEL", Default: "info", Meaning: "`trace`, `debug`, `info`, `warn` or `error`"},
	{Name: "LOG_FORMAT", Default: "json", Meaning: "`json`, or `console` for people"},
	{Name: "ALLOW_INSECURE_ENDPOINTS", Default: "0", Meaning: "`1` allows plain http, ws and redis to other machines"},
}

// lookUp panics on a name that is not in the table: a mistake of this package.
func lookUp(name string) variable {
	for _, v := range variables {
		if v.Name == name {
			return v
		}
	}
	panic("no such variable: " + name)
}

// platformCredentials reports whether Google's libraries would find
// credentials without a key file: on Google's own machines, and where a person
// has logged in with gcloud. It asks files and the environment, not the network.
func platformCredentials(env getenv) bool {
	for _, name := range []string{"K_SERVICE", "GAE_SERVICE", "GCE_METADATA_HOST"} {
		if s, _ := env(name); s != "" {
			return true
		}
	}
	if home, _ := env("HOME"); home != "" {
		if _, err := os.Stat(filepath.Join(home, ".config", "gcloud", "application_default_credentials.json")); err == nil {
			return true
		}
	}
	product, err := os.ReadFile("/sys/class/dmi/id/product_name")
	return err == nil && strings.HasPrefix(string(product), "Google")
}
