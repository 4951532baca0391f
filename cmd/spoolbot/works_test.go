//go:build !shop

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// works is a shop of thirty workers with everything but the program.
type works struct {
	t      *testing.T
	ctx    context.Context
	far    *farEnds
	server *redistest.Server // nil when the story brings others
	redis  redis.UniversalClient
	whole  whole

	complaints bool     // the story makes the emulators complain on purpose
	forgiven   []string // words of complaints that the story brings about
}

const crew = 30

// worksOptions of a works; the zero value is a sheet that answers at once, forty
// spools, and a Redis that keeps nothing.
type worksOptions struct {
	latency time.Duration      // of the sheet
	spools  int                // 0 = forty
	quota   int                // of the sheet's reads and writes in a minute; 0 = 600
	life    time.Duration      // 0 = two minutes
	redis   []redistest.Option // of the one server
	// others are servers in the place of that one, and a client of theirs.
	others func() (url string, client redis.UniversalClient)
}

func openWorks(t *testing.T, latency time.Duration) *works {
	t.Helper()
	return openWorksWith(t, worksOptions{latency: latency})
}

func openWorksWith(t *testing.T, o worksOptions) *works {
	t.Helper()
	t.Parallel()
	o.spools, o.quota, o.life = cmp.Or(o.spools, 40), cmp.Or(o.quota, 600), cmp.Or(o.life, 2*time.Minute)
	w := &works{t: t}
	var url string
	if o.others != nil {
		url, w.redis = o.others()
	} else {
		w.server = redistest.Start(t, o.redis...)
		url, w.redis = w.server.URL(), w.server.Client(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), o.life)
	t.Cleanup(cancel)
	far, err := openFarEndsOn(ctx, demoFlags{latency: o.latency, quota: o.quota, redisURL: url}, crewBook(o.spools))
	if err != nil {
		t.Fatal(err)
	}
	w.ctx, w.far = ctx, far
	t.Cleanup(func() {
		far.close()
		for _, c := range append(far.slack.Complaints(), far.sheet.Complaints()...) {
			if !w.complaints && !slices.ContainsFunc(w.forgiven, func(words string) bool { return strings.Contains(c, words) }) {
				t.Errorf("an emulator complains: %s", c)
			}
		}
	})
	w.whole = whole{far.sheet, w.redis, "demo", rowsByTag(far.sheet)}
	return w
}

// crewBook is a workbook of free spools and thirty linked workers.
func crewBook(spools int) *sheetsim.Workbook {
	rows := [][]any{{"NV", "TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion", "Estado_Detalle"}}
	for _, r := range smallRows(spools) {
		rows = append(rows, []any{r["NV"], r["TAG_SPOOL"], r["Fecha_Materiales"]})
	}
	workers, roles := [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}}, [][]any{{"Id", "Rol", "Activo"}}
	for i := range crew {
		workers = append(workers, []any{100 + i, "Óscar", fmt.Sprintf("Ñancupil%02d", i), true, fmt.Sprintf("U0CREW%04d", i)})
		roles = append(roles, []any{100 + i, "Armador", true})
	}
	log := [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, rows).AddTab("Metadata", 2, log).
		AddTab("Trabajadores", 3, workers).AddTab("Roles", 4, roles)
}

func (w *works) worker(i int) *slacksim.Person {
	return w.far.slack.Person(fmt.Sprintf("U0CREW%04d", i))
}

// child is a running program.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout lockedBuffer
	stderr lockedBuffer
	ended  chan struct{}
}

// lockedBuffer is written by the child's copier and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// runChild starts the program with an environment of its own.
func runChild(t *testing.T, env []string, args ...string) *child {
	t.Helper()
	c := newChild(t, env, args...)
	c.start()
	return c
}

// newChild is a program that is not started yet.
func newChild(t *testing.T, env []string, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.Command(self, args...), ended: make(chan struct{})}
	c.cmd.Env = append(env, asChild+"=1")
	c.cmd.Stdout, c.cmd.Stderr = &c.stdout, &c.stderr
	return c
}

func (c *child) start() {
	c.t.Helper()
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait() // its code is looked at in exits
		close(c.ended)
	}()
	c.t.Cleanup(func() { _ = c.cmd.Process.Kill(); <-c.ended })
}

func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// exits waits for the end and checks its code.
func (c *child) exits(code int, within time.Duration) {
	c.t.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case <-c.ended:
	case <-limit.C:
		c.t.Fatalf("the program did not end within %v; it said:\n%s", within, c.stderr.String())
	}
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		c.t.Errorf("exit %d, want %d; it said:\n%s", got, code, c.stderr.String())
	}
}

// tail is the end of what it said.
func (c *child) tail() string {
	all := c.stderr.String()
	return all[max(0, len(all)-3000):]
}

// lastLine is the last line on stderr.
func (c *child) lastLine() string {
	lines := strings.Split(strings.TrimSpace(c.stderr.String()), "\n")
	return lines[len(lines)-1]
}

// serve starts the program and waits until people can use it.
func (w *works) serve() *child {
	w.t.Helper()
	c := runChild(w.t, w.far.environmentList(demoFlags{lockTTL: time.Hour}), "serve")
	w.sees("the program serves", func() bool { return w.far.slack.Sockets() > 0 }, c)
	return c
}

// sees waits for something that Slack shows.
func (w *works) sees(what string, cond func() bool, c *child) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 40*time.Second)
	defer cancel()
	if err := w.far.slack.Wait(ctx, cond); err != nil {
		w.t.Fatalf("waited in vain until %s; the program said:\n%s", what, c.tail())
	}
}

// comes waits for something that only asking shows.
func (w *works) comes(what string, cond func() bool, c *child) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(40 * time.Second)
	defer limit.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-limit.C:
			w.t.Fatalf("waited in vain until %s; the program said:\n%s", what, c.tail())
		}
	}
}

// inRedis counts the intents or commits on their way; below 0 when Redis does
// not answer.
func (w *works) inRedis(hash string) int64 {
	n, err := w.redis.HLen(w.ctx, "{spoolbot:demo}:"+hash).Result()
	if err != nil {
		return -1
	}
	return n
}

// heartbeatEnds lets the time pass after which a dead program counts as gone.
func (w *works) heartbeatEnds() {
	w.t.Helper()
	if err := w.redis.Del(w.ctx, "{spoolbot:demo}:replicas").Err(); err != nil {
		w.t.Fatal(err)
	}
}

// all lets every worker type a line at the same time, and returns when Slack has
// the acknowledgement of each, or has given up.
func (w *works) all(from, to int, line func(i int) string) {
	var wg sync.WaitGroup
	for i := from; i < to; i++ {
		wg.Go(func() { _ = w.worker(i).Type(w.ctx, w.far.taller, line(i)) }) // Slack tells the person
	}
	wg.Wait()
}

// twentyHold lets twenty workers take a spool each, and all of that end.
func (w *works) twentyHold(c *child) {
	w.t.Helper()
	w.all(10, crew, func(i int) string { return "/tomar " + tag(i) })
	w.sees("twenty hold a spool", func() bool {
		for i := 10; i < crew; i++ {
			if !strings.Contains(w.heard(i), "es tuyo") {
				return false
			}
		}
		return true
	}, c)
}

// thirtyAct is ten takes, ten pauses and ten completions at the same time.
func (w *works) thirtyAct() {
	w.all(0, crew, func(i int) string { return []string{"/tomar ", "/pausar ", "/completar "}[i/10] + tag(i) })
}

// heard is all that a worker was told, in the channel and by DM.
func (w *works) heard(i int) string {
	var out []string
	p := w.worker(i)
	for _, m := range append(p.Messages(w.far.taller), p.Messages(p.DM())...) {
		out = append(out, m.Text)
	}
	return strings.Join(out, "\n")
}

// intended are the TAGs of which an intent is remembered.
func (w *works) intended() map[string]bool {
	out := map[string]bool{}
	for _, raw := range w.redis.HGetAll(w.ctx, "{spoolbot:demo}:intents").Val() {
		for i := range crew {
			if strings.Contains(raw, tag(i)) {
				out[tag(i)] = true
			}
		}
	}
	return out
}

// wantThirty checks the end: each change is done, or a take was put back, its
// worker has been told which, and everything is whole. Of one that the program
// had not begun nothing may be left.
func (w *works) wantThirty(c *child, begun func(tag string) bool) {
	w.t.Helper()
	w.comes("nothing is on its way any more", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, c)
	done := 0
	for i := range crew {
		row := rowsByTag(w.far.sheet)[tag(i)]
		state := []string{"ARM en progreso", "ARM parcial (pausado)", "ARM completado"}[i/10]
		words := []string{"es tuyo", "pausado", "completado"}[i/10]
		switch {
		case row["ESTADODETALLE"] == state:
			done++
		case !begun(tag(i)):
			continue
		case i >= 10:
			w.t.Errorf("%s: the finish was not carried out: %q", tag(i), row["ESTADODETALLE"])
			continue
		default:
			words = "No se cambió nada"
		}
		w.sees(fmt.Sprintf("worker %d hears %q, and not %q", i, words, w.heard(i)), func() bool { return strings.Contains(w.heard(i), words) }, c)
	}
	if n := len(events(w.far.sheet)); n != 20+done {
		w.t.Errorf("%d rows in the audit log for %d changes", n, 20+done)
	}
	w.whole.check(w.t)
}

func everyTag(string) bool { return true }

// wantTakesTold checks that workers heard what became of the spools that they
// were taking.
func (w *works) wantTakesTold(c *child, workers ...int) {
	w.t.Helper()
	for _, i := range workers {
		held := rowsByTag(w.far.sheet)[tag(i)]["OCUPADOPOR"] != ""
		words := map[bool]string{true: "es tuyo", false: "No se cambió nada"}[held]
		w.sees("the worker hears "+words, func() bool { return strings.Contains(w.heard(i), words) }, c)
	}
}
