// Package view makes what people see in Slack: messages, modals and App Home,
// from the values of the core. Every function is pure: the same values give the
// same blocks, and what is to be compared with the present gets it in a Clock.
//
// It imports the core and slack-go's block types, and never calls Slack, reads a
// clock or decides a rule. All words stand in the files texts*.go; text
// that comes from the sheet or from people enters a block only through escape and
// clip in block.go. A form has its reader beside its builder, sharing the ids of
// ids.go.
//
// Slack's limits (50 blocks a message, 100 a view, 3,000 characters a text, 75 a
// button) hold for whatever a builder is given; the golden files are checked
// against them.
package view

import (
	"time"

	"github.com/slack-go/slack"
)

// Message is an answer in a channel or a DM. Text is what notifications and
// screen readers get; it is never empty and says tag, state and person first.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// Clock is the moment for which a view is made, and the shop's zone. Times of
// the same day are shown as 15:42, others as "lun 23-11 15:42".
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

func (c Clock) in(t time.Time) time.Time {
	if c.Zone == nil {
		return t
	}
	return t.In(c.Zone)
}

func (c Clock) sameDay(t time.Time) bool {
	a, b := c.in(t), c.in(c.Now)
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}
