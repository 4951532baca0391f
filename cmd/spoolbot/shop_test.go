//go:build !shop

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// shop is the whole program between slacksim and sheetsim, on virtual time. A
// story reads as prose: a person types, sees, clicks, sees.
type shop struct {
	t      *testing.T
	ctx    context.Context
	slack  *slacksim.Server
	sheet  *sheetsim.Server
	redis  *miniredis.Miniredis
	client redis.UniversalClient
	line   *redisLine
	taller string
	bosses string
	log    *logBook
	whole  whole        // the sheet as it was before the story
	stop   func() error // ends the program in order and returns its error

	lockTTL time.Duration
	shifts  []occupation.Shift

	mauricio, carlos, ivan, jefa *slacksim.Person
}

// shopOptions of a story; the zero value is the small workbook and a sheet that
// answers in 250 ms.
type shopOptions struct {
	book       *sheetsim.Workbook
	latency    time.Duration
	quota      int
	lockTTL    time.Duration      // 0 = an hour
	shifts     []occupation.Shift // nil = morning and afternoon
	complaints bool               // the story makes the emulators complain on purpose
	notStarted bool               // the story starts the program by itself
}

// inShop runs a story. At its end nothing may be left: the bubble fails when a
// goroutine outlives it.
func inShop(t *testing.T, o shopOptions, story func(*shop)) {
	t.Helper()
	if o.book == nil {
		o.book = sheetsim.SmallWorkbook(smallRows(40)...)
	}
	if o.latency == 0 {
		o.latency = 250 * time.Millisecond
	}
	if o.lockTTL == 0 {
		o.lockTTL = time.Hour
	}
	if o.shifts == nil {
		o.shifts = []occupation.Shift{
			{Start: 7*time.Hour + 30*time.Minute, End: 12*time.Hour + 30*time.Minute},
			{Start: 13*time.Hour + 30*time.Minute, End: 18 * time.Hour},
		}
	}
	m := miniredis.RunT(t) // its accept loop must not be inside the bubble
	m.ClockTTL(true)
	synctest.Test(t, func(t *testing.T) {
		s := &shop{t: t, redis: m, log: &logBook{}, lockTTL: o.lockTTL, shifts: o.shifts}
		var cancel context.CancelFunc
		s.ctx, cancel = context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		s.sheet = sheetsim.New(sheetsim.Options{Latency: o.latency, ReadQuota: o.quota, WriteQuota: o.quota, Token: ""}, o.book)
		s.slack = slacksim.New(slacksim.Options{Commands: demoCommands(), Scopes: demoScopes(), RateLimits: true, SocketLife: -1})
		s.moveIn()
		s.line = &redisLine{redis: m}
		s.client = s.line.dial(m.Addr())
		s.whole = whole{s.sheet, s.client, "prueba", rowsByTag(s.sheet)}
		if !o.notStarted {
			s.start()
		}
		story(s)
		if s.stop != nil {
			if err := s.stop(); err != nil {
				t.Errorf("the program ended with: %v", err)
			}
		}
		_ = s.client.Close()
		s.slack.Close()
		s.sheet.Close()
		synctest.Wait()
		if !o.complaints {
			for _, c := range append(s.slack.Complaints(), s.sheet.Complaints()...) {
				t.Errorf("an emulator complains: %s", c)
			}
		}
		s.log.leaksNo(t, s.slack.BotToken(), s.slack.AppToken())
	})
}

// smallRows are n spools free for ARM, T-001 and so on, of two NVs.
func smallRows(n int) []map[string]any {
	var rows []map[string]any
	for i := range n {
		rows = append(rows, map[string]any{
			"TAG_SPOOL": fmt.Sprintf("MK-%04d-CW-1%03d", 1300+i, i), "NV": fmt.Sprintf("NV%04d", 650+i%2), "OT": "OT-1", "Fecha_Materiales": 36400,
		})
	}
	return rows
}

func tag(i int) string { return fmt.Sprintf("MK-%04d-CW-1%03d", 1300+i, i) }

func (s *shop) moveIn() {
	var all []string
	for _, p := range sheetsim.SamplePeople() {
		id := p.SlackID
		if id == "" {
			id = "U0NICOLASV"
		}
		s.slack.AddUser(slacksim.User{ID: id, RealName: p.Given + " " + p.Surname})
		all = append(all, id)
	}
	s.slack.AddUser(slacksim.User{ID: "U0PAULAINV", RealName: "Paula Invitada", Guest: true})
	s.taller = s.slack.AddChannel("taller", append(all, "U0PAULAINV")...)
	s.bosses = s.slack.AddChannel("supervisores", "U0CLAUDIAF")
	s.mauricio, s.carlos = s.slack.Person("U0MAURICIO"), s.slack.Person("U0CARLOSNU")
	s.ivan, s.jefa = s.slack.Person("U0IVANMUNO"), s.slack.Person("U0CLAUDIAF")
}

// config is what serve would have read from the environment.
func (s *shop) config() Config {
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		s.t.Fatal(err)
	}
	return Config{
		SlackAppToken: Secret(s.slack.AppToken()), SlackBotToken: Secret(s.slack.BotToken()), SlackAPIURL: s.slack.APIURL(),
		SpreadsheetID: s.sheet.SpreadsheetID(), Site: "prueba", Zone: zone, SupervisorChannel: s.bosses,
		Alerts: bot.DefaultAlerts(), LockTTL: s.lockTTL, Grace: 15 * time.Minute, WarnBefore: []time.Duration{15 * time.Minute, 5 * time.Minute},
		Shifts: s.shifts,
	}
}

// start runs the program until stop and waits until people can use it.
func (s *shop) start() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	doors := Doors{
		Slack: s.slack.Client(), Dialer: s.slack.Dialer(), Sheets: s.sheet.Client(), Redis: s.client,
		Ready: func() { close(ready) },
	}
	go func() {
		ended <- runApp(ctx, s.config(), doors, newLogger(s.log, zerolog.DebugLevel, "json"))
	}()
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		s.t.Fatalf("the program did not start: %v", err)
	}
	s.until("a socket is open", func() bool { return s.slack.Sockets() > 0 })
}

// until waits for something that Slack's side shows.
func (s *shop) until(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Minute)
	defer cancel()
	if err := s.slack.Wait(ctx, cond); err != nil {
		s.t.Fatalf("waited in vain until %s; log:\n%s", what, s.log.tail())
	}
}

// types lets a person type a line and returns the answer that they see.
func (s *shop) types(p *slacksim.Person, channel, line string) slacksim.Message {
	s.t.Helper()
	before := s.newest(p, channel)
	if err := p.Type(s.ctx, channel, line); err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	s.until("there is an answer to "+line, func() bool { return s.newest(p, channel) != before })
	return p.Last(channel)
}

// newest identifies what a person sees at the end of a channel.
func (s *shop) newest(p *slacksim.Person, channel string) string {
	m := p.Last(channel)
	return m.TS + "|" + m.Text
}

// clicks presses a button of a message and returns what stands there then.
func (s *shop) clicks(p *slacksim.Person, m slacksim.Message, button string) slacksim.Message {
	s.t.Helper()
	before := s.whatever(p, m)
	if err := p.Click(s.ctx, m, button); err != nil {
		s.t.Fatalf("click on %q: %v", button, err)
	}
	s.until("a click on "+button+" shows", func() bool { return s.whatever(p, m) != before })
	return s.again(p, m)
}

// again is the message as it stands now, or else the newest of its channel.
func (s *shop) again(p *slacksim.Person, m slacksim.Message) slacksim.Message {
	for _, now := range p.Messages(m.Channel) {
		if now.TS == m.TS && now.Text != m.Text {
			return now
		}
	}
	return p.Last(m.Channel)
}

func (s *shop) whatever(p *slacksim.Person, m slacksim.Message) string {
	var all []string
	for _, now := range p.Messages(m.Channel) {
		all = append(all, now.TS+now.Text)
	}
	return strings.Join(all, "|")
}

// says checks that a message says all of the words.
func (s *shop) says(m slacksim.Message, words ...string) {
	s.t.Helper()
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		s.t.Fatal(err)
	}
	text := m.Text + "\n" + string(blocks)
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("message lacks %q:\n%s", w, text)
		}
	}
}

// row is what the sheet says of a spool: "held-by|state".
func (s *shop) row(tag string) string {
	s.t.Helper()
	rows := s.sheet.Rows("Operaciones")
	at := columns(rows[0])
	for _, r := range rows[1:] {
		if at["TAGSPOOL"] < len(r) && occupation.TagKey(r[at["TAGSPOOL"]]) == occupation.TagKey(tag) {
			cell := func(h string) string {
				if at[h] < len(r) {
					return r[at[h]]
				}
				return ""
			}
			return cell("OCUPADOPOR") + "|" + cell("ESTADODETALLE")
		}
	}
	return "no such row"
}

func (s *shop) wantRow(tag, want string) {
	s.t.Helper()
	if got := s.row(tag); got != want {
		s.t.Errorf("row of %s = %q, want %q; log:\n%s", tag, got, want, s.log.tail())
	}
}

// audit is the audit log in one line.
func (s *shop) audit() string {
	var out []string
	for i, r := range s.sheet.Rows("Metadata") {
		if i > 0 && len(r) > 7 {
			out = append(out, r[7]+":"+r[3])
		}
	}
	return strings.Join(out, " ")
}

func (s *shop) wantAudit(want ...string) {
	s.t.Helper()
	if got := s.audit(); got != strings.Join(want, " ") {
		s.t.Errorf("audit log = %q, want %q", got, strings.Join(want, " "))
	}
}

// redisLine is the line to Redis: it makes miniredis go by virtual time, can be
// cut, and counts round trips.
type redisLine struct {
	redis *miniredis.Miniredis
	mu    sync.Mutex
	cut   func(redis.Cmder) cutPoint
	trips int
}

// cutPoint says where a command's line is cut.
type cutPoint int

const (
	notCut cutPoint = iota
	cutBefore
	cutAfter // the command is carried out, its answer is lost
)

var errCut = errors.New("redis line cut")

func (l *redisLine) dial(addr string) redis.UniversalClient {
	c := redis.NewUniversalClient(Config{RedisURL: Secret("redis://" + addr), RedisMaxConnections: 50}.redisOptions())
	c.AddHook(l)
	return c
}

// cutWhen cuts the line as told; nil mends it.
func (l *redisLine) cutWhen(f func(redis.Cmder) cutPoint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = f
}

// DialHook implements redis.Hook.
func (l *redisLine) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (l *redisLine) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		l.mu.Lock()
		l.redis.SetTime(time.Now())
		l.trips++
		scriptOf(cmd) // learns the name of each while its text goes over the line
		cut := notCut
		if l.cut != nil {
			cut = l.cut(cmd)
		}
		l.mu.Unlock()
		if cut == cutBefore {
			cmd.SetErr(errCut)
			return errCut
		}
		err := next(ctx, cmd)
		if cut == cutAfter {
			cmd.SetErr(errCut)
			return errCut
		}
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (l *redisLine) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// logBook keeps the log of a story.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// tail is the end of the log, for a failure's message.
func (l *logBook) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buf.Bytes()
	return string(b[max(0, len(b)-3000):])
}

// leaksNo checks that no secret stands in the log.
func (l *logBook) leaksNo(t *testing.T, secrets ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range secrets {
		if bytes.Contains(l.buf.Bytes(), []byte(s)) {
			t.Errorf("the log holds a secret that begins with %.5s", s)
		}
	}
}
