package httpapi

import "time"

// ProblemOf is the status and the words of an error.
func ProblemOf(err error, zone *time.Location) (int, string) {
	p := problemOf(err, zone)
	return p.Status, p.Detail
}
