package slacksim

import (
	"math"
	"strings"
	"time"
)

// method is a Web API method: what it does, the bot scopes it needs, its rate tier,
// and whether it wants the app-level token.
type method struct {
	run    func(*call) (object, error)
	scopes string
	perMin float64 // SLACK.md 3.2: tier 1 1, tier 2 20, tier 3 50, tier 4 100
	app    bool
}

var methods = map[string]method{
	"api.test":                     {run: func(c *call) (object, error) { return object{"args": c.args}, nil }, perMin: 100},
	"apps.connections.open":        {run: connectionsOpen, perMin: 50, app: true},
	"auth.test":                    {run: authTest, perMin: 100},
	"chat.postMessage":             {run: postMessage, scopes: "chat:write", perMin: 300},
	"chat.postEphemeral":           {run: postEphemeral, scopes: "chat:write", perMin: 100},
	"chat.update":                  {run: updateMessage, scopes: "chat:write", perMin: 50},
	"chat.delete":                  {run: deleteMessage, scopes: "chat:write", perMin: 50},
	"chat.getPermalink":            {run: permalink, perMin: 100},
	"conversations.info":           {run: conversationsInfo, perMin: 50},
	"conversations.list":           {run: conversationsList, perMin: 20},
	"conversations.members":        {run: conversationsMembers, perMin: 100},
	"conversations.history":        {run: conversationsHistory, perMin: 50},
	"conversations.open":           {run: conversationsOpen, scopes: "im:write", perMin: 50},
	"files.getUploadURLExternal":   {run: getUploadURL, scopes: "files:write", perMin: 100},
	"files.completeUploadExternal": {run: completeUpload, scopes: "files:write", perMin: 100},
	"reactions.add":                {run: reactionsAdd, scopes: "reactions:write", perMin: 50},
	"reactions.remove":             {run: reactionsRemove, scopes: "reactions:write", perMin: 20},
	"team.info":                    {run: teamInfo, scopes: "team:read", perMin: 50},
	"users.info":                   {run: usersInfo, scopes: "users:read", perMin: 100},
	"users.list":                   {run: usersList, scopes: "users:read", perMin: 20},
	"users.lookupByEmail":          {run: usersLookup, scopes: "users:read users:read.email", perMin: 50},
	"views.open":                   {run: viewsOpen, perMin: 100},
	"views.push":                   {run: viewsPush, perMin: 100},
	"views.update":                 {run: viewsUpdate, perMin: 100},
	"views.publish":                {run: viewsPublish, perMin: 100},
	"chat.scheduleMessage":         {run: scheduleMessage, scopes: "chat:write", perMin: 50},
	"chat.deleteScheduledMessage":  {run: deleteScheduled, scopes: "chat:write", perMin: 50},
}

// bucket is a rate limit: so many tokens, refilled with time.
type bucket struct {
	tokens float64
	at     time.Time
}

// limited returns the whole seconds to wait, or 0. Posting is one message a second and
// channel; bursts are allowed, "not specified": five here, and a minute's worth for
// methods. SLACK.md 3.2 [doc]
func (s *Server) limited(name string, m method, c *call) int {
	if !s.opt.RateLimits {
		return 0
	}
	wait := s.take(name, m.perMin/60, m.perMin)
	if wait == 0 && name == "chat.postMessage" {
		wait = s.take(name+" "+c.str("channel"), 1, 5)
	}
	return wait
}

func (s *Server) take(key string, perSecond, burst float64) int {
	now := time.Now()
	b := s.limiter[key]
	if b == nil {
		b = &bucket{tokens: burst, at: now}
		s.limiter[key] = b
	}
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.tokens < 1 {
		return max(1, int(math.Ceil((1-b.tokens)/perSecond)))
	}
	b.tokens--
	return 0
}

func connectionsOpen(c *call) (object, error) {
	ticket := c.s.uuid()
	c.s.tickets[ticket] = true
	// SLACK.md 1.1 [3rd]
	return object{"url": "ws" + strings.TrimPrefix(c.s.base, "http") + "/link/?ticket=" + ticket + "&app_id=" + appID}, nil
}

func authTest(c *call) (object, error) {
	return object{
		"url": "https://" + c.s.opt.TeamDomain + ".slack.test/", "team": c.s.opt.TeamDomain, "team_id": c.s.opt.TeamID,
		"user": "spoolbot", "user_id": botUser, "bot_id": botID, "is_enterprise_install": false,
	}, nil
}

func teamInfo(c *call) (object, error) {
	return object{"team": object{"id": c.s.opt.TeamID, "name": c.s.opt.TeamDomain, "domain": c.s.opt.TeamDomain}}, nil
}
