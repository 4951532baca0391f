//go:build simulation

package occupation_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func synctestTest(t *testing.T, f func(*testing.T)) { synctest.Test(t, f) }

// TestSimulation lives through random worlds, each from a seed: two replicas, their
// people, a person at the sheet, and faults on every line; then it looks at the
// invariants. SPOOLBOT_SIM_SEED replays one world with all that happened in it,
// SPOOLBOT_SIM_OPS says how many operations there are in all. It is run by
// make soak and not by make test, because it still finds worlds that break a
// promise; each is shrunk to the steps that are needed.
func TestSimulation(t *testing.T) {
	if s := os.Getenv("SPOOLBOT_SIM_SEED"); s != "" {
		out := inWorld(t, must(named(s)), true)
		for _, line := range out.trace {
			fmt.Println(line)
		}
		for _, v := range out.violations {
			t.Errorf("seed %s: invariant %d: %s", s, v.invariant, v.text)
		}
		return
	}
	operations := 20_000
	if s := os.Getenv("SPOOLBOT_SIM_OPS"); s != "" {
		operations = must(strconv.Atoi(s))
	}
	all := newTally()
	bad := 0
	for seed := uint64(0); all.operations() < operations; seed++ {
		out := inWorld(t, write(seed), false)
		if len(out.violations) > 0 {
			bad++
			v := out.violations[0]
			small := shrunk(t, write(seed), v.invariant, 10*time.Second)
			t.Errorf("seed %d: invariant %d: %.250s\n  SPOOLBOT_SIM_SEED=%s (%d steps)", seed, v.invariant, v.text, small.name(), len(small.steps))
		}
		all.add(out)
	}
	fmt.Println(all.worlds, "worlds,", all.operations(), "operations,", bad, "of the worlds break a promise")
	fmt.Println("faults:", all.faults)
	for _, k := range sortedKeys(all.answers) {
		fmt.Println(all.answers[k], k)
	}
}
