package locks_test

import (
	"cmp"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/spoolbot/spoolbot/occupation"
)

// some draws a few of the intents that were accepted, late ones more often.
func (p *pair) some(rt *rapid.T) []occupation.Intent {
	var out []occupation.Intent
	for _, in := range p.intents[max(0, len(p.intents)-4):] {
		if rapid.Bool().Draw(rt, in.Event) {
			out = append(out, in)
		}
	}
	return out
}

func events(intents []occupation.Intent) []string {
	var out []string
	for _, in := range intents {
		out = append(out, in.Event)
	}
	return out
}

func (p *pair) bind(rt *rapid.T) {
	id, intents := p.name("c"), p.some(rt)
	if known := p.commit(rt); known != "" && rapid.IntRange(0, 4).Draw(rt, "again") == 0 {
		id, intents = known, p.commits[known]
	}
	if len(intents) == 0 {
		return
	}
	p.book(rt, id, intents, replica(rt))
}

// book binds the intents to the commit.
func (p *pair) book(rt *rapid.T, id string, intents []occupation.Intent, who string) {
	if p.writes++; p.writes > 50 {
		p.writes = 1
		p.forward(time.Minute)
	}
	c := occupation.Commit{ID: id, Stamp: 7, Plan: []byte("plan"), Repair: rapid.Bool().Draw(rt, "repair")}
	for _, in := range intents {
		c.Changes = append(c.Changes, occupation.Change{Intent: in})
	}
	b := same(p, "bind", func(s store) (occupation.Bound, error) { return s.Bind(p.ctx, who, c) })
	if !b.Sent.IsZero() {
		p.commits[id] = intents
	}
}

// commit draws one that was bound, "" when there is none.
func (p *pair) commit(rt *rapid.T) string {
	ids := []string{""}
	for id := range p.commits {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(rt, "commit")
}

func (p *pair) settle(rt *rapid.T) {
	id := p.commit(rt)
	all := events(p.commits[id])
	if rapid.IntRange(0, 4).Draw(rt, "others") == 0 {
		all = append(events(p.some(rt)), "nobody's")
	}
	var owed []string
	if rapid.IntRange(0, 2).Draw(rt, "owed") == 0 {
		owed = all
	}
	same(p, "settle", func(s store) ([]string, error) { return s.Settle(p.ctx, id, all, owed) })
}

func (p *pair) undo(rt *rapid.T) {
	id := p.commit(rt)
	all := events(p.commits[id])
	if id == "" || rapid.IntRange(0, 4).Draw(rt, "others") == 0 {
		all = events(p.some(rt))
	}
	p.did("undo", func(s store) error { return s.Undo(p.ctx, id, all) })
}

func (p *pair) claim(rt *rapid.T) {
	who, carries := replica(rt), events(p.some(rt))
	same(p, "claim", func(s store) ([]occupation.Unfinished, error) {
		left, err := s.Claim(p.ctx, who, carries)
		for _, u := range left { // what has one fence comes in any order
			slices.SortFunc(u.Commit.Changes, func(a, b occupation.Change) int { return cmp.Compare(a.Intent.Event, b.Intent.Event) })
		}
		slices.SortFunc(left, func(a, b occupation.Unfinished) int {
			return cmp.Compare(a.Commit.Changes[0].Intent.Event, b.Commit.Changes[0].Intent.Event)
		})
		return left, err
	})
}

func (p *pair) drop(rt *rapid.T) {
	ended := map[string]int64{spool(rt): int64(rapid.IntRange(0, 12).Draw(rt, "fence"))}
	p.did("drop", func(s store) error { return s.Drop(p.ctx, ended) })
}

func (p *pair) beat(rt *rapid.T) {
	who, ttl := replica(rt), time.Duration(rapid.IntRange(0, 2).Draw(rt, "minutes"))*time.Minute
	p.did("beat", func(s store) error { return s.Beat(p.ctx, who, ttl) })
}

func (p *pair) due(rt *rapid.T) {
	before := rapid.SampledFrom([][]time.Duration{nil, {30 * time.Minute, 10 * time.Minute}, {15 * time.Minute}}).Draw(rt, "before")
	together := rapid.SampledFrom([]time.Duration{0, 15 * time.Minute}).Draw(rt, "together")
	same(p, "due", func(s store) (occupation.Due, error) { return s.Due(p.ctx, before, together) })
}

func (p *pair) wait(rt *rapid.T) {
	w := occupation.Waiting{Key: spool(rt), Tag: "a", Worker: person(rt, "worker").ID}
	same(p, "wait", func(s store) (int, error) { return s.Wait(p.ctx, w) })
}

func (p *pair) leave(rt *rapid.T) {
	key, worker := spool(rt), person(rt, "worker").ID
	p.did("leave", func(s store) error { return s.Leave(p.ctx, key, worker) })
}

func (p *pair) turns(*rapid.T) {
	same(p, "waits", func(s store) ([]occupation.Waiting, error) { return s.Waits(p.ctx) })
	same(p, "turns", func(s store) ([]occupation.Turn, error) { return s.Turns(p.ctx) })
}

func (p *pair) offer(rt *rapid.T) {
	o := occupation.Offer{
		ID: p.name("o"), Key: spool(rt), Tag: "a", Fence: 5, From: person(rt, "from"), To: person(rt, "to"), Reason: "why",
		Lasts: time.Duration(rapid.IntRange(0, 2).Draw(rt, "minutes")) * time.Minute,
	}
	if rapid.Bool().Draw(rt, "arranged") {
		o.By = person(rt, "by")
	}
	p.offers = append(p.offers, o.ID)
	same(p, "offer", func(s store) (occupation.Offer, error) { return s.Offer(p.ctx, o) })
}

func (p *pair) answered(rt *rapid.T) {
	id := rapid.SampledFrom(append(p.offers, "none")).Draw(rt, "offer")
	worker := rapid.IntRange(0, 3).Draw(rt, "worker")
	same(p, "answered", func(s store) (any, error) {
		o, ok, err := s.Answered(p.ctx, id, worker)
		return struct {
			O  occupation.Offer
			Ok bool
		}{o, ok}, err
	})
}

func (p *pair) unanswered(*rapid.T) {
	same(p, "unanswered", func(s store) ([]occupation.Offer, error) { return s.Unanswered(p.ctx) })
}

func (p *pair) news(rt *rapid.T) {
	age := rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(rt, "age")
	told := same(p, "news", func(s store) ([]occupation.Intent, error) { return s.News(p.ctx, age) })
	if rapid.Bool().Draw(rt, "told") {
		p.did("told", func(s store) error { return s.Told(p.ctx, events(told)...) })
	}
}
