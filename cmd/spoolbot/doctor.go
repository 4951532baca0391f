package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/store/locks"
)

// doctor looks at everything that serve relies on, with the same clients, and
// says of each thing whether it is as it must be, and what to do. Its code: 0 =
// nothing has to be put right, 1 = something has, 2 = the environment has faults
// (the rest is looked at all the same, as far as it can be).
func doctor(ctx context.Context, in invocation) error {
	fs := flag.NewFlagSet("doctor", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, `print one array of {"check","status","what","todo"}, and "site" where there are several shops; status is ok, warn or fail`)
	if err := in.parseFlags(fs); err != nil {
		return err
	}
	redis.SetLogger(redisLog{zerolog.Nop()})
	shops, faults := lookAtShops(in.getenv, platformCredentials(in.getenv))
	p := &paper{w: scrubber{in.stdout}, keep: *asJSON}
	examine(ctx, shops, faults, in.getenv, p.add)
	if err := p.end(); err != nil {
		return err
	}
	switch {
	case len(faults) > 0:
		return usageOf(faults)
	case p.fails > 0:
		return fmt.Errorf("found %s; stdout says what to do", count(p.fails, "fault"))
	}
	return nil
}

// examine looks at one part after the other, shop by shop; a part whose variables are
// faulty is left out.
func examine(ctx context.Context, shops []Config, faults []variableFault, env getenv, tell checkup.Tell) {
	examineEnvironment(shops, faults, env, tell)
	for _, cfg := range shops {
		say := tell
		if cfg.Several {
			say = func(f checkup.Finding) { f.Site = cfg.Site; tell(f) }
		}
		examineShop(ctx, cfg, faults, say)
	}
	if len(shops) > 0 && shops[0].Several && !slices.ContainsFunc(faults, func(f variableFault) bool { return f.name == "HTTP_LISTEN" }) {
		examineAddress(ctx, shops[0], tell)
	}
}

// examineShop looks at all that one shop relies on. Several share an address, which
// is looked at once.
func examineShop(ctx context.Context, cfg Config, faults []variableFault, tell checkup.Tell) {
	sound := func(part, what string, names ...string) bool {
		if slices.ContainsFunc(faults, func(f variableFault) bool {
			return slices.Contains(names, f.name) && (f.shop == "" || f.shop == cfg.Site)
		}) {
			tell.Skipped(part, what, "the environment")
			return false
		}
		return true
	}
	if cfg.QuotaShare > 1 {
		tell.Warn("google-account", fmt.Sprintf("it serves %d shops, which share its quota: %d writes a minute each", cfg.QuotaShare, cfg.quota()),
			"give each shop a service account of its own, and set GOOGLE_APPLICATION_CREDENTIALS in its section")
	}
	if sound("slack", "tokens, scopes, socket, channel", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL") {
		api, _, _ := bot.NewSlack(slackConfig(cfg, Doors{}, zerolog.Nop(), nil))
		exam := bot.Exam{API: api, Channel: cfg.SupervisorChannel, Now: time.Now()}
		if cfg.AppOf != "" && cfg.AppOf != cfg.Site {
			tell.OK("slack-app", "it is that of %s", cfg.AppOf)
			bot.ExamineChannel(ctx, exam, tell)
		} else {
			bot.Examine(ctx, exam, tell)
		}
	}
	if sound("sheet", "account, access, tabs, headers, rows, people", "SPREADSHEET_ID", "GOOGLE_APPLICATION_CREDENTIALS", "SHEETS_ENDPOINT", "TIMEZONE") {
		examineSheet(ctx, cfg, tell)
	}
	if sound("redis", "version, settings, scripts", "REDIS_URL", "REDIS_MAX_CONNECTIONS", "SITE") {
		client := newRedis(cfg)
		locks.New(client, locks.Options{Site: cfg.Site}).Examine(ctx, tell)
		_ = client.Close() // nothing is under way
	}
	if sound("http", "address and tokens", "HTTP_LISTEN", "HTTP_TOKENS_FILE") {
		if examineTokens(cfg, tell); !cfg.Several {
			examineAddress(ctx, cfg, tell)
		}
	}
	if sound("timezone", "the zone's data", "TIMEZONE") {
		examineZone(cfg.Zone, time.Now(), tell)
	}
}

func examineSheet(ctx context.Context, cfg Config, tell checkup.Tell) {
	account, ok := examineAccount(cfg, tell)
	if !ok {
		tell.Skipped("sheet", "access, tabs, headers, rows, people", "google-account")
		return
	}
	s, err := newSheet(ctx, cfg, Doors{}, nil, nil)
	if err != nil {
		tell.Fail("google-account", checkup.Cause(err), "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account")
		return
	}
	defer s.Close()
	s.Examine(ctx, account, tell)
}

// paper takes the findings down: line by line, or as one array at the end.
type paper struct {
	w            io.Writer
	keep         bool
	all          []checkup.Finding
	fails, warns int
	err          error
}

func (p *paper) add(f checkup.Finding) {
	switch f.Status {
	case checkup.Fail:
		p.fails++
	case checkup.Warn:
		p.warns++
	case checkup.OK:
	}
	if p.keep {
		p.all = append(p.all, f)
		return
	}
	what := f.What
	if f.Site != "" {
		what = "[" + f.Site + "] " + what
	}
	line := fmt.Sprintf("%-4s  %-17s  %s\n", f.Status, f.Check, what)
	if f.Todo != "" {
		line += strings.Repeat(" ", 25) + "-> " + f.Todo + "\n"
	}
	p.print(line)
}

func (p *paper) print(text string) {
	if _, err := io.WriteString(p.w, text); err != nil && p.err == nil {
		p.err = fmt.Errorf("stdout: %w", err)
	}
}

func (p *paper) end() error {
	if !p.keep {
		p.print(fmt.Sprintf("\n%s, %s\n", count(p.fails, "fault"), count(p.warns, "warning")))
		return p.err
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p.all); err != nil {
		return err
	}
	p.print(b.String())
	return p.err
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
