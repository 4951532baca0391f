//go:build !shop

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// asRecorded is a works whose Redis holds a recording, and whose sheet says the same.
func asRecorded(t *testing.T, changed func(string) string) (*works, *locks.Locks) {
	t.Helper()
	w := openWorks(t, 50*time.Millisecond)
	w.complaints = true // the cards of the recording are another Slack's
	text, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := redistest.Read([]byte(changed(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Load(w.ctx, w.redis); err != nil {
		t.Fatal(err)
	}
	store := locks.New(w.redis, locks.Options{Site: "demo"})
	snap, err := store.Snapshot(w.ctx)
	if err != nil {
		return w, store // that is what the story is about
	}
	row := 2
	for _, l := range snap.Locks {
		if l.State != occupation.Held && l.State != "finishing" {
			continue
		}
		at := l.Since.In(w.zone()).Format("02-01-2006 15:04:05")
		for i := range 40 {
			if l.Tag == tag(i) {
				for column, value := range map[string]string{"H": l.Holder.Label, "I": at, "J": "ARM en progreso"} {
					w.edit(sheetsim.Edit{Kind: "set", Cell: fmt.Sprintf("Operaciones!%s%d", column, i+2), Value: value})
				}
			}
		}
		detail, err := json.Marshal(occupation.AuditDetail{Fence: l.Fence, Since: l.Since, Deadline: l.Deadline})
		if err != nil {
			t.Fatal(err)
		}
		for c, cell := range []string{"recorded-" + l.Tag, at, "TOMAR_SPOOL", l.Tag, fmt.Sprint(l.Holder.ID), l.Holder.Name, "ARM", "TOMAR", "", string(detail)} {
			w.edit(sheetsim.Edit{Kind: "set", Cell: fmt.Sprintf("Metadata!%c%d", 'A'+c, row), Value: cell})
		}
		row++
	}
	w.whole.before = rowsByTag(w.far.sheet)
	return w, store
}

func (w *works) zone() *time.Location {
	zone, err := time.LoadLocation(lookUp("TIMEZONE").Default)
	if err != nil {
		w.t.Fatal(err)
	}
	return zone
}

func asItIs(text string) string { return text }

// A program that is put in the place of another version in the middle of a shift goes
// on with what that has left: who holds goes on to hold, what was on its way is
// finished or put back, and who waits, has an offer or says to be somebody is not
// forgotten. That a field is new to it is nothing to it.
func TestTheNextVersionGoesOnWithTheShift(t *testing.T) {
	for name, changed := range map[string]func(string) string{
		"as recorded": asItIs,
		"with fields of a later version": func(text string) string {
			return strings.ReplaceAll(text, `\"v\":1`, `\"turno\":{\"de\":\"noche\"},\"v\":1`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, store := asRecorded(t, changed)
			c := w.serve()
			w.comes("nothing is on its way any more", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, c)
			row := func(i int) string { return rowsByTag(w.far.sheet)[tag(i)]["ESTADODETALLE"] }
			if row(pauses) != "ARM parcial (pausado)" || row(takes) != "" {
				t.Errorf("the pause says %q, the take %q; want it done, and put back", row(pauses), row(takes))
			}
			w.sees("whose take was put back hears of it", func() bool { return strings.Contains(w.heard(takes), "No se cambió nada") }, c)
			w.whole.check(t)
			if all, err := store.Claims(w.ctx); err != nil || len(all) != 1 || all[0].SlackID != claimant {
				t.Errorf("claims %+v, %v", all, err)
			}
			if n := w.inRedis("offers"); n != 1 {
				t.Errorf("%d offers", n)
			}
			w.all(lapsed, lapsed+1, func(i int) string { return "/tomar " + tag(i) })
			w.sees("who let it lapse has it back", func() bool { return strings.Contains(w.heard(lapsed), "es tuyo") }, c)
			w.all(keeps, keeps+1, func(i int) string { return "/pausar " + tag(i) })
			w.sees("it is paused", func() bool { return strings.Contains(w.heard(keeps), "pausado") }, c)
			w.sees("who waits for it hears that it is free", func() bool { return strings.Contains(w.heard(awaits), tag(keeps)) }, c)
			w.comes("all is settled", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, c)
			c.signal(syscall.SIGTERM)
			c.exits(exitDone, 20*time.Second)
		})
	}
}

// What only a later version understands is not guessed at: the program says so and
// does not start.
func TestAnEarlierVersionSaysThatItIsTooOld(t *testing.T) {
	w, _ := asRecorded(t, func(text string) string { return strings.ReplaceAll(text, `\"v\":1`, `\"v\":2`) })
	before, err := redistest.Record(w.ctx, w.redis, "{spoolbot:demo}:lock:")
	if err != nil {
		t.Fatal(err)
	}
	c := runChild(t, w.far.environmentList(demoFlags{lockTTL: time.Hour}), "serve")
	c.exits(exitFailed, 60*time.Second)
	if said := c.lastLine(); !strings.Contains(said, "newer spoolbot") {
		t.Errorf("it says %s", said)
	}
	after, err := redistest.Record(w.ctx, w.redis, "{spoolbot:demo}:lock:")
	if err != nil || fmt.Sprint(texts(before)) != fmt.Sprint(texts(after)) {
		t.Errorf("it has changed the locks (%v)", err)
	}
}

func texts(r redistest.Recording) (out []string) {
	for _, k := range r.Keys {
		out = append(out, k.Name, *k.Text)
	}
	return out
}
