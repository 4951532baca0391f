//go:build !shop

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// demoFlags are the flags of demo.
type demoFlags struct {
	listen, workbook, redisURL string
	latency, lockTTL           time.Duration
	quota                      int
	seed                       uint64
	json                       bool
}

func parseDemoFlags(in invocation) (demoFlags, error) {
	var f demoFlags
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8790", "address of the page, on this machine only; port 0 = any free one")
	fs.StringVar(&f.workbook, "workbook", "", "a shop's own sheet, downloaded as .xlsx; else a sample")
	fs.DurationVar(&f.latency, "sheet-latency", 250*time.Millisecond, "round trip of the emulated sheet")
	fs.IntVar(&f.quota, "sheet-quota", 60, "reads and writes a minute that the emulated sheet allows")
	fs.StringVar(&f.redisURL, "redis-url", "", "a Redis of yours; else an embedded one")
	fs.DurationVar(&f.lockTTL, "lock-ttl", time.Hour, "how long a take lasts")
	fs.Uint64Var(&f.seed, "seed", 1, "of the sample and of every random choice of the emulators")
	fs.BoolVar(&f.json, "json", false, "print one JSON object with all addresses instead of the text")
	if err := in.parseFlags(fs); err != nil {
		return demoFlags{}, err
	}
	host, _, err := net.SplitHostPort(f.listen)
	switch {
	case err != nil || !isLoopback(host):
		return demoFlags{}, &usageError{fmt.Errorf("--listen %s: the page is for this machine only; give 127.0.0.1:PORT", f.listen)}
	case f.quota < 1, f.lockTTL < time.Second, f.latency < 0:
		return demoFlags{}, &usageError{errors.New("--sheet-quota and --lock-ttl must be positive, --sheet-latency not negative")}
	}
	return f, nil
}

// demo runs the program of serve against emulators of Slack, of Google Sheets
// and (unless a Redis is given) of Redis, all on this machine, and shows both
// ends on a web page.
func demo(ctx context.Context, in invocation) error {
	f, err := parseDemoFlags(in)
	if err != nil {
		return err
	}
	far, err := openFarEnds(ctx, f)
	if err != nil {
		return err
	}
	defer far.close()
	page, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("the page: %w; give another --listen, or 127.0.0.1:0 for any free port", err)
	}
	rest, err := newDemoHTTP(ctx)
	if err != nil {
		return err
	}
	defer rest.close()
	bot, err := newDemoBot(append(far.environmentList(f), rest.env...), in.stderr)
	if err != nil {
		return err
	}
	defer bot.end(syscall.SIGTERM)
	server := &http.Server{Handler: far.page(bot), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(page) }()
	defer func() { _ = server.Close(); <-ended }()

	if err := bot.answers(ctx, far.connected); err != nil {
		return err
	}
	far.announce(in.stdout, f, "http://"+page.Addr().String()+"/", rest)
	<-ctx.Done()
	return nil
}

// farEnds are the emulators of the demo and of the bench.
type farEnds struct {
	clock    *shopClock
	redis    *miniredis.Miniredis // nil = one of the user's
	redisURL string
	sheet    *sheetsim.Server
	slack    *slacksim.Server
	people   []demoPerson
	taller   string // channel ids
	bosses   string
	tour     []string
}

// openFarEnds starts the emulators on loopback, with the same people in the
// sheet and in Slack.
func openFarEnds(ctx context.Context, f demoFlags) (*farEnds, error) {
	zone, err := time.LoadLocation(lookUp("TIMEZONE").Default)
	if err != nil {
		return nil, err
	}
	book := sheetsim.Sample(f.seed, time.Now().In(zone))
	if f.workbook != "" {
		if book, err = sheetsim.OpenXLSX(f.workbook); err != nil {
			return nil, &usageError{fmt.Errorf("--workbook: %w", err)}
		}
	}
	return openFarEndsOn(ctx, f, book)
}

// openFarEndsOn is openFarEnds with a given workbook.
func openFarEndsOn(ctx context.Context, f demoFlags, book *sheetsim.Workbook) (*farEnds, error) {
	var err error
	far := &farEnds{clock: newShopClock(), redisURL: f.redisURL}
	far.sheet = sheetsim.New(sheetsim.Options{
		Latency: f.latency, ReadQuota: f.quota, WriteQuota: f.quota, TimeZone: lookUp("TIMEZONE").Default, Now: far.clock.Now,
	}, book)
	if far.people, err = demoPeople(far.sheet); err != nil {
		return nil, err
	}
	far.slack = slacksim.New(slacksim.Options{
		Seed: f.seed, Commands: demoCommands(), Scopes: demoScopes(), RateLimits: true, Now: far.clock.Now,
		Shortcuts: []slacksim.Shortcut{
			{Name: "Tomar spools", Type: "global", CallbackID: "tomar_spools"},
			{Name: "Tomar de este mensaje", Type: "message", CallbackID: "tomar_de_mensaje"},
		},
	})
	far.moveIn()
	far.tour = freeTags(far.sheet, 6)
	if f.redisURL == "" {
		if far.redis, err = miniredis.Run(); err != nil {
			return nil, fmt.Errorf("embedded redis: %w", err)
		}
		far.redis.ClockTTL(true)
		far.redisURL = "redis://" + far.redis.Addr() + "/0"
		far.clock.follow(ctx, far.redis)
	}
	if err := errors.Join(far.sheet.Start(), far.slack.Start()); err != nil {
		far.close()
		return nil, err
	}
	return far, nil
}

// connected waits until a program listens to Slack.
func (far *farEnds) connected(ctx context.Context) error {
	return far.slack.Wait(ctx, func() bool { return far.slack.Sockets() > 0 })
}

func (far *farEnds) close() {
	far.slack.Close()
	far.sheet.Close()
	far.clock.stop()
	if far.redis != nil {
		far.redis.Close()
	}
}

// environment is what the IT person of this shop would have set for serve.
func (far *farEnds) environment(f demoFlags) getenv {
	env := far.variables(f)
	return func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
}

// environmentList is the same for a child process.
func (far *farEnds) environmentList(f demoFlags) []string {
	var out []string
	for name, value := range far.variables(f) {
		out = append(out, name+"="+value)
	}
	return out
}

func (far *farEnds) variables(f demoFlags) map[string]string {
	return map[string]string{
		"SLACK_APP_TOKEN": far.slack.AppToken(), "SLACK_BOT_TOKEN": far.slack.BotToken(), "SLACK_API_URL": far.slack.APIURL(),
		"SPREADSHEET_ID": far.sheet.SpreadsheetID(), "SHEETS_ENDPOINT": far.sheet.URL(),
		"REDIS_URL": far.redisURL, "REDIS_LOCK_TTL_SECONDS": fmt.Sprint(int(f.lockTTL.Seconds())),
		"SITE": "demo", "SUPERVISOR_CHANNEL": far.bosses, "HTTP_LISTEN": "", "LOG_LEVEL": "warn", "LOG_FORMAT": "console",
	}
}

func (far *farEnds) page(bot *demoBot) http.Handler {
	opt := slacksim.PageOptions{
		Title: "Taller de demostración", Sheets: far.sheet, Tour: far.tour, Gallery: view.Gallery(), Weather: far.weather(bot),
	}
	if far.redis != nil {
		opt.Clock = far.clock.forward
	}
	for _, p := range far.people {
		opt.Users = append(opt.Users, slacksim.PageUser{ID: p.ID, Name: p.Name, Role: p.label()})
	}
	for _, p := range far.phoneHolders() {
		opt.Phones = append(opt.Phones, p.ID)
	}
	return far.slack.Page(opt)
}

// announced is the JSON object of --json.
type announced struct {
	Page          string            `json:"page"`
	SlackAPI      string            `json:"slack_api"`
	SlackSim      string            `json:"slack_sim"`
	AppToken      string            `json:"app_token"`
	BotToken      string            `json:"bot_token"`
	Sheets        string            `json:"sheets"`
	SheetsSim     string            `json:"sheets_sim"`
	SpreadsheetID string            `json:"spreadsheet_id"`
	Redis         string            `json:"redis"`
	HTTP          string            `json:"http"`
	HTTPToken     string            `json:"http_token"` // of the REST door; acts for whom it names
	Channels      map[string]string `json:"channels"`
	Users         []demoPerson      `json:"users"`
}

func (far *farEnds) announce(w io.Writer, f demoFlags, page string, rest *demoHTTP) {
	if f.json {
		_ = json.NewEncoder(w).Encode(announced{
			Page: page, SlackAPI: far.slack.APIURL(), SlackSim: far.slack.URL(),
			AppToken: far.slack.AppToken(), BotToken: far.slack.BotToken(),
			Sheets: far.sheet.URL(), SheetsSim: far.sheet.URL(), SpreadsheetID: far.sheet.SpreadsheetID(),
			Redis: far.redisURL, HTTP: rest.url, HTTPToken: rest.token, Channels: map[string]string{"taller": far.taller, "supervisores": far.bosses}, Users: far.people,
		})
		return
	}
	tag, holders := "MK-...", far.phoneHolders()
	if len(far.tour) > 0 {
		tag = far.tour[0]
	}
	fmt.Fprintf(w, `spoolbot demo: %s

Open it in a browser: phones and the live sheet. The page leads through it in a minute, or:
  1. As %s write  /tomar %s  and watch the sheet.
  2. As %s write the same: refused, with who has it and since when.
  3. Write  /lote  and take thirty spools at once.

Ctrl-C ends it; nothing is kept.
`, page, holders[0].Name, tag, holders[min(1, len(holders)-1)].Name)
}

// freeTags are the first spools, at most limit, that anyone may take for ARM now.
func freeTags(sheet *sheetsim.Server, limit int) []string {
	rows := sheet.Rows("Operaciones")
	if len(rows) == 0 {
		return nil
	}
	at := columns(rows[0])
	cell := func(row []string, header string) string {
		if i, ok := at[header]; ok && i < len(row) {
			return row[i]
		}
		return ""
	}
	seen := map[string]int{}
	for _, row := range rows[1:] {
		seen[occupation.TagKey(cell(row, "TAGSPOOL"))]++
	}
	var out []string
	for _, row := range rows[1:] {
		tag := cell(row, "TAGSPOOL")
		if seen[occupation.TagKey(tag)] == 1 && cell(row, "FECHAMATERIALES") != "" && cell(row, "FECHAARMADO") == "" && cell(row, "OCUPADOPOR") == "" {
			out = append(out, tag)
		}
		if len(out) == limit {
			break
		}
	}
	return out
}
