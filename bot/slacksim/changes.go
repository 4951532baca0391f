package slacksim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Change says that something people can see is different now. Seq grows by one with
// every change, so a reader that finds a gap reads everything again.
type Change struct {
	Kind string `json:"kind"` // "channel", "views", "home", "people", "envelope", "complaint", "closed"
	ID   string `json:"id,omitempty"`
	User string `json:"user,omitempty"` // the only person concerned, if there is one
	Seq  int64  `json:"seq"`
}

// changes wakes those who wait and feeds those who subscribed.
type changes struct {
	seq  int64
	wake chan struct{}
	subs []chan Change
}

// stir wakes those who wait, for what only tests look at; the caller holds the lock.
func (s *Server) stir() {
	close(s.changes.wake)
	s.changes.wake = make(chan struct{})
}

// bump publishes a change for pages as well; the caller holds the lock.
func (s *Server) bump(c Change) {
	s.stir()
	s.changes.seq++
	c.Seq = s.changes.seq
	for _, sub := range s.changes.subs {
		select {
		case sub <- c:
		default: // a slow reader sees the gap in Seq
		}
	}
}

// Wait returns nil as soon as cond holds. It asks again after every change of the
// workspace, never on a clock. cond may use every method of the Server.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		wake, closed := s.changes.wake, s.closed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		if closed {
			return fmt.Errorf("slacksim: closed while waiting")
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return fmt.Errorf("slacksim: waited in vain: %w", ctx.Err())
		}
	}
}

// Subscribe returns a stream of changes, holding 64 of them: when the reader is
// slower, changes are left out, which shows as a gap in Seq. The function ends it.
func (s *Server) Subscribe() (<-chan Change, func()) {
	ch := make(chan Change, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes.subs = append(s.changes.subs, ch)
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changes.subs = slices.DeleteFunc(s.changes.subs, func(c chan Change) bool { return c == ch })
	}
}

// log keeps the last entries of something that only grows.
type log[T any] struct {
	entries []T
}

const logSize = 20_000

func (l *log[T]) add(v T) {
	if len(l.entries) >= logSize {
		l.entries = slices.Delete(l.entries, 0, logSize/4)
	}
	l.entries = append(l.entries, v)
}

// Call is one Web API call, or one use of a response_url (Method "response_url").
type Call struct {
	Method string    `json:"method"`
	At     time.Time `json:"at"`
	Args   object    `json:"args"` // without the token
	OK     bool      `json:"ok"`
	Error  string    `json:"error,omitempty"`
}

// Calls returns the Web API calls so far, oldest first, at most the last 20,000.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls.entries)
}

// Envelope is one envelope as Slack saw it. AckedAt is zero without a valid ack in time.
type Envelope struct {
	ID         string    `json:"envelope_id"`
	Type       string    `json:"type"`           // slash_commands, interactive, events_api
	Payload    string    `json:"payload_type"`   // the type inside, e.g. block_actions
	User       string    `json:"user,omitempty"` // who caused it
	SentAt     time.Time `json:"sent_at"`
	AckedAt    time.Time `json:"acked_at,omitzero"`
	AckBytes   int       `json:"ack_bytes"`
	Connection int       `json:"connection"` // 0: no socket was open
	Retry      int       `json:"retry_attempt"`
	Failed     string    `json:"failed,omitempty"` // what Slack told the person
}

// Envelopes returns the envelopes so far, oldest first, at most the last 20,000.
func (s *Server) Envelopes() []Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Envelope, len(s.envelopes.entries))
	for i, e := range s.envelopes.entries {
		out[i] = *e
	}
	return out
}

// Complaints returns everything the bot did that Slack forbids or that people would
// suffer from. A healthy story ends with none.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complains.entries)
}

// complain notes a misdeed; the caller holds the lock.
func (s *Server) complain(format string, args ...any) {
	s.complains.add(fmt.Sprintf(format, args...))
	s.bump(Change{Kind: "complaint"})
}
