package view_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of digests.

func (k kit) digest() occupation.Digest {
	share := func(h occupation.Holder, nv string, t occupation.Tally, open, before int, worked time.Duration) occupation.Share {
		return occupation.Share{Who: h, NV: nv, Tally: t, Open: open, Before: before, Worked: worked}
	}
	return occupation.Digest{
		Period: occupation.Period{Kind: occupation.ShiftDigest, Start: k.hour(7, 30), From: k.hour(7, 30), To: k.hour(12, 30)},
		Tally:  occupation.Tally{ARM: 9, SOLD: 5, Paused: 3, Expired: 1}, Before: occupation.Tally{ARM: 11, Expired: 2},
		Open: []occupation.Status{k.status(11, mauricio), k.status(12, josefa)}, Events: 60, Conflicts: 4,
		Workers: []occupation.Share{
			share(mauricio, "", occupation.Tally{ARM: 6, Expired: 1}, 1, 7, 4*time.Hour+20*time.Minute),
			share(josefa, "", occupation.Tally{ARM: 3, SOLD: 5, Paused: 3}, 1, 0, 3*time.Hour),
			share(occupation.Holder{ID: 50}, "", occupation.Tally{}, 1, 4, 0),
		},
		NVs: []occupation.Share{
			share(occupation.Holder{}, "0650", occupation.Tally{ARM: 9, SOLD: 5}, 1, 11, 0),
			share(occupation.Holder{}, "", occupation.Tally{Paused: 3, Expired: 1}, 1, 0, 0),
		},
		Slowest: []occupation.Slow{
			{Tag: numbered(7), Operation: occupation.ARM, Who: mauricio, Worked: 3*time.Hour + 10*time.Minute},
			{Tag: numbered(11), Operation: occupation.SOLD, Who: josefa, Worked: 2 * time.Hour, Open: true},
		},
	}
}

func (k kit) digestSamples() map[string]any {
	details := func(d occupation.Digest) view.Message {
		m, ok := view.DigestDetails(d, k.at)
		if !ok {
			panic("no details")
		}
		return m
	}
	morning := k.digest()
	morning.Period = occupation.Period{Kind: occupation.MorningDigest, Start: k.hour(7, 30).AddDate(0, 0, -1), From: k.hour(7, 30).AddDate(0, 0, -1), To: k.hour(7, 30)}
	morning.Before, morning.Conflicts, morning.SOLD = occupation.Tally{}, 0, 0
	late := k.digest()
	late.Start, late.From, late.To = late.Start.AddDate(0, 0, -3), late.From.AddDate(0, 0, -3), late.To.AddDate(0, 0, -3)
	late.Tally, late.Open, late.Slowest, late.NVs = occupation.Tally{}, nil, nil, nil
	quiet := occupation.Digest{Period: k.digest().Period}
	compared := quiet
	compared.Before = occupation.Tally{ARM: 9, SOLD: 5, Expired: 1}
	many, hostile := k.digest(), k.digest()
	many.Workers, many.NVs, many.Open = nil, nil, k.statuses(60, 20)
	for i := range 120 {
		t := occupation.Tally{ARM: 300 - i, SOLD: 3, Paused: i, Expired: i}
		many.Workers = append(many.Workers, occupation.Share{Who: occupation.Holder{ID: i, Name: fmt.Sprintf("María Fernanda Valenzuela %d", i)}, Tally: t, Open: i, Before: i, Worked: time.Hour + time.Minute})
		many.NVs = append(many.NVs, occupation.Share{NV: fmt.Sprintf("NV%04d", i), Tally: t, Open: i, Before: i})
	}
	bad := occupation.Share{Who: occupation.Holder{ID: 1, Name: worst}, NV: worst, Tally: occupation.Tally{ARM: 1, SOLD: 1, Paused: 1, Expired: 1}, Open: 1, Before: 1, Worked: 100 * time.Hour}
	odd := bad
	odd.Who.Name, odd.NV = nasty, nasty
	hostile.Workers, hostile.NVs = slices.Repeat([]occupation.Share{bad, odd}, 60), slices.Repeat([]occupation.Share{bad, odd}, 60)
	st := k.status(15, occupation.Holder{ID: 1, Name: worst})
	st.Spool.Tag = worst
	hostile.Open = slices.Repeat([]occupation.Status{st}, 60)
	hostile.Slowest = slices.Repeat([]occupation.Slow{{Tag: nasty, Operation: occupation.ARM, Who: occupation.Holder{Name: worst}, Worked: time.Hour, Open: true}}, 3)
	return map[string]any{
		"digest-shift":           view.Digest(k.digest(), k.at),
		"digest-morning":         view.Digest(morning, k.at),
		"digest-late":            view.Digest(late, k.at),
		"digest-quiet":           view.Digest(quiet, k.at),
		"digest-quiet-compared":  view.Digest(compared, k.at),
		"digest-120":             view.Digest(many, k.at),
		"digest-hostile":         view.Digest(hostile, k.at),
		"digest-details":         details(k.digest()),
		"digest-details-120":     details(many),
		"digest-details-hostile": details(hostile),
	}
}
