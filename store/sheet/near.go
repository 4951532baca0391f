package sheet

import "slices"

// nearest is the one of the names, as spelled, that is most like one of the wanted
// keys; empty when none is like any of them.
func nearest(names, wanted []string) string {
	best, least := "", 0
	for _, name := range names {
		key := []rune(headKey(name))
		for _, want := range wanted {
			d := distance(key, []rune(want))
			if isLike(key, []rune(want), d) && (best == "" || d < least) {
				best, least = name, d
			}
		}
	}
	return best
}

// isLike reports whether a name that is d letters off may be the wanted one: mistyped,
// which is a letter in five, or cut off or carried on, so that most of the longer one
// is the beginning of both. Offices have headers in families (Fecha_Liberación is no
// Fecha_Ocupacion, PD_Soldadura no Fecha_Soldadura).
func isLike(name, want []rune, d int) bool {
	same := 0
	for same < min(len(name), len(want)) && name[same] == want[same] {
		same++
	}
	return len(name) > 0 && (5*d <= len(want) || 5*same >= 3*max(len(name), len(want)))
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
