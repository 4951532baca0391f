package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// call is one Web API call, decoded.
type call struct {
	s      *Server
	args   object
	token  string
	inForm bool // the token came as a form field, not in the header
}

// refusal is an answer with "ok":false.
type refusal struct {
	code  string
	more  object // further fields of the answer
	quiet bool   // legitimate in a healthy program: no complaint
}

func (r *refusal) Error() string { return r.code }

func refuse(code string) error { return &refusal{code: code} }

// declined refuses what may happen to a healthy program: a race, a stranger.
func declined(code string) error { return &refusal{code: code, quiet: true} }

// refuseBlocks refuses with the places that are wrong, as Slack words them.
// SLACK.md 1.7, wording: [thread grafana oncall #210, java-slack-sdk #302]
func refuseBlocks(code string, faults []string) error {
	return &refusal{code: code, more: object{"response_metadata": object{"messages": faults}}}
}

func (c *call) str(key string) string {
	switch v := c.args[key].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// serveAPI is the one way in for all methods.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	c, err := s.decode(w, r)
	s.tellScopes(w, name, c)
	var out object
	answered := s.withFault(w, r, name, c, func() {
		if err == nil {
			out, err = s.perform(name, c)
		}
		s.note(name, c, err)
	})
	if !answered {
		answer(w, out, err)
	}
}

// tellScopes puts into the head of every answer what the token may do and what the
// method wants [thread node-slack-sdk #292, slack-go #1076].
func (s *Server) tellScopes(w http.ResponseWriter, name string, c *call) {
	switch c.token {
	case s.opt.BotToken:
		granted := s.opt.Scopes
		if granted == nil { // all: those that some method wants, and the one without methods
			granted = []string{"commands"}
			for _, m := range methods {
				granted = append(granted, strings.Fields(m.scopes)...)
			}
			slices.Sort(granted)
			granted = slices.Compact(granted)
		}
		w.Header().Set("X-OAuth-Scopes", strings.Join(granted, ","))
	case s.opt.AppToken:
		w.Header().Set("X-OAuth-Scopes", "connections:write")
	default:
		return
	}
	if m, ok := methods[name]; ok && m.scopes != "" {
		w.Header().Set("X-Accepted-OAuth-Scopes", strings.ReplaceAll(m.scopes, " ", ","))
	}
}

// withFault carries out a call, unless a fault forestalls it, and reports whether the
// fault has given the answer, too.
func (s *Server) withFault(w http.ResponseWriter, r *http.Request, name string, c *call, carryOut func()) bool {
	s.mu.Lock()
	f := s.fault(func(f *Fault) bool { return f.Method != "" && matches(f.Method, name) })
	s.mu.Unlock()
	if f == nil {
		carryOut()
		return false
	}
	if f.After {
		carryOut()
	}
	if !pause(r.Context(), f.Delay) {
		return true
	}
	strikes := f.Cut || f.Status != 0 || f.Error != ""
	switch {
	case strikes && !f.After:
		s.note(name, c, declined(f.code()))
	case !f.After:
		carryOut()
	}
	if strikes {
		f.strike(w)
	}
	return strikes
}

// answer writes what a method returned.
func answer(w http.ResponseWriter, out object, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	body := object{"ok": err == nil}
	maps.Copy(body, out)
	if r, ok := errors.AsType[*refusal](err); ok {
		body["error"] = r.code
		maps.Copy(body, r.more)
		if after, ok := r.more["retry_after"].(int); ok {
			w.Header().Set("Retry-After", strconv.Itoa(after)) // SLACK.md 3.2 [doc]
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	_ = json.NewEncoder(w).Encode(body)
}

// note logs a call and complains about what was refused.
func (s *Server) note(name string, c *call, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := Call{Method: name, At: s.opt.Now(), OK: err == nil}
	if c != nil {
		rec.Args = c.args
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		rec.Error = r.code
		if !r.quiet {
			s.complain("%s: %s%s", name, r.code, details(r.more))
		}
	}
	s.calls.add(rec)
	s.stir()
}

func details(more object) string {
	meta, _ := more["response_metadata"].(object)
	if m, ok := meta["messages"].([]string); ok {
		return ": " + strings.Join(m, "; ")
	}
	if needed := str(more, "needed"); needed != "" {
		return ": " + needed
	}
	return ""
}

// perform checks who calls and how often, then runs the method under the lock.
func (s *Server) perform(name string, c *call) (object, error) {
	m, ok := methods[name]
	if !ok {
		return nil, &refusal{code: "unknown_method", more: object{"req_method": name}}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.authorize(m, c); err != nil {
		return nil, err
	}
	if wait := s.limited(name, m, c); wait > 0 {
		return nil, &refusal{code: "ratelimited", quiet: true, more: object{"retry_after": wait}}
	}
	return m.run(c)
}

// authorize checks token and scope. SLACK.md 0.6, 1.1
func (s *Server) authorize(m method, c *call) error {
	want, other := s.opt.BotToken, s.opt.AppToken
	if m.app {
		want, other = other, want
		if c.inForm { // SLACK.md 1.1: the app token as a POST parameter is an error [doc]
			return refuse("not_authed")
		}
	}
	switch c.token {
	case want:
	case "":
		return refuse("not_authed")
	case other:
		return refuse("not_allowed_token_type")
	default:
		return refuse("invalid_auth")
	}
	for scope := range strings.FieldsSeq(m.scopes) {
		if !s.granted(scope) {
			return &refusal{code: "missing_scope", more: object{"needed": scope, "provided": strings.Join(s.opt.Scopes, ",")}}
		}
	}
	return nil
}

func (s *Server) granted(scope string) bool {
	return s.opt.Scopes == nil || slices.Contains(s.opt.Scopes, scope)
}

// decode reads both token styles and both body styles, in one place. SLACK.md 0.6 [src]
func (s *Server) decode(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{s: s, args: object{}}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil {
		return c, refuse("request_timeout")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
		c.form(r.URL.Query())
	case kind == "application/json":
		if len(body) > 0 && strings.TrimSpace(string(body)) != "null" {
			if err := json.Unmarshal(body, &c.args); err != nil {
				return c, refuse("invalid_json")
			}
		}
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return c, refuse("invalid_form_data")
		}
		c.form(form)
	default:
		return c, refuse("invalid_post_type")
	}
	token, given := c.args["token"].(string)
	given = given && kind != "application/json" // in a JSON body Slack looks at the header only [doc]
	delete(c.args, "token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = bearer
	} else if given {
		c.token, c.inForm = token, true
	}
	for _, key := range []string{"blocks", "view", "metadata", "attachments", "files"} { // JSON in a string
		text, ok := c.args[key].(string)
		if !ok || text == "" {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return c, refuse(fmt.Sprintf("invalid_%s_format", key))
		}
		c.args[key] = v
	}
	return c, nil
}

func (c *call) form(values url.Values) {
	for key, v := range values {
		if len(v) > 0 {
			c.args[key] = v[0]
		}
	}
}
