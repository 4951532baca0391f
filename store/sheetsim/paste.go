package sheetsim

import "slices"

type (
	copyPasteRequest struct {
		Source           *gridRange `json:"source"`
		Destination      *gridRange `json:"destination"`
		PasteType        string     `json:"pasteType"`
		PasteOrientation string     `json:"pasteOrientation"`
	}
	clearBasicFilterRequest struct {
		SheetID int32 `json:"sheetId"`
	}
)

// copyPaste copies cells whole; formulas keep their text, since the emulator reads none. The destination is filled by repetition
// where it is a multiple of the source, and the whole source is copied where it is smaller [D CopyPasteRequest]. Rows that a
// filter hides are not copied, and what follows moves up, as in the browser [I fortune-sheet #612, o-spreadsheet #5765; U for the
// API]. A paste over the edge of the grid is refused [U].
func (x *tx) copyPaste(in *copyPasteRequest) (obj, error) {
	switch {
	case in.Source == nil || in.Destination == nil:
		return nil, bug("source and destination are required.")
	case !slices.Contains([]string{"", "PASTE_NORMAL"}, in.PasteType) || !slices.Contains([]string{"", "NORMAL"}, in.PasteOrientation):
		return nil, bug("The emulator pastes only PASTE_NORMAL and NORMAL, not %q %q.", in.PasteType, in.PasteOrientation)
	}
	from, to := x.byID(in.Source.SheetID), x.byID(in.Destination.SheetID)
	if from == nil {
		return nil, noGrid(in.Source.SheetID)
	}
	if to == nil {
		return nil, noGrid(in.Destination.SheetID)
	}
	source, err := in.Source.area(from)
	if err != nil {
		return nil, err
	}
	target, err := in.Destination.area(to)
	if err != nil {
		return nil, err
	}
	var cells [][]Cell // a picture: the ranges may overlap
	for r := source.r0; r < source.r1; r++ {
		if from.rows[r] != nil && from.rows[r].hidden {
			continue
		}
		line := make([]Cell, source.c1-source.c0)
		for c := range line {
			line[c] = from.cell(r, source.c0+c)
		}
		cells = append(cells, line)
	}
	if len(cells) == 0 || source.c0 == source.c1 {
		return nil, nil
	}
	target.r1 = target.r0 + len(cells)*times(source.r1-source.r0, target.r1-target.r0)
	target.c1 = target.c0 + len(cells[0])*times(source.c1-source.c0, target.c1-target.c0)
	if target.r1 > len(to.rows) || target.c1 > to.cols {
		return nil, exceeds(quoteTitle(to.title), to)
	}
	if err := x.guard(to, target); err != nil {
		return nil, err
	}
	to = x.own(to)
	for r := target.r0; r < target.r1; r++ {
		line := cells[(r-target.r0)%len(cells)]
		for c := target.c0; c < target.c1; c++ {
			if cell := line[(c-target.c0)%len(line)]; cell != to.cell(r, c) {
				x.put(to, r, c, func(old *Cell) { *old = cell })
			}
		}
	}
	return nil, nil
}

// times is how often a source of n lines stands in a destination of so many.
func times(n, lines int) int {
	if lines%n == 0 {
		return max(1, lines/n)
	}
	return 1
}

// clearBasicFilter shows all rows again. It is no error where there is no filter [D ClearBasicFilterRequest].
func (x *tx) clearBasicFilter(in *clearBasicFilterRequest) (obj, error) {
	t, err := x.sheet(in.SheetID)
	if err != nil {
		return nil, err
	}
	for r := range t.rows {
		if t.rows[r] != nil && t.rows[r].hidden {
			x.row(t, r, 0).hidden = false
		}
	}
	return nil, nil
}

// filtered reports whether a filter hides something; one that hides nothing is not kept.
func (t *tab) filtered() bool {
	return slices.ContainsFunc(t.rows, func(r *row) bool { return r != nil && r.hidden })
}
