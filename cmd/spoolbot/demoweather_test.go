//go:build !shop

package main

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// A Redis that a visitor stopped is back with what it knew; one of their own is not
// the page's to stop.
func TestTheDemosRedisStopsAndComesBackWithWhatItKnew(t *testing.T) {
	t.Parallel()
	far, err := openFarEnds(t.Context(), demoFlags{quota: 60, lockTTL: time.Hour, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer far.close()
	redis, addr := far.weather(&demoBot{})["redis_off"], far.redis.Addr()
	if err := far.redis.Set("known", "yes"); err != nil {
		t.Fatal(err)
	}
	for _, off := range []bool{false, true, true, false, false, true, false} {
		if err := redis.Set(off); err != nil || redis.Is() != off {
			t.Fatalf("off %t: %v, is %t", off, err, redis.Is())
		}
		conn, err := net.Dial("tcp", addr)
		if off != (err != nil) {
			t.Errorf("off %t, and dialling says %v", off, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
	if v, err := far.redis.Get("known"); v != "yes" || err != nil {
		t.Errorf("it knows %q, %v", v, err)
	}
	far.redis = nil
	if _, there := far.weather(&demoBot{})["redis_off"]; there {
		t.Error("the page would stop a Redis that is not its own")
	}
}

func TestThePhonesAreHeldByDifferentRoles(t *testing.T) {
	t.Parallel()
	far, err := openFarEnds(t.Context(), demoFlags{quota: 60, lockTTL: time.Hour, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer far.close()
	var got []string
	for _, p := range far.phoneHolders() {
		got = append(got, p.label())
	}
	want := []string{"Armador", "Armador, Soldador", string(occupation.Supervisor)}
	if !slices.Equal(got, want) {
		t.Errorf("held by %q, want %q", got, want)
	}
	far.people = far.people[len(far.people)-1:]
	if got := far.phoneHolders(); len(got) != 1 {
		t.Errorf("of a guest alone %v", got)
	}
}
