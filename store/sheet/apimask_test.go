package sheet_test

import "strings"

// checkWriteMask checks the mask of a request that writes cells against
// CellData, at which it is rooted.
func (d *apiDescription) checkWriteMask(at string, s apiSchema, mask string) []string {
	if _, cells := s.Properties["rows"]; !cells {
		return nil
	}
	if mask == "" {
		return []string{at + ".fields is empty"}
	}
	return d.checkMask(apiSchema{Ref: "CellData"}, mask)
}

// checkMask checks that every path of a field mask exists, "a,b(c,d.e)".
func (d *apiDescription) checkMask(s apiSchema, mask string) []string {
	var faults []string
	for _, part := range splitMask(mask) {
		path, inner, nested := strings.Cut(strings.TrimSuffix(part, ")"), "(")
		here := s
		for name := range strings.SplitSeq(path, ".") {
			here = d.child(here, name)
		}
		switch {
		case here.Type == "" && here.Ref == "":
			faults = append(faults, "mask names "+path+", which is not there")
		case nested:
			faults = append(faults, d.checkMask(here, inner)...)
		}
	}
	return faults
}

func (d *apiDescription) child(s apiSchema, name string) apiSchema {
	for s.Ref != "" || s.Items != nil {
		if s.Items != nil {
			s = *s.Items
			continue
		}
		s = d.Schemas[s.Ref]
	}
	return s.Properties[name]
}

// splitMask parts a mask at the commas outside of brackets.
func splitMask(mask string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range mask {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out, from = append(out, mask[from:i]), i+1
		}
	}
	return append(out, mask[from:])
}
