package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is one deliberate fault of the table.
type mutant struct {
	line    int    // of the table, where it begins
	name    string // one word
	attacks string // an invariant's number, or "promise"
	what    string // the fault, in words
	file    string
	old     string // whole lines, which are in the file exactly once
	new     string // whole lines that take their place
	pkg     string // of the test that must fail
	test    string // its full name, subtests after a slash
}

// parseTable reads the table, of which the head of mutants.txt tells the form. The
// error joins all faults.
func parseTable(text string) ([]mutant, error) {
	var out []mutant
	var faults []error
	var m *mutant
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "mutant "); ok {
			out = append(out, mutant{line: i + 1, name: name})
			m = &out[len(out)-1]
			continue
		}
		if m == nil || !m.read(line) {
			faults = append(faults, fmt.Errorf("%s:%d: not understood: %s", tablePath, i+1, line))
		}
	}
	return out, errors.Join(faults...)
}

// read takes in one line of a mutant.
func (m *mutant) read(line string) bool {
	rest := line[1:]
	switch line[0] {
	case '-':
		m.old += rest + "\n"
		return true
	case '+':
		m.new += rest + "\n"
		return true
	case ' ':
		m.old, m.new = m.old+rest+"\n", m.new+rest+"\n"
		return true
	}
	var ok bool
	switch word, rest, _ := strings.Cut(line, " "); word {
	case "attacks":
		m.attacks, m.what, ok = strings.Cut(rest, ": ")
	case "in":
		m.file, ok = rest, true
	case "killed":
		rest, ok = strings.CutPrefix(rest, "by ")
		m.pkg, m.test, _ = strings.Cut(rest, " ")
	}
	return ok
}

// checkTable says whether the table is true of the tree in the working directory.
// The error joins all faults.
func checkTable(all []mutant) error {
	var faults []error
	seen := map[string]bool{}
	for _, m := range all {
		if err := m.check(); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %s: %w", tablePath, m.line, m.name, err))
		}
		if seen[m.name] {
			faults = append(faults, fmt.Errorf("%s:%d: %s is there twice", tablePath, m.line, m.name))
		}
		seen[m.name], seen["attacks "+m.attacks] = true, true
	}
	if len(all) < atLeast {
		faults = append(faults, fmt.Errorf("%s has %d mutants, want %d or more", tablePath, len(all), atLeast))
	}
	for n := 1; n <= invariants; n++ {
		if !seen["attacks "+strconv.Itoa(n)] {
			faults = append(faults, fmt.Errorf("%s: nothing attacks invariant %d", tablePath, n))
		}
	}
	return errors.Join(faults...)
}

func (m mutant) check() error {
	n, err := strconv.Atoi(m.attacks)
	switch {
	case strings.Contains(m.name, " ") || m.name == "":
		return errors.New("a name is one word")
	case m.what == "" || (m.attacks != "promise" && (err != nil || n < 1 || n > invariants)):
		return fmt.Errorf("it attacks %q, want an invariant or a promise, and in words what it does", m.attacks)
	case m.old == "" || m.old == m.new:
		return errors.New("it changes nothing")
	case m.pkg == "" || m.test == "":
		return errors.New("no test is named that must fail")
	}
	text, err := os.ReadFile(filepath.FromSlash(m.file))
	if err != nil {
		return err
	}
	if n := strings.Count("\n"+string(text), "\n"+m.old); n != 1 {
		return fmt.Errorf("its old text is in %s %d times, want once", m.file, n)
	}
	return nil
}

// apply makes the mutated text of the file.
func (m mutant) apply(text string) string {
	return strings.Replace("\n"+text, "\n"+m.old, "\n"+m.new, 1)[1:]
}
