package bot

import (
	"context"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// stranger is somebody whom the bot serves nothing but a sentence.
type stranger string

// The kinds of strangers.
const (
	otherWorkspace stranger = "other_workspace"
	guest          stranger = "guest"
	machine        stranger = "bot"
	unchecked      stranger = "unchecked" // Slack did not say who it is
)

func (s stranger) Error() string { return "not served: " + string(s) }

const (
	peopleLife  = 5 * time.Minute // how long an answer of users.info is believed
	peopleStale = time.Hour       // and how long when Slack does not answer
	maxPeople   = 1000
)

// people remembers what users.info said.
type people struct {
	listing sync.Mutex // held while users.list is asked
	mu      sync.Mutex
	known   map[string]person
}

type person struct {
	refused stranger // empty = a member of this workspace
	at      time.Time
}

func (p *people) get(user string) (person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, ok := p.known[user]
	return who, ok
}

func (p *people) put(user string, who person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxPeople {
		p.known = map[string]person{}
	}
	p.known[user] = who
}

// identify finds the worker who acts: a full member of this workspace, linked by
// Trabajadores.Slack_ID and by nothing else. Errors: a stranger, or the core's
// WORKER_UNKNOWN and what reading the sheet may bring.
func (b *Bot) identify(ctx context.Context, r *request) (occupation.Worker, error) {
	if err := b.member(ctx, r); err != nil {
		return occupation.Worker{}, err
	}
	return b.core.WorkerBySlack(ctx, r.user)
}

// member reports whether a full member of this workspace acts; else the error is a
// stranger.
func (b *Bot) member(ctx context.Context, r *request) error {
	home := b.home.Load()
	if home == nil || r.user == "" {
		return unchecked
	}
	if r.team != home.TeamID && (home.EnterpriseID == "" || r.enterprise != home.EnterpriseID) {
		return otherWorkspace
	}
	return b.checkMember(ctx, r.user, home)
}

// checkMember asks Slack whether the user is a full member: guests and bots show
// in users.info only, never in a payload.
func (b *Bot) checkMember(ctx context.Context, user string, home *slack.AuthTestResponse) error {
	who, known := b.allow.people.get(user)
	if known && time.Since(who.at) < peopleLife {
		return who.err()
	}
	var u *slack.User
	err := once(ctx, callTimeout, func(ctx context.Context) (err error) {
		u, err = b.api.GetUserInfoContext(ctx, user)
		return err
	})
	if _, limited := rateLimited(err); limited {
		if who, ok := b.listed(ctx, user, home); ok {
			return who.err()
		}
	}
	switch {
	case err == nil:
		who = person{refused: refusedAs(u, home), at: time.Now()}
		b.allow.people.put(user, who)
	case known && time.Since(who.at) < peopleStale:
	default:
		b.log.Warn().Err(err).Str("user", user).Msg("users_info_failed")
		return unchecked
	}
	return who.err()
}

// listed looks a user up in users.list, which tells of all people in one call:
// when a shift begins more of them come at once than users.info tells of in a
// minute. Whoever comes meanwhile waits for the same list.
func (b *Bot) listed(ctx context.Context, user string, home *slack.AuthTestResponse) (person, bool) {
	b.allow.people.listing.Lock()
	defer b.allow.people.listing.Unlock()
	if who, known := b.allow.people.get(user); known && time.Since(who.at) < peopleLife {
		return who, true
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	all, err := b.api.GetUsersContext(ctx, slack.GetUsersOptionLimit(1000))
	if err != nil {
		b.log.Warn().Err(err).Msg("users_list_failed")
		return person{}, false
	}
	who, found := person{}, false
	for i := range all {
		one := person{refused: refusedAs(&all[i], home), at: time.Now()}
		b.allow.people.put(all[i].ID, one)
		if all[i].ID == user {
			who, found = one, true
		}
	}
	return who, found
}

func (p person) err() error {
	if p.refused == "" {
		return nil
	}
	return p.refused
}

func refusedAs(u *slack.User, home *slack.AuthTestResponse) stranger {
	inOrg := home.EnterpriseID != "" && u.Enterprise.EnterpriseID == home.EnterpriseID
	switch {
	case u.IsBot, u.IsWorkflowBot, u.IsConnectorBot, u.ID == "USLACKBOT", u.Deleted:
		return machine
	case u.IsStranger, u.TeamID != home.TeamID && !inOrg:
		return otherWorkspace
	case u.IsRestricted, u.IsUltraRestricted, u.IsInvitedUser:
		return guest
	default:
		return ""
	}
}
