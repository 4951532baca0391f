package slacksim

import (
	"fmt"
	"slices"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// The bot's own identity. There is one bot in this workspace.
const (
	botUser  = "U0SIMBOT"
	botID    = "B0SIMBOT"
	appID    = "A0SIMAPP"
	slackbot = "USLACKBOT" // shows Slack's own errors to a person
)

// User is a person, or a bot, of this or another workspace.
type User struct {
	ID          string `json:"id"`
	Name        string `json:"name"` // the short name after the @
	RealName    string `json:"real_name"`
	Email       string `json:"email,omitempty"`
	TeamID      string `json:"team_id"`               // default: this workspace
	TZ          string `json:"tz,omitempty"`          // default America/Santiago
	Guest       bool   `json:"guest,omitempty"`       // multi-channel guest
	SingleGuest bool   `json:"single_guest,omitzero"` // single-channel guest, who is restricted too
	Admin       bool   `json:"admin,omitempty"`
	Bot         bool   `json:"bot,omitempty"`
	Deleted     bool   `json:"deleted,omitempty"`
}

// channel is a conversation: public, or the direct messages of one person with the bot.
type channel struct {
	id, name  string
	im        string // the person, in a direct message
	private   bool
	bot       bool // the bot is a member
	members   []string
	messages  []*Message
	createdAt int64
}

// Channel is what the doors tell of a channel.
type Channel struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	IM      string   `json:"im,omitempty"` // the person of a direct message with the bot
	Members []string `json:"members"`
	Bot     bool     `json:"bot"`
}

const maxMessages = 5_000 // per channel; the oldest fall out

// AddUser lets somebody in; without ID one is made. It returns the id.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.newID("U")
	}
	if u.TeamID == "" {
		u.TeamID = s.opt.TeamID
	}
	if u.Name == "" {
		u.Name = strings.ToLower(strings.ReplaceAll(u.RealName, " ", "."))
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if u.TZ == "" {
		u.TZ = "America/Santiago"
	}
	if s.users[u.ID] == nil {
		s.userOrder = append(s.userOrder, u.ID)
	}
	s.users[u.ID] = &u
	s.bump(Change{Kind: "people", ID: u.ID})
	return u.ID
}

// AddChannel opens a public channel with these people and the bot in it.
func (s *Server) AddChannel(name string, members ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := &channel{id: s.newID("C"), name: name, bot: true, members: slices.Clone(members), createdAt: s.opt.Now().Unix()}
	s.channels[ch.id] = ch
	s.chanOrder = append(s.chanOrder, ch.id)
	s.bump(Change{Kind: "people", ID: ch.id})
	return ch.id
}

// AddPrivateChannel opens a private channel. The bot is not in it, and cannot see it.
func (s *Server) AddPrivateChannel(name string, members ...string) string {
	id := s.AddChannel(name, members...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[id].private, s.channels[id].bot = true, false
	return id
}

// Expel takes the bot out of a channel, as any member may.
func (s *Server) Expel(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[channel]; ch != nil {
		ch.bot = false
	}
}

// dm returns the direct messages of a person with the bot; the caller holds the lock.
func (s *Server) dm(user string) *channel {
	for _, id := range s.chanOrder {
		if s.channels[id].im == user {
			return s.channels[id]
		}
	}
	ch := &channel{id: s.newID("D"), name: "directmessage", im: user, bot: true, members: []string{user}, createdAt: s.opt.Now().Unix()}
	s.channels[ch.id] = ch
	s.chanOrder = append(s.chanOrder, ch.id)
	s.bump(Change{Kind: "people", ID: ch.id, User: user})
	return ch
}

func (c *channel) has(user string) bool { return slices.Contains(c.members, user) }

// message finds a message as one viewer sees it; viewer "" is the bot, for whom
// ephemeral messages do not exist. SLACK.md 3.3
func (c *channel) message(ts, viewer string) *Message {
	for _, m := range slices.Backward(c.messages) {
		if m.TS == ts && (m.viewer == "" || m.viewer == viewer) {
			return m
		}
	}
	return nil
}

func (c *channel) info() Channel {
	return Channel{ID: c.id, Name: c.name, IM: c.im, Members: slices.Clone(c.members), Bot: c.bot}
}

// Users returns everybody but the bot, in the order of arrival.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.userOrder))
	for _, id := range s.userOrder {
		out = append(out, *s.users[id])
	}
	return out
}

// Channels returns all channels and direct messages, in the order of their making.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Channel, 0, len(s.chanOrder))
	for _, id := range s.chanOrder {
		out = append(out, s.channels[id].info())
	}
	return out
}

// newID makes an id that looks like Slack's; the caller holds the lock.
func (s *Server) newID(prefix string) string {
	s.lastID++
	return fmt.Sprintf("%s0%05X%03d", prefix, s.rnd.Uint32()&0xfffff, s.lastID)
}

// uuid makes an envelope id; the caller holds the lock.
func (s *Server) uuid() string {
	a, b := s.rnd.Uint64(), s.rnd.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// ts makes a message timestamp, which is also its identity; the caller holds the lock.
func (s *Server) ts() string {
	now := s.opt.Now().UnixMicro()
	s.lastTS = max(s.lastTS+1, now)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}
