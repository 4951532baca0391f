package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/store/sheet"
)

// What the doctor looks at on this machine.

func examineEnvironment(shops []Config, faults []variableFault, env getenv, tell checkup.Tell) {
	const check = "environment"
	for _, f := range faults {
		tell.Fail(check, f.Error(), f.name+": "+strings.ReplaceAll(lookUp(f.name).Meaning, "`", ""))
	}
	set := 0
	for _, v := range variables {
		if s, _ := env(v.Name); s != "" {
			set++
		}
	}
	if len(faults) == 0 {
		tell.OK(check, "%d variables are set, %d have their defaults", set, len(variables)-set)
	}
	for _, far := range []struct {
		name string
		set  func(Config) bool
	}{
		{"SLACK_API_URL", func(c Config) bool { return c.SlackAPIURL != "" }},
		{"SHEETS_ENDPOINT", func(c Config) bool { return c.SheetsEndpoint != "" }},
	} {
		if slices.ContainsFunc(shops, far.set) {
			tell.Warn(check, far.name+" is set: nothing goes to the real service", "unset it, unless this is a test")
		}
	}
	if slices.ContainsFunc(shops, func(c Config) bool { return c.AllowInsecure }) {
		tell.Warn(check, "ALLOW_INSECURE_ENDPOINTS is 1: whoever is on the way can read and change what goes to Redis", "use rediss:// and unset it, unless you trust that network")
	}
}

// examineAddress looks at the address of the HTTP door. An address in use is that of
// serve, if it is running.
func examineAddress(ctx context.Context, cfg Config, tell checkup.Tell) {
	const check = "http"
	if cfg.HTTPListen == "" {
		tell.OK(check, "off")
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.HTTPListen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		tell.OK(check, "%s is in use: by serve, if that is running", cfg.HTTPListen)
	case err != nil:
		tell.Fail(check, "HTTP_LISTEN "+cfg.HTTPListen+" cannot be used: "+checkup.Cause(err), "choose another port of this machine, or leave HTTP_LISTEN empty")
	default:
		_ = listener.Close() // nobody has called
		tell.OK(check, "%s is free", cfg.HTTPListen)
	}
}

// examineTokens looks at the tokens of the REST door, if there are any.
func examineTokens(cfg Config, tell checkup.Tell) {
	if cfg.HTTPTokensFile == "" {
		return
	}
	if _, err := readTokens(cfg.HTTPTokensFile); err != nil {
		tell.Fail("http", checkup.Cause(err), "write that file as the README says (The REST door), or unset HTTP_TOKENS_FILE")
	}
}

// examineAccount finds out as whom the sheet is read; false when the key file
// cannot be used.
func examineAccount(cfg Config, tell checkup.Tell) (address string, ok bool) {
	const check = "google-account"
	switch {
	case cfg.GoogleCredentials != "":
	case cfg.SheetsEndpoint != "":
		tell.OK(check, "none: SHEETS_ENDPOINT gets no credentials")
		return "", true
	default:
		tell.OK(check, "the one that this platform gives; whom to share the sheet with, its own settings say")
		return "", true
	}
	const todo = "in the Cloud console: IAM & Admin → Service Accounts → Keys → Add key → JSON, and copy that file here"
	file, err := os.ReadFile(cfg.GoogleCredentials)
	if err != nil {
		tell.Fail(check, "GOOGLE_APPLICATION_CREDENTIALS cannot be read: "+checkup.Cause(err), todo)
		return "", false
	}
	if address, err = sheet.AccountOf(file); err != nil {
		tell.Fail(check, "GOOGLE_APPLICATION_CREDENTIALS: "+checkup.Cause(err), todo)
		return "", false
	}
	tell.OK(check, "%s: the sheet must be shared with this address", address)
	if info, err := os.Stat(cfg.GoogleCredentials); err == nil && info.Mode().Perm()&0o004 != 0 {
		tell.Warn(check, "everybody on this machine can read the key", "chmod 600 "+cfg.GoogleCredentials)
	}
	return address, true
}

// fact is what a zone's clocks certainly show at a moment.
type fact struct {
	at     time.Time
	offset time.Duration // from UTC
}

// facts of zones whose rules have changed lately, each wrong in older data: Chile
// put off its change of September 2022 by a week, and Magallanes left the change in
// 2017. [https://github.com/eggert/tz/blob/main/southamerica]
var facts = map[string][]fact{
	"America/Santiago": {
		{time.Date(2022, 9, 7, 12, 0, 0, 0, time.UTC), -4 * time.Hour},
		{time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), -4 * time.Hour},
		{time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC), -3 * time.Hour},
		{time.Date(2027, 4, 2, 12, 0, 0, 0, time.UTC), -3 * time.Hour},
	},
	"America/Punta_Arenas": {{time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), -3 * time.Hour}},
}

// examineZone looks whether the data of the zone is of our days, and tells what
// time it is there, for a person to compare.
func examineZone(zone *time.Location, now time.Time, tell checkup.Tell) {
	const check = "timezone"
	for _, f := range facts[zone.String()] {
		if _, offset := f.at.In(zone).Zone(); time.Duration(offset)*time.Second != f.offset {
			tell.Fail(check, fmt.Sprintf("the data of %s is too old: it is wrong on %s", zone, f.at.Format(time.DateOnly)),
				"update the package tzdata of this machine, or remove it and unset ZONEINFO: the program carries data of its own")
			return
		}
	}
	here := now.In(zone)
	next := "the clocks stay as they are"
	_, end := here.ZoneBounds()
	_, offset := here.Zone()
	if _, then := end.Zone(); !end.IsZero() && then != offset { // 2038 bounds every zone
		next = "the clocks change next on " + end.Add(-time.Second).In(zone).Format(time.DateOnly)
	}
	tell.OK(check, "%s: it is %s (%s); %s", zone, here.Format("15:04"), here.Format("-07:00"), next)
}
