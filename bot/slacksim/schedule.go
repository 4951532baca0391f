package slacksim

import (
	"strconv"
	"time"
)

// longestAhead is how far into the future a message may be scheduled [doc
// chat.scheduleMessage].
const longestAhead = 120 * 24 * time.Hour

// scheduled is a message that waits for its time.
type scheduled struct {
	channel string
	timer   *time.Timer
}

// scheduleMessage checks what a post of now would be checked for, and posts later
// [doc chat.scheduleMessage: channel_not_found, not_in_channel, time_in_past,
// time_too_far].
func scheduleMessage(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	if !ch.bot && !c.s.granted("chat:write.public") {
		return nil, declined("not_in_channel")
	}
	at, err := strconv.ParseInt(c.str("post_at"), 10, 64)
	if err != nil {
		return nil, refuse("invalid_time")
	}
	text, blocks, err := c.content()
	if err != nil {
		return nil, err
	}
	switch ahead := time.Unix(at, 0).Sub(c.s.opt.Now()); {
	case ahead <= 0:
		return nil, refuse("time_in_past")
	case ahead > longestAhead:
		return nil, refuse("time_too_far")
	default:
		c.s.lastID++
		id := "Q" + strconv.Itoa(c.s.lastID)
		timer := c.s.after(ahead, func() {
			delete(c.s.scheduled, id)
			c.s.post(ch, &Message{User: botUser, Text: text, Blocks: blocks})
		})
		c.s.scheduled[id] = scheduled{ch.id, timer}
		return object{
			"channel": ch.id, "scheduled_message_id": id, "post_at": at,
			"message": object{"text": text, "bot_id": botID, "type": "delayed_message", "subtype": "bot_message"},
		}, nil
	}
}

// deleteScheduled takes back what was not posted yet [doc
// chat.deleteScheduledMessage].
func deleteScheduled(c *call) (object, error) {
	m, ok := c.s.scheduled[c.str("scheduled_message_id")]
	switch {
	case c.s.channels[c.str("channel")] == nil:
		return nil, refuse("channel_not_found")
	case !ok || m.channel != c.str("channel"):
		return nil, refuse("invalid_scheduled_message_id")
	}
	c.s.stop(m.timer)
	delete(c.s.scheduled, c.str("scheduled_message_id"))
	return nil, nil
}

// Scheduled counts the messages that wait for their time.
func (s *Server) Scheduled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.scheduled)
}
