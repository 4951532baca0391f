package occupation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// verb is what a step of the simulation does.
type verb string

// What workers and supervisors do, and what the jobs do besides at odd moments.
const (
	takes     verb = "take"
	pauses    verb = "pause"
	completes verb = "complete"
	extends   verb = "extend"
	offers    verb = "offer"
	accepts   verb = "accept"
	refuses   verb = "refuse"
	releases  verb = "release"
	waits     verb = "wait"
	leaves    verb = "leave"
	undoes    verb = "undo"
	retains   verb = "retain"
	lifts     verb = "lift"
	twice     verb = "twice" // one tap that is delivered to both replicas
	sweeps    verb = "sweep"
	compares  verb = "reconcile"
)

// What the person at the sheet does.
const (
	clears  verb = "clear"
	labels  verb = "label"
	names   verb = "name"
	unnames verb = "unname"
	dates   verb = "date"
	sorts   verb = "sort"
	deletes verb = "delete"
	renames verb = "rename"
	doubles verb = "double"
	singles verb = "single"
)

// What breaks. Those of the first group wait on the line of one replica for a call
// that they fit.
const (
	cut     verb = "cut"     // the answer of a call is lost, the call done or not
	late    verb = "late"    // the same, and the call is done much later
	busy    verb = "429"     // the sheet wants a commit to wait
	bad     verb = "bad"     // the sheet refuses a commit for good
	missed  verb = "missed"  // the sheet refuses a commit because rows have moved
	moved   verb = "moved"   // rows move just before a commit lands
	stamped verb = "stamp"   // another commit has the stamp
	kill    verb = "kill"    // the process dies at its n-th call from now
	stall   verb = "freeze"  // the process stands still from its n-th call on
	crawl   verb = "slow"    // every call takes seconds
	restart verb = "restart" // the process ends in good order, and another begins

	away   verb = "5xx"   // the sheet answers nobody, though it may do what is asked
	mute   verb = "mute"  // the audit log takes no rows
	blind  verb = "blind" // nobody knows who is who
	down   verb = "down"  // the lock store does not answer
	wipe   verb = "wipe"  // the lock store forgets everything
	bounce verb = "bounce"
	jump   verb = "jump" // the lock store's clock goes forward
)

// dish is one verb with its share among those of its kind.
type dish struct {
	verb  verb
	share int
}

var (
	people = []dish{
		{takes, 26},
		{pauses, 14},
		{completes, 9},
		{extends, 10},
		{offers, 7},
		{accepts, 8},
		{refuses, 1},
		{releases, 4},
		{waits, 4},
		{leaves, 1},
		{undoes, 7},
		{retains, 4},
		{lifts, 3},
		{twice, 3},
		{sweeps, 4},
		{compares, 1},
	}
	office = []dish{
		{clears, 4}, {labels, 4}, {names, 3}, {unnames, 3}, {dates, 1}, {sorts, 4}, {deletes, 1}, {renames, 1}, {doubles, 1}, {singles, 2},
	}
	mishaps = []dish{
		{cut, 22},
		{late, 8},
		{busy, 4},
		{bad, 4},
		{missed, 3},
		{moved, 6},
		{stamped, 2},
		{kill, 12},
		{stall, 8},
		{crawl, 5},
		{restart, 3},
		{away, 4},
		{mute, 3},
		{blind, 1},
		{down, 3},
		{wipe, 3},
		{bounce, 1},
		{jump, 2},
	}
)

// step is one thing that happens, as data: a replay does the same at the same
// moment. What it depends on besides (what somebody holds, say) comes of what
// happened before.
type step struct {
	number int
	phase  int
	at     time.Duration // since the phase began
	verb   verb
	who    int // which of the people
	spool  int // which of the shop's spools
	slot   int // which replica
	dice   uint64
	double bool // it reaches both replicas
}

func (s step) String() string {
	return fmt.Sprintf("%d/%d+%v %s w%d s%d r%d #%x", s.number, s.phase, s.at.Round(time.Millisecond), s.verb, s.who, s.spool, s.slot, s.dice)
}

// roll is the n-th throw of the step's dice: 0 <= roll < sides.
func (s step) roll(n, sides int) int { return int(mix(s.dice, uint64(n)) % uint64(sides)) }

func (s step) chance(n, percent int) bool { return s.roll(n, 100) < percent }

func (s step) span(n int, from, to time.Duration) time.Duration {
	return from + time.Duration(mix(s.dice, uint64(n))%uint64(to-from))
}

// mix makes one random number of several.
func mix(of ...uint64) uint64 {
	x := uint64(0x9e3779b97f4a7c15)
	for _, n := range of {
		x ^= n
		x ^= x >> 30
		x *= 0xbf58476d1ce4e5b9
		x ^= x >> 27
		x *= 0x94d049bb133111eb
		x ^= x >> 31
	}
	return x
}

// play is all that a seed stands for: a shop's rules, and what happens there.
type play struct {
	seed   uint64
	ttl    time.Duration
	grace  time.Duration
	warn   []time.Duration
	phases int
	steps  []step
}

// crew is how many people work in the shop, and bench how many spools lie there.
const (
	crew  = 30
	bench = 12
)

// write makes the play of a seed.
func write(seed uint64) play {
	rng := rand.New(rand.NewPCG(seed, 0x5b001))
	p := play{
		seed: seed, ttl: time.Hour, grace: 15 * time.Minute, warn: []time.Duration{15 * time.Minute, 5 * time.Minute},
		phases: 3 + rng.IntN(4),
	}
	if rng.IntN(3) == 0 {
		p.ttl, p.warn = 12*time.Minute, []time.Duration{6 * time.Minute, 2 * time.Minute}
	}
	p.grace = []time.Duration{0, 4 * time.Minute, 15 * time.Minute, 15 * time.Minute}[rng.IntN(4)]
	woes := []int{0, 6, 12, 20}[rng.IntN(4)] // percent of the steps
	edits := []int{0, 5, 5, 12}[rng.IntN(4)] // percent
	spread := []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 4 * time.Minute}
	for phase := range p.phases {
		pace := spread[rng.IntN(len(spread))]
		at := time.Duration(0)
		for range 25 + rng.IntN(25) {
			at += time.Duration(rng.Int64N(int64(2 * pace)))
			menu := people
			switch n := rng.IntN(100); {
			case n < woes:
				menu = mishaps
			case n < woes+edits:
				menu = office
			}
			s := step{
				number: len(p.steps), phase: phase, at: at, verb: choose(rng, menu), who: rng.IntN(crew), spool: rng.IntN(bench),
				slot: rng.IntN(2), dice: rng.Uint64(),
			}
			p.steps = append(p.steps, s)
		}
	}
	return p
}

func choose(rng *rand.Rand, menu []dish) verb {
	all := 0
	for _, d := range menu {
		all += d.share
	}
	n := rng.IntN(all)
	for _, d := range menu {
		if n -= d.share; n < 0 {
			return d.verb
		}
	}
	panic("a menu without dishes")
}

// keep is the play with only the steps of these numbers.
func (p play) keep(numbers []int) play {
	out := p
	out.steps = nil
	for _, s := range p.steps {
		if slices.Contains(numbers, s.number) {
			out.steps = append(out.steps, s)
		}
	}
	return out
}

// name is what SPOOLBOT_SIM_SEED takes to play it again: "184", or "184/3,17-22"
// when not all steps are in it.
func (p play) name() string {
	all := write(p.seed)
	if len(all.steps) == len(p.steps) {
		return strconv.FormatUint(p.seed, 10)
	}
	var runs []string
	for i := 0; i < len(p.steps); {
		from := p.steps[i].number
		to := from
		for i++; i < len(p.steps) && p.steps[i].number == to+1; i++ {
			to++
		}
		run := strconv.Itoa(from)
		if to > from {
			run += "-" + strconv.Itoa(to)
		}
		runs = append(runs, run)
	}
	return fmt.Sprintf("%d/%s", p.seed, strings.Join(runs, ","))
}

// named reads what name wrote.
func named(name string) (play, error) {
	seed, kept, some := strings.Cut(name, "/")
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return play{}, err
	}
	p := write(n)
	if !some {
		return p, nil
	}
	var numbers []int
	for run := range strings.SplitSeq(kept, ",") {
		from, to, isRange := strings.Cut(run, "-")
		if !isRange {
			to = from
		}
		a, err := strconv.Atoi(from)
		if err != nil {
			return play{}, err
		}
		b, err := strconv.Atoi(to)
		if err != nil {
			return play{}, err
		}
		for ; a <= b; a++ {
			numbers = append(numbers, a)
		}
	}
	return p.keep(numbers), nil
}

// staff is the people of the shop: fitters, welders, helpers and supervisors.
func staff() []occupation.Worker {
	var out []occupation.Worker
	for i := range crew {
		w := occupation.Worker{ID: 101 + i, Given: fmt.Sprintf("W%02d", i), Surname: "Soto", Active: true}
		switch {
		case i < 8:
			w.Roles = []occupation.Role{occupation.Armador}
		case i < 14:
			w.Roles = []occupation.Role{occupation.Soldador}
		case i < 27:
			w.Roles = []occupation.Role{occupation.Ayudante}
		case i == 27:
			w.Roles = []occupation.Role{occupation.Supervisor}
		default:
			w.Roles = []occupation.Role{occupation.Supervisor, occupation.Ayudante}
		}
		out = append(out, w)
	}
	return out
}
