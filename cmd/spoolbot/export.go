package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"github.com/spoolbot/spoolbot/occupation"
)

// exportConfig is what export takes from the environment.
type exportConfig struct {
	Config
	from, to time.Time
	json     bool
}

// export writes the audit log to stdout. It needs the sheet alone, neither Slack nor
// Redis, and holds a stretch of the log in memory, not the whole.
func export(ctx context.Context, in invocation) error {
	cfg, err := parseExport(in)
	if err != nil {
		return err
	}
	s, err := newSheet(ctx, cfg.Config, Doors{}, nil, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	out := bufio.NewWriter(in.stdout)
	seen, done := progress(in.stderr, "rows")
	written, err := writeExport(s.Export(ctx, cfg.from, cfg.to, seen), out, cfg.json)
	done()
	if err = errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("after %d rows: %w; the file is not complete", written, err)
	}
	fmt.Fprintf(in.stderr, "%d rows\n", written)
	return nil
}

func parseExport(in invocation) (exportConfig, error) {
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	from := flags.String("from", "", "first day, YYYY-MM-DD; none = from the beginning")
	to := flags.String("to", "", "last day, YYYY-MM-DD; none = to the end")
	format := flags.String("format", "csv", "csv, or json for one JSON object a line")
	site := flags.String("site", "", "which shop, where SHOPS_FILE has several")
	if err := in.parseFlags(flags); err != nil {
		return exportConfig{}, err
	}
	env, err := ofShop(in.getenv, *site)
	if err != nil {
		return exportConfig{}, err
	}
	r := reader{env: env}
	out := exportConfig{Config: Config{
		SpreadsheetID:     parsed(&r, "SPREADSHEET_ID", spreadsheetID),
		GoogleCredentials: r.file("GOOGLE_APPLICATION_CREDENTIALS"),
		Zone:              parsed(&r, "TIMEZONE", zone),
		AllowInsecure:     parsed(&r, "ALLOW_INSECURE_ENDPOINTS", oneOf("0", "1")) == "1",
	}}
	out.SheetsEndpoint = r.endpoint("SHEETS_ENDPOINT", out.AllowInsecure)
	out.from = exportDay(&r, "--from", *from, out.Zone, 0)
	out.to = exportDay(&r, "--to", *to, out.Zone, 1)
	if !out.to.IsZero() && !out.from.Before(out.to) {
		r.fault("--to", errors.New("is before --from"))
	}
	if out.json = *format == "json"; !out.json && *format != "csv" {
		r.fault("--format", fmt.Errorf("%q is neither csv nor json", *format))
	}
	if len(r.faults) > 0 {
		return out, usageOf(r.faults)
	}
	return out, nil
}

// exportDay is the beginning of a day of the shop, or of one so many days later.
func exportDay(r *reader, name, text string, zone *time.Location, later int) time.Time {
	if text == "" || zone == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.fault(name, fmt.Errorf("%q is not a day, YYYY-MM-DD", text))
		return time.Time{}
	}
	return occupation.Midnight(time.Date(t.Year(), t.Month(), t.Day()+later, 12, 0, 0, 0, zone))
}

// exportedRow is a row as a line of JSON.
type exportedRow struct {
	ID        string          `json:"id"`
	At        time.Time       `json:"at,omitzero"`
	Kind      string          `json:"event"`
	Tag       string          `json:"tag_spool"`
	WorkerID  int             `json:"worker_id,omitzero"`
	Worker    string          `json:"worker,omitzero"`
	Operation string          `json:"operation,omitzero"`
	Action    string          `json:"action,omitzero"`
	Date      string          `json:"date,omitzero"`
	Metadata  json.RawMessage `json:"metadata,omitzero"`
	Text      string          `json:"metadata_text,omitzero"` // where it is no JSON
}

func writeExport(rows func(func(occupation.AuditRow, error) bool), out io.Writer, asJSON bool) (n int, err error) {
	lines := json.NewEncoder(out)
	table := csv.NewWriter(out)
	table.Comma, table.UseCRLF = ';', true
	if !asJSON {
		if _, err := io.WriteString(out, "\ufeff"); err != nil {
			return 0, err
		}
		if err := table.Write(occupation.LogHeaders()); err != nil {
			return 0, err
		}
	}
	for row, fault := range rows {
		if fault != nil {
			return n, fault
		}
		if asJSON {
			err = lines.Encode(exported(row))
		} else {
			err = table.Write(row.Cells())
		}
		if err != nil {
			return n, err
		}
		n++
	}
	table.Flush()
	return n, table.Error()
}

func exported(r occupation.AuditRow) exportedRow {
	out := exportedRow{
		ID: r.ID, At: r.At, Kind: string(r.Kind), Tag: r.Tag, WorkerID: r.WorkerID, Worker: r.WorkerName,
		Operation: string(r.Operation), Action: r.Action,
	}
	if !r.Date.IsZero() {
		out.Date = r.Date.Format(time.DateOnly)
	}
	if json.Valid([]byte(r.JSON)) {
		out.Metadata = json.RawMessage(r.JSON)
	} else {
		out.Text = r.JSON
	}
	return out
}

// progress shows how far something is: a bar on a terminal, elsewhere a line now and
// then.
func progress(w io.Writer, what string) (seen func(done, all int), end func()) {
	file, isFile := w.(*os.File)
	if !isFile || !isatty.IsTerminal(file.Fd()) {
		said := time.Now()
		return func(done, all int) {
			if time.Since(said) >= 5*time.Second {
				said = time.Now()
				fmt.Fprintf(w, "%d of %d %s\n", done, all, what)
			}
		}, func() {}
	}
	var bar *progressbar.ProgressBar
	return func(done, all int) {
			if bar == nil {
				bar = newBar(file, all, what)
			}
			_ = bar.Set(done)
		}, func() {
			if bar != nil {
				_ = bar.Finish()
			}
		}
}

func newBar(terminal *os.File, all int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(all, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}
