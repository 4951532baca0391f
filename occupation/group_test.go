package occupation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestATextNamesAnNVOrAnOT(t *testing.T) {
	b := occupation.NewBook(time.Time{}, []occupation.Spool{
		{Tag: "A-1", NV: "NV0650", OT: "OT-5100"}, {Tag: "A-2", NV: "651", OT: "OT-650"}, {Tag: "A-3"},
	})
	for text, want := range map[string][2]string{
		"NV0650":     {"NV0650", ""},
		"nv 650":     {"NV0650", ""},
		"nv-O65O":    {"NV0650", ""},
		"650":        {"NV0650", ""},
		"ot 650":     {"", "OT-650"},
		"OT-5100":    {"", "OT-5100"},
		"5100":       {"", "OT-5100"},
		"NV651":      {"651", ""},
		"NV5100":     {},
		"NV":         {},
		"NV0000":     {},
		"A-1":        {},
		"NV0650 ARM": {},
		"":           {},
	} {
		if nv, ot := b.Group(text); nv != want[0] || ot != want[1] {
			t.Errorf("Group(%q) = %q, %q, want %q", text, nv, ot, want)
		}
	}
}

func TestTheTAGsOfAMessageAreFound(t *testing.T) {
	b := book("MK-1335-CW-25238-011", "MK-1335-CW-25238-012", "MK-1340-GW-1", "TEST-01", "DOBLE-1", "DOBLE-1", "AB-11-1", "AB-1-11")
	for text, want := range map[string]string{
		"Hola: *MK-1335-CW-25238-011*, y TEST-01 porfa":   "MK-1335-CW-25238-011 TEST-01",
		"mk 1335 cw 25238 011 y mk1340gw1":                "MK-1335-CW-25238-011 MK-1340-GW-1",
		"25238-012 (dos veces 25238-012) el 25-11-2026":   "MK-1335-CW-25238-012",
		"llámame al 987654321 a las 15:42, son 25238 kg":  "",
		"MK-1335-CW-25238-013 no existe":                  "",
		"DOBLE-1 está dos veces":                          "DOBLE-1",
		"• MK-1335-CW-25238-012\n• MK-1335-CW-25238-011.": "MK-1335-CW-25238-012 MK-1335-CW-25238-011",
		"ab111 es uno de dos":                             "",
		strings.Repeat("x ", 19_996) + "TEST-01":          "TEST-01",
		strings.Repeat("x ", 19_995) + "xx TEST-015":      "", // is cut behind 01
		"": "",
	} {
		if got := tagsOf(b.Mentioned(text)); got != want {
			t.Errorf("Mentioned(%q) = %q, want %q", text, got, want)
		}
	}
}

// Dashes are no more than a spelling, but where two TAGs differ by them alone.
func TestATAGWithoutItsDashesIsThatTAGUnlessTwoFit(t *testing.T) {
	b := book("AB-1-23", "AB-12-3", "MK-1340-GW-1")
	for part, want := range map[string]string{"mk1340gw1": "MK-1340-GW-1", "ab123": "AB-1-23 AB-12-3", "ab-12-3": "AB-12-3", "1340gw": ""} {
		if got := tagsOf(b.Match(part)); got != want {
			t.Errorf("Match(%q) = %q, want %q", part, got, want)
		}
	}
	if got := tagsOf(b.Nearest("1340gw", 3)); got != "MK-1340-GW-1" {
		t.Errorf("a part without its dashes is near %q", got)
	}
}
