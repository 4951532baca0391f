package main

import (
	"context"
	"fmt"
	"io"
	stdlog "log"
	"regexp"
	"time"

	"github.com/rs/zerolog"
)

// newLogger makes the root logger. All output of the program goes through the
// scrubber: no token leaves by a log line even if somebody logs one.
func newLogger(w io.Writer, level zerolog.Level, format string) zerolog.Logger {
	w = scrubber{w}
	if format == "console" {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}

// secrets match what must never stand in a log: Slack tokens, the ticket of a socket,
// the path of a response_url, the user part of a link, bearer tokens, a private key.
// The first group of each that has one stays.
var secrets = regexp.MustCompile(`(xapp|xox[a-z])-[A-Za-z0-9-]+|(ticket=)[^&\s"\\]+|(/(?:commands|actions|workflows|services)/[A-Z])[A-Z0-9]*/[^\s"\\]+` +
	`|(://)[^/\s"@]+(@)|(ya29\.)[A-Za-z0-9._-]+|((?i:bearer) )[A-Za-z0-9._~+/=-]+|(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^"]*`)

// scrub blackens secrets.
func scrub(p []byte) []byte { return secrets.ReplaceAll(p, []byte("$1$2$3$4$6$7$8***$5")) }

// scrubber is a writer that blackens secrets. zerolog writes a line at a time,
// so none is cut in two.
type scrubber struct{ w io.Writer }

// Write writes p without its secrets and reports len(p).
func (s scrubber) Write(p []byte) (int, error) {
	if _, err := s.w.Write(scrub(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// redisLog takes the log lines of go-redis: connections lost and found again.
type redisLog struct{ log zerolog.Logger }

// Printf implements the logger of redis.SetLogger.
func (l redisLog) Printf(_ context.Context, format string, args ...any) {
	l.log.Warn().Str("line", fmt.Sprintf(format, args...)).Msg("redis_client")
}

// stdLog lets the standard library's HTTP server write into our log.
func stdLog(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(log.With().Str("component", "http").Logger(), "", 0)
}
