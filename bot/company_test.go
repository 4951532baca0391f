package bot_test

import (
	"context"
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

// company is two shops of one Slack app. The shops know the same TAGs, so that what
// goes to the wrong one shows.
type company struct {
	*slacksim.Server
	t          *testing.T
	norte, sur *shop
	hangs      map[string]*hanging // by site
	reception  bot.ReceptionOptions
	stop       func()

	ana, beto, clara, dani, visita *slacksim.Person // of norte, of sur, of both, of none, a guest
}

// hanging lets the sheet's people or the memory of a shop hang.
type hanging struct {
	*occupationtest.Directory
	*bot.LocalMemory
	people, memory atomic.Bool
	sheet          *slowRecords
}

func hang(ctx context.Context, does *atomic.Bool) error {
	if !does.Load() {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (h *hanging) BySlack(ctx context.Context, id string) (occupation.Worker, error) {
	if err := hang(ctx, &h.people); err != nil {
		return occupation.Worker{}, &occupation.Error{Code: occupation.SheetUnavailable, Err: err}
	}
	return h.Directory.BySlack(ctx, id)
}

func (h *hanging) Get(ctx context.Context, key string) (string, error) {
	if err := hang(ctx, &h.memory); err != nil {
		return "", err
	}
	return h.LocalMemory.Get(ctx, key)
}

// inCompany runs a story; both shops are served.
func inCompany(t *testing.T, story func(*company)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &company{t: t, hangs: map[string]*hanging{}, Server: slacksim.New(slacksim.Options{
			Seed: 1, PingEvery: 10 * time.Second, BotToken: "xoxb-secret-token", AppToken: "xapp-secret-token", RateLimits: true,
			Scopes: []string{"commands", "chat:write", "files:write", "im:write", "channels:history", "groups:history", "users:read"},
		})}
		defer c.Close()
		for _, u := range []slacksim.User{{ID: "U1", Name: "ana"}, {ID: "U2", Name: "beto"}, {ID: "U3", Name: "clara"}, {ID: "U4", Name: "dani"}, {ID: "U5", Name: "vito", Guest: true}} {
			c.AddUser(u)
		}
		taller := c.AddChannel("taller", "U1", "U2", "U3", "U4", "U5")
		log := &safeBuffer{}
		client := bot.SlackConfig{
			BotToken: c.BotToken(), AppToken: c.AppToken(), APIURL: c.APIURL(),
			HTTPClient: c.Client(), Dialer: c.Dialer(), Log: zerolog.New(log).Level(zerolog.DebugLevel),
		}
		shops := []bot.Shop{{Site: "norte", Supervisors: c.AddChannel("jefes-norte", "U1", "U2", "U3")}, {Site: "sur", Supervisors: c.AddChannel("jefes-sur", "U1", "U2", "U3")}}
		api, sockets, hc := bot.NewSlack(client)
		c.reception = bot.ReceptionOptions{API: api, Socket: sockets, HTTP: hc, Shops: shops, Log: client.Log}
		worker := func(id int, given, slack string, roles ...occupation.Role) occupation.Worker {
			return occupation.Worker{ID: id, Given: given, Surname: "Soto", Active: true, Roles: roles, SlackID: slack}
		}
		clara := worker(3, "Clara", "U3", occupation.Armador, occupation.Supervisor)
		c.norte = c.shop(shops[0], taller, log, client, worker(1, "Ana", "U1", occupation.Armador), clara, worker(9, "Nora", "", occupation.Armador))
		c.sur = c.shop(shops[1], taller, log, client, worker(1, "Beto", "U2", occupation.Armador), clara, worker(8, "Sara", "", occupation.Armador))
		c.ana, c.beto, c.clara, c.dani, c.visita = c.Person("U1"), c.Person("U2"), c.Person("U3"), c.Person("U4"), c.Person("U5")
		c.run()
		defer func() { c.stop() }() // of a story that ends early
		c.norte.wait("a socket", func() bool { return c.Sockets() > 0 })
		c.norte.passes(20 * time.Second) // the boards are up
		story(c)
		c.stop()
		for _, complaint := range c.Complaints() {
			t.Errorf("Slack complains: %s", complaint)
		}
		c.norte.checkLog()
	})
}

// shop is one of them.
func (c *company) shop(of bot.Shop, taller string, log *safeBuffer, client bot.SlackConfig, people ...occupation.Worker) *shop {
	s := &shop{
		Server: c.Server, t: c.t, locks: occupationtest.NewLocks(), memory: &bot.LocalMemory{}, log: log, news: &relay{},
		records: occupationtest.NewRecords(shopSpools()...), directory: occupationtest.NewDirectory(people...), taller: taller, jefes: of.Supervisors,
	}
	h := &hanging{Directory: s.directory, LocalMemory: s.memory, sheet: &slowRecords{Records: s.records}}
	c.hangs[of.Site] = h
	s.core = occupation.New(occupation.Config{Replica: of.Site, Zone: santiago, TTL: time.Hour, Grace: 15 * time.Minute},
		occupation.Ports{Locks: s.locks, Desk: s.locks, Records: h.sheet, Directory: h, Claims: s.locks, Notifier: s.news})
	if err := s.core.Start(c.t.Context()); err != nil {
		c.t.Fatalf("core: %v", err)
	}
	api, _, hc := bot.NewSlack(client)
	s.options = bot.Options{
		API: api, HTTP: hc, Core: s.core, Memory: h, Zone: santiago, Log: client.Log.With().Str("site", of.Site).Logger(), Supervisors: of.Supervisors,
		Site: of.Site, Replica: of.Site, OnEnvelope: func() { s.envelopes.Add(1) },
	}
	return s
}

// run opens the reception and both shops; stop ends them, the reception first.
func (c *company) run() {
	life, end := context.WithCancel(c.t.Context())
	desk := bot.NewReception(c.reception)
	var running sync.WaitGroup
	running.Go(func() { desk.Run(life) })
	for _, s := range []*shop{c.norte, c.sur} {
		s.options.Reception = desk
		s.opens()
	}
	c.stop = sync.OnceFunc(func() {
		end()
		running.Wait()
		for _, s := range []*shop{c.norte, c.sur} {
			if err := s.stop(); err != nil {
				c.t.Errorf("a bot ended with %v", err)
			}
		}
	})
}

// restart is another process of the same shops.
func (c *company) restart() {
	c.stop()
	c.run()
	c.norte.wait("a socket", func() bool { return c.Sockets() > 0 })
	c.norte.passes(time.Second)
}

// replicate serves both shops by a second process; end stops it.
func (c *company) replicate() (end func()) {
	life, stop := context.WithCancel(c.t.Context())
	desk := bot.NewReception(c.reception)
	var running sync.WaitGroup
	running.Go(func() { desk.Run(life) })
	for _, s := range []*shop{c.norte, c.sur} {
		o := s.options
		o.Reception, o.Replica = desk, o.Replica+"-b"
		running.Go(func() {
			if err := bot.New(o).Run(life); err != nil {
				c.t.Errorf("a bot ended with %v", err)
			}
		})
	}
	return func() { stop(); running.Wait() }
}

// opens serves the shop with a new bot.
func (s *shop) opens() {
	s.bot = bot.New(s.options)
	s.news.to.Store(s.bot)
	s.run()
}

// row checks what the sheets of both shops say of a spool.
func (c *company) row(tag, norte, sur string) {
	c.t.Helper()
	if n, s := c.norte.row(tag), c.sur.row(tag); n != norte || s != sur {
		c.t.Errorf("%s is %q in norte and %q in sur, want %q and %q\nlog:\n%s", tag, n, s, norte, sur, c.norte.log.String())
	}
}
