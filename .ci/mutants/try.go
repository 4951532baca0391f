package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// outcomes are what became of each test that was run, by its full name: "PASS",
// "FAIL" or "SKIP".
func outcomes(output string) map[string]string {
	out := map[string]string{}
	for _, m := range ended.FindAllStringSubmatch(output, -1) {
		out[m[2]] = m[1]
	}
	return out
}

var ended = regexp.MustCompile(`(?m)^ *--- (PASS|FAIL|SKIP): (\S+) \(`)

// unbuilt reports whether a test has failed for a text that is no program at all,
// in Go or in Lua.
func unbuilt(output string) bool {
	return strings.Contains(output, "[build failed]") || strings.Contains(output, "[setup failed]") ||
		strings.Contains(output, "Error compiling script")
}

// only is the pattern that runs one test.
func only(test string) string {
	parts := strings.Split(test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// baseline wants every named test to pass on the tree as it is: one that fails
// anyhow kills nothing.
func baseline(ctx context.Context, t tree, mutants []mutant) error {
	named := map[string]map[string]bool{} // by package: the tests without their subtests
	for _, m := range mutants {
		if named[m.pkg] == nil {
			named[m.pkg] = map[string]bool{}
		}
		top, _, _ := strings.Cut(m.test, "/")
		named[m.pkg][top] = true
	}
	var faults []error
	for _, pkg := range slices.Sorted(maps.Keys(named)) {
		pattern := "^(" + strings.Join(slices.Sorted(maps.Keys(named[pkg])), "|") + ")$"
		output, err := t.test(ctx, pkg, pattern)
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", pkg, err, output)
		}
		said := outcomes(output)
		for _, m := range mutants {
			if m.pkg == pkg && said[m.test] != "PASS" {
				faults = append(faults, fmt.Errorf("%s:%d: without any fault %s of %s does not pass, but: %q", tablePath, m.line, m.test, pkg, said[m.test]))
			}
		}
		if len(faults) > 0 {
			faults = append(faults, errors.New(tail(output, 40)))
		}
	}
	return errors.Join(faults...)
}

// verdict is what became of a mutant.
type verdict struct {
	killed bool
	line   string // says it
	why    string // what the failing test said, or what else is to be known
	took   time.Duration
}

// try puts a mutant into the tree, runs its test, and takes it out again.
func try(ctx context.Context, t tree, m mutant) (verdict, error) {
	path := filepath.Join(string(t), m.file)
	text, err := os.ReadFile(path)
	if err != nil {
		return verdict{}, err
	}
	if err := t.write(m.file, []byte(m.apply(string(text)))); err != nil {
		return verdict{}, err
	}
	began := time.Now()
	output, runErr := t.test(ctx, m.pkg, only(m.test))
	took := time.Since(began)
	if err := t.write(m.file, text); err != nil {
		return verdict{}, err
	}
	if runErr != nil {
		return verdict{}, fmt.Errorf("%s: %w\n%s", m.name, runErr, tail(output, 20))
	}
	v := judge(m, output)
	v.took = took
	return v, nil
}

// judge says what the output of the test means. A test that hangs or crashes has
// killed nothing: of what is broken it should say something.
func judge(m mutant, output string) verdict {
	said := outcomes(output)
	var others []string
	for test, how := range said {
		if how == "FAIL" && test != m.test && !strings.HasPrefix(m.test, test+"/") {
			others = append(others, test)
		}
	}
	slices.Sort(others)
	survived := verdict{why: tail(output, 20)}
	switch {
	case unbuilt(output):
		survived.line = fmt.Sprintf("BROKEN %s: it does not build", m.name)
	case strings.Contains(output, "panic: test timed out"):
		survived.line = fmt.Sprintf("SURVIVED %s: %s did not end within %s", m.name, m.test, testLimit)
	case said[m.test] == "FAIL":
		return verdict{killed: true, line: fmt.Sprintf("killed %s by %s", m.name, m.test), why: complaints(output)}
	case len(others) > 0:
		survived.line = fmt.Sprintf("SURVIVED %s: not %s has failed, but %s", m.name, m.test, strings.Join(others, ", "))
	case said[m.test] == "PASS":
		survived.line = fmt.Sprintf("SURVIVED %s: %s passed", m.name, m.test)
		survived.why = "attacks " + m.attacks + ": " + m.what
	default:
		survived.line = fmt.Sprintf("SURVIVED %s: %s did not come to its end", m.name, m.test)
	}
	return survived
}

// complaints are the first lines in which tests said what was wrong.
func complaints(output string) string {
	said := complaint.FindAllString(output, 4)
	return strings.Join(said, "\n")
}

var complaint = regexp.MustCompile(`(?m)^ +\w+\.go:\d+: .*$|^panic: .*$`)

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
