package occupation

import (
	"context"
	"errors"
	"time"
)

// WarnTogether is how much later than the first the deadlines of a worker's
// spools may be to be told in the same warning.
const WarnTogether = 3 * time.Minute

// Swept is what a sweep has found for people to hear.
type Swept struct {
	Warnings   []Warning   // each for the first and only time
	Turns      []Turn      // who waited for a spool and may have it
	Unanswered []Offer     // of TRASPASAR, whose time is over
	Claims     []LinkClaim // of names, which no supervisor has decided in time
}

// Sweep processes what has become due: the holders of spools near their deadline
// are to be warned, occupations past it expire (the sheet is cleared, a row
// logged, the Notifier told), wait lists are served, and whoever could not be told
// of news before is told now. Any number of replicas may sweep at any time; each
// thing happens once. An empty lock store is rebuilt before. The error joins the faults;
// what is returned with it is to be told all the same.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	var out Swept
	due, err := s.locks.Due(ctx, s.cfg.WarnBefore, WarnTogether)
	if errors.Is(err, ErrUnseeded) {
		if err := s.Rebuild(ctx); err != nil {
			return out, err
		}
		due, err = s.locks.Due(ctx, s.cfg.WarnBefore, WarnTogether)
	}
	if err != nil {
		return out, locksGone(err, NothingDone)
	}
	s.compareClock(due.Now)
	for _, w := range due.Warnings {
		w.Lock = s.local(w.Lock)
		out.Warnings = append(out.Warnings, w)
	}
	faults := []error{s.expire(ctx, due.Over)}
	fault := s.noteStops(ctx)
	faults = append(faults, fault)
	out.Turns, fault = s.desk.Turns(ctx)
	faults = append(faults, fault)
	out.Unanswered, fault = s.desk.Unanswered(ctx)
	faults = append(faults, fault)
	out.Claims, fault = s.claims.OverClaims(ctx)
	faults = append(faults, fault, s.retell(ctx))
	return out, errors.Join(faults...)
}

// expire processes the expiry of locks, a batch at a time.
func (s *Service) expire(ctx context.Context, over []Lock) error {
	var faults []error
	for len(over) > 0 {
		some := over[:min(len(over), MaxBatch)]
		over = over[len(some):]
		intents := make([]Intent, len(some))
		for i, l := range some {
			intents[i] = Intent{
				Event: eventID(Request{}, Expire, l.Key), Kind: Expire, Key: l.Key, Tag: l.Tag,
				Worker: l.Holder, Fence: l.Fence, Grace: s.cfg.Grace,
			}
		}
		outcomes, err := s.change(ctx, intents)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, o := range outcomes {
			if o.err != nil && o.err.Reason != BeingChecked { // it stays held, and is swept again
				faults = append(faults, o.err)
			}
		}
	}
	return errors.Join(faults...)
}

// noteStops tells the desk which of the spools that people wait for are stopped: the
// office lifts a stop in the sheet, of which nothing else tells those who wait. That one
// is stopped is looked at twice: a read of a quiet shop may be older than its lifting.
// While the sheet is away nothing is noted.
func (s *Service) noteStops(ctx context.Context) error {
	waits, err := s.desk.Waits(ctx)
	if err != nil || len(waits) == 0 {
		return err
	}
	read, cancel := context.WithTimeout(ctx, stopsTime)
	defer cancel()
	var stopped []string
	for _, maxAge := range []time.Duration{quietAge, freshEnough} {
		book, err := s.records.Book(read, maxAge)
		if err != nil {
			return nil // the sheet is away: others tell that
		}
		stopped = stopped[:0]
		for _, w := range waits {
			if sp, missing := book.Find(w.Tag); missing == nil {
				if _, is := sp.Stop(); is {
					stopped = append(stopped, w.Key)
				}
			}
		}
		if len(stopped) == 0 {
			break
		}
	}
	return s.desk.Stopped(ctx, stopped)
}

const (
	// quietAge is how old a read may be while nobody acts.
	quietAge = 35 * time.Second
	// stopsTime is how long the sheet has to say who is stopped: warnings wait for that.
	stopsTime = 5 * time.Second
)

// retell tells news that nobody has told.
func (s *Service) retell(ctx context.Context) error {
	news, err := s.desk.News(ctx, TellWithin)
	if err != nil {
		return err
	}
	for _, in := range news {
		s.notifier.Settled(ctx, Notice{Intent: in.in(s.cfg.Zone), To: in.Concerns()})
	}
	return nil
}

// Told says that whom the events, or the offers whose time is over, concern has heard
// of them.
func (s *Service) Told(ctx context.Context, events ...string) error {
	return s.desk.Told(ctx, events...)
}
