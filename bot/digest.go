package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is the digest in the supervisors' channel, at the end of each shift and
// each morning. Its times are of the wall clock, where robfig/cron skips or doubles
// some when clocks change: so the look asks which period has ended last, and
// whether its digest was posted. After a stop that is the last one of each kind
// that was missed, and none of those before it.

const (
	digestTime  = 30 * time.Minute // Slack has so long to take one; nobody asks for it again
	digestAgain = time.Minute      // after the sheet did not answer
	digestPause = 30 * time.Second // after Slack did not take it
)

// digestDue is what this process knows of the digests of one kind.
type digestDue struct {
	kind  occupation.DigestKind
	again time.Time // the sheet did not answer: not before this
}

// lookAtDigest posts the digest that is due, if this replica leads. It is made
// first and claimed then, in the diary that all replicas share: a sheet that does
// not answer loses none, and none is posted twice.
func (b *Bot) lookAtDigest(ctx context.Context, due *digestDue) {
	if b.supervisors == "" || time.Now().Before(due.again) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, digestTime)
	defer cancel()
	p, ok := b.unposted(ctx, due.kind)
	if !ok {
		return
	}
	d, err := b.core.Digest(ctx, p)
	if err != nil {
		due.again = time.Now().Add(digestAgain)
		logged(ctx, err, "digest_not_made")
		return
	}
	d.Conflicts = b.conflictsSince(ctx, p)
	if _, mine, err := b.diary.Advance(ctx, digestJob(due.kind), p.To); err != nil || !mine {
		logged(ctx, err, "digest_not_claimed")
		return
	}
	b.postDigest(ctx, d)
}

// countsLate is how long after the end of a period what was counted up to now still
// is what was counted in it.
const countsLate = 10 * time.Minute

// conflictsSince is how often a take was refused in a period that has just ended,
// because somebody else had the spool; 0 = it is not known any more.
func (b *Bot) conflictsSince(ctx context.Context, p occupation.Period) int {
	now := b.core.Now()
	if now.Sub(p.To) > countsLate {
		return 0
	}
	b.tellTally(ctx)
	counts, err := b.tally.Counted(ctx, now.Sub(p.From))
	logged(ctx, err, "not_counted")
	return counts[countConflicts]
}

func digestJob(kind occupation.DigestKind) string { return "digest-" + string(kind) }

// unposted is the last period that has ended, if this replica leads and its digest
// was not posted yet. Where none ever was the first one is that of the next
// period: what lies before the bot's time is none of its business.
func (b *Bot) unposted(ctx context.Context, kind occupation.DigestKind) (occupation.Period, bool) {
	leads, err := b.diary.Lead(ctx, lease, b.replica, leaseTime)
	if err != nil || !leads {
		logged(ctx, err, "lease_not_asked")
		return occupation.Period{}, false
	}
	now, err := b.core.Time(ctx)
	if err != nil {
		logged(ctx, err, "time_not_asked")
		return occupation.Period{}, false
	}
	p := b.core.DigestDue(kind, now)
	if p.To.IsZero() {
		return p, false
	}
	done, err := b.diary.Done(ctx, digestJob(kind))
	if err != nil {
		logged(ctx, err, "job_not_asked")
		return p, false
	}
	if done.IsZero() {
		_, _, err := b.diary.Advance(ctx, digestJob(kind), p.To)
		logged(ctx, err, "job_not_asked")
		return p, false
	}
	return p, p.To.After(done)
}

// postDigest posts a digest, and its table and charts below it in the thread: what
// they say stands in the words above them, too.
func (b *Bot) postDigest(ctx context.Context, d occupation.Digest) {
	at, err := b.persist(ctx, place{Channel: b.supervisors}, view.Digest(d, b.clock()))
	if err != nil {
		logged(ctx, err, "digest_not_posted")
		return
	}
	details, ok := view.DigestDetails(d, b.clock())
	if !ok {
		return
	}
	_, err = b.persist(ctx, at, details)
	if code := slackCode(err); code == "invalid_blocks" || code == "invalid_attachments" { // a workspace that has no tables or charts yet
		_, err = b.persist(ctx, at, view.Message{Text: details.Text})
	}
	logged(ctx, err, "digest_details_not_posted")
}

// persist posts a message, in the thread of another where at is one, for as long as
// there is hope.
func (b *Bot) persist(ctx context.Context, at place, m view.Message) (p place, err error) {
	for {
		err = insist(ctx, func(ctx context.Context) (err error) {
			p, err = b.postUnder(ctx, at, m)
			return err
		})
		if err == nil || !mayPass(err) || wait(ctx, digestPause) != nil {
			return p, err
		}
	}
}

// postUnder posts a message into the channel of a place, and into its thread.
func (b *Bot) postUnder(ctx context.Context, at place, m view.Message) (place, error) {
	if err := b.allow.pacer.turn(ctx, at.Channel); err != nil {
		return place{}, err
	}
	options := content(b.marked(m))
	if at.TS != "" {
		options = append(options, slack.MsgOptionTS(at.TS))
	}
	p := place{Kind: atMessage}
	err := patiently(ctx, func(ctx context.Context) (err error) {
		p.Channel, p.TS, err = b.api.PostMessageContext(ctx, at.Channel, options...)
		return err
	})
	return p, err
}
