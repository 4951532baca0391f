package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// permissive are the licences of what may be linked into a program that anybody passes
// on.
var permissive = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// licenceOf recognises a licence by its words; "" = another one, which somebody has to
// read.
func licenceOf(text string) string {
	flat := strings.Join(strings.Fields(text), " ")
	has := func(words string) bool { return strings.Contains(flat, words) }
	switch {
	case has("Apache License Version 2.0"), has("Apache License, Version 2.0"):
		return "Apache-2.0"
	case has("Redistribution and use in source and binary forms") && (has("endorse or promote products") || has("to endorse or promote")):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("Permission is hereby granted, free of charge, to any person obtaining a copy"):
		return "MIT"
	case has("Permission to use, copy, modify, and/or distribute this software for any purpose"):
		return "ISC"
	case has("Mozilla Public License Version 2.0"):
		return "MPL-2.0" // of what tests use alone
	default:
		return ""
	}
}

// goList asks the go command, of the module's root; each answer is path and folder.
func goList(t *testing.T, args ...string) [][2]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var all [][2]string
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !slices.Contains(all, [2]string{path, dir}) {
			all = append(all, [2]string{path, dir})
		}
	}
	return all
}

// licenceIn reads the licence of a module in the module cache.
func licenceIn(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(dir + "/LICENSE*")
	if err != nil || len(files) == 0 {
		return ""
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return licenceOf(string(text))
}

// All that is linked into the program, the demo included, may be passed on with it.
func TestEveryLinkedModuleHasALicenceThatWeMayUse(t *testing.T) {
	t.Parallel()
	linked := goList(t, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", "./cmd/spoolbot")
	if len(linked) < 20 {
		t.Fatalf("only %d modules are linked: %v", len(linked), linked)
	}
	for _, m := range linked {
		if l := licenceIn(t, m[1]); !slices.Contains(permissive, l) {
			t.Errorf("%s: the licence in %s is %q, want one of %v", m[0], m[1], l, permissive)
		}
	}
}

// The README's table of dependencies is that of go.mod, licences and all.
func TestREADMEHasTheDependencies(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n### Dependencies\n")
	section, _, _ = strings.Cut(section, "\n#")
	rows := map[string]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		for name := range strings.FieldsFuncSeq(cells[1], func(r rune) bool { return strings.ContainsRune(" `,", r) }) {
			rows[name] = strings.TrimSpace(cells[3])
			if why := strings.TrimSpace(cells[2]); len(why) < 10 {
				t.Errorf("README.md: why %s? It says %q", name, why)
			}
		}
	}
	direct := goList(t, "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Path}} {{.Dir}}{{end}}", "all")
	for _, m := range direct {
		if want := licenceIn(t, m[1]); rows[m[0]] != want || want == "" {
			t.Errorf("README.md, Dependencies: %s has the licence %q there, and %q in the module", m[0], rows[m[0]], want)
		}
		delete(rows, m[0])
	}
	for name := range rows {
		t.Errorf("README.md, Dependencies: %s is not required in go.mod", name)
	}
}
