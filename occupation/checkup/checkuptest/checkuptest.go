// Package checkuptest compares findings with what a test has provoked. It is for
// tests only.
package checkuptest

import (
	"slices"
	"strings"

	"github.com/spoolbot/spoolbot/occupation/checkup"
)

// T is the part of testing.TB that is needed.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// OK is a finding that is wanted, with a part of What.
func OK(check, what string) checkup.Finding {
	return checkup.Finding{Check: check, Status: checkup.OK, What: what}
}

// Warn is a finding that is wanted, with parts of What and Todo.
func Warn(check, what, todo string) checkup.Finding {
	return checkup.Finding{Check: check, Status: checkup.Warn, What: what, Todo: todo}
}

// Fail is a finding that is wanted, with parts of What and Todo.
func Fail(check, what, todo string) checkup.Finding {
	return checkup.Finding{Check: check, Status: checkup.Fail, What: what, Todo: todo}
}

// Wants checks that all the wanted ones were found, that every bad finding says
// what to do in one line, and that none holds one of the secrets.
func Wants(t T, got, want []checkup.Finding, secrets ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.ContainsFunc(got, func(f checkup.Finding) bool {
			return f.Check == w.Check && f.Status == w.Status && strings.Contains(f.What, w.What) && strings.Contains(f.Todo, w.Todo)
		}) {
			t.Errorf("no finding like %q; there are\n%s", w, Lines(got))
		}
	}
	for _, f := range got {
		text := f.What + f.Todo
		if (f.Status == checkup.OK) != (f.Todo == "") || f.What == "" || strings.Contains(text, "\n") {
			t.Errorf("a bad finding says in one line what it is and what to do: %q", f)
		}
		if slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) }) {
			t.Errorf("a secret stands in %q", f)
		}
	}
}

// Lines lists findings, for messages.
func Lines(all []checkup.Finding) string {
	var b strings.Builder
	for _, f := range all {
		b.WriteString("  " + f.Check + " " + string(f.Status) + ": " + f.What + " -> " + f.Todo + "\n")
	}
	return b.String()
}

// Found collects findings.
type Found []checkup.Finding

// Tell adds one.
func (f *Found) Tell(one checkup.Finding) { *f = append(*f, one) }

// Bad are those that are not OK.
func (f *Found) Bad() []checkup.Finding {
	return slices.DeleteFunc(slices.Clone(*f), func(one checkup.Finding) bool { return one.Status == checkup.OK })
}
