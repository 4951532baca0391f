package sheetsim

import "time"

// maxChanged is how many cells a Change lists; one that touches more (a sort, an inserted row) says More.
const maxChanged = 300

// Change is one change of the spreadsheet, for a page that shows it live.
type Change struct {
	Version int64        `json:"version"` // grows by one with each change, so that a gap shows a lost one
	Who     string       `json:"who"`     // bot or person
	At      time.Time    `json:"at"`
	Cells   []CellChange `json:"cells"`
	More    bool         `json:"more"` // not all is listed: read the sheet again
}

// CellChange is one cell before and after, as a person sees it. Row and Column count from 1.
type CellChange struct {
	Tab    string `json:"tab"`
	Cell   string `json:"cell"`
	Row    int    `json:"row"`
	Column int    `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Subscribe returns the changes from now on, until cancel. The channel holds buffer of them; when it is full, changes are lost,
// and Version shows the gap.
func (s *Server) Subscribe(buffer int) (changes <-chan Change, cancel func()) {
	c := make(chan Change, max(buffer, 1))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, c)
	}
}

// Version counts the changes so far.
func (s *Server) Version() int64 {
	_, v := s.snapshot()
	return v
}

// publish tells the last commit. The caller holds s.mu.
func (s *Server) publish(who string) {
	if len(s.subscribers) == 0 {
		return
	}
	c := Change{Version: s.version, Who: who, At: s.opt.Now()}
	c.Cells, c.More = difference(s.stale, s.book)
	for to := range s.subscribers {
		select {
		case to <- c:
		default:
		}
	}
}

// difference lists changed cells. Rows that a commit did not touch are the same in memory, so this is quick.
func difference(old, now *Workbook) (cells []CellChange, more bool) {
	for _, t := range now.tabs {
		was := old.byID(t.id)
		if was == t {
			continue
		}
		if was == nil || was.title != t.title || was.cols != t.cols {
			more = true
			continue
		}
		for r := range max(len(t.rows), len(was.rows)) {
			if r < len(t.rows) && r < len(was.rows) && t.rows[r] == was.rows[r] {
				continue
			}
			for c := range max(t.width(r), was.width(r)) {
				before, after := text(was.cell(r, c)), text(t.cell(r, c))
				if before == after {
					continue
				}
				if len(cells) == maxChanged {
					return cells, true
				}
				name := area{r, c, r + 1, c + 1}.name(t)
				cells = append(cells, CellChange{t.title, name[len(quoteTitle(t.title))+1:], r + 1, c + 1, before, after})
			}
		}
	}
	return cells, more || len(old.tabs) != len(now.tabs)
}
