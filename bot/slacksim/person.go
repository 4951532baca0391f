package slacksim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Person is somebody at a phone. The verbs wait until the bot has acknowledged, as the
// phone's spinner does, or until Slack gives up after three seconds; what the bot does
// later is seen through Messages, Views and Home, with Server.Wait.
type Person struct {
	s *Server
	u *User
}

// SlackError is what Slack itself says to a person when the bot did not answer.
type SlackError struct{ Code string }

func (e *SlackError) Error() string { return "slack: " + e.Code }

// Touchable is a Message or a View: what a person can touch.
type Touchable interface{ place() place }

func (m Message) place() place { return place{channel: m.Channel, ts: m.TS, blocks: m.Blocks} }
func (v View) place() place    { return place{view: v.ID} }

// Person finds somebody by id, user name or real name. It panics when there is nobody,
// which is a mistake in the test.
func (s *Server) Person(idOrName string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.named(idOrName)
	if u == nil {
		panic(fmt.Sprintf("slacksim: there is nobody called %q", idOrName))
	}
	return &Person{s, u}
}

// ID is the person's Slack id.
func (p *Person) ID() string { return p.u.ID }

// await waits for the end of an envelope.
func (p *Person) await(ctx context.Context, e *envelope, err error) error {
	if err != nil || e == nil {
		return err
	}
	select {
	case <-e.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if e.rec.Failed != "" {
		return &SlackError{e.rec.Failed}
	}
	return nil
}

// Type types a line into a channel: a slash command, or a message. Slack knows no slash
// commands in threads. SLACK.md 3.3
func (p *Person) Type(ctx context.Context, channel, line string) error {
	if !strings.HasPrefix(line, "/") {
		_, err := p.Say(channel, line)
		return err
	}
	name, text := line, "" // SLACK.md 3.3: after the first space it is one string
	if i := strings.IndexAny(line, " \n"); i > 0 {
		name, text = line[:i], line[i:]
	}
	p.s.mu.Lock()
	e, err := p.s.command(p.u, channel, name, text)
	p.s.mu.Unlock()
	return p.await(ctx, e, err)
}

// Say posts a message and returns its ts.
func (p *Person) Say(channel, text string) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, err := p.s.say(p.u, channel, text)
	if err != nil {
		return "", err
	}
	return m.TS, nil
}

// Click presses a button, named by its label, a part of it, what a screen reader says
// of it, or its action_id. On a
// Message from a while ago it presses what the phone still shows.
func (p *Person) Click(ctx context.Context, on Touchable, name string) error {
	return p.touch(ctx, on, touch{name: name})
}

// Select chooses options of a select, checkboxes, radio buttons or an overflow menu, by
// value or label; in a picker it sets the date, time or user. Several replace what was
// chosen before, none empties it.
func (p *Person) Select(ctx context.Context, on Touchable, name string, values ...string) error {
	return p.touch(ctx, on, touch{name: name}, values...)
}

// Fill types into a text input of a view, named by label, action_id or block_id.
func (p *Person) Fill(ctx context.Context, on Touchable, name, text string) error {
	return p.touch(ctx, on, touch{name: name}, text)
}

func (p *Person) touch(ctx context.Context, on Touchable, t touch, in ...string) error {
	p.s.mu.Lock()
	e, err := p.s.act(p.u, on.place(), t, in)
	p.s.mu.Unlock()
	return p.await(ctx, e, err)
}

// Option is one suggestion of an external select.
type Option struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Suggest types into an external select and returns what the bot offers.
func (p *Person) Suggest(ctx context.Context, on Touchable, name, query string) ([]Option, error) {
	p.s.mu.Lock()
	e, err := p.s.suggest(p.u, on.place(), touch{name: name}, query)
	p.s.mu.Unlock()
	if err := p.await(ctx, e, err); err != nil {
		return nil, err
	}
	out := []Option{}
	for _, v := range (control{el: e.answer}).options() {
		if o, ok := v.(object); ok {
			out = append(out, Option{textOf(o["text"]), str(o, "value")})
		}
	}
	return out, nil
}

// Submit submits the modal on top and returns what became of it.
func (p *Person) Submit(ctx context.Context) (Answer, error) {
	p.s.mu.Lock()
	v, err := p.s.top(p.u)
	p.s.mu.Unlock()
	if err != nil {
		return Answer{}, err
	}
	return p.submit(ctx, v)
}

func (p *Person) submit(ctx context.Context, v *View) (Answer, error) {
	p.s.mu.Lock()
	e, local, err := p.s.submit(p.u, v)
	p.s.mu.Unlock()
	switch {
	case err != nil:
		return Answer{}, err
	case e == nil:
		return Answer{Action: "errors", Errors: local, Local: true}, nil
	}
	select {
	case <-e.done:
		return p.s.answerOf(e, v), nil
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// CloseView closes the modal on top with its close button.
func (p *Person) CloseView(ctx context.Context) error {
	p.s.mu.Lock()
	v, err := p.s.top(p.u)
	var sent []*envelope
	if err == nil {
		sent = p.s.closeFrom(p.u, v, true)
	}
	p.s.mu.Unlock()
	for _, e := range sent {
		err = errors.Join(err, p.await(ctx, e, nil))
	}
	return err
}

// OpenHome opens the App Home. The bot hears of it as an event: nothing to wait for.
func (p *Person) OpenHome() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.openHome(p.u, "home")
}

// Home is the App Home as published last; false before the first time.
func (p *Person) Home() (View, bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	v := p.s.homes[p.u.ID]
	if v == nil {
		return View{}, false
	}
	return v.copy(), true
}

// Shortcut uses a global shortcut.
func (p *Person) Shortcut(ctx context.Context, callbackID string) error {
	p.s.mu.Lock()
	e, err := p.s.shortcut(p.u, callbackID, place{})
	p.s.mu.Unlock()
	return p.await(ctx, e, err)
}

// ShortcutOn uses a message shortcut on a message.
func (p *Person) ShortcutOn(ctx context.Context, m Message, callbackID string) error {
	p.s.mu.Lock()
	e, err := p.s.shortcut(p.u, callbackID, m.place())
	p.s.mu.Unlock()
	return p.await(ctx, e, err)
}

// Messages is what the person sees in a channel, oldest first.
func (p *Person) Messages(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.s.memberOf(p.u, channel)
	if err != nil {
		return nil
	}
	return ch.seenBy(p.u.ID)
}

// Last is the newest message of a channel that the person sees; zero without any.
func (p *Person) Last(channel string) Message {
	all := p.Messages(channel)
	if len(all) == 0 {
		return Message{}
	}
	return all[len(all)-1]
}

// DM is the channel of the person's direct messages with the bot.
func (p *Person) DM() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.dm(p.u.ID).id
}

// Views are the open modals, top last.
func (p *Person) Views() []View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	out := []View{}
	for _, v := range p.s.stacks[p.u.ID] {
		out = append(out, v.copy())
	}
	return out
}

// Top is the modal before the person; zero without any.
func (p *Person) Top() View {
	views := p.Views()
	if len(views) == 0 {
		return View{}
	}
	return views[len(views)-1]
}

// Notices are Slack's own complaints that belong to no message and no view.
func (p *Person) Notices() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.s.notices[p.u.ID])
}
