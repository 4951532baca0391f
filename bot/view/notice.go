package view

import "github.com/spoolbot/spoolbot/occupation"

// Notice is late news for the person who acted: done after all, not done and
// put back, or, for an expiry, that the spool is not theirs any more.
func Notice(n occupation.Notice, at Clock) Message {
	in := n.Intent
	if n.Err == nil {
		return One(occupation.Result{
			Tag: in.Tag, Kind: in.Kind, Date: in.Date,
			Lock: occupation.Lock{Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation, Since: in.Since, Deadline: in.Deadline, Fence: in.Fence, State: occupation.Held},
		}, at)
	}
	if in.Kind == occupation.Expire {
		return Problem(n.Err, Asked{}, at)
	}
	facts := Facts{Tag: in.Tag, Fence: in.Fence, Operation: in.Operation, Date: in.Date}
	state := lineStillYours
	if in.Kind == occupation.Take {
		state, facts.Fence = lineNotTaken, 0
	}
	w := explain(n.Err, at)
	return card(signNo, in.Tag, notDone(VerbOf(in.Kind), state), []string{capital(join(", ", w.head, w.detail)), w.next},
		retry(Asked{Verb: VerbOf(in.Kind), Facts: facts}), mineButton())
}
