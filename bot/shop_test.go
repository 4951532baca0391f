package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

var santiago = func() *time.Location {
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		panic(err)
	}
	return zone
}()

// shop is a workshop in a bubble of virtual time: people at their phones, the
// real bot over slack-go, the real core over ports in memory.
type shop struct {
	*slacksim.Server
	t         *testing.T
	bot       *bot.Bot
	options   bot.Options // of it
	news      *relay
	core      *occupation.Service
	locks     *occupationtest.Locks
	records   *occupationtest.Records
	directory *occupationtest.Directory
	memory    *bot.LocalMemory
	log       *safeBuffer
	taller    string // the channel
	jefes     string // the supervisors' channel, which the bot uses inSupervisedShop only
	envelopes atomic.Int64

	patricia                                               *slacksim.Person // supervisor
	mauricio, juana, pedro, nadie, visita, ajeno, inactivo *slacksim.Person

	stop func() error
}

// relay brings the core's news to the bot, which is made after the core.
type relay struct {
	to    atomic.Pointer[bot.Bot]
	turns func() *bot.Bot // set while nothing is told: which of several is told next
}

func (r *relay) Settled(ctx context.Context, n occupation.Notice) {
	if r.turns != nil {
		r.turns().Settled(ctx, n)
		return
	}
	if b := r.to.Load(); b != nil {
		b.Settled(ctx, n)
	}
}

// sheetTakes is how long the sheet takes for a write in a story.
const sheetTakes = 250 * time.Millisecond

// slowRecords is a sheet that takes its time, as Google does.
type slowRecords struct {
	*occupationtest.Records
	takes  atomic.Int64                     // a Duration
	shifts []occupation.Shift               // of the shop; none = no digests
	fault  atomic.Pointer[occupation.Error] // of every read; nil = none
}

func (r *slowRecords) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	if err := r.fault.Load(); err != nil {
		return nil, err
	}
	return r.Records.Book(ctx, maxAge)
}

func (r *slowRecords) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	t := time.NewTimer(time.Duration(r.takes.Load()))
	defer t.Stop()
	<-t.C
	return r.Records.Commit(ctx, c)
}

// option changes a shop before it opens.
type option func(*slacksim.Options, *bot.Options, *slowRecords)

// inShop runs a story. At its end the bot is stopped, no goroutine may be left,
// and neither Slack nor the log may have anything to complain of.
func inShop(t *testing.T, story func(*shop), options ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{t: t, locks: occupationtest.NewLocks(), memory: &bot.LocalMemory{}, log: &safeBuffer{}}
		simOptions := slacksim.Options{
			Seed: 1, PingEvery: 10 * time.Second, BotToken: "xoxb-secret-token", AppToken: "xapp-secret-token",
			Scopes: []string{"commands", "chat:write", "files:write", "im:write", "channels:history", "groups:history", "users:read"}, RateLimits: true,
		}
		botOptions := bot.Options{Memory: s.memory, Zone: santiago, Log: zerolog.New(s.log).Level(zerolog.DebugLevel), OnEnvelope: func() { s.envelopes.Add(1) }}
		slow := &slowRecords{Records: occupationtest.NewRecords(shopSpools()...)}
		slow.takes.Store(int64(sheetTakes))
		for _, o := range options {
			o(&simOptions, &botOptions, slow)
		}
		s.records = slow.Records
		s.Server = slacksim.New(simOptions)
		defer s.Close()
		s.hire()
		if botOptions.Supervisors != "" {
			botOptions.Supervisors = s.jefes
		}
		news := &relay{}
		s.core = occupation.New(occupation.Config{Replica: "a", Zone: santiago, TTL: time.Hour, Grace: 15 * time.Minute, Shifts: slow.shifts},
			occupation.Ports{Locks: s.locks, Desk: s.locks, Records: slow, Directory: s.directory, Claims: s.locks, Notifier: news})
		if err := s.core.Start(t.Context()); err != nil {
			t.Fatalf("core: %v", err)
		}
		api, sockets, hc := bot.NewSlack(bot.SlackConfig{
			BotToken: s.BotToken(), AppToken: s.AppToken(), APIURL: s.APIURL(),
			HTTPClient: s.Client(), Dialer: s.Dialer(), Log: zerolog.New(s.log).Level(zerolog.DebugLevel),
		})
		botOptions.API, botOptions.Socket, botOptions.HTTP, botOptions.Core = api, sockets, hc, s.core
		s.bot, s.options, s.news = bot.New(botOptions), botOptions, news
		news.to.Store(s.bot)
		s.run()
		defer func() { _ = s.stop() }() // of a story that ends early
		s.wait("a socket", func() bool { return s.Sockets() > 0 })
		story(s)
		if err := s.stop(); err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		for _, c := range s.Complaints() {
			t.Errorf("Slack complains: %s", c)
		}
		s.checkLog()
	})
}

// supervised lets the bot speak to the supervisors' channel.
func supervised(_ *slacksim.Options, o *bot.Options, _ *slowRecords) { o.Supervisors = "jefes" }

// run starts core and bot; stop ends them, the bot first.
func (s *shop) run() {
	coreCtx, endCore := context.WithCancel(s.t.Context())
	botCtx, endBot := context.WithCancel(s.t.Context())
	var core sync.WaitGroup
	core.Go(func() { s.core.Run(coreCtx) })
	ended := make(chan error, 1)
	go func() { ended <- s.bot.Run(botCtx) }()
	s.stop = sync.OnceValue(func() error {
		endBot()
		err := <-ended
		endCore()
		core.Wait()
		return err
	})
}

// hire fills the workshop with people.
func (s *shop) hire() {
	worker := func(id int, given, surname, slack string, active bool, roles ...occupation.Role) occupation.Worker {
		return occupation.Worker{ID: id, Given: given, Surname: surname, Active: active, Roles: roles, SlackID: slack}
	}
	s.directory = occupationtest.NewDirectory(
		worker(93, "Mauricio", "Rodríguez", "U93", true, occupation.Armador),
		worker(7, "Juana", "Pérez", "U7", true, occupation.Ayudante),
		worker(12, "Pedro", "Soto", "U12", true, occupation.Soldador),
		worker(3, "Patricia", "Rojas", "U3", true, occupation.Supervisor),
		worker(50, "Inés", "Vera", "U50", false, occupation.Armador),
		worker(60, "Vito", "Visita", "U405", true, occupation.Armador), // linked, and a guest all the same
		worker(61, "Olga", "Ajena", "U406", true, occupation.Armador),
	)
	var ids []string
	for _, u := range []slacksim.User{
		{ID: "U93", Name: "mauricio"},
		{ID: "U7", Name: "juana"},
		{ID: "U12", Name: "pedro"},
		{ID: "U3", Name: "patricia"},
		{ID: "U50", Name: "ines"},
		{ID: "U404", Name: "nadie"},
		{ID: "U405", Name: "vito", Guest: true},
		{ID: "U406", Name: "olga", TeamID: "T0OTHER"},
	} {
		ids = append(ids, s.AddUser(u))
	}
	s.taller = s.AddChannel("taller", ids...)
	s.jefes = s.AddChannel("jefes", "U3", "U7") // Juana reads along, and is no supervisor
	s.patricia = s.Person("U3")
	s.mauricio, s.juana, s.pedro = s.Person("U93"), s.Person("U7"), s.Person("U12")
	s.nadie, s.visita, s.ajeno, s.inactivo = s.Person("U404"), s.Person("U405"), s.Person("U406"), s.Person("U50")
}

func tag(n int) string { return fmt.Sprintf("MK-1335-CW-%05d-%03d", 25200+n, n) }

// shopSpools are 60 spools that wait for ARM, three armed ones, one without
// materials and one that stands twice.
func shopSpools() []occupation.Spool {
	day := time.Date(1999, 12, 1, 0, 0, 0, 0, santiago)
	var out []occupation.Spool
	for i := range 60 {
		out = append(out, occupation.Spool{Tag: tag(i), NV: "NV0650", OT: "OT-1", Client: "Minera", Materials: day})
	}
	for i := 60; i < 63; i++ {
		out = append(out, occupation.Spool{Tag: tag(i), NV: "NV0651", Materials: day, ArmDate: day, ArmBy: "JP(7)"})
	}
	out = append(out, occupation.Spool{Tag: "SIN-MATERIAL-1", NV: "NV0652"})
	return append(out, occupation.Spool{Tag: "DOBLE-1", Materials: day}, occupation.Spool{Tag: "DOBLE-1", Materials: day})
}

// wait waits for a condition of the workspace, at most ten minutes of the
// bubble's time.
func (s *shop) wait(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
	defer cancel()
	if err := s.Wait(ctx, cond); err != nil {
		s.t.Fatalf("waited for %s: %v\nlog:\n%s", what, err, s.log.String())
	}
}

// types types a line in a channel.
func (s *shop) types(p *slacksim.Person, channel, line string) {
	s.t.Helper()
	if err := p.Type(s.t.Context(), channel, line); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
}

// sees waits until the newest message that the person sees in the channel has all
// of the texts in it.
func (s *shop) sees(p *slacksim.Person, channel string, texts ...string) slacksim.Message {
	s.t.Helper()
	var last slacksim.Message
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
	defer cancel()
	err := s.Wait(ctx, func() bool {
		last = p.Last(channel)
		return hasAll(last.Shown(), texts)
	})
	if err != nil {
		s.t.Fatalf("waited for %q, sees %q\nlog:\n%s", texts, last.Shown(), s.log.String())
	}
	return last
}

// hasAll looks for texts, whatever their capitals.
func hasAll(shown string, texts []string) bool {
	shown = strings.ToLower(shown)
	for _, text := range texts {
		if !strings.Contains(shown, strings.ToLower(text)) {
			return false
		}
	}
	return true
}

// asks types a line in the workshop's channel and waits for the answer.
func (s *shop) asks(p *slacksim.Person, line string, texts ...string) slacksim.Message {
	s.t.Helper()
	before := p.Last(s.taller).TS
	s.types(p, s.taller, line)
	s.wait("there is an answer to "+line, func() bool { return p.Last(s.taller).TS != before })
	return s.sees(p, s.taller, texts...)
}

// clicks presses a button and waits until the card has the texts.
func (s *shop) clicks(p *slacksim.Person, m slacksim.Message, button string, texts ...string) slacksim.Message {
	s.t.Helper()
	if err := p.Click(s.t.Context(), m, button); err != nil {
		s.t.Fatalf("click %s: %v", button, err)
	}
	return s.seesCard(p, m, texts...)
}

// seesCard waits until that very message has all of the texts.
func (s *shop) seesCard(p *slacksim.Person, m slacksim.Message, texts ...string) slacksim.Message {
	s.t.Helper()
	var now slacksim.Message
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
	defer cancel()
	err := s.Wait(ctx, func() bool {
		for _, o := range p.Messages(m.Channel) {
			if o.TS == m.TS {
				now = o
			}
		}
		return hasAll(now.Shown(), texts)
	})
	if err != nil {
		s.t.Fatalf("waited for %q on the card, sees %q\nlog:\n%s", texts, now.Shown(), s.log.String())
	}
	return now
}

// row is what the sheet says of a spool: "held-by|state".
func (s *shop) row(tag string) string {
	s.t.Helper()
	b, err := s.records.Book(s.t.Context(), 0)
	if err != nil {
		s.t.Fatal(err)
	}
	sp, missing := b.Find(tag)
	if missing != nil {
		s.t.Fatal(missing)
	}
	return sp.HeldBy + "|" + sp.State
}

// audit counts the rows of the audit log.
func (s *shop) audit() int { return len(s.records.Audit()) }

// checkLog looks for what must not be in the log.
func (s *shop) checkLog() {
	s.t.Helper()
	text := s.log.String()
	for _, secret := range []string{"xoxb-secret", "xapp-secret", "/commands/T0SIM", "/actions/T0SIM", "panicked"} {
		if strings.Contains(text, secret) {
			s.t.Errorf("the log has %q in it:\n%s", secret, text)
		}
	}
}

// safeBuffer is a log that many goroutines write.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
