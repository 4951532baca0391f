package occupation_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// shop is a service over ports in memory, inside a bubble of virtual time.
type shop struct {
	*occupation.Service
	t         *testing.T
	locks     *occupationtest.Locks
	records   *occupationtest.Records
	directory *occupationtest.Directory
	notices   *occupationtest.Notices
	stop      func()
}

var (
	jefa     = occupation.Worker{ID: 1, Given: "Claudia", Surname: "Fuentes", Active: true, Roles: []occupation.Role{occupation.Supervisor}, SlackID: "U1"}
	pedro    = occupation.Worker{ID: 12, Given: "Pedro", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Soldador}, SlackID: "U12"}
	mauricio = occupation.Worker{ID: 93, Given: "Mauricio", Surname: "Rodríguez", Active: true, Roles: []occupation.Role{occupation.Armador}, SlackID: "U93"}
	juana    = occupation.Worker{ID: 7, Given: "Juana", Surname: "Pérez", Active: true, Roles: []occupation.Role{occupation.Ayudante}, SlackID: "U7"}
)

// inShop runs the story in a bubble, with n spools S-000, S-001, ... that wait
// for ARM, and checks at the end that nothing is left on its way.
func inShop(t *testing.T, n int, story func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var spools []occupation.Spool
		for i := range n {
			spools = append(spools, occupation.Spool{Tag: fmt.Sprintf("S-%03d", i), Materials: time.Date(1999, 12, 1, 0, 0, 0, 0, santiago)})
		}
		s := &shop{
			t: t, locks: occupationtest.NewLocks(), records: occupationtest.NewRecords(spools...),
			directory: occupationtest.NewDirectory(mauricio, juana, pedro, jefa), notices: occupationtest.NewNotices(),
		}
		s.open("a", s.records)
		defer func() { s.stop() }() // of a story that ends early
		story(s)
		s.stop()
		if left := s.locks.Intents(); len(left) > 0 {
			t.Errorf("intents left on their way: %v", left)
		}
	})
}

// open starts a replica of the service on the shop's ports.
func (s *shop) open(replica string, records occupation.Records) {
	s.t.Helper()
	s.openOn(replica, s.locks, records)
}

// openOn starts one whose way to the lock store is its own.
func (s *shop) openOn(replica string, locks occupation.Locks, records occupation.Records) {
	s.t.Helper()
	s.Service = occupation.New(occupation.Config{
		Replica: replica, Zone: santiago, TTL: time.Hour, Grace: 15 * time.Minute,
		WarnBefore: []time.Duration{15 * time.Minute, 5 * time.Minute},
		Shifts: []occupation.Shift{
			{Start: 7*time.Hour + 30*time.Minute, End: 12*time.Hour + 30*time.Minute},
			{Start: 13*time.Hour + 30*time.Minute, End: 18 * time.Hour},
		},
	}, occupation.Ports{Locks: locks, Desk: s.locks, Records: records, Directory: s.directory, Claims: s.locks, Notifier: s.notices})
	if err := s.Start(s.t.Context()); err != nil {
		s.t.Fatalf("Start: %v", err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	service := s.Service
	go func() { defer close(done); service.Run(ctx) }()
	s.stop = sync.OnceFunc(func() { cancel(); <-done })
}

func (s *shop) request(w occupation.Worker) occupation.Request {
	return occupation.Request{Worker: w.ID, Now: time.Now()}
}

func (s *shop) take(w occupation.Worker, tags ...string) []occupation.Result {
	s.t.Helper()
	out, err := s.Take(s.t.Context(), s.request(w), "", tags)
	if err != nil {
		s.t.Fatalf("Take %v: %v", tags, err)
	}
	return out
}

func (s *shop) pause(w occupation.Worker, tag string) occupation.Result {
	s.t.Helper()
	out, err := s.Pause(s.t.Context(), s.request(w), []occupation.Target{{Tag: tag}})
	if err != nil {
		s.t.Fatalf("Pause %s: %v", tag, err)
	}
	return out[0]
}

func (s *shop) complete(w occupation.Worker, tag string) occupation.Result {
	s.t.Helper()
	out, err := s.Complete(s.t.Context(), s.request(w), []occupation.Target{{Tag: tag}}, time.Now().In(santiago))
	if err != nil {
		s.t.Fatalf("Complete %s: %v", tag, err)
	}
	return out[0]
}

// sweep does what the jobs do every few seconds.
func (s *shop) sweep() occupation.Swept {
	s.t.Helper()
	out, err := s.Sweep(s.t.Context())
	if err != nil {
		s.t.Fatalf("Sweep: %v", err)
	}
	return out
}

// row is what the sheet says of a spool now: "held-by|state".
func (s *shop) row(tag string) string {
	s.t.Helper()
	b, err := s.records.Book(s.t.Context(), 0)
	if err != nil {
		s.t.Fatal(err)
	}
	sp, missing := b.Find(tag)
	if missing != nil {
		s.t.Fatal(missing)
	}
	return sp.HeldBy + "|" + sp.State
}

// log is the audit log in one line: "TOMAR:S-000 PAUSAR:S-000".
func (s *shop) log() string {
	var out []string
	for _, r := range s.records.Audit() {
		out = append(out, r.Action+":"+r.Tag)
	}
	return strings.Join(out, " ")
}

// lock is the lock of a spool now: "worker state", or empty.
func (s *shop) lock(tag string) string {
	s.t.Helper()
	snap, err := s.locks.Snapshot(s.t.Context(), occupation.TagKey(tag))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(snap.Locks) == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", snap.Locks[0].Holder.ID, snap.Locks[0].State)
}

// news is the next thing that somebody is told.
func (s *shop) news() occupation.Notice {
	s.t.Helper()
	select {
	case n := <-s.notices.C:
		return n
	case <-time.After(10 * time.Minute): // virtual
		s.t.Fatal("nobody was told")
		return occupation.Notice{}
	}
}

func (s *shop) want(what, got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s = %q, want %q", what, got, want)
	}
}

func (s *shop) done(what string, err *occupation.Error) {
	s.t.Helper()
	if err != nil {
		s.t.Errorf("%s: %v, want it done", what, err)
	}
}

func (s *shop) refused(what string, err *occupation.Error, code occupation.Code, reason occupation.Reason) {
	s.t.Helper()
	if err == nil || err.Code != code || err.Reason != reason {
		s.t.Errorf("%s: %v, want %s (%s)", what, err, code, reason)
	}
}

func TestTakePauseComplete(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		got := s.take(mauricio, "s–000")[0]
		s.done("take", got.Err)
		if got.Lock.Operation != occupation.ARM || got.Lock.Fence == 0 || got.Lock.Deadline.Sub(got.Lock.Since) != time.Hour {
			t.Errorf("take gave %+v, want ARM for an hour under a fence", got.Lock)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "93 held")

		again := s.take(mauricio, "S-000")[0]
		s.done("take again", again.Err)
		if !again.Already || again.Lock.Fence != got.Lock.Fence {
			t.Errorf("take of one's own = %+v, want already with fence %d", again, got.Lock.Fence)
		}

		no := s.take(juana, "S-000")[0].Err
		s.refused("another's take", no, occupation.SpoolOccupied, "")
		if no.Holder.Name != "Mauricio Rodríguez" || !no.Since.Equal(got.Lock.Since) || !no.Until.Equal(got.Lock.Deadline) {
			t.Errorf("refusal %+v does not name holder, since and until", no)
		}
		s.refused("another's pause", s.pause(juana, "S-000").Err, occupation.NotOwner, "")

		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.want("row", s.row("S-000"), "|ARM parcial (pausado)")
		s.want("lock", s.lock("S-000"), "")
		s.refused("pause of nothing", s.pause(mauricio, "S-000").Err, occupation.NotOwner, occupation.NobodyHolds)

		s.done("take by another", s.take(juana, "S-000")[0].Err)
		s.done("complete", s.complete(juana, "S-000").Err)
		s.want("row", s.row("S-000"), "|ARM completado")
		s.done("take for SOLD", s.take(juana, "S-000")[0].Err)
		s.want("row", s.row("S-000"), "JP(7)|SOLD en progreso")
		s.done("complete SOLD", s.complete(juana, "S-000").Err)
		s.refused("take of what is done", s.take(juana, "S-000")[0].Err, occupation.PrerequisiteNotMet, occupation.AlreadyDone)
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000 COMPLETAR:S-000 TOMAR:S-000 COMPLETAR:S-000")
	})
}

func TestStaleButton(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		first := s.take(mauricio, "S-000")[0].Lock
		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.done("take again", s.take(mauricio, "S-000")[0].Err)
		out, err := s.Pause(s.t.Context(), s.request(mauricio), []occupation.Target{{Tag: "S-000", Fence: first.Fence}})
		if err != nil {
			t.Fatal(err)
		}
		s.refused("pause by an old button", out[0].Err, occupation.NotOwner, occupation.HeldAnew)
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

func TestBatchIsOneCommitAndThreeRoundTrips(t *testing.T) {
	inShop(t, 60, func(s *shop) {
		s.take(juana, "S-007") // somebody has one of them
		before := [...]int{s.locks.Calls("Intend"), s.locks.Calls("Bind"), s.locks.Calls("Settle"), s.records.Calls("Commit")}
		var tags []string
		for i := range 50 {
			tags = append(tags, fmt.Sprintf("S-%03d", i))
		}
		for i, r := range s.take(mauricio, tags...) {
			if r.Tag != tags[i] {
				t.Fatalf("result %d is of %s, want %s", i, r.Tag, tags[i])
			}
			if i == 7 {
				s.refused("the occupied one", r.Err, occupation.SpoolOccupied, "")
				continue
			}
			s.done(r.Tag, r.Err)
		}
		after := [...]int{s.locks.Calls("Intend"), s.locks.Calls("Bind"), s.locks.Calls("Settle"), s.records.Calls("Commit")}
		for i, name := range []string{"Intend", "Bind", "Settle", "Commit"} {
			if got := after[i] - before[i]; got != 1 {
				t.Errorf("%s was called %d times, want 1", name, got)
			}
		}
	})
}

func TestWholeRequestsRefused(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		idle := juana
		idle.ID, idle.Active = 8, false
		s.directory.Set(idle)
		many := make([]string, 51)
		for i := range many {
			many[i] = fmt.Sprintf("X-%d", i)
		}
		for _, c := range []struct {
			name   string
			worker int
			op     occupation.Operation
			tags   []string
			code   occupation.Code
		}{
			{"no tags", 93, "", nil, occupation.InvalidInput},
			{"51 tags", 93, "", many, occupation.InvalidInput},
			{"an empty tag", 93, "", []string{"S-000", " "}, occupation.InvalidInput},
			{"an unknown operation", 93, "PINTURA", []string{"S-000"}, occupation.InvalidInput},
			{"nobody", 1234, "", []string{"S-000"}, occupation.WorkerUnknown},
			{"somebody inactive", 8, "", []string{"S-000"}, occupation.WorkerUnknown},
			{"without the role", 93, occupation.SOLD, []string{"S-000"}, occupation.RoleNotAllowed},
		} {
			_, err := s.Take(s.t.Context(), occupation.Request{Worker: c.worker, Now: time.Now()}, c.op, c.tags)
			if occupation.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
		}
		s.want("log", s.log(), "")
	})
}

func TestSameRequestTwiceIsOneEvent(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		r := s.request(mauricio)
		r.Key = "envelope-1"
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				out, err := s.Take(s.t.Context(), r, "", []string{"S-000"})
				if err != nil || out[0].Err != nil {
					t.Errorf("take: %v %+v", err, out)
				}
			})
		}
		wg.Wait()
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

func TestTwoTapsOfOnePerson(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		slow := &slowRecords{Records: s.records, delay: time.Second}
		s.stop()
		s.open("b", slow)
		var wg sync.WaitGroup
		wg.Go(func() { s.done("take", s.take(mauricio, "S-000")[0].Err) })
		synctest.Wait()
		wg.Go(func() { s.done("pause while the take is on its way", s.pause(mauricio, "S-000").Err) })
		wg.Wait()
		s.want("row", s.row("S-000"), "|ARM parcial (pausado)")
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000")
	})
}

// A tap whose spool another replica has in hand waits for what becomes of it.
func TestTapCarriedElsewhere(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		commit := s.dies(occupation.Take, false, false) // alive for 15 s yet
		var wg sync.WaitGroup
		wg.Go(func() { s.done("take", s.take(mauricio, "S-000")[0].Err) })
		s.passes(2 * time.Second) // virtual
		if err := s.locks.Undo(s.t.Context(), "", commit.Events()); err != nil {
			t.Error(err)
		}
		wg.Wait()
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

func TestRaceForOneSpool(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		won, named := 0, 0
		for i := range 10 {
			w := occupation.Worker{ID: 100 + i, Given: "W", Surname: "X", Active: true, Roles: mauricio.Roles}
			s.directory.Set(w)
			wg.Go(func() {
				r := s.take(w, "S-000")[0]
				mu.Lock()
				defer mu.Unlock()
				switch {
				case r.Err == nil:
					won++
				case r.Err.Code == occupation.SpoolOccupied && r.Err.Holder.ID >= 100:
					named++
				}
			})
		}
		wg.Wait()
		if won != 1 || named != 9 {
			t.Errorf("%d won and %d were refused by name, want 1 and 9", won, named)
		}
	})
}

// While one commit is on its way the next intents gather: 200 people at once
// need two commits, not two hundred.
func TestGroupCommit(t *testing.T) {
	inShop(t, 200, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 250 * time.Millisecond})
		began := time.Now()
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() { s.done("take", s.take(juana, fmt.Sprintf("S-%03d", i))[0].Err) })
		}
		wg.Wait()
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("200 takes took %v, want two commits of 250 ms", took)
		}
		if n := s.records.Calls("Commit"); n > 2 {
			t.Errorf("200 takes made %d commits, want at most 2", n)
		}
	})
}

// slowRecords is records whose commits take their time.
type slowRecords struct {
	*occupationtest.Records
	delay time.Duration
}

func (r *slowRecords) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	select {
	case <-time.After(r.delay):
		return r.Records.Commit(ctx, c)
	case <-ctx.Done():
		return occupation.Receipt{}, &occupation.Unknown{Err: ctx.Err(), Again: true}
	}
}
