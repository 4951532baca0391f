package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "console"} {
		var out bytes.Buffer
		log := newLogger(&out, zerolog.DebugLevel, format)
		log.Info().Str("token", botToken).Err(errors.New(`post "https://slack.test/?token=` + appToken + `": refused`)).Msg("started " + appToken)
		redisLog{log}.Printf(t.Context(), "dial %s", "redis://u:secretredis@redis:6379/0")
		log.Debug().Str("line", "wss://wss.slack.test/link/?ticket=secretticket&app_id=A0").Msg("slack_go")
		if strings.Contains(out.String(), "secret") {
			t.Errorf("%s: a secret is logged:\n%s", format, out.String())
		}
		for _, want := range []string{"app_id=A0", "@redis:6379", "redis_client"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is missing:\n%s", format, want, out.String())
			}
		}
	}
}

func TestLogLinesStayJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := newLogger(&out, zerolog.InfoLevel, "json")
	log.Info().Str("link", `ws://h/?ticket=a"b\c`).Str("user", "U1").Msg("said \"xoxb-1\"")
	var line map[string]string
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["user"] != "U1" {
		t.Errorf("%v: %s", err, out.String())
	}
}
