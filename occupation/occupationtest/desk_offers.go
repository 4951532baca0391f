package occupationtest

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// offered is an offer that was made between two moments.
type offered struct {
	occupation.Offer
	from, to time.Time
}

func someOffer(id, key string, lasts time.Duration) occupation.Offer {
	return occupation.Offer{ID: id, Key: key, Tag: "tag of " + key, Fence: 1 << 40, From: nicolas, To: mauricio, Lasts: lasts}
}

// offer puts an offer on the desk, which must replace that of the id, "" = none.
func (d *deskTest) offer(o occupation.Offer, replaced string) offered {
	d.Helper()
	out := offered{Offer: o, from: d.now()}
	got, err := d.desk.Offer(d.ctx, o)
	d.ok(err)
	if got.ID != replaced {
		d.Fatalf("%s replaces %+v, want %q", o.ID, got, replaced)
	}
	out.to = d.now()
	return out
}

// isOffer wants the offer as it was made, and the end of it.
func (d *deskTest) isOffer(got occupation.Offer, want offered) {
	d.Helper()
	if made := got.Until.Add(-want.Lasts); made.Before(want.from) || made.After(want.to) {
		d.Errorf("offer %s until %v: not %v after %v", got.ID, got.Until, want.Lasts, want.from)
	}
	if got.Until = want.Until; got != want.Offer {
		d.Errorf("offer\n got %+v\nwant %+v", got, want.Offer)
	}
}

// answered lets a worker answer, and wants to know whether it was theirs to answer.
func (d *deskTest) answered(id string, who occupation.Holder, want bool) occupation.Offer {
	d.Helper()
	o, ok, err := d.desk.Answered(d.ctx, id, who.ID)
	d.ok(err)
	if ok != want || !ok && o != (occupation.Offer{}) {
		d.Fatalf("%s answers %s: %v, %+v; want %v", who.Label, id, ok, o, want)
	}
	return o
}

// unanswered wants these offers, in any order.
func (d *deskTest) unanswered(want ...offered) {
	d.Helper()
	got, err := d.desk.Unanswered(d.ctx)
	d.ok(err)
	if len(got) != len(want) {
		d.Fatalf("unanswered %+v, want %+v", got, want)
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(o occupation.Offer) bool { return o.ID == w.ID })
		if i < 0 {
			d.Fatalf("unanswered %+v, want %s", got, w.ID)
		}
		d.isOffer(got[i], w)
	}
}

func offerLasts(d *deskTest) {
	d.seed()
	arranged := someOffer("o1", "MK-1335-ÑÜ\"'{}\\<&>|漢字 🚿-011", long)
	arranged.By, arranged.Reason = boss, "cambio de turno \"B\" </b> \u2028"
	o := d.offer(arranged, "")
	brief := d.offer(someOffer("o2", "A-2", short), "")
	if d.Advance != nil {
		d.Advance(long - time.Minute)
		d.unanswered(brief)
	}
	d.isOffer(d.answered("o1", mauricio, true), o)
}

func offerReplaces(d *deskTest) {
	d.seed()
	first := d.offer(someOffer("o1", "A-1", long), "")
	d.offer(someOffer("o2", "A-2", long), "")
	next := someOffer("o3", "A-1", long)
	next.To = boss
	got, err := d.desk.Offer(d.ctx, next)
	d.ok(err)
	d.isOffer(got, first)
	d.answered("o1", mauricio, false)
	d.answered("o3", boss, true)
	d.offer(someOffer("o4", "A-1", long), "") // o3 was answered
	d.answered("o2", mauricio, true)
}

func offerAnswered(d *deskTest) {
	d.seed()
	arranged := someOffer("o1", "A-1", long)
	arranged.By = boss
	for _, who := range []occupation.Holder{nicolas, mauricio, boss} {
		o := d.offer(arranged, "")
		d.answered("o1", carla, false)
		d.answered("o1", occupation.Holder{}, false)
		d.answered("o9", who, false)
		d.isOffer(d.answered("o1", who, true), o)
		d.answered("o1", who, false)
	}
	d.offer(someOffer("o2", "A-2", long), "")
	d.answered("o2", boss, false)
	d.answered("o2", occupation.Holder{}, false) // nobody has arranged it
	brief := d.offer(someOffer("o3", "A-3", short), "")
	d.past(brief.to.Add(short))
	d.answered("o3", mauricio, false)
	d.unanswered(brief)
}

func offerUnanswered(d *deskTest) {
	d.seed()
	d.unanswered()
	a := d.offer(someOffer("o1", "A-1", short), "")
	b := d.offer(someOffer("o2", "A-2", short), "")
	d.offer(someOffer("o3", "A-3", long), "")
	d.past(b.to.Add(short))
	d.unanswered(a, b)
	d.unanswered()
	d.answered("o1", mauricio, false)
	d.offer(someOffer("o4", "A-1", long), "") // in the place of none
	d.ok(d.desk.Told(d.ctx, "o1"))
	if d.Advance != nil { // whoever was to tell of the other has died
		d.Advance(occupation.TellWithin + time.Second)
		d.unanswered(b)
		d.unanswered()
		d.ok(d.desk.Told(d.ctx, "o2", "o9"))
		d.Advance(occupation.TellWithin + time.Second)
		d.unanswered()
	}
	d.answered("o3", nicolas, true)
}
