package bot

import (
	"slices"
	"sync"
	"time"
)

// standing is what a shop has said of a person.
type standing int

const (
	unheard  standing = iota // it has not answered yet
	nobody                   // it does not know the person
	resting                  // the person stands there, and is not active
	employed                 // the person is a worker there
)

// shopper is what the reception knows of a person. It could all be lost.
type shopper struct {
	at      map[string]standing // by site, as heard last
	heard   time.Time           // when all shops were asked last
	choice  string              // the shop chosen last, as far as it was heard; empty = none
	chose   time.Time
	missed  time.Time // when a shop did not say whether it was chosen
	command *request  // waits for a choice
	home    string    // whose App Home they look at; empty = it was not opened here
}

// shoppers are the people who came by lately.
type shoppers struct {
	mu sync.Mutex
	by map[string]*shopper
}

// maxShoppers bounds them; beyond it all are asked about anew.
const maxShoppers = 20 * maxPeople

// who is the entry of a person. The caller holds p.mu.
func (p *shoppers) who(user string) *shopper {
	s := p.by[user]
	if s == nil {
		if p.by == nil || len(p.by) >= maxShoppers {
			p.by = map[string]*shopper{}
		}
		s = &shopper{at: map[string]standing{}}
		p.by[user] = s
	}
	return s
}

// saw notes what a shop says of a person.
func (p *shoppers) saw(user, site string, s standing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who(user).at[site] = s
}

// of are the shops at which the person stands best: where they work, else where they
// are known, in the order of sites.
func (p *shoppers) of(user string, sites []string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.who(user)
	for _, as := range []standing{employed, resting} {
		found := slices.DeleteFunc(slices.Clone(sites), func(site string) bool { return s.at[site] != as })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// How long it is believed what shops have said of a person. Each shop tells by itself
// when it sees somebody come or go.
const (
	shopperLife  = 5 * time.Minute
	strangerLife = 15 * time.Second
)

// stale reports whether the shops are to be asked about the person again, which is
// then done.
func (p *shoppers) stale(user string, sites []string) bool {
	life := strangerLife
	if len(p.of(user, sites)) > 0 {
		life = shopperLife
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.who(user)
	if time.Since(s.heard) < life {
		return false
	}
	s.heard = time.Now()
	return true
}

// heardFrom reports whether all shops have said what they know of the person.
func (p *shoppers) heardFrom(user string, sites []string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.who(user)
	return !slices.ContainsFunc(sites, func(site string) bool { return s.at[site] == unheard })
}

// choose notes the shop that a person has chosen, and takes the command that waited
// for it, nil = none did.
func (p *shoppers) choose(user, site string, at time.Time) *request {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.who(user)
	kept := s.command
	s.choice, s.chose, s.command = site, at, nil
	if s.home != "" {
		s.home = site
	}
	return kept
}

// remembers notes a choice that a shop remembers, if it is newer than the one that is known.
func (p *shoppers) remembers(user, site string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.who(user); at.After(s.chose) {
		s.choice, s.chose = site, at
	}
}

// choice is the person's, as far as it is known; empty = none.
func (p *shoppers) choice(user string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.who(user).choice
}

// seek reports whether it is worth while to ask the shops for the choice: one may have
// been made at another replica since.
func (p *shoppers) seek(user string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.who(user).missed) > missedLife
}

// miss notes that a shop has not answered in time.
func (p *shoppers) miss(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who(user).missed = time.Now()
}

// missedLife is how long nobody waits again for a shop that has not answered.
const missedLife = 10 * time.Second

func (p *shoppers) keep(user string, r *request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who(user).command = r
}

// looksAt notes whose App Home a person opens, unless they have chosen another since.
func (p *shoppers) looksAt(user, site string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.who(user); s.home == "" || s.choice == "" || s.choice == site {
		s.home = site
	}
}

// home is whose App Home a person looks at; empty = nobody's that is known.
func (p *shoppers) home(user string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.by[user]; s != nil {
		return s.home
	}
	return ""
}

// others are the shops to which a person of this one may change: none where it is
// their only one.
func (p *shoppers) others(user, site string, sites []string) []string {
	of := p.of(user, sites)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(of) == 0 && p.who(user).choice != "" { // of none: they have chosen one of all
		of = sites
	}
	return without(of, site)
}
