package sheet

import (
	"maps"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// linkMark is a link that we wrote, until a read shows it.
type linkMark struct {
	slack, was string
	at         time.Time
}

// rememberLink puts a link that is in the sheet over the snapshot.
func (s *Sheet) rememberLink(l occupation.Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[l.Worker] = linkMark{l.SlackID, l.Was, time.Now()}
	if s.snap != nil && s.snap.people != nil {
		next := *s.snap
		next.people = next.people.with(s.links)
		s.snap = &next
	}
}

// fadeLinks drops the marks that a read shows, or that people have written over.
// The caller holds s.mu.
func (s *Sheet) fadeLinks(p *people, began, now time.Time) {
	for id, m := range s.links {
		w, there := p.byID[id]
		if !there || began.After(m.at) && (w.SlackID != m.was || now.Sub(m.at) > staleFor) {
			delete(s.links, id)
		}
	}
}

// with returns the people with our own links over them.
func (p *people) with(links map[int]linkMark) *people {
	if len(links) == 0 {
		return p
	}
	out := *p
	out.byID, out.bySlack = maps.Clone(p.byID), map[string][]int{}
	for id, m := range links {
		if w, there := out.byID[id]; there {
			w.SlackID = m.slack
			out.byID[id] = w
		}
	}
	for id, w := range out.byID {
		if w.SlackID != "" {
			out.bySlack[w.SlackID] = append(out.bySlack[w.SlackID], id)
		}
	}
	return &out
}
