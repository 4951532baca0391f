package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of variables in the README anew")

// The table of variables stands between these lines.
const (
	tableBegin = "<!-- variables: written by go test ./cmd/spoolbot -run README -update -->\n"
	tableEnd   = "<!-- end of variables -->"
)

func TestREADMEHasTheVariables(t *testing.T) {
	const path = "../../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), tableBegin)
	got, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok1 || !ok2 {
		t.Fatalf("README.md lacks the lines\n%s%s", tableBegin, tableEnd)
	}
	want := variableTable()
	if got == want {
		return
	}
	if !*update {
		t.Errorf("README.md differs from variables.go; run go test ./cmd/spoolbot -run README -update. It should be:\n%s", want)
		return
	}
	if err := os.WriteFile(path, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func variableTable() string {
	var b strings.Builder
	b.WriteString("| name | default | meaning |\n|---|---|---|\n")
	for _, v := range variables {
		value := "none"
		switch {
		case v.Required:
			value = "**required**"
		case v.Default != "":
			value = "`" + v.Default + "`"
		}
		b.WriteString("| `" + v.Name + "` | " + value + " | " + v.Meaning + " |\n")
	}
	return b.String()
}
