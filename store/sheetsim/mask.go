package sheetsim

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// mask is a parsed field mask: a tree of names. A nil or empty mask below a name means all of it.
type mask map[string]mask

// parseMask reads "a,b.c,d(e,f/g)" and "*". Google takes "." and "/" as separators.
func parseMask(s string) (mask, error) {
	m, rest, err := parseMaskList(s)
	if err == nil && rest != "" {
		err = errors.New("unbalanced parenthesis")
	}
	return m, err
}

func parseMaskList(s string) (mask, string, error) {
	m := mask{}
	for {
		at := m
		for {
			i := strings.IndexAny(s, ",./()")
			if i < 0 {
				i = len(s)
			}
			name := strings.TrimSpace(s[:i])
			if name == "" {
				return nil, "", errors.New("empty name")
			}
			s = s[i:]
			if at[name] == nil {
				at[name] = mask{}
			}
			if !strings.HasPrefix(s, ".") && !strings.HasPrefix(s, "/") {
				if strings.HasPrefix(s, "(") {
					inner, rest, err := parseMaskList(s[1:])
					if err != nil || !strings.HasPrefix(rest, ")") {
						return nil, "", errors.New("unbalanced parenthesis")
					}
					maps.Copy(at[name], inner)
					s = rest[1:]
				}
				break
			}
			at, s = at[name], s[1:]
		}
		if !strings.HasPrefix(s, ",") {
			return m, s, nil
		}
		s = s[1:]
	}
}

// all says whether the mask lets everything through.
func (m mask) all() bool { return len(m) == 0 || m["*"] != nil }

// has says whether the mask names the path, or something above or below it.
func (m mask) has(path ...string) bool {
	for _, name := range path {
		if m.all() {
			return true
		}
		if m[name] == nil {
			return false
		}
		m = m[name]
	}
	return true
}

// unknown returns the first path of m that the schema, itself a mask, does not have; "" if there is none.
func (m mask) unknown(schema mask) string {
	if len(schema) == 0 {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name == "*" {
			continue
		}
		below, ok := schema[name]
		if !ok {
			return name
		}
		if bad := m[name].unknown(below); bad != "" {
			return name + "." + bad
		}
	}
	return ""
}

// apply keeps what the mask names of an answer built of obj, []obj and leaves.
func (m mask) apply(v any) any {
	if m.all() {
		return v
	}
	switch v := v.(type) {
	case obj:
		out := obj{}
		for name, below := range m {
			if field, ok := v[name]; ok {
				out[name] = below.apply(field)
			}
		}
		return out
	case []obj:
		out := make([]obj, len(v))
		for i := range v {
			out[i] = m.apply(v[i]).(obj)
		}
		return out
	}
	return v
}

func mustMask(s string) mask {
	m, err := parseMask(s)
	if err != nil {
		panic("sheetsim: " + err.Error())
	}
	return m
}
