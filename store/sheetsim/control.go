package sheetsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// control serves the doors under /sim/: JSON in and out, 4xx with {"error"} on a bad call. Pages of other sites are kept out.
func (s *Server) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/sheets", s.doorTabs)
	mux.HandleFunc("GET /sim/sheets/{tab}", s.doorSheet)
	mux.HandleFunc("GET /sim/events", s.doorEvents)
	mux.HandleFunc("GET /sim/calls", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Calls()) })
	mux.HandleFunc("GET /sim/complaints", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Complaints()) })
	mux.HandleFunc("POST /sim/edits", func(w http.ResponseWriter, r *http.Request) {
		var edits []Edit
		take(w, r, &edits, func() error { return s.Edit(edits...) })
	})
	mux.HandleFunc("POST /sim/faults", func(w http.ResponseWriter, r *http.Request) {
		var f Fault
		take(w, r, &f, func() error { s.Fail(f); return nil })
	})
	mux.HandleFunc("DELETE /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		reply(w, obj{"ok": true})
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // the reader may be gone
}

func complainTo(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(obj{"error": err.Error()}) // the reader may be gone
}

// take decodes the body into v and runs act.
func take(w http.ResponseWriter, r *http.Request, v any, act func() error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		err = decode(body, v, "")
	}
	if err == nil {
		err = act()
	}
	if err != nil {
		complainTo(w, http.StatusBadRequest, err)
		return
	}
	reply(w, obj{"ok": true})
}

func (s *Server) doorTabs(w http.ResponseWriter, _ *http.Request) {
	book, version := s.snapshot()
	tabs := make([]obj, len(book.tabs))
	for i, t := range book.tabs {
		tabs[i] = obj{"title": t.title, "sheet_id": t.id, "rows": t.lastRow(), "columns": t.cols}
	}
	reply(w, obj{"version": version, "tabs": tabs})
}

// doorSheet shows a tab: ?from= is the first row's number, ?count= how many, ?raw=1 typed cells. "hidden" lists filtered rows.
func (s *Server) doorSheet(w http.ResponseWriter, r *http.Request) {
	book, version := s.snapshot()
	t := book.byTitle(r.PathValue("tab"))
	if t == nil {
		complainTo(w, http.StatusNotFound, fmt.Errorf("no tab %q", r.PathValue("tab")))
		return
	}
	last := t.lastRow()
	from, err1 := number(r, "from", 1)
	count, err2 := number(r, "count", last)
	if err1 != nil || err2 != nil || from < 1 || count < 0 {
		complainTo(w, http.StatusBadRequest, fmt.Errorf("from and count are row numbers"))
		return
	}
	to := min(last, from-1+min(count, last))
	out := obj{"version": version, "sheet": t.title, "rows": last, "from": from, "values": t.texts(from-1, to)}
	if r.URL.Query().Get("raw") == "1" {
		out["values"] = t.raw(from-1, to)
	}
	hidden := []int{}
	for i := from - 1; i < to; i++ {
		if t.rows[i] != nil && t.rows[i].hidden {
			hidden = append(hidden, i+1)
		}
	}
	if len(hidden) > 0 {
		out["hidden"] = hidden
	}
	reply(w, out)
}

func number(r *http.Request, name string, or int) (int, error) {
	if s := r.URL.Query().Get(name); s != "" {
		return strconv.Atoi(s)
	}
	return or, nil
}

// raw are typed cells: value, text, and where there is one type and pattern of the format and the formula. A blank one is {}.
func (t *tab) raw(from, to int) [][]obj {
	out := make([][]obj, 0, max(to-from, 0))
	for r := from; r < to; r++ {
		line := make([]obj, t.width(r))
		for i := range line {
			c := t.cell(r, i)
			line[i] = obj{}
			if c.Value != nil {
				line[i]["value"], line[i]["text"] = c.Value, text(c)
			}
			if kind, pattern := c.Format(); kind != "" {
				line[i]["type"], line[i]["pattern"] = kind, pattern
			}
			if f := c.Formula(); f != "" {
				line[i]["formula"] = f
			}
		}
		out = append(out, line)
	}
	return out
}

// doorEvents streams each Change as a server-sent event, until the reader goes or the server closes.
func (s *Server) doorEvents(w http.ResponseWriter, r *http.Request) {
	changes, cancel := s.Subscribe(64)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_, err := fmt.Fprintf(w, "event: hello\ndata: {\"version\":%d}\n\n", s.Version())
	for err == nil {
		if err = flush.Flush(); err != nil {
			return
		}
		select {
		case c := <-changes:
			var data []byte
			if data, err = json.Marshal(c); err == nil {
				_, err = fmt.Fprintf(w, "event: change\ndata: %s\n\n", data)
			}
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}
