package occupationtest

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var carla = occupation.Holder{ID: 95, Name: "Carla Soto", Label: "CS(95)"}

func waitUnseeded(d *deskTest) {
	_, err := d.desk.Wait(d.ctx, occupation.Waiting{Key: "A-1", Tag: "A-1", Worker: 93})
	d.unseeded(err)
	d.ok(d.desk.Leave(d.ctx, "A-1", 93))
	d.turns()
}

func waitPlaces(d *deskTest) {
	d.seed()
	d.intend(take("e1", "A-1", nicolas, long), occupation.Accepted)
	for range 2 {
		d.wait("A-1", mauricio, 1)
		d.wait("A-1", carla, 2)
	}
	d.held(take("e2", "A-2", nicolas, long))
	d.wait("A-2", carla, 1)
	d.wait("A-1", boss, 3)
	lapsed := d.lapsed("A-3", nicolas, long)
	d.wait(lapsed.Key, mauricio, 1)
}

func waitFree(d *deskTest) {
	d.seed()
	d.wait("A-1", mauricio, 0)
	d.queue("A-1", carla)
	d.pauses("A-1")
	d.wait("A-1", mauricio, 0)
	d.turns(firstTurn("A-1", carla))
}

func waitLeave(d *deskTest) {
	d.seed()
	d.ok(d.desk.Leave(d.ctx, "A-1", mauricio.ID)) // a missing entry is no error
	d.queue("A-1", mauricio, carla, boss)
	d.ok(d.desk.Leave(d.ctx, "A-1", nicolas.ID))
	d.ok(d.desk.Leave(d.ctx, "A-1", carla.ID))
	d.wait("A-1", boss, 2)
	d.wait("A-1", carla, 3)
	for _, who := range []occupation.Holder{boss, carla, mauricio} {
		d.ok(d.desk.Leave(d.ctx, "A-1", who.ID))
	}
	d.pauses("A-1")
	d.turns()
}

func waitListed(d *deskTest) {
	listed := func(want ...occupation.Waiting) {
		d.Helper()
		if got, err := d.desk.Waits(d.ctx); err != nil || !slices.Equal(got, want) {
			d.Errorf("waiting\n got %+v, %v\nwant %+v", got, err, want)
		}
	}
	listed()
	d.seed()
	d.queue("B-1", nicolas, mauricio)
	d.queue("A-1", carla, boss, mauricio)
	b1, a1 := turn("B-1", mauricio).Waiting, turn("A-1", mauricio).Waiting
	listed(turn("A-1", carla).Waiting, turn("A-1", boss).Waiting, a1, turn("B-1", nicolas).Waiting, b1)
	d.ok(d.desk.Leave(d.ctx, "A-1", carla.ID))
	d.ok(d.desk.Leave(d.ctx, "B-1", nicolas.ID))
	d.pauses("A-1")
	listed(turn("A-1", boss).Waiting, a1, b1) // whose turn it is waits until they have it
	d.held(take("e2", "A-1", boss, long))
	listed(a1, b1)
}

func turnFirst(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla)
	d.turns()
	from := d.now()
	d.pauses("A-1")
	to := d.now()
	until := d.turns(firstTurn("A-1", mauricio))
	if free := until.Add(-occupation.HeadStart); free.Before(from) || free.After(to) {
		d.Errorf("reserved until %v: not the head start after %v", until, from)
	}
	for range 2 {
		d.turns()
	}
}

func turnsBegin(d *deskTest) {
	d.seed()
	frees := map[string]func(lock occupation.Lock) occupation.Intent{
		"A-pause": func(l occupation.Lock) occupation.Intent { return pause("p1", l.Key, l.Holder) },
		"B-complete": func(l occupation.Lock) occupation.Intent {
			in := pause("p2", l.Key, l.Holder)
			in.Kind, in.Date = occupation.Complete, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
			return in
		},
		"C-release": func(l occupation.Lock) occupation.Intent { return release("p3", l) },
	}
	for key, end := range frees {
		d.queue(key, mauricio)
		d.carry(d.intend(end(d.lock(key)), occupation.Accepted))
	}
	d.turns(firstTurn("A-pause", mauricio), firstTurn("B-complete", mauricio), firstTurn("C-release", mauricio))

	lapsed := d.lapsed("D-expire", nicolas, short)
	d.wait("D-expire", mauricio, 1)
	d.turns()
	d.past(lapsed.Until)
	from := d.now()
	due, err := d.Locks.Due(d.ctx, nil, 0)
	d.ok(err)
	d.justLocks("ended", due.Ended, lapsed)
	until := d.turns(firstTurn("D-expire", mauricio))
	if free := until.Add(-occupation.HeadStart); free.Before(from) || free.After(d.now()) {
		d.Errorf("reserved until %v: not the head start after %v", until, from)
	}
}

// turnAfterGrace: from the end of a grace on the first who waits is before others,
// also until somebody looks whether it is over.
func turnAfterGrace(d *deskTest) {
	d.seed()
	late := d.held(take("e1", "A-1", nicolas, short))
	d.wait("A-1", mauricio, 1)
	d.past(late.Deadline)
	in := expire("e2", late)
	in.Grace = short
	d.carry(d.intend(in, occupation.Accepted))
	until := d.lock("A-1").Until
	d.past(until)
	if o := d.intend(take("e3", "A-1", carla, long), occupation.Reserved); !o.Until.Equal(until.Add(occupation.HeadStart)) {
		d.Errorf("reserved until %v, and the grace ended at %v", o.Until, until)
	}
	d.intend(take("e4", "A-1", mauricio, long), occupation.Accepted)
}

func turnHeld(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla)
	d.turns()
	d.intend(pause("p1", "A-1", nicolas), occupation.Accepted) // it has not landed
	d.turns()
	d.ok(d.Locks.Undo(d.ctx, "", []string{"p1"}))
	d.turns()
	held := d.lock("A-1")
	d.carry(d.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted))
	d.carry(d.intend(transfer("t1", held, boss), occupation.Accepted))
	d.turns()
	d.pauses("A-1")
	o := d.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	d.turns() // somebody is about to have it
	d.ok(d.Locks.Undo(d.ctx, "", []string{o.Intent.Event}))
	d.turns(firstTurn("A-1", mauricio))
	d.lapsed("A-2", nicolas, long)
	d.wait("A-2", carla, 1)
	d.turns() // it is kept for its former holder
}

func turnStopped(d *deskTest) {
	d.seed()
	d.ok(d.desk.Stopped(d.ctx, []string{"A-1"})) // nobody waits
	d.queue("A-1", mauricio, carla)
	d.queue("B-1", carla)
	d.ok(d.desk.Stopped(d.ctx, []string{"A-1"})) // while somebody has it
	d.ok(d.desk.Stopped(d.ctx, nil))
	d.turns()
	d.pauses("A-1")
	d.turns(firstTurn("A-1", mauricio))
	for range 2 {
		d.ok(d.desk.Stopped(d.ctx, []string{"A-1"}))
		d.turns()
	}
	from := d.now()
	d.ok(d.desk.Stopped(d.ctx, nil))
	until := d.turns(firstTurn("A-1", mauricio))
	if free := until.Add(-occupation.HeadStart); free.Before(from) || free.After(d.now()) {
		d.Errorf("reserved until %v: not the head start after %v", until, from)
	}
	d.ok(d.desk.Stopped(d.ctx, nil))
	d.turns()

	d.ok(d.desk.Stopped(d.ctx, []string{"A-1"}))
	d.held(take("e9", "A-1", mauricio, long))
	d.pauses("A-1")
	d.turns(firstTurn("A-1", carla))
	d.ok(d.desk.Stopped(d.ctx, nil)) // it has come free since
	d.turns()
}

func turnPutBack(d *deskTest) {
	d.seed()
	d.intend(take("e1", "A-1", nicolas, long), occupation.Accepted)
	d.wait("A-1", mauricio, 1)
	d.wait("A-1", carla, 2)
	from := d.now()
	d.ok(d.Locks.Undo(d.ctx, "", []string{"e1"}))
	until := d.turns(firstTurn("A-1", mauricio))
	if free := until.Add(-occupation.HeadStart); free.Before(from) || free.After(d.now()) {
		d.Errorf("reserved until %v: not the head start after %v", until, from)
	}
	d.past(from) // a head start that is running goes on
	o := d.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	d.bind("c2", o)
	d.ok(d.Locks.Undo(d.ctx, "c2", []string{"e2"}))
	d.turns()
	if again := d.intend(take("e3", "A-1", carla, long), occupation.Reserved); !again.Until.Equal(until) {
		d.Errorf("reserved until %v, and was until %v", again.Until, until)
	}
	if d.Advance != nil {
		d.past(until)
		d.turns(turn("A-1", carla))
		d.intend(take("e4", "A-1", boss, long), occupation.Accepted)
		d.wait("A-1", nicolas, 3) // after the others were told
		d.ok(d.Locks.Undo(d.ctx, "", []string{"e4"}))
		d.turns(firstTurn("A-1", mauricio))
	}
}

func turnReserved(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla)
	d.pauses("A-1")
	reserved := func(event string, who occupation.Holder) time.Time {
		d.Helper()
		o := d.intend(take(event, "A-1", who, long), occupation.Reserved)
		if o.Lock != (occupation.Lock{}) {
			d.Errorf("a spool that is reserved has the lock %+v", o.Lock)
		}
		return o.Until
	}
	before := reserved("e1", carla) // told or not
	until := d.turns(firstTurn("A-1", mauricio))
	if after := reserved("e2", nicolas); !before.Equal(until) || !after.Equal(until) {
		d.Errorf("reserved until %v and %v, the first was told until %v", before, after, until)
	}
	d.free("A-1")
	d.ok(d.Locks.Undo(d.ctx, "", []string{d.intend(take("e3", "A-1", mauricio, long), occupation.Accepted).Intent.Event}))
	if d.Advance != nil {
		d.past(until)
		d.intend(take("e4", "A-1", nicolas, long), occupation.Accepted)
	}
}

func turnTaken(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla, boss)
	d.pauses("A-1")
	d.turns(firstTurn("A-1", mauricio))
	o := d.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	d.wait("A-1", mauricio, 1) // it is not theirs yet
	d.carry(o)
	d.wait("A-1", boss, 2)
	d.held(transfer("t1", d.lock("A-1"), boss)) // out of turn
	d.wait("A-1", carla, 1)
	d.wait("A-1", nicolas, 2)
	d.turns()
	d.pauses("A-1")
	d.turns(firstTurn("A-1", carla))
	d.held(take("e3", "A-1", carla, long))
	d.queue("A-2", mauricio, carla)
	d.pauses("A-2")
	over := d.lapsed("A-2", mauricio, short) // within the head start
	d.past(over.Until)
	d.intend(take("e4", "A-2", boss, long), occupation.Reserved) // for the next, since the grace is over
	d.intend(take("e6", "A-2", carla, long), occupation.Accepted)
	if d.Advance != nil {
		d.Advance(2 * occupation.HeadStart)
		d.turns() // the head start has ended with the take
		d.pauses("A-1")
		d.Advance(2 * occupation.HeadStart)
		d.held(take("e5", "A-1", mauricio, long)) // not one of those who wait
		d.wait("A-1", nicolas, 1)
		d.turns()
	}
}

func turnMovesUp(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla, boss)
	d.pauses("A-1")
	until := d.turns(firstTurn("A-1", mauricio))
	d.ok(d.desk.Leave(d.ctx, "A-1", boss.ID))
	d.turns()
	d.ok(d.desk.Leave(d.ctx, "A-1", mauricio.ID))
	if next := d.turns(firstTurn("A-1", carla)); !next.Equal(until) {
		d.Errorf("reserved until %v for the next, who has until %v", next, until)
	}
	d.intend(take("e2", "A-1", mauricio, long), occupation.Reserved)
	d.ok(d.desk.Leave(d.ctx, "A-1", carla.ID))
	d.turns()
	d.intend(take("e3", "A-1", mauricio, long), occupation.Accepted)
}

func turnOthers(d *deskTest) {
	if d.Advance == nil {
		return // it takes minutes
	}
	d.seed()
	d.queue("A-1", boss, carla, mauricio)
	d.pauses("A-1")
	until := d.turns(firstTurn("A-1", boss))
	d.Advance(until.Sub(d.now()) - time.Minute)
	d.turns()
	d.intend(take("e2", "A-1", carla, long), occupation.Reserved)
	d.past(until)
	d.turns(turn("A-1", mauricio), turn("A-1", carla))
	d.turns()
	d.intend(take("e3", "A-1", nicolas, long), occupation.Accepted)
}

func turnAll(d *deskTest) {
	if d.Advance == nil {
		return // it takes minutes
	}
	d.seed()
	d.queue("A-1", boss, carla)
	d.queue("A-2", carla, boss)
	d.pauses("A-1")
	d.pauses("A-2")
	d.Advance(occupation.HeadStart + time.Millisecond) // nobody has asked meanwhile
	o := d.intend(take("e2", "A-2", mauricio, long), occupation.Accepted)
	d.turns(turn("A-1", boss), turn("A-1", carla))
	d.ok(d.Locks.Undo(d.ctx, "", []string{o.Intent.Event}))
	d.turns(turn("A-2", boss), turn("A-2", carla)) // it is free again
	d.turns()
}

func turnAgain(d *deskTest) {
	d.seed()
	d.queue("A-1", mauricio, carla)
	d.pauses("A-1")
	d.turns(firstTurn("A-1", mauricio))
	d.held(take("e2", "A-1", mauricio, long))
	d.wait("A-1", mauricio, 2)
	d.pauses("A-1")
	d.turns(firstTurn("A-1", carla))
	if d.Advance == nil {
		return // it takes minutes
	}
	d.Advance(2 * occupation.HeadStart)
	d.turns(turn("A-1", mauricio))
	d.held(take("e3", "A-1", boss, long))
	d.pauses("A-1")
	d.turns(firstTurn("A-1", carla))
	d.Advance(2 * occupation.HeadStart)
	d.turns(turn("A-1", mauricio))
	d.turns()
}
