package sheetsim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	maxXLSX     = 64 << 20  // bytes of the file
	maxUnzipped = 512 << 20 // bytes of what is in it
)

// OpenXLSX reads a workbook that was downloaded from Google Sheets or Excel: values, number formats of dates, formulas with
// their last values. The tabs get ids of their own, none of them 0.
func OpenXLSX(path string) (*Workbook, error) {
	dir, err := os.OpenRoot(filepath.Dir(path)) // a link in it may not lead out of it
	if err != nil {
		return nil, fmt.Errorf("sheetsim: %w", err)
	}
	defer dir.Close() // only read from
	file, err := dir.Open(filepath.Base(path))
	if err != nil {
		return nil, fmt.Errorf("sheetsim: %w", err)
	}
	defer file.Close() // only read from
	if info, err := file.Stat(); err != nil || info.Size() > maxXLSX {
		return nil, errors.Join(fmt.Errorf("sheetsim: %s is larger than %d MB", filepath.Base(path), maxXLSX>>20), err)
	}
	x, err := excelize.OpenReader(file, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped})
	if err != nil {
		return nil, fmt.Errorf("sheetsim: %s is not an .xlsx workbook: %w", filepath.Base(path), err)
	}
	defer x.Close() // temporary files only
	w := NewWorkbook(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	reader := xlsxReader{x, map[int]*attr{}}
	for i, name := range x.GetSheetList() {
		rows, err := reader.rows(name)
		if err != nil {
			return nil, fmt.Errorf("sheetsim: tab %q: %w", name, err)
		}
		w.AddTab(name, int32(1001*(i+1)), rows)
	}
	return w, nil
}

type xlsxReader struct {
	file   *excelize.File
	styles map[int]*attr
}

func (x xlsxReader) rows(name string) ([][]any, error) {
	raw, err := x.file.GetRows(name)
	if err != nil {
		return nil, err
	}
	out := make([][]any, len(raw))
	for r, line := range raw {
		out[r] = make([]any, len(line))
		for c, value := range line {
			ref := columnName(c) + strconv.Itoa(r+1)
			cell, err := x.cell(name, ref, value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", ref, err)
			}
			out[r][c] = cell
		}
	}
	return out, nil
}

func (x xlsxReader) cell(name, ref, value string) (Cell, error) {
	formula, err := x.file.GetCellFormula(name, ref)
	if err != nil || (value == "" && formula == "") {
		return Cell{}, err
	}
	kind, err := x.file.GetCellType(name, ref)
	if err != nil {
		return Cell{}, err
	}
	style, err := x.file.GetCellStyle(name, ref)
	if err != nil {
		return Cell{}, err
	}
	c := Cell{Value: value}
	if c.attr, err = x.format(style); err != nil {
		return Cell{}, err
	}
	switch kind {
	case excelize.CellTypeBool:
		c.Value = value == "1" || strings.EqualFold(value, "TRUE")
	case excelize.CellTypeError:
		c.Value = ErrorValue(value)
	case excelize.CellTypeUnset, excelize.CellTypeNumber, excelize.CellTypeDate:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			c.Value = n
		}
	}
	if value == "" {
		c.Value = nil
	}
	if formula != "" {
		c.setFormula("=" + strings.TrimPrefix(formula, "="))
	}
	return c, nil
}

// format turns a style into a number format: dates and times, and "@" for text; others are automatic. Cells of one style share it.
func (x xlsxReader) format(style int) (*attr, error) {
	if a, ok := x.styles[style]; ok {
		return a, nil
	}
	s, err := x.file.GetStyle(style)
	if err != nil {
		return nil, err
	}
	pattern := ""
	switch {
	case s.CustomNumFmt != nil:
		pattern = strings.ToLower(*s.CustomNumFmt)
	case s.NumFmt == 22:
		pattern = "d/m/yyyy h:mm"
	case s.NumFmt >= 14 && s.NumFmt <= 17: // the built-in dates
		pattern = "dd-mm-yyyy"
	case s.NumFmt >= 18 && s.NumFmt <= 21: // the built-in times
		pattern = "h:mm:ss"
	case s.NumFmt == 49:
		pattern = "@"
	}
	pattern = strings.ReplaceAll(pattern, `\`, "")
	var a *attr
	switch day, hour := strings.Contains(pattern, "d") && strings.Contains(pattern, "y"), strings.Contains(pattern, "h:"); {
	case pattern == "@":
		a = &attr{kind: "TEXT", pattern: pattern}
	case day && hour:
		a = &attr{kind: "DATE_TIME", pattern: pattern}
	case day:
		a = &attr{kind: "DATE", pattern: pattern}
	case hour:
		a = &attr{kind: "TIME", pattern: pattern}
	}
	x.styles[style] = a
	return a, nil
}
