package occupation_test

import (
	"bytes"
	"maps"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

// tally is what one or many worlds came to.
type tally struct {
	worlds, quiet int
	verbs         map[verb]int
	answers       map[string]int
	faults        map[verb]int
	points        map[string]int // where processes were killed or frozen, and calls cut
	violations    []violation
	trace         []string
	routines      int
	ghosts        int // locks put back of what had ended
	rebound       int // bindings that came late
}

type violation struct {
	invariant int
	text      string
}

func newTally() tally {
	return tally{worlds: 1, verbs: map[verb]int{}, answers: map[string]int{}, faults: map[verb]int{}, points: map[string]int{}}
}

func (t *tally) fault(v verb, where string) {
	t.faults[v]++
	t.points[string(v)+" "+where]++
}

func (t *tally) point(v verb, c call) {
	when := " before "
	if c.strike.applied {
		when = " after "
	}
	t.fault(v, when[1:]+c.method)
}

// operations counts what people have done, the office included.
func (t *tally) operations() int {
	n := 0
	for _, d := range slices.Concat(people, office) {
		n += t.verbs[d.verb]
	}
	return n
}

func (t *tally) add(other tally) {
	t.worlds += other.worlds
	t.quiet += other.quiet
	t.ghosts += other.ghosts
	t.rebound += other.rebound
	for _, m := range []struct{ to, from map[verb]int }{{t.verbs, other.verbs}, {t.faults, other.faults}} {
		for k, n := range m.from {
			m.to[k] += n
		}
	}
	for _, m := range []struct{ to, from map[string]int }{{t.answers, other.answers}, {t.points, other.points}} {
		for k, n := range m.from {
			m.to[k] += n
		}
	}
	t.violations = append(t.violations, other.violations...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// routines counts the goroutines of a replica, which carry its name.
func routines(replica string) int {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		return 0
	}
	n, all := 0, 0
	for line := range strings.Lines(text.String()) {
		if count, _, ok := strings.Cut(line, " @ "); ok {
			n, _ = strconv.Atoi(count)
		}
		if strings.HasPrefix(line, "# labels:") && strings.Contains(line, strconv.Quote(replica)) {
			all += n
		}
	}
	return all
}
