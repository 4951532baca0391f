package occupation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestPick(t *testing.T) {
	b := book("MK-1335-CW-25238-011", "MK-1335-CW-25238-012", "MK-1340-GW-1", "TEST-01", "A1", "B2", "A1-B2")
	for _, c := range []struct {
		name, text string
		want       string // "query>matches|..." of the picks
		op         occupation.Operation
	}{
		{"nothing", "  ", "", ""},
		{"one whole TAG", "MK-1340-GW-1", "MK-1340-GW-1>MK-1340-GW-1", ""},
		{"a unique part and an operation", "25238-011 arm", "25238-011>MK-1335-CW-25238-011", occupation.ARM},
		{"the operation first, in words", "Soldadura test-01", "test-01>TEST-01", occupation.SOLD},
		{"a part of two", "25238", "25238>MK-1335-CW-25238-011 MK-1335-CW-25238-012", ""},
		{"pasted column", "MK-1335-CW-25238-011\r\nMK-1335-CW-25238-012\n\nTEST-01\n", "MK-1335-CW-25238-011>MK-1335-CW-25238-011|MK-1335-CW-25238-012>MK-1335-CW-25238-012|TEST-01>TEST-01", ""},
		{"bullets, quotes and commas", "• “TEST-01”, 'MK-1340-GW-1'; `test-01`", "TEST-01>TEST-01|MK-1340-GW-1>MK-1340-GW-1", ""},
		{"one TAG written with spaces", "mk 1340 gw 1", "mk-1340-gw-1>MK-1340-GW-1", ""},
		{"two TAGs that make a third", "A1 B2", "A1>A1|B2>B2", ""},
		{"twice in two spellings", "TEST-01 “test–01”", "TEST-01>TEST-01", ""},
		{"emoji and signs alone are no words", "🔥 -- , MK-1340-GW-1", "MK-1340-GW-1>MK-1340-GW-1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			picks, err := b.Pick(c.text)
			if err != nil {
				t.Fatalf("Pick(%q): %v", c.text, err)
			}
			var got []string
			for _, p := range picks.Picks {
				got = append(got, p.Query+">"+tagsOf(p.Matches))
			}
			if g := strings.Join(got, "|"); g != c.want || picks.Operation != c.op {
				t.Errorf("Pick(%q) = %q %q, want %q %q", c.text, g, picks.Operation, c.want, c.op)
			}
		})
	}
}

func TestPickRefuses(t *testing.T) {
	var fiftyOne []string
	for i := range 51 {
		fiftyOne = append(fiftyOne, fmt.Sprintf("MK-%03d", i))
	}
	for _, c := range []struct {
		name, text string
		want       occupation.Reason
	}{
		{"300 characters", strings.Repeat("A1", 150), occupation.BadTag},
		{"one letter", "A", occupation.BadTag},
		{"51 TAGs", strings.Join(fiftyOne, "\n"), occupation.TooManyTags},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := book("TEST-01").Pick(c.text); err == nil || err.Code != occupation.InvalidInput || err.Reason != c.want {
				t.Errorf("Pick = %v, want INVALID_INPUT (%s)", err, c.want)
			}
		})
	}
	if picks, err := book("TEST-01").Pick(strings.Join(fiftyOne[:50], ",")); err != nil || len(picks.Picks) != 50 {
		t.Errorf("Pick of 50 = %d picks, %v; want 50", len(picks.Picks), err)
	}
}
