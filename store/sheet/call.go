package sheet

import (
	"context"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"
)

const (
	readTimeout  = 30 * time.Second // of one call that reads, its repetitions included
	readTries    = 4                // a read changes nothing and may be repeated
	bookFields   = "properties(timeZone),developerMetadata(metadataId,metadataKey,metadataValue),sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)))"
	unformatted  = "UNFORMATTED_VALUE"
	serialNumber = "SERIAL_NUMBER"
)

// repeat makes one read, and repeats it after answers that may pass. Google's
// client repeats nothing by itself. SHEETS.md 0.4.
func (s *Sheet) repeat(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var err error
	for n := range readTries {
		if n > 0 && pause(ctx, time.Duration(250<<n)*time.Millisecond) != nil {
			return err
		}
		if err := s.limit.take(ctx); err != nil {
			return err
		}
		if err = call(ctx); err == nil {
			return nil
		}
		o := outcomeOf(err, time.Now())
		if o.kind == waits {
			s.limit.block(o.wait)
		}
		if o.kind == refused || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// values is one values:batchGet, by rows or by columns.
func (s *Sheet) values(ctx context.Context, major string, ranges ...string) ([][][]any, time.Time, error) {
	var out [][][]any
	var began time.Time
	err := s.repeat(ctx, func(ctx context.Context) error {
		began = time.Now()
		resp, err := s.service.Spreadsheets.Values.BatchGet(s.id).Ranges(ranges...).MajorDimension(major).
			ValueRenderOption(unformatted).DateTimeRenderOption(serialNumber).Context(ctx).Do()
		if err != nil {
			return err
		}
		out = make([][][]any, len(ranges))
		for i, v := range resp.ValueRanges[:min(len(ranges), len(resp.ValueRanges))] {
			out[i] = v.Values
		}
		return nil
	})
	return out, began, err
}

// spreadsheet is one spreadsheets.get without cells.
func (s *Sheet) spreadsheet(ctx context.Context) (*sheets.Spreadsheet, error) {
	return s.about(ctx, bookFields)
}

func (s *Sheet) about(ctx context.Context, fields string) (*sheets.Spreadsheet, error) {
	var out *sheets.Spreadsheet
	err := s.repeat(ctx, func(ctx context.Context) (err error) {
		out, err = s.service.Spreadsheets.Get(s.id).Fields(googleapi.Field(fields)).Context(ctx).Do()
		return err
	})
	return out, err
}
