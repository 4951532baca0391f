package occupation

import (
	"regexp"
	"strconv"
	"strings"
)

// Stop is RETENER: nobody may take the spool until it is lifted. It stands in
// Estado_Ocupacion alone, so that the office sees it, and can set and lift it there.
type Stop struct {
	Reason string // as written, "calidad"; empty = none was given
	By     int    // id of the worker who set it; 0 = somebody at the sheet
	Label  string // of that worker, "MR(93)"
}

// stopped finds the word by which a state is a stop, however people write it.
var (
	stopped = regexp.MustCompile(`(?i)\bretenid[oa]s?\b[\s:,.-]*`)
	stopBy  = regexp.MustCompile(`(?:^|[,\s]+)(\p{L}{1,2}\((\d{1,9})\))\s*$`)
)

// Text is what Estado_Ocupacion says: "ARM retenido: calidad, MR(93)".
func (s Stop) Text(op Operation) string {
	out := strings.TrimSpace(string(op) + " retenido")
	if s.Reason != "" {
		out += ": " + s.Reason
	}
	if s.Label != "" {
		out += ", " + s.Label
	}
	return out
}

// Stop reads the spool's state; ok is false when nothing stops it.
func (s Spool) Stop() (out Stop, ok bool) {
	at := stopped.FindStringIndex(s.State)
	if at == nil {
		return Stop{}, false
	}
	rest := strings.TrimSpace(s.State[at[1]:])
	if by := stopBy.FindStringSubmatchIndex(rest); by != nil {
		out.Label = rest[by[2]:by[3]]
		out.By, _ = strconv.Atoi(rest[by[4]:by[5]]) // nine digits at most
		rest = rest[:by[0]]
	}
	out.Reason = strings.TrimSpace(rest)
	return out, true
}
