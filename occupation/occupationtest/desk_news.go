package occupationtest

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// news wants the events of this age, in any order.
func (d *deskTest) news(age time.Duration, want ...string) []occupation.Intent {
	d.Helper()
	got, err := d.desk.News(d.ctx, age)
	d.ok(err)
	var events []string
	for _, in := range got {
		events = append(events, in.Event)
	}
	if slices.Sort(events); !slices.Equal(events, want) {
		d.Fatalf("news %q, want %q", events, want)
	}
	return got
}

func newsTold(d *deskTest) {
	d.seed()
	d.ok(d.desk.Told(d.ctx)) // of nothing
	d.ok(d.desk.Told(d.ctx, "e1"))
	give := transfer("n1", d.held(take("e1", "A-1", nicolas, long)), mauricio)
	give.By, give.Reason = boss, "cambio de turno \"B\" </b> \u2028"
	free := release("n2", d.held(take("e2", "A-2", nicolas, long)))
	free.BySheet = true
	late := d.held(take("e3", "A-3", nicolas, short))
	d.past(late.Deadline)
	gone := expire("n3", late)
	gone.Grace = long
	want := map[string]occupation.Intent{}
	for _, in := range []occupation.Intent{give, free, gone} {
		o := d.intend(in, occupation.Accepted)
		want[in.Event] = o.Intent
		d.carry(o)
	}
	for range 2 { // until it was told
		for _, got := range d.news(0, "n1", "n2", "n3") {
			if got != want[got.Event] {
				d.Errorf("news\n got %+v\nwant %+v", got, want[got.Event])
			}
		}
	}
	d.ok(d.desk.Told(d.ctx, "n1", "e9", "n3"))
	d.news(0, "n2")
	d.ok(d.desk.Told(d.ctx, "n2"))
	d.news(0)
}

func newsSettled(d *deskTest) {
	d.seed()
	held := d.held(take("e1", "A-1", nicolas, long))
	d.carry(d.intend(extend("e2", held, held.Deadline.Add(long)), occupation.Accepted))
	d.carry(d.intend(pause("e3", "A-1", nicolas), occupation.Accepted))
	held = d.held(take("e4", "A-2", nicolas, long))
	o := d.intend(transfer("n1", held, mauricio), occupation.Accepted)
	d.news(0)
	d.bind("c1", o)
	d.news(0)
	d.ok(d.Locks.Undo(d.ctx, "c1", []string{"n1"}))
	d.news(0)
	o = d.intend(transfer("n2", held, mauricio), occupation.Accepted)
	d.bind("c2", o)
	d.settled(d.Locks.Settle(d.ctx, "c3", []string{"n2"}, nil))
	d.news(0)
	d.settled(d.Locks.Settle(d.ctx, "c2", []string{"n2"}, []string{"n2"}))
	d.news(0, "n2") // whether its row is owed or not
	d.ok(d.desk.Told(d.ctx, "n2"))
	_, err := d.Locks.Claim(d.ctx, ours, nil)
	d.ok(err)
	d.bind("c4", o)
	d.settled(d.Locks.Settle(d.ctx, "c4", []string{"n2"}, nil))
	d.news(0) // the delivery of the row is none
}

func newsAge(d *deskTest) {
	d.seed()
	d.held(transfer("n1", d.held(take("e1", "A-1", nicolas, long)), mauricio))
	to := d.now()
	d.news(long)
	d.past(to.Add(short))
	d.news(short, "n1")
	d.held(transfer("n2", d.lock("A-1"), nicolas))
	d.news(long)
	d.news(0, "n1", "n2")
	if d.Advance != nil {
		d.Advance(long / 2)
		d.held(transfer("n3", d.lock("A-1"), mauricio))
		d.news(long/2, "n1", "n2")
		d.news(long)
	}
}
