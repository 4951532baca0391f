package occupation

import (
	"context"
	"time"
)

// HistoryQuery says whose history is asked for: that of a spool, of a worker, of a
// day, or of a worker's day.
type HistoryQuery struct {
	Tag    string    // of this spool, however it is spelled
	Worker int       // of this worker
	Day    time.Time // of this day in the shop's zone; any moment of it
	Limit  int       // the newest so many; 0 = MaxLog
}

// History is what has happened, newest first.
type History struct {
	Of     HistoryQuery // with the TAG as the sheet spells it
	Who    Holder       // the worker of Of
	Events []Past
	More   bool // there are older ones
}

// Past is one thing that has happened. Of what others have written it is what can
// be read: any of it may be zero, and Kind may be none of the core's.
type Past struct {
	AuditRow
	AuditDetail
	From   Holder        // whose the spool was: TRASPASAR, LIBERAR
	By     Holder        // the supervisor who arranged it: TRASPASAR
	Worked time.Duration // how long the occupation had lasted that it ended; 0 = none, or not known
}

// ends reports whether a change of the kind ends an occupation, of which its row
// says since when it was.
func (k Kind) ends() bool {
	return k == Pause || k == Complete || k == Release || k == Expire || k == Retain
}

// History tells what the audit log knows. Everybody may read a spool's, since
// whoever takes a spool over wants to know what was done to it, and their own; that
// of another worker or of a day is for supervisors. Errors: WORKER_UNKNOWN,
// ROLE_NOT_ALLOWED (NotSupervisor), SPOOL_NOT_FOUND and DUPLICATE_TAG when there is
// nothing to tell either, SHEET_....
func (s *Service) History(ctx context.Context, r Request, q HistoryQuery) (History, error) {
	if q.Tag == "" && q.Worker == 0 && q.Day.IsZero() {
		return History{}, &Error{Code: InvalidInput, Reason: NoTags}
	}
	if own := q.Worker != 0 && q.Worker == r.Worker; !own && q.Tag == "" {
		if _, err := s.supervisor(ctx, r.Worker); err != nil {
			return History{}, err
		}
	}
	book, err := s.Book(ctx)
	if err != nil {
		return History{}, err
	}
	log := LogQuery{Tag: q.Tag, Worker: q.Worker, Limit: q.Limit}
	if !q.Day.IsZero() {
		day := q.Day.In(s.cfg.Zone)
		log.From, log.To = Midnight(day), dayAfter(day)
	}
	rows, more, err := s.records.Log(ctx, log)
	if err != nil {
		return History{}, asUnavailable(err)
	}
	out := History{Of: q, Who: s.person(ctx, q.Worker), More: more}
	if q.Tag != "" {
		switch spool, missing := book.Find(q.Tag); {
		case missing == nil:
			out.Of.Tag = spool.Tag
		case len(rows) == 0:
			return History{}, missing
		default: // the row is gone, or doubled; what happened has happened
			out.Of.Tag = rows[0].Tag
		}
	}
	for _, row := range rows {
		out.Events = append(out.Events, s.past(ctx, row))
	}
	return out, nil
}

// past makes sense of a row.
func (s *Service) past(ctx context.Context, row AuditRow) Past {
	d := row.Detail()
	p := Past{AuditRow: row, AuditDetail: d, From: s.person(ctx, d.From), By: s.person(ctx, d.By)}
	if row.Kind.ends() && !d.Since.IsZero() && row.At.After(d.Since) {
		p.Worked = row.At.Sub(d.Since)
	}
	if p.WorkerName == "" {
		p.WorkerName = s.person(ctx, row.WorkerID).Name
	}
	return p
}

// person is who has the id, or had it: zero for 0, and without a name where the
// sheet does not know them.
func (s *Service) person(ctx context.Context, id int) Holder {
	if id == 0 {
		return Holder{}
	}
	w, err := s.directory.Worker(ctx, id) // inactive ones too
	if err != nil {
		return Holder{ID: id}
	}
	return w.AsHolder()
}

// dayAfter is the beginning of the day after that of t, in t's zone.
func dayAfter(t time.Time) time.Time { return day(t.Year(), t.Month(), t.Day()+1, t.Location()) }
