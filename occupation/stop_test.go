package occupation_test

import (
	"testing"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestAStopIsReadFromTheState(t *testing.T) {
	for _, tt := range []struct {
		state string
		want  occupation.Stop
		ok    bool
	}{
		{"", occupation.Stop{}, false},
		{"ARM en progreso", occupation.Stop{}, false},
		{"ARM parcial (pausado)", occupation.Stop{}, false},
		{"ARM retenido: calidad, MR(93)", occupation.Stop{Reason: "calidad", By: 93, Label: "MR(93)"}, true},
		{"SOLD retenido, ÑC(41)", occupation.Stop{By: 41, Label: "ÑC(41)"}, true},
		{"SOLD retenido", occupation.Stop{}, true},
		{"RETENIDO por calidad", occupation.Stop{Reason: "por calidad"}, true},
		{"retenida - faltan bridas (2)", occupation.Stop{Reason: "faltan bridas (2)"}, true},
		{"no retenidos aún", occupation.Stop{Reason: "aún"}, true},
		{"obtenido", occupation.Stop{}, false},
	} {
		got, ok := occupation.Spool{State: tt.state}.Stop()
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q: %+v %v, want %+v %v", tt.state, got, ok, tt.want, tt.ok)
		}
	}
}

func TestAStopReadsItsOwnText(t *testing.T) {
	for _, want := range []occupation.Stop{{}, {Reason: "falta material"}, {By: 7, Label: "JP(7)"}, {Reason: "a, b: c", By: 93, Label: "MR(93)"}} {
		for _, op := range []occupation.Operation{occupation.ARM, occupation.SOLD, ""} {
			if got, ok := (occupation.Spool{State: want.Text(op)}).Stop(); !ok || got != want {
				t.Errorf("%q reads %+v %v, want %+v", want.Text(op), got, ok, want)
			}
		}
	}
}
