package sheet

import "slices"

// nearest is the one of the names, as spelled, that is most like one of the wanted
// keys; empty when none is like any of them.
func nearest(names, wanted []string) string {
	best, least := "", 0
	for _, name := range names {
		key := headKey(name)
		for _, want := range wanted {
			d := distance([]rune(key), []rune(want))
			if key != "" && 3*d <= len([]rune(want))+1 && (best == "" || d < least) {
				best, least = name, d
			}
		}
	}
	return best
}

// distance is how many letters must be put in, left out or changed.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			step := diagonal
			if x != y {
				step = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], step
		}
	}
	return row[len(b)]
}

// others are the names that no field is known by.
func others(names []string, fields []field) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		key := headKey(name)
		return key == "" || slices.ContainsFunc(fields, func(f field) bool { return slices.Contains(f.names, key) })
	})
}
