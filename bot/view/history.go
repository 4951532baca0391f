package view

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spoolbot/spoolbot/occupation"
)

// MaxHistory is how many events one message tells.
const MaxHistory = 20

// History tells what has happened, newest first, a line each: of a spool or a
// worker by days. When there are older events, the file has them.
func History(h occupation.History, at Clock) Message {
	what := historySubject(h, at)
	if len(h.Events) == 0 {
		return message(sentences(historyOf(what), historyNone), section(bold(historyOf(what)), historyNone))
	}
	lines := make([]string, 0, 2*len(h.Events))
	for i, p := range h.Events {
		if h.Of.Day.IsZero() && (i == 0 || !at.sameDayAs(p.At, h.Events[i-1].At)) {
			lines = append(lines, bold(historyDay(p, at)))
		}
		lines = append(lines, past(p, h.Of, at))
	}
	blocks := lists(append([]string{bold(historyOf(what))}, lines...), 14)
	if h.More {
		blocks = append(blocks, small(historyMore))
	}
	csv := button(ActionHistoryCSV, labelCSV, HistoryFacts(h.Of))
	first := past(h.Events[0], h.Of, at)
	text := sentences(historyOf(what), strings.TrimPrefix(first, deedSign(h.Events[0].Kind)+" "))
	if h.Of.Tag != "" {
		return message(text, append(blocks, rows(csv, statusButton(h.Of.Tag))...)...)
	}
	return message(text, append(blocks, rows(csv)...)...)
}

// historySubject is whose history it is.
func historySubject(h occupation.History, at Clock) string {
	who := ""
	if h.Of.Worker != 0 {
		who = name(h.Who)
	}
	day := ""
	if !h.Of.Day.IsZero() {
		day = at.dayTitle(h.Of.Day)
	}
	return join(", ", escape(h.Of.Tag, maxTag), who, day)
}

func historyDay(p occupation.Past, at Clock) string {
	if p.At.IsZero() {
		return historyUndated
	}
	return capital(at.dayTitle(p.At))
}

// past is one event: sign, time, who did what to which spool, and what more there
// is to say. Of what others have written it is their own words.
func past(p occupation.Past, of occupation.HistoryQuery, at Clock) string {
	who, tag := escape(p.WorkerName, maxName), bold(escape(p.Tag, maxTag))
	if of.Tag != "" {
		tag = ""
	}
	if of.Worker != 0 && p.WorkerID == of.Worker {
		who = ""
	}
	did := ""
	switch verb := deed(p.Kind); {
	case p.Kind == occupation.Expire:
		did = lapsedFor(tag, who)
	case verb != "":
		did = join(" ", who, verb, tag)
	default:
		did = join(" ", who, escape(orWords(p.Action, string(p.Kind)), maxCell), tag)
	}
	clock := ""
	if !p.At.IsZero() {
		clock = at.in(p.At).Format("15:04")
	}
	return clip(deedSign(p.Kind)+" "+join(" ", clock, join(" · ", append([]string{did, escape(string(p.Operation), 10)}, more(p, at)...)...)), maxPast)
}

// maxPast is how long the line of one event may be: a reason stands in it.
const maxPast = 400

// more is what there is to say beside who did what.
func more(p occupation.Past, at Clock) []string {
	out := []string{workedFor(p.Worked)}
	switch p.Kind {
	case occupation.Extend:
		out = append(out, at.until(p.Deadline))
	case occupation.Complete:
		if !p.Date.IsZero() && !at.sameDayAs(p.Date, p.At) {
			out = append(out, withDate(p.Date.Format("02-01")))
		}
	case occupation.Transfer:
		out = append(out, fromWhom(escape(p.From.Name, maxName)), arrangedBy(escape(p.By.Name, maxName)))
	case occupation.Revert:
		out = append(out, undid(p.Undoes))
	case occupation.Release, occupation.Retain:
		out = append(out, takenFrom(escape(p.From.Name, maxName)))
	}
	return append(out, quoted(escape(p.Reason, maxReason)))
}

func orWords(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// sameDayAs reports whether two moments are of one day of the shop.
func (c Clock) sameDayAs(a, b time.Time) bool { return Clock{Now: b, Zone: c.Zone}.sameDay(a) }

// historyWire is the value of the button that makes a file of a history.
type historyWire struct {
	Tag    string `json:"t,omitzero"`
	Worker int    `json:"w,omitzero"`
	Day    string `json:"d,omitzero"`
}

// HistoryFacts encodes whose history a button is about.
func HistoryFacts(q occupation.HistoryQuery) string {
	w := historyWire{Tag: clip(q.Tag, maxFactTag), Worker: q.Worker}
	if !q.Day.IsZero() {
		w.Day = q.Day.Format(time.DateOnly)
	}
	out, err := json.Marshal(w)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return string(out)
}

// ReadHistory decodes what HistoryFacts encodes; the day is noon in the zone, which
// every day has. Whatever is not well-formed is an error.
func ReadHistory(value string, zone *time.Location) (occupation.HistoryQuery, error) {
	var w historyWire
	if len(value) > maxValue || json.Unmarshal([]byte(value), &w) != nil {
		return occupation.HistoryQuery{}, errors.New("view: button value that is no history")
	}
	q := occupation.HistoryQuery{Tag: w.Tag, Worker: w.Worker}
	if q.Worker < 0 || utf8.RuneCountInString(q.Tag) > maxFactTag || (q.Tag == "" && q.Worker == 0 && w.Day == "") {
		return occupation.HistoryQuery{}, errors.New("view: button value of nobody's history")
	}
	if w.Day != "" {
		day, err := time.ParseInLocation(time.DateOnly+" 15", w.Day+" 12", zone)
		if err != nil {
			return occupation.HistoryQuery{}, errors.New("view: button value without a day")
		}
		q.Day = day
	}
	return q, nil
}

// File is a file for a person.
type File struct {
	Name    string
	Title   string
	Comment string // introduces it
	Content []byte
}

// unfit are the characters that have no place in the name of a file.
var unfit = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// HistoryFile is a history as a file, of what the audit log says.
func HistoryFile(h occupation.History, at Clock) File {
	audit := make([]occupation.AuditRow, len(h.Events))
	for i, p := range h.Events {
		audit[i] = p.AuditRow
	}
	parts := []string{"historia"}
	if h.Of.Tag != "" {
		parts = append(parts, slug(h.Of.Tag))
	}
	if h.Of.Worker != 0 {
		parts = append(parts, strings.ToLower(slug(h.Who.Name)), strconv.Itoa(h.Of.Worker))
	}
	if !h.Of.Day.IsZero() {
		parts = append(parts, at.in(h.Of.Day).Format(time.DateOnly))
	}
	title := unescaped(historyOf(historySubject(h, at)))
	return File{
		Name: clip(join("-", parts...), 100) + ".csv", Title: title,
		Comment: csvComment(historySubject(h, at), len(h.Events), h.More), Content: occupation.CSV(audit),
	}
}

// slug is a text as part of the name of a file.
func slug(s string) string {
	return strings.Trim(unfit.ReplaceAllString(occupation.TagKey(strings.Join(strings.Fields(s), "-")), "-"), "-")
}

// unescaped makes an escaped text one for a place where nothing is interpreted.
func unescaped(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// HoldsNothing says that somebody has no spool.
func HoldsNothing(who occupation.Holder) Message {
	text := holdsNothing(name(who))
	return message(text, section(signFree+" "+bold(text)))
}

// FileSent says where a file is to be found.
func FileSent() Message { return message(csvSent, section(signDone+" "+csvSent)) }

// FileEmpty says that there is nothing to make a file of.
func FileEmpty() Message { return message(csvNone, section(csvNone)) }

// FileTrouble says that a file could not be sent; permission: the app may not.
func FileTrouble(permission bool) Message {
	w := fileTrouble(permission)
	return message(sentences(capital(w.head), capital(w.detail), w.next), section(signNo+" "+bold(capital(w.head)), capital(w.detail), w.next))
}
