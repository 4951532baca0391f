package occupationtest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/spoolbot/spoolbot/occupation"
)

// Directory is occupation.Directory in memory.
type Directory struct {
	mu      sync.Mutex
	workers []occupation.Worker
	links   []occupation.Link
	err     error
}

var _ occupation.Directory = (*Directory)(nil)

// NewDirectory returns a directory of the workers.
func NewDirectory(workers ...occupation.Worker) *Directory { return &Directory{workers: workers} }

// Set adds a worker, or replaces the one with the same id.
func (d *Directory) Set(w occupation.Worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.workers {
		if d.workers[i].ID == w.ID {
			d.workers[i] = w
			return
		}
	}
	d.workers = append(d.workers, w)
}

// Fail makes every call answer err, until it is told nil.
func (d *Directory) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// Worker implements occupation.Directory.
func (d *Directory) Worker(ctx context.Context, id int) (occupation.Worker, error) {
	return d.find(ctx, func(w occupation.Worker) bool { return w.ID == id })
}

// BySlack implements occupation.Directory.
func (d *Directory) BySlack(ctx context.Context, slackID string) (occupation.Worker, error) {
	return d.find(ctx, func(w occupation.Worker) bool { return w.SlackID != "" && w.SlackID == slackID })
}

// Workers implements occupation.Directory.
func (d *Directory) Workers(ctx context.Context) ([]occupation.Worker, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.workers), d.err
}

// Link implements occupation.Directory.
func (d *Directory) Link(ctx context.Context, l occupation.Link) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return false, d.err
	}
	at := slices.IndexFunc(d.workers, func(w occupation.Worker) bool { return w.ID == l.Worker })
	if at < 0 {
		return false, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoName}
	}
	w := &d.workers[at]
	for _, other := range d.workers {
		if other.ID != w.ID && l.SlackID != "" && other.SlackID == l.SlackID {
			return false, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.AccountTaken, Holder: other.AsHolder()}
		}
	}
	switch w.SlackID {
	case l.SlackID:
		return false, nil
	case l.Was:
		w.SlackID, d.links = l.SlackID, append(d.links, l)
		return true, nil
	default:
		return false, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.LinkChanged, Holder: w.AsHolder()}
	}
}

// Links are the changes that were written, in order.
func (d *Directory) Links() []occupation.Link {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.links)
}

func (d *Directory) find(ctx context.Context, is func(occupation.Worker) bool) (occupation.Worker, error) {
	if err := ctx.Err(); err != nil {
		return occupation.Worker{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return occupation.Worker{}, d.err
	}
	for _, w := range d.workers {
		if is(w) {
			return w, nil
		}
	}
	return occupation.Worker{}, &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked}
}

// Notices is an occupation.Notifier that keeps what it is told.
type Notices struct {
	mu  sync.Mutex
	all []occupation.Notice
	// C gets every notice too; when nobody reads, at most 64 wait there.
	C chan occupation.Notice
}

var _ occupation.Notifier = (*Notices)(nil)

// NewNotices returns an empty recorder.
func NewNotices() *Notices { return &Notices{C: make(chan occupation.Notice, 64)} }

// Settled implements occupation.Notifier.
func (n *Notices) Settled(_ context.Context, notice occupation.Notice) {
	n.mu.Lock()
	n.all = append(n.all, notice)
	n.mu.Unlock()
	select {
	case n.C <- notice:
	default:
	}
}

// All returns what it was told so far, in order.
func (n *Notices) All() []occupation.Notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]occupation.Notice(nil), n.all...)
}

// labelID reads the worker id out of a label like "MR(93)"; 0 when it has none.
func labelID(label string) int {
	_, rest, ok := strings.Cut(label, "(")
	if !ok {
		return 0
	}
	id, err := strconv.Atoi(strings.TrimSuffix(rest, ")"))
	if err != nil {
		return 0
	}
	return id
}
