package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
)

// Config is everything that serve takes from the environment. It is complete
// and checked, and may be printed: its secrets hide themselves.
type Config struct {
	SlackAppToken, SlackBotToken Secret
	SlackAPIURL                  string // ends with a slash; empty = Slack's own
	SpreadsheetID                string
	GoogleCredentials            string // file; empty = the platform's, or none when SheetsEndpoint is set
	SheetsEndpoint               string // ends with a slash; empty = Google's own
	RedisURL                     Secret
	RedisMaxConnections          int
	LockTTL                      time.Duration
	Site                         string
	Zone                         *time.Location
	SupervisorChannel            string
	WarnBefore                   []time.Duration // longest first, each shorter than LockTTL
	Grace                        time.Duration
	Shifts                       []occupation.Shift // in the order of their start
	Alerts                       bot.AlertLimits
	HTTPListen                   string // empty = off
	HTTPTokensFile               string // empty = no REST door
	LogLevel                     zerolog.Level
	LogFormat                    string // json or console
	AllowInsecure                bool

	// Several: it is one of several shops in this process. It has no HTTP door of its
	// own, and its numbers and log lines carry its name.
	Several bool
	// AppOf is the first of the shops that have the same Slack app; empty = it is this
	// shop's own.
	AppOf string
	// QuotaShare is how many shops use the same Google account, and so its quota; 0 = 1.
	QuotaShare int
}

// Secret is a string that does not print itself.
type Secret string

// String hides the secret.
func (Secret) String() string { return "***" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "***" }

// MarshalText hides the secret from JSON, XML and the like.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Reveal returns the secret itself, for the client that must send it.
func (s Secret) Reveal() string { return string(s) }

// readConfig reads the configuration of one shop, on a machine of which it is known
// whether it gives Google credentials by itself. The error is a *usageError that
// joins all faults, each with the variable's name and what to do; values of
// secrets are not in it.
func readConfig(env getenv, platform bool) (Config, error) {
	c, faults := lookAtConfig(env, platform)
	if len(faults) > 0 {
		return Config{}, usageOf(faults)
	}
	return c, nil
}

// variableFault is what is wrong with one variable of the environment, or of a shop
// of SHOPS_FILE.
type variableFault struct {
	shop string // empty = of all
	name string
	err  error
}

func (f variableFault) Error() string {
	if f.shop != "" {
		return "[" + f.shop + "] " + f.name + ": " + f.err.Error()
	}
	return f.name + ": " + f.err.Error()
}
func (f variableFault) Unwrap() error { return f.err }

// usageOf joins all faults.
func usageOf(faults []variableFault) *usageError {
	all := make([]error, len(faults))
	for i, f := range faults {
		all[i] = f
	}
	return &usageError{errors.Join(all...)}
}

// lookAtConfig is the configuration as far as it can be read, and what is wrong.
// What a faulty variable would say is empty.
func lookAtConfig(env getenv, platform bool) (Config, []variableFault) {
	r := reader{env: env}
	c := Config{
		SlackAppToken:       r.token("SLACK_APP_TOKEN", "xapp-"),
		SlackBotToken:       r.token("SLACK_BOT_TOKEN", "xoxb-"),
		SpreadsheetID:       parsed(&r, "SPREADSHEET_ID", spreadsheetID),
		GoogleCredentials:   r.file("GOOGLE_APPLICATION_CREDENTIALS"),
		RedisURL:            r.redisURL(),
		RedisMaxConnections: r.number("REDIS_MAX_CONNECTIONS", 1, 10_000),
		LockTTL:             time.Duration(r.number("REDIS_LOCK_TTL_SECONDS", 1, 7*24*3600)) * time.Second,
		Site:                parsed(&r, "SITE", siteName),
		Zone:                parsed(&r, "TIMEZONE", zone),
		SupervisorChannel:   parsed(&r, "SUPERVISOR_CHANNEL", channelID),
		Grace:               time.Duration(r.number("GRACE_MINUTES", 0, 24*60)) * time.Minute,
		Shifts:              parsed(&r, "SHIFTS", parseShifts),
		Alerts: bot.AlertLimits{
			Conflicts: r.number("ALERT_CONFLICTS_PERCENT", 1, 100),
			Expiries:  r.number("ALERT_EXPIRIES_PERCENT", 1, 100),
			MinTakes:  r.number("ALERT_MIN_TAKES", 1, 10_000),
			Away:      time.Duration(r.number("ALERT_AWAY_MINUTES", 1, 24*60)) * time.Minute,
		},
		HTTPListen:     parsed(&r, "HTTP_LISTEN", listenAddress),
		HTTPTokensFile: r.file("HTTP_TOKENS_FILE"),
		LogLevel:       parsed(&r, "LOG_LEVEL", logLevel),
		LogFormat:      parsed(&r, "LOG_FORMAT", oneOf("json", "console")),
		AllowInsecure:  parsed(&r, "ALLOW_INSECURE_ENDPOINTS", oneOf("0", "1")) == "1",
	}
	c.SlackAPIURL = r.endpoint("SLACK_API_URL", c.AllowInsecure)
	c.SheetsEndpoint = r.endpoint("SHEETS_ENDPOINT", c.AllowInsecure)
	c.WarnBefore = warnings(parsed(&r, "WARN_BEFORE_MINUTES", minutes), c.LockTTL)
	if !c.AllowInsecure && !c.redisIsSafe() {
		r.fault("REDIS_URL", errors.New("without TLS only on this machine; use rediss://, or set ALLOW_INSECURE_ENDPOINTS=1 in a network that you trust"))
	}
	if c.GoogleCredentials == "" && c.SheetsEndpoint == "" && !platform && r.value("GOOGLE_APPLICATION_CREDENTIALS") == "" {
		r.fault("GOOGLE_APPLICATION_CREDENTIALS", errors.New("is missing; set it to the JSON key file of the service account"))
	}
	return c, r.faults
}

// redisOptions are those of the client for RedisURL, which was checked when it
// was read.
func (c Config) redisOptions() *redis.UniversalOptions {
	o, err := locks.ParseURL(c.RedisURL.Reveal(), c.RedisMaxConnections)
	if err != nil {
		panic("REDIS_URL was not checked")
	}
	return o
}

// redisIsSafe reports whether nobody else can listen: TLS, or this machine.
func (c Config) redisIsSafe() bool {
	if c.RedisURL == "" {
		return true // a fault already
	}
	o := c.redisOptions()
	return o.TLSConfig != nil || !slices.ContainsFunc(o.Addrs, func(addr string) bool {
		host, _, err := net.SplitHostPort(addr)
		return !strings.HasPrefix(addr, "/") && (err != nil || !isLoopback(host))
	})
}

// reader takes values from the environment and gathers what is wrong.
type reader struct {
	env    getenv
	faults []variableFault
}

func (r *reader) fault(name string, err error) {
	r.faults = append(r.faults, variableFault{name: name, err: err})
}

// value is the variable without the space around it, or its default. Only
// where empty has a meaning does an empty variable differ from a missing one.
func (r *reader) value(name string) string {
	v := lookUp(name)
	s, set := r.env(name)
	s = strings.TrimSpace(s)
	if s == "" && !(set && v.EmptyCounts) {
		return v.Default
	}
	return s
}

// parsed is the value of a variable as parse understands it, the zero value
// when it is faulty or when there is neither value nor default.
func parsed[T any](r *reader, name string, parse func(string) (T, error)) T {
	var zero T
	s := r.value(name)
	if s == "" {
		if lookUp(name).Required {
			r.fault(name, errors.New("is missing"))
		}
		return zero
	}
	v, err := parse(s)
	if err != nil {
		r.fault(name, err)
		return zero
	}
	return v
}

func (r *reader) redisURL() Secret {
	return parsed(r, "REDIS_URL", func(s string) (Secret, error) {
		_, err := locks.ParseURL(s, 1)
		return Secret(s), err
	})
}

func (r *reader) token(name, prefix string) Secret {
	return parsed(r, name, func(s string) (Secret, error) {
		if !strings.HasPrefix(s, prefix) || len(s) == len(prefix) {
			return "", fmt.Errorf("must begin with %s; did the two tokens change places?", prefix)
		}
		return Secret(s), nil
	})
}

func (r *reader) number(name string, low, high int) int {
	return parsed(r, name, func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return 0, fmt.Errorf("%q is not a whole number from %d to %d", s, low, high)
		}
		return n, nil
	})
}

func (r *reader) file(name string) string {
	return parsed(r, name, func(path string) (string, error) {
		f, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("the file must exist and be readable by this user: %w", err)
		}
		return path, f.Close()
	})
}

func (r *reader) endpoint(name string, insecure bool) string {
	return parsed(r, name, func(s string) (string, error) {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return "", errors.New("is not a link that begins with https://")
		}
		if u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()) {
			return "", errors.New("plain http only on this machine; use https, or set ALLOW_INSECURE_ENDPOINTS=1 in a network that you trust")
		}
		return strings.TrimSuffix(s, "/") + "/", nil
	})
}
