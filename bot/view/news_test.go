package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spoolbot/spoolbot/bot/view"
)

// Nobody loses a spool without a message that says why and what now; and the
// supervisors hear who, since when and why.
func TestNewsSayWhyAndWhatNow(t *testing.T) {
	all := samples(t)
	for name, want := range map[string][]string{
		"warning":               {"en 15 min", "extiéndelo", "deja de ser tuyo"},
		"notice-expired":        {"nadie lo extendió", "hasta las 14:57"},
		"notice-expired-late":   {"nadie lo extendió", "hasta las 14:35"},
		"notice-released":       {"Patricia Soto", "«salió a otro turno»"},
		"notice-by-sheet":       {"la planilla ya no lo muestra como tuyo"},
		"notice-passed":         {"Josefa Pérez lo aceptó, ya no es tuyo"},
		"notice-passed-boss":    {"Josefa Pérez", "Patricia Soto", "«urge para despacho»"},
		"notice-received":       {"es tuyo ahora", "Mauricio Rodríguez", "hasta las 15:42"},
		"notice-not-released":   {"sigue con Mauricio Rodríguez", "No se cambió nada"},
		"supervisors-expired":   {"Mauricio Rodríguez", "desde las 13:42", "hasta las 14:57"},
		"supervisors-released":  {"Patricia Soto", "Mauricio Rodríguez", "«salió a otro turno»"},
		"supervisors-by-sheet":  {"Mauricio Rodríguez", "planilla"},
		"supervisors-passed":    {"de Mauricio Rodríguez a Josefa Pérez", "Patricia Soto", "«urge para despacho»"},
		"status-lapsed-others":  {"venció a las 14:30", "guardado para Mauricio Rodríguez hasta las 14:57"},
		"offer-sent":            {"sigue siendo tuyo hasta que acepte", "14:57"},
		"offer-sent-boss":       {"Mauricio Rodríguez hasta que acepte"},
		"offer-to-boss":         {"Patricia Soto", "Mauricio Rodríguez hasta que aceptes", "«urge para despacho»"},
		"waiting":               {"Eres quien sigue"},
		"turn-first":            {"Hasta las 14:44 es solo para ti"},
		"mine-lapsed":           {"1 spool y 1 vencido", "venció a las 14:30, guardado hasta las 14:57"},
		"reconcile-none":        {"Planilla y bot coinciden."},
		"offer-refused-sender":  {"Josefa Pérez no puede recibirlo", "No cambió nada: sigue siendo tuyo"},
		"offer-replaced-sender": {"Era para Josefa Pérez", "No cambió nada"},
	} {
		got := strings.ToLower(strings.Join(visible(t, all[name]), "\n"))
		for _, w := range want {
			if !strings.Contains(got, strings.ToLower(w)) {
				t.Errorf("%s does not say %q:\n%s", name, w, got)
			}
		}
	}
}

// Who gets which buttons, in the order in which they are shown.
func TestButtonsFitWhoLooks(t *testing.T) {
	all := samples(t)
	for name, want := range map[string][]string{
		"taken":         {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionUndo, view.ActionCompleteOn},
		"already-yours": {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionCompleteOn},
		"paused": {
			view.ActionTake, view.ActionUndo,
			view.ActionPauseEnd, view.ActionPauseMeal, view.ActionPausePart, view.ActionPauseTool, view.ActionPauseAny,
		},
		"paused-why":                          {view.ActionTake, view.ActionUndo, view.ActionBatch},
		"paused-why-material":                 {view.ActionTake, view.ActionUndo, view.ActionRetainFor, view.ActionBatch},
		"completed":                           {view.ActionUndo, view.ActionBatch, view.ActionMine},
		"taken-for-good":                      {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionCompleteOn},
		"completed-for-good":                  {view.ActionBatch, view.ActionMine},
		"undone-take":                         {view.ActionBatch, view.ActionMine},
		"undone-pause":                        {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionCompleteOn},
		"undone-not":                          {view.ActionWait, view.ActionAsk, view.ActionBatch},
		"status-mine":                         {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionTransfer, view.ActionRetain},
		"status-others":                       {view.ActionWait, view.ActionAsk, view.ActionBatch},
		"status-boss":                         {view.ActionWait, view.ActionAsk, view.ActionRelease, view.ActionTransfer, view.ActionRetain, view.ActionHistory},
		"status-boss-lapsed":                  {view.ActionWait, view.ActionBatch, view.ActionRelease, view.ActionRetain, view.ActionHistory},
		"status-boss-writing":                 {view.ActionWait, view.ActionBatch, view.ActionHistory},
		"status-by-hand":                      {view.ActionBatch, view.ActionMine, view.ActionHistory},
		"history-spool":                       {view.ActionHistoryCSV, view.ActionStatus},
		"history-day":                         {view.ActionHistoryCSV},
		"history-none":                        nil,
		"status-lapsed-mine":                  {view.ActionTake, view.ActionPause, view.ActionComplete, view.ActionRetain},
		"status-lapsed-others":                {view.ActionWait, view.ActionBatch},
		"status-lapsed-over":                  {view.ActionTake, view.ActionMine},
		"notice-expired":                      {view.ActionTake, view.ActionPause, view.ActionComplete},
		"notice-expired-late":                 {view.ActionStatus, view.ActionMine},
		"problem-spool-occupied":              {view.ActionWait, view.ActionAsk, view.ActionBatch, view.ActionStatus},
		"problem-spool-occupied-in-grace":     {view.ActionWait, view.ActionBatch, view.ActionStatus},
		"problem-spool-occupied-held-by-hand": {view.ActionBatch, view.ActionStatus},
		"problem-spool-occupied-wait-list":    {view.ActionTake, view.ActionBatch},
		"warning":                             {view.ActionExtend, view.ActionExtendShift, view.ActionPause, view.ActionComplete},
		"offer-to":                            {view.ActionAccept, view.ActionRefuse},
		"offer-sent":                          {view.ActionWithdraw, view.ActionMine},
		"asked":                               {view.ActionGive, view.ActionPause, view.ActionStillUse},
		"asked-other-role":                    {view.ActionPause, view.ActionStillUse},
		"status-free-boss":                    {view.ActionTake, view.ActionRetain, view.ActionMine, view.ActionHistory},
		"status-stopped":                      {view.ActionBatch, view.ActionMine},
		"status-stopped-mine":                 {view.ActionLift, view.ActionBatch, view.ActionMine},
		"status-stopped-boss":                 {view.ActionLift, view.ActionBatch, view.ActionMine, view.ActionHistory},
		"status-stopped-held":                 {view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionTransfer},
		"turn-stopped":                        {view.ActionLeave, view.ActionBatch},
		"turn":                                {view.ActionTake, view.ActionLeave},
		"reconcile":                           {view.ActionReconcile},
		"reconcile-done":                      nil,
		"reconcile-by-hand":                   nil,
		"reconcile-none":                      nil,
		"supervisors-expired":                 nil,
		"supervisors-released":                nil,
		"problem-role-not-allowed-not-supervisor": {view.ActionStatus, view.ActionMine},
	} {
		var doc map[string]any
		if err := json.Unmarshal(document(t, all[name]), &doc); err != nil {
			t.Fatal(err)
		}
		var got []string
		buttons(doc["blocks"], func(b map[string]any) { got = append(got, b["action_id"].(string)) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The buttons know whom they are about, and the occupation that they were shown
// for.
func TestButtonsCarryTheirFacts(t *testing.T) {
	k := kit{at(t)}
	all := samples(t)
	deadline := k.hour(15, 42).UTC()
	for _, c := range []struct {
		sample, action string
		want           view.Facts
	}{
		{"taken", view.ActionExtend, view.Facts{Tag: tag, Fence: 4011, Deadline: deadline}},
		{"warning", view.ActionExtendShift, view.Facts{Tag: tag, Fence: 4011, Deadline: k.hour(14, 57).UTC()}},
		{"status-mine", view.ActionTransfer, view.Facts{Tag: tag, Fence: 4011}},
		{"status-boss", view.ActionTransfer, view.Facts{Tag: tag, Fence: 4011, Worker: 93}},
		{"status-boss", view.ActionRelease, view.Facts{Tag: tag, Fence: 4011}},
		{"status-others", view.ActionAsk, view.Facts{Tag: tag, Fence: 4011}},
		{"asked", view.ActionGive, view.Facts{Tag: tag, Fence: 4011, Worker: 12}},
		{"asked", view.ActionStillUse, view.Facts{Tag: tag, Fence: 4011, Worker: 12}},
		{"offer-to", view.ActionAccept, view.Facts{Tag: tag, Offer: k.offer().ID}},
		{"notice-expired", view.ActionTake, view.Facts{Tag: tag, Operation: "ARM"}},
		{"notice-expired", view.ActionPause, view.Facts{Tag: tag, Operation: "ARM", Fence: 4011}},
	} {
		var doc any
		if err := json.Unmarshal(document(t, all[c.sample]), &doc); err != nil {
			t.Fatal(err)
		}
		found := false
		buttons(doc, func(b map[string]any) {
			if b["action_id"] != c.action {
				return
			}
			found = true
			got, err := view.ReadFacts(b["value"].(string))
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%s, %s: %v (-want +got):\n%s", c.sample, c.action, err, diff)
			}
		})
		if !found {
			t.Errorf("%s has no %s", c.sample, c.action)
		}
	}
}
