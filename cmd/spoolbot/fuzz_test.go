package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Whatever a variable is set to: it is taken, or named with what to do; and no
// secret is shown, neither in what is said nor in the configuration itself.
func FuzzVariable(f *testing.F) {
	for _, s := range []string{
		"", "xapp-1-geheimnis", "xoxb-geheimnis\n", "redis://:geheimnis@h/0", "rediss://u:geheimnis@h:1,h2", "geheimnis", "-1", "1e3", "07:30-12:30,13:30-13:30", "15,,5",
		"America/../etc", "https://docs.google.com/spreadsheets/d/e/x/pub", "http://u:geheimnis@h/", "127.0.0.1:http", "::1", "0",
	} {
		for i := range variables {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, value string) {
		v := variables[int(n)%len(variables)]
		if strings.ContainsRune(value, 0) {
			return // no environment holds it
		}
		c, err := readConfig(environment(v.Name+"="+value), true)
		if _, usage := errors.AsType[*usageError](err); err != nil && (!usage || !strings.Contains(err.Error(), v.Name)) {
			t.Fatalf("%s=%q: %v", v.Name, value, err)
		}
		shown := fmt.Sprintf("%v %+v %#v", err, c, c)
		if b, err := json.Marshal(c); err == nil {
			shown += string(b)
		}
		secret := map[string]string{"SLACK_APP_TOKEN": "xapp-", "SLACK_BOT_TOKEN": "xoxb-", "REDIS_URL": "geheimnis"}[v.Name]
		if at := strings.Index(value, secret); secret != "" && at >= 0 && len(value)-at > len(secret)+4 && strings.Contains(shown, value[at:]) {
			t.Fatalf("%s=%q shows itself: %s", v.Name, value, shown)
		}
		if err == nil && (c.LockTTL < time.Second || c.RedisMaxConnections < 1 || c.Zone == nil || len(c.Shifts) == 0 || c.SpreadsheetID == "") {
			t.Fatalf("%s=%q makes %+v", v.Name, value, c)
		}
	})
}

// A log line stays one line of JSON whatever is logged, and no secret is in it.
func FuzzLogLine(f *testing.F) {
	for _, s := range []string{"", "\n{", "xoxb-", `"`, `\`, "://", "wss://h/?ticket=", "ya29.", "Bearer ", "https://hooks.slack.com/actions/T1/", "ñ\xff\u2028"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		var out bytes.Buffer
		log := newLogger(&out, zerolog.DebugLevel, "json")
		log.Info().Str("field", before+" xoxb-1-geheimnis "+after).Err(errors.New(before + " https://hooks.slack.com/actions/T1/geheimnis")).Msg("said")
		var line map[string]any
		if err := json.Unmarshal(out.Bytes(), &line); err != nil || strings.Count(out.String(), "\n") != 1 || line["message"] != "said" {
			t.Fatalf("%v: %q", err, out.String())
		}
		if strings.Contains(strings.NewReplacer(before, "", after, "").Replace(out.String()), "geheimnis") && !strings.Contains(before+after, "geheimnis") {
			t.Fatalf("%s", out.String())
		}
	})
}
