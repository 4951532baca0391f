package sheetsim_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/spoolbot/spoolbot/store/sheetsim"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"
)

func TestGoogleClientThroughBothDoors(t *testing.T) {
	t.Parallel()
	for _, door := range []string{"TCP", "in process"} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
			endpoint, client := "http://sheets.test/", s.Client()
			if door == "TCP" {
				if err := s.Start(); err != nil {
					t.Fatal(err)
				}
				endpoint, client = s.URL(), &http.Client{}
			}
			svc, err := sheets.NewService(t.Context(), option.WithHTTPClient(client), option.WithEndpoint(endpoint))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := svc.Spreadsheets.BatchUpdate(s.SpreadsheetID(), &sheets.BatchUpdateSpreadsheetRequest{
				Requests: []*sheets.Request{
					{CreateDeveloperMetadata: &sheets.CreateDeveloperMetadataRequest{DeveloperMetadata: &sheets.DeveloperMetadata{
						MetadataId: 42, MetadataKey: "commit", MetadataValue: "c1", Visibility: "DOCUMENT",
						Location: &sheets.DeveloperMetadataLocation{Spreadsheet: true},
					}}},
					{UpdateCells: &sheets.UpdateCellsRequest{
						Start: &sheets.GridCoordinate{SheetId: 1001, RowIndex: 2, ColumnIndex: 9}, Fields: "userEnteredValue,userEnteredFormat.numberFormat",
						Rows: []*sheets.RowData{{Values: []*sheets.CellData{
							{UserEnteredValue: &sheets.ExtendedValue{StringValue: new("MR(93)")}},
							{
								UserEnteredValue:  &sheets.ExtendedValue{NumberValue: new(46056.54996527778)},
								UserEnteredFormat: &sheets.CellFormat{NumberFormat: &sheets.NumberFormat{Type: "DATE_TIME", Pattern: "dd-mm-yyyy hh:mm:ss"}},
							},
						}}},
					}},
					{AppendCells: &sheets.AppendCellsRequest{SheetId: 2002, Fields: "userEnteredValue", Rows: []*sheets.RowData{{Values: []*sheets.CellData{
						{UserEnteredValue: &sheets.ExtendedValue{StringValue: new("=IMPORTXML(1)")}},
					}}}}},
				},
				IncludeSpreadsheetInResponse: true, ResponseRanges: []string{"Operaciones!C3"},
			}).Fields("replies,updatedSpreadsheet(sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveValue)))))").Do()
			if err != nil {
				t.Fatal(err)
			}
			if n := len(answer.Replies); n != 3 {
				t.Errorf("replies = %d, want 3", n)
			}
			data := answer.UpdatedSpreadsheet.Sheets[0].Data[0]
			if got := *data.RowData[0].Values[0].EffectiveValue.StringValue; got != "TEST-02" || data.StartRow != 2 || data.StartColumn != 2 {
				t.Errorf("row after the commit = %q at %d, %d, want TEST-02 at 2, 2", got, data.StartRow, data.StartColumn)
			}
			for ref, want := range map[string]string{
				"Operaciones!J3": "MR(93)", "Operaciones!K3": "03-02-2026 13:11:57", "Metadata!A2": "=IMPORTXML(1)",
			} {
				if got := s.Cell(ref); got != want {
					t.Errorf("%s = %q, want %q", ref, got, want)
				}
			}
			values, err := svc.Spreadsheets.Values.BatchGet(s.SpreadsheetID()).Ranges("Operaciones!J:K", "Metadata!Z1:Z9").
				ValueRenderOption("UNFORMATTED_VALUE").Do()
			if err == nil {
				t.Errorf("a range outside of the grid was read: %v", values)
			}
			values, err = svc.Spreadsheets.Values.BatchGet(s.SpreadsheetID()).Ranges("Operaciones!J:K", "Metadata!B2").
				ValueRenderOption("UNFORMATTED_VALUE").Do()
			if err != nil {
				t.Fatal(err)
			}
			if v := values.ValueRanges[0]; v.Range != "Operaciones!J1:K104" || v.Values[2][1] != 46056.54996527778 || len(v.Values) != 3 {
				t.Errorf("read %s with %v", v.Range, v.Values)
			}
			if v := values.ValueRanges[1]; v.Values != nil {
				t.Errorf("a blank range has values %v", v.Values)
			}
		})
	}
}

func TestLinesAreCutOnTheWireToo(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	for cut, want := range map[string]error{sheetsim.CutAfter: io.EOF, sheetsim.CutTruncate: io.ErrUnexpectedEOF} {
		s.Fail(sheetsim.Fault{Op: "write", Cut: cut})
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"v4/spreadsheets/"+s.SpreadsheetID()+":batchUpdate",
			strings.NewReader(`{"requests":[`+write("1001", "1", "0", cut)+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", cut, err, want)
		}
		if got := s.Cell("Operaciones!A2"); got != cut {
			t.Errorf("%s: the cell is %q, want the write applied", cut, got)
		}
	}
}
