//go:build !shop

package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// demoPerson is somebody of the demo's shop, in Slack and in the sheet.
type demoPerson struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	WorkerID int      `json:"worker_id"` // 0 = not linked
	Roles    []string `json:"roles"`
	guest    bool
	inactive bool
}

// label says to a visitor of the page who this is.
func (p demoPerson) label() string {
	switch {
	case p.guest:
		return "Invitada"
	case p.WorkerID == 0:
		return "Sin vincular"
	case p.inactive:
		return "Inactivo"
	default:
		return strings.Join(p.Roles, ", ")
	}
}

// demoPeople are the linked workers of the sheet. Where none is linked, as in a
// shop's own download, the first of each role are, in the way that the IT person
// does it: by filling in Slack_ID. Somebody not yet linked and a guest join them.
func demoPeople(sheet *sheetsim.Server) ([]demoPerson, error) {
	rows := sheet.Rows("Trabajadores")
	if len(rows) < 2 {
		return nil, &usageError{fmt.Errorf("--workbook: the tab Trabajadores is missing or empty")}
	}
	at := columns(rows[0])
	roles := map[string][]string{}
	for i, r := range sheet.Rows("Roles") {
		if i > 0 && len(r) > 1 {
			roles[r[0]] = append(roles[r[0]], r[1])
		}
	}
	slackColumn, known := at["SLACKID"]
	if !known {
		slackColumn = len(rows[0])
		if err := sheet.Edit(sheetsim.Edit{Kind: "insert_columns", Sheet: "Trabajadores", At: slackColumn + 1},
			sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cellName(slackColumn, 1), Value: "Slack_ID"}); err != nil {
			return nil, err
		}
	}
	var out []demoPerson
	linked := map[string]int{}
	for n, r := range rows[1:] {
		get := func(header string) string {
			if i, ok := at[header]; ok && i < len(r) {
				return r[i]
			}
			return ""
		}
		id, err := strconv.Atoi(get("ID"))
		if err != nil {
			continue
		}
		p := demoPerson{
			ID: get("SLACKID"), Name: firstWord(get("NOMBRE")) + " " + firstWord(get("APELLIDO")), WorkerID: id,
			Roles: roles[get("ID")], inactive: !truthy(get("ACTIVO")),
		}
		if p.ID == "" && known {
			continue
		}
		if p.ID == "" { // at most four of each role
			if len(p.Roles) == 0 || linked[p.Roles[0]] == 4 {
				continue
			}
			linked[p.Roles[0]]++
			p.ID = fmt.Sprintf("U0WORKER%03d", id)
			if err := sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cellName(slackColumn, n+2), Value: p.ID}); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	return append(out,
		demoPerson{ID: "U0NICOLASV", Name: "Nicolás Vera", Roles: []string{}},
		demoPerson{ID: "U0PAULAINV", Name: "Paula Invitada", Roles: []string{}, guest: true}), nil
}

func columns(header []string) map[string]int {
	out := map[string]int{}
	for i, h := range header {
		out[strings.ReplaceAll(occupation.TagKey(h), "_", "")] = i
	}
	return out
}

func truthy(s string) bool { return strings.EqualFold(s, "TRUE") || strings.EqualFold(s, "VERDADERO") }

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// cellName is the A1 name of a cell; the column counts from 0, the row from 1.
func cellName(column, row int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}

// moveIn brings the people into the workspace and its channels.
func (far *farEnds) moveIn() {
	var all, bosses []string
	for _, p := range far.people {
		far.slack.AddUser(slacksim.User{ID: p.ID, RealName: p.Name, Guest: p.guest})
		all = append(all, p.ID)
		for _, r := range p.Roles {
			if r == string(occupation.Supervisor) {
				bosses = append(bosses, p.ID)
			}
		}
	}
	far.taller = far.slack.AddChannel("taller", all...)
	far.bosses = far.slack.AddChannel("supervisores", bosses...)
}

// phoneHolders are the people who hold the page's phones: somebody who does ARM, another
// who does, if possible together with another role, and a supervisor.
func (far *farEnds) phoneHolders() []demoPerson {
	var out []demoPerson
	for _, role := range []occupation.Role{occupation.Armador, occupation.Armador, occupation.Supervisor} {
		best := -1
		for i, p := range far.people {
			taken := slices.ContainsFunc(out, func(o demoPerson) bool { return o.ID == p.ID })
			if taken || p.inactive || !slices.Contains(p.Roles, string(role)) {
				continue
			}
			if best < 0 || len(out) == 1 && len(p.Roles) > len(far.people[best].Roles) {
				best = i
			}
		}
		if best >= 0 {
			out = append(out, far.people[best])
		}
	}
	if len(out) == 0 {
		return far.people[:1] // there are always those who are not linked
	}
	return out
}

// demoCommands are the slash commands as manifest.yml declares them; a test
// compares the two.
func demoCommands() []slacksim.Command {
	commands := []slacksim.Command{
		{Name: "/tomar", Description: "Tomar uno o varios spools", UsageHint: "[TAG o parte del TAG, varios si quieres] [ARM|SOLD]"},
		{Name: "/pausar", Description: "Dejar en pausa lo que tienes", UsageHint: "[TAG o parte del TAG]"},
		{Name: "/completar", Description: "Dejar hecho lo que tienes", UsageHint: "[TAG o parte del TAG] [fecha, por ejemplo 03-08-2026]"},
		{Name: "/lote", Description: "Buscar y tomar hasta 50 spools de una vez"},
		{Name: "/estado", Description: "Ver cómo está un spool, o quién tiene qué", UsageHint: "[TAG o parte del TAG] o all"},
		{Name: "/mis-spools", Description: "Ver lo que tienes tomado"},
		{Name: "/extender", Description: "Seguir más tiempo con lo que tienes", UsageHint: "[TAG o parte del TAG] [1h|30m|turno]"},
		{Name: "/traspasar", Description: "Pasarle un spool a otra persona, que tiene que aceptar", UsageHint: "[TAG o parte del TAG] @persona [motivo, si no es tuyo]"},
		{Name: "/liberar", Description: "Liberar un spool que tiene otra persona (supervisores)", UsageHint: "[TAG o parte del TAG] [motivo]"},
		{Name: "/retener", Description: "Que nadie tome un spool hasta levantar la retención", UsageHint: "[TAG o parte del TAG] [motivo]"},
		{Name: "/reconciliar", Description: "Ver y corregir en qué no coinciden la planilla y el bot (supervisores)"},
		{Name: "/historia", Description: "Ver lo que ha pasado con un spool, o contigo", UsageHint: "[TAG o parte del TAG] o @persona, hoy, ayer, una fecha (supervisores)"},
		{Name: "/quien", Description: "Ver quién tiene qué", UsageHint: "[TAG o parte del TAG] o @persona"},
		{Name: "/vincular", Description: "Ver o cambiar quién es una persona en la planilla (supervisores)", UsageHint: "[@persona o nombre]"},
		{Name: "/ayuda", Description: "Ver qué se puede escribir"},
	}
	for i := range commands {
		commands[i].ShouldEscape = true
	}
	return commands
}

// demoScopes are the bot's scopes, as manifest.yml declares them.
func demoScopes() []string { return bot.Scopes() }

// shopClock is the demo's time: the machine's, and what visitors have moved it
// forward.
type shopClock struct {
	offset atomic.Int64
	end    context.CancelFunc
	wg     sync.WaitGroup
}

func newShopClock() *shopClock { return &shopClock{end: func() {}} }

// Now is the shop's time.
func (c *shopClock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

func (c *shopClock) forward(d time.Duration) error {
	c.offset.Add(int64(d))
	return nil
}

// follow makes the embedded Redis go by this clock. Its own would stand still at
// the time that it was set to.
func (c *shopClock) follow(ctx context.Context, m *miniredis.Miniredis) {
	ctx, c.end = context.WithCancel(ctx)
	c.wg.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if c.offset.Load() > 0 {
					m.SetTime(c.Now())
				}
			}
		}
	})
}

func (c *shopClock) stop() {
	c.end()
	c.wg.Wait()
}
