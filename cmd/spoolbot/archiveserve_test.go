//go:build !shop

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// hasPast writes so many old events of spools below the header of Metadata, half an
// hour apart from the first of January 1999 on, each with a note of the office.
func (s *shop) hasPast(n int) {
	s.t.Helper()
	if err := s.sheet.Edit(
		sheetsim.Edit{Kind: "insert_columns", Sheet: "Metadata", At: 11},
		sheetsim.Edit{Kind: "set", Cell: "Metadata!K1", Value: "Nota"},
	); err != nil {
		s.t.Fatal(err)
	}
	type cell map[string]map[string]any
	text := func(v string) cell { return cell{"userEnteredValue": {"stringValue": v}} }
	number := func(v float64) cell { return cell{"userEnteredValue": {"numberValue": v}} }
	rows := make([]map[string]any, n)
	for i := range rows {
		kind := [2]occupation.Kind{occupation.Take, occupation.Pause}[i/40%2]
		rows[i] = map[string]any{"values": []cell{
			text(fmt.Sprint("old", i)), number(36161 + float64(i)/48), text(string(kind)), text(tag(i % 40)), number(93), text("Mauricio Rodríguez"),
			text("ARM"), text(kind.Action()),
			{},
			text(fmt.Sprintf(`{"v":1,"fence":%d}`, 1+i/2)), text(fmt.Sprint("nota ", i)),
		}}
	}
	body, err := json.Marshal(map[string]any{"requests": []any{map[string]any{"appendCells": map[string]any{"sheetId": 2002, "rows": rows, "fields": "userEnteredValue"}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, "http://sheets.test/v4/spreadsheets/"+s.sheet.SpreadsheetID()+":batchUpdate", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.sheet.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("old rows: %s, %v", resp.Status, err)
	}
}

var blockID = regexp.MustCompile(`"block_id":"[^"]*",`)

// A year is archived while people take and complete, through a minute of bad weather:
// nobody notices, nothing is lost or doubled, the account's quota is kept, and what is
// told of a spool is what was told before.
func TestAYearIsArchivedWhilePeopleWork(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{notStarted: true}, func(s *shop) {
		const old = 12_000
		s.hasPast(old)
		s.start()
		history := func() string {
			m := s.types(s.mauricio, s.taller, "/historia "+tag(7))
			s.says(m, "Historia de "+tag(7), "Mauricio Rodríguez pausó")
			blocks, err := json.Marshal(m.Blocks)
			if err != nil {
				s.t.Fatal(err)
			}
			return m.Text + blockID.ReplaceAllString(string(blocks), "")
		}
		before := history()

		var stdout, stderr bytes.Buffer
		ended := make(chan error, 1)
		began := time.Now()
		cfg := archiveConfig{Config: s.config(), year: 1999, before: began.Add(-archiveAge), yes: true}
		go func() {
			ended <- archiveYear(s.ctx, invocation{stdout: &stdout, stderr: &stderr}, cfg, Doors{Sheets: s.sheet.Client()})
		}()
		s.sheet.Fail(sheetsim.Fault{Op: "write", Status: 503, Cut: sheetsim.CutAfter})
		told := 16 // takes, and what else people are told is done
		for i := range 16 {
			s.types(s.mauricio, s.taller, "/tomar "+tag(10+i))
			s.types(s.carlos, s.taller, "/tomar "+tag(10+i))
			if m := s.types(s.mauricio, s.taller, "/completar "+tag(10+i)); !strings.Contains(m.Text, "No se cambió nada") {
				told++
			}
			if i == 4 {
				s.sheet.Fail(sheetsim.Fault{Op: "write", Status: 429, Times: 2})
			}
			s.passes(2 * time.Second)
		}
		if err := <-ended; err != nil || !strings.HasSuffix(stdout.String(), "12000 rows moved to Metadata_1999.\n") {
			s.t.Fatalf("%v: %s", err, stdout.String())
		}
		s.passes(10 * time.Second)
		s.wantWhole()

		year := s.sheet.Rows("Metadata_1999")
		for i, row := range year[1:] {
			if row[0] != fmt.Sprint("old", i) || row[10] != fmt.Sprint("nota ", i) || row[1] == "" {
				s.t.Fatalf("row %d of the year's tab is %q", i+2, row)
			}
		}
		if len(year) != old+1 || len(events(s.sheet)) != told {
			s.t.Errorf("%d rows in the year's tab, %d left; want %d and %d", len(year)-1, len(events(s.sheet)), old, told)
		}
		for _, e := range events(s.sheet) {
			if e.fence <= old/2 {
				s.t.Errorf("the fence %d of a new event was given before", e.fence)
			}
		}
		s.passes(2 * time.Minute)
		if after := history(); after != before {
			s.t.Errorf("the history has changed:\n%s\n%s", before, after)
		}
		s.says(s.types(s.mauricio, s.taller, "/historia "+tag(12)), "completó", "pausó")
		minutes := map[int]int{}
		for _, c := range s.sheet.Calls() {
			if c.Kind == "write" && strings.Contains(c.Name, "batchUpdate") {
				minutes[int(c.At.Sub(began)/time.Minute)]++
			}
		}
		for minute, n := range minutes {
			if n > 60 {
				s.t.Errorf("%d writes in minute %d", n, minute)
			}
		}
	})
}

// After a wipe of Redis on the day after, locks and fences are rebuilt from what is
// left in Metadata and from the year's tab.
func TestAWipeAfterAnArchive(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{notStarted: true}, func(s *shop) {
		s.hasPast(400)
		cfg := archiveConfig{Config: s.config(), year: 1999, before: time.Now().Add(-archiveAge), yes: true}
		var out bytes.Buffer
		if err := archiveYear(s.ctx, invocation{stdout: &out, stderr: &out}, cfg, Doors{Sheets: s.sheet.Client()}); err != nil {
			s.t.Fatal(err)
		}
		s.start()
		s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(1)), tag(1))
		if log := events(s.sheet); len(log) != 1 || log[0].fence <= 200 {
			s.t.Errorf("the first take of a new Redis has the fence of %+v, want one above 200", log)
		}
		s.types(s.mauricio, s.taller, "/pausar "+tag(1))
		s.passes(10 * time.Second)
		s.wantWhole()
	})
}
