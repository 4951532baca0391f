package occupation

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// tallies counts the events of a period, by worker and NV, and how long was worked
// on each spool.
type tallies struct {
	nv      func(tag string) string
	events  int
	all     Tally
	workers map[int]*Share
	nvs     map[string]*Share
	spools  map[string]*Slow // by spool and operation
	spans   map[int][]span   // by worker: when they had something
}

// span is a stretch of time.
type span struct{ from, to time.Time }

// session is an occupation that has begun in the period.
type session struct {
	who   Holder
	since time.Time
}

func newTallies(nv func(string) string) *tallies {
	return &tallies{nv: nv, workers: map[int]*Share{}, nvs: map[string]*Share{}, spools: map[string]*Slow{}, spans: map[int][]span{}}
}

func (t *tallies) worker(h Holder) *Share {
	share := t.workers[h.ID]
	if share == nil {
		share = &Share{Who: h}
		t.workers[h.ID] = share
	}
	if share.Who.Name == "" {
		share.Who = h
	}
	return share
}

func (t *tallies) ofNV(tag string) *Share {
	name := t.nv(tag)
	share := t.nvs[name]
	if share == nil {
		share = &Share{NV: name}
		t.nvs[name] = share
	}
	return share
}

// add counts rows of the audit log. Rows of others are passed over.
func (t *tallies) add(rows []AuditRow) {
	rows = slices.Clone(rows)
	NewestFirst(rows)
	sessions, paused, ended := map[string]session{}, map[string]AuditRow{}, map[string]AuditRow{}
	for _, row := range slices.Backward(rows) {
		if row.Kind.Action() == "" {
			continue
		}
		t.events++
		key, d := TagKey(row.Tag), row.Detail()
		who := Holder{ID: row.WorkerID, Name: row.WorkerName}
		had := who // whose time ends
		if row.Kind.Others() && d.From != 0 {
			had = Holder{ID: d.From, Name: sessions[key].who.Name}
		}
		if !row.Kind.RowOnly() {
			delete(paused, key)
		}
		switch row.Kind {
		case Transfer:
			t.worked(row, had, sessions[key].since) // the row tells since when the next one has it
			fallthrough
		case Take:
			sessions[key] = session{who, row.At}
			continue
		case Pause:
			paused[key] = row
		case Complete:
			t.completed(row, who, 1)
		case Revert:
			delete(sessions, key)
			if d.Undoes != Take {
				sessions[key] = session{who, d.Since}
				t.reverted(ended[key], who, d)
			}
		case Expire:
			t.each(row.Tag, who, func(c *Tally) { c.Expired++ })
		}
		if row.Kind.ends() {
			since := d.Since
			if since.IsZero() {
				since = sessions[key].since
			}
			t.worked(row, had, since)
			delete(sessions, key)
			ended[key] = row
		}
	}
	for _, row := range paused {
		t.each(row.Tag, Holder{ID: row.WorkerID, Name: row.WorkerName}, func(c *Tally) { c.Paused++ })
	}
}

// each counts for all, for the worker and for the NV.
func (t *tallies) each(tag string, who Holder, count func(*Tally)) {
	count(&t.all)
	count(&t.worker(who).Tally)
	count(&t.ofNV(tag).Tally)
}

func (t *tallies) completed(row AuditRow, who Holder, n int) {
	t.each(row.Tag, who, func(c *Tally) {
		if row.Operation == SOLD {
			c.SOLD += n
		} else {
			c.ARM += n
		}
	})
}

// reverted takes back what the end of an occupation has counted, if it is of this
// period: it goes on, and is counted from its beginning when it ends.
func (t *tallies) reverted(end AuditRow, who Holder, d AuditDetail) {
	if end.Kind != d.Undoes || end.WorkerID != who.ID {
		return
	}
	if end.Kind == Complete {
		t.completed(end, who, -1)
	}
	if !d.Since.IsZero() && end.At.After(d.Since) {
		t.spool(end.Tag, end.Operation, who).Worked -= end.At.Sub(d.Since)
	}
}

// worked adds the time since which somebody had the spool, up to the row's; the
// zero time is not known.
func (t *tallies) worked(row AuditRow, who Holder, since time.Time) {
	if since.IsZero() || !row.At.After(since) || who.ID == 0 {
		return
	}
	t.worker(who)
	t.spans[who.ID] = append(t.spans[who.ID], span{since, row.At})
	t.spool(row.Tag, row.Operation, who).Worked += row.At.Sub(since)
}

// busy is how long of the period a worker had anything at all: whoever has fifty
// spools for an hour has worked for an hour.
func (t *tallies) busy(worker int, p Period) time.Duration {
	spans := slices.Clone(t.spans[worker])
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var sum time.Duration
	at := p.From
	for _, s := range spans {
		if s.from.After(at) {
			at = s.from
		}
		if s.to.After(p.To) {
			s.to = p.To
		}
		if s.to.After(at) {
			sum += s.to.Sub(at)
			at = s.to
		}
	}
	return sum
}

// spool is the account of a spool's operation; who has it last.
func (t *tallies) spool(tag string, op Operation, who Holder) *Slow {
	key := TagKey(tag) + " " + string(op)
	s := t.spools[key]
	if s == nil {
		s = &Slow{Tag: tag, Operation: op}
		t.spools[key] = s
	}
	if s.Who.ID != who.ID || who.Name != "" {
		s.Who = who
	}
	return s
}

// open counts a spool that is held, and the time until the end of the period.
func (t *tallies) open(st Status, end time.Time) {
	who := st.Lock.Holder
	if !st.Lock.Holds() {
		who = Holder{ID: st.Spool.HolderID, Name: st.Spool.HeldBy}
	}
	t.worker(who).Open++
	t.ofNV(st.tag()).Open++
	if since := st.Lock.Since; st.Lock.Holds() && since.Before(end) {
		t.spans[who.ID] = append(t.spans[who.ID], span{since, end})
		s := t.spool(st.tag(), st.Lock.Operation, who)
		s.Worked += end.Sub(since)
		s.Open = true
	}
}

func (t *tallies) slowest() []Slow {
	var out []Slow
	for _, s := range t.spools {
		if s.Worked > 0 {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b Slow) int {
		return cmp.Or(cmp.Compare(b.Worked, a.Worked), strings.Compare(a.Tag, b.Tag), cmp.Compare(a.Operation, b.Operation))
	})
	return out[:min(len(out), slowest)]
}
