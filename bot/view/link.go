package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file shows who is who to those whom it concerns: the person who is not
// linked yet, and the supervisors.

// Unlinked tells a person whom the bot does not know what to do, in three steps;
// claimed is the name that they say is theirs already, empty = none.
func Unlinked(claimed string) Message {
	choose := chooseButton(labelChoose)
	head, lines := capital(linkUnknown)+".", linkSteps
	if claimed = escape(claimed, maxName); claimed != "" {
		head, lines = linkPending(claimed), []string{lineTellYou, lineAnother}
		choose = chooseButton(labelChooseOther)
	}
	return message(sentences(append([]string{head}, lines...)...),
		append([]slack.Block{section(append([]string{signAsk + " " + bold(head)}, lines...)...)}, rows(choose.WithStyle(slack.StylePrimary), helpButton())...)...)
}

// ClaimSent tells whoever claims a name that a supervisor has to approve it.
func ClaimSent(c occupation.LinkClaim) Message {
	head := linkAsked(name(c.Worker))
	return message(sentences(head, lineTellYou), append([]slack.Block{section(signWait+" "+bold(head), lineTellYou)}, rows(chooseButton(labelChooseOther))...)...)
}

// ClaimNotSent tells that no supervisor could be told.
func ClaimNotSent() Message {
	return notice(signNo, linkNotSent, []string{lineLater}, chooseButton(labelChoose))
}

// KnownAlready tells a person who is linked that there is nothing to choose.
func KnownAlready(w occupation.Worker) Message {
	return notice(signDone, linkKnown(name(w.AsHolder())), []string{lineWrongName}, mineButton(), helpButton())
}

// ClaimCard asks the supervisors whether somebody is who they say; rivals are the
// Slack users who claim the same name.
func ClaimCard(c occupation.LinkClaim, w occupation.Worker, rivals []string, at Clock) Message {
	f := LinkFacts{Claim: c.ID, Worker: c.Worker.ID, SlackID: c.SlackID}
	lines := []string{workRoles(w), lineApproveIf}
	if len(rivals) > 0 {
		lines = append(lines, bold(linkRivals(mentions(rivals))))
	}
	lines = append(lines, linkWaits(at.until(c.Until)))
	return notice(signAsk, linkSays(person(c.SlackID), worker(c.Worker)), lines,
		button(ActionLinkApprove, labelApprove, f.Value()).WithStyle(slack.StylePrimary), button(ActionLinkRefuse, labelReject, f.Value()))
}

// ClaimEnd is what became of a claim.
type ClaimEnd string

// The ends of a claim.
const (
	ClaimApproved ClaimEnd = "approved"
	ClaimRefused  ClaimEnd = "refused"
	ClaimLost     ClaimEnd = "lost"     // somebody else was given the name
	ClaimReplaced ClaimEnd = "replaced" // the person has chosen another name
	ClaimExpired  ClaimEnd = "expired"  // nobody has answered in time
)

// ClaimOver takes the place of the question to the supervisors: what became of it,
// and who decided.
func ClaimOver(c occupation.LinkClaim, end ClaimEnd, l occupation.Linked, at Clock) Message {
	f := LinkFacts{Worker: c.Worker.ID, SlackID: l.Worker.SlackID}
	who, sign := person(c.SlackID), signNo
	if end == ClaimApproved {
		sign = signDone
	}
	w := claimOver(end, who, worker(c.Worker), name(l.By), at.moment(at.Now))
	return notice(sign, w.head, []string{w.detail, because(escape(l.Reason, maxReason))}, button(ActionLinkShow, labelLink, f.Value()))
}

// ClaimGone takes the place of a question that is not open any more: how it is now.
func ClaimGone(f LinkFacts, w occupation.Worker) Message {
	return notice(signNo, linkNotOpen(person(f.SlackID)), []string{linkedTo(worker(w.AsHolder()), orNobody(w.SlackID))},
		button(ActionLinkShow, labelLink, LinkFacts{Worker: w.ID, SlackID: w.SlackID}.Value()))
}

// Welcome tells a person that they are linked now, who decided, and how to begin,
// in three lines.
func Welcome(l occupation.Linked) Message {
	head := linkWelcome(escape(l.Worker.Name(), maxName))
	return notice(signDone, head, append([]string{linkBy(name(l.By))}, firstSteps...), batchButton(labelSearch).WithStyle(slack.StylePrimary), mineButton(), helpButton())
}

// ClaimDenied tells a person that they are not who they said, by whose decision,
// and why if it was written.
func ClaimDenied(c occupation.LinkClaim, l occupation.Linked) Message {
	return notice(signNo, linkDenied(name(c.Worker)), []string{linkDeniedBy(name(l.By)), because(escape(l.Reason, maxReason)), lineTalk}, chooseButton(labelChoose))
}

// ClaimUnanswered tells a person that no supervisor has answered in time, and how to
// ask again.
func ClaimUnanswered(c occupation.LinkClaim) Message {
	return notice(signLate, linkUnanswered(name(c.Worker)), []string{lineAskAgain}, chooseButton(labelChoose).WithStyle(slack.StylePrimary))
}

// Unbound tells a person that they are not linked any more.
func Unbound(l occupation.Linked) Message {
	who := name(l.Worker.AsHolder())
	return notice(signNo, linkUnbound(who), []string{linkUnboundBy(name(l.By)), linkStillHolds(who)}, chooseButton(labelChoose))
}

// LinkCard shows a supervisor to whom a worker is linked, and what can be done;
// note is said before it, empty = nothing.
func LinkCard(w occupation.Worker, note LinkNote) Message {
	f := LinkFacts{Worker: w.ID, SlackID: w.SlackID}
	change := button(ActionLinkChange, labelChooseAccount, f.Value())
	var remove *slack.ButtonBlockElement
	if w.SlackID != "" {
		change = button(ActionLinkChange, labelChangeAccount, f.Value())
		remove = button(ActionLinkRemove, labelRemoveLink, f.Value()).WithStyle(slack.StyleDanger).WithConfirm(slack.NewConfirmationBlockObject(
			plain(removeTitle, 100), plain(removeText(clip(tidy(w.Name()), maxName)), 300), plain(labelRemoveLink, 30), plain(confirmNo, 30)))
	}
	lines := []string{accountLine(orNobody(w.SlackID)), workRoles(w)}
	if !w.Active {
		lines = append(lines, lineInactive)
		if w.SlackID == "" {
			change = nil
		}
	}
	return notice(signHeld, worker(w.AsHolder()), append([]string{linkNote(note)}, lines...), change, remove)
}

// LinkNote says in one line why a supervisor is shown a link.
type LinkNote string

// The notes.
const (
	NoNote      LinkNote = ""
	LinkSet     LinkNote = "set"
	LinkRemoved LinkNote = "removed"
	LinkStale   LinkNote = "stale" // the button was of another state
)

// NotLinked shows a supervisor a person whom nobody is linked to.
func NotLinked(slackID string) Message {
	return notice(signAsk, linkNobody(person(slackID)), []string{lineTellThem}, button(ActionLinkGive, labelChooseName, LinkFacts{SlackID: slackID}.Value()))
}

// NotServed tells a supervisor that an account cannot be linked.
func NotServed(slackID string) Message {
	return notice(signNo, linkNotServed(person(slackID)), []string{nothingChanged + lineOwnAccount}, peopleButton())
}

// WorkersFound lets a supervisor choose one of several workers.
func WorkersFound(query string, ws []occupation.Worker) Message {
	if len(ws) == 0 {
		return notice(signNo, linkNoneFound(escape(query, maxCell)), []string{lineSearchAgain}, peopleButton())
	}
	blocks := []slack.Block{section(bold(linkWhich))}
	for _, w := range ws {
		blocks = append(blocks, rows(button(ActionLinkShow, fullName(w), LinkFacts{Worker: w.ID, SlackID: w.SlackID}.Value()))...)
	}
	return message(sentences(linkWhich), blocks...)
}

// ClaimsOpen says how many claims wait; each follows in a message of its own.
func ClaimsOpen(n int) Message {
	return notice(signAsk, linkOpen(n), []string{lineHowToLink}, peopleButton())
}

// notice is a message of one statement, lines and buttons.
func notice(sign, head string, lines []string, buttons ...*slack.ButtonBlockElement) Message {
	text := sentences(append([]string{head}, lines...)...)
	return message(text, append([]slack.Block{section(append([]string{sign + " " + bold(head)}, lines...)...)}, rows(buttons...)...)...)
}

func chooseButton(label string) *slack.ButtonBlockElement { return button(ActionLinkChoose, label, "") }

func peopleButton() *slack.ButtonBlockElement { return button(ActionLinkPeople, labelPeople, "") }

// person is a mention; an id that does not look like one is shown as it is.
func person(slackID string) string {
	if !slackUser.MatchString(slackID) {
		return escape(slackID, maxName)
	}
	return "<@" + slackID + ">"
}

func orNobody(slackID string) string {
	if slackID == "" {
		return ""
	}
	return person(slackID)
}

func mentions(ids []string) string {
	var out []string
	for _, id := range ids[:min(len(ids), 5)] {
		out = append(out, person(id))
	}
	return join(", ", out...)
}

// worker is a name with what the sheet calls the person.
func worker(h occupation.Holder) string {
	return join(" · ", name(h), escape(h.Label, maxName))
}
