package occupation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/spoolbot/spoolbot/"

// The far ends that the program is tried against, and what only tests need.
var (
	emulators = []string{module + "bot/slacksim", module + "store/sheetsim", "github.com/alicebob/miniredis/v2"}
	testTools = []string{module + "occupation/occupationtest", module + "store/locks/redistest", module + "occupation/checkup/checkuptest", "testing"}
)

const (
	slackClient  = "github.com/slack-go/slack"
	redisClient  = "github.com/redis/go-redis/v9"
	sheetsClient = "google.golang.org/api/sheets/v4"
	logs         = "github.com/rs/zerolog"
)

// rules say what a package of ours may import, tests not counted. They decide
// the direction: cmd -> bot, store -> occupation -> the standard library.
var rules = []struct {
	of       string   // under the module; "" is every package but cmd/spoolbot and the emulators and tools themselves
	ours     []string // the only packages of ours that it may reach; nil = not asked
	stdOnly  bool     // reaches no module but ours
	reaches  []string // must not be reached, not through others either
	mentions []string // must not be imported by the package itself
	why      string
}{
	{of: "occupation", ours: []string{}, stdOnly: true, reaches: []string{"net/http", "net"}, why: "the rules must outlive Slack, Redis and Google, and be tested without any of them in a second"},
	{of: "occupation", mentions: []string{"os", "os/exec", "io", "log", "log/slog", "flag"}, why: "the core does nothing by itself but through its ports; what it knows is handed to it"},
	{of: "occupation/occupationtest", ours: []string{"occupation"}, stdOnly: true, why: "every adapter's tests import the suite: what it needs, they all need"},
	{of: "occupation/httpapi", ours: []string{"occupation"}, reaches: []string{redisClient, sheetsClient, slackClient, logs}, why: "a door that reaches a store can go around the rules; its caller logs"},
	{of: "store/locks", ours: []string{"occupation", "occupation/checkup"}, reaches: []string{sheetsClient, slackClient, logs}, why: "the locks know Redis and the core's words; the committer in the core joins them with the sheet, and the door logs"},
	{of: "store/sheet", ours: []string{"occupation", "occupation/checkup"}, reaches: []string{redisClient, slackClient}, mentions: []string{logs}, why: "the sheet knows Google and the core's words; what two replicas share goes through the core, and the door logs"},
	{of: "bot", ours: []string{"bot/view", "occupation", "occupation/checkup"}, reaches: []string{redisClient, sheetsClient}, why: "a door that reaches a store can go around the rules"},
	{of: "bot/view", ours: []string{"occupation"}, mentions: []string{slackClient + "/socketmode", "net/http", "context", "os", logs}, why: "views are pure functions from values to blocks: golden files can only show what does not depend on a call"},
	{of: "occupation/checkup", ours: []string{}, stdOnly: true, why: "the words in which every part tells the doctor what it found: they know none of the parts"},
	{of: "bot/slacksim", ours: []string{}, reaches: []string{slackClient}, why: "an emulator speaks the protocol; made of our types or of our client's it would agree with their mistakes"},
	{of: "store/sheetsim", ours: []string{}, reaches: []string{sheetsClient}, why: "an emulator speaks the protocol; made of our types or of our client's it would agree with their mistakes"},
	{of: "", reaches: emulators, why: "only demo, bench and tests may run against an emulator: a shop that works on one loses its day"},
	{of: "", reaches: testTools, why: "test helpers have no place in the program"},
	{of: "cmd/spoolbot", reaches: testTools, why: "test helpers have no place in the program"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	imports, own := listImports(t)
	for _, r := range rules {
		packages := []string{module + r.of}
		if r.of == "" {
			packages = slices.DeleteFunc(slices.Clone(own), func(p string) bool {
				return p == module+"cmd/spoolbot" || slices.Contains(emulators, p) || slices.Contains(testTools, p)
			})
		}
		for _, p := range packages {
			if !slices.Contains(own, p) {
				t.Errorf("the rules name %s, which does not exist", p)
			}
			chains := reach(imports, p)
			for to, chain := range chains {
				name, isOurs := strings.CutPrefix(to, module)
				first, _, _ := strings.Cut(to, "/")
				forbidden := slices.Contains(r.reaches, to) ||
					r.ours != nil && isOurs && !slices.Contains(r.ours, name) ||
					r.stdOnly && !isOurs && strings.Contains(first, ".") ||
					slices.Contains(r.mentions, to) && len(chain) == 2
				if forbidden {
					t.Errorf("%s must not import %s, because %s.\nIt does so by %s", p, to, r.why, strings.Join(chain, " -> "))
				}
			}
		}
	}
}

// listImports asks the go command what each package imports, tests not counted,
// and which packages are ours.
func listImports(t *testing.T) (imports map[string][]string, own []string) {
	t.Helper()
	// The test cache sees what this process looks at, not what go list reads.
	if err := filepath.WalkDir("..", func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".go" {
			_, err = os.Stat(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports = map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if imports[f[0]] = f[1:]; strings.HasPrefix(f[0], module) {
			own = append(own, f[0])
		}
	}
	return imports, own
}

// reach finds every package that one imports, with the shortest way to it. The
// insides of the standard library are not followed: fmt needs os everywhere.
func reach(imports map[string][]string, from string) map[string][]string {
	chains := map[string][]string{}
	for queue := [][]string{{from}}; len(queue) > 0; queue = queue[1:] {
		chain := queue[0]
		for _, to := range imports[chain[len(chain)-1]] {
			if chains[to] != nil {
				continue
			}
			next := append(slices.Clone(chain), to)
			chains[to] = next
			if first, _, _ := strings.Cut(to, "/"); strings.Contains(first, ".") {
				queue = append(queue, next)
			}
		}
	}
	return chains
}

// One binary holds serve and demo. What keeps them apart is that no file which
// serve.go reaches, by the names that it uses, imports an emulator; main.go, whose
// table of subcommands names all of them, does not count.
func TestServeConstructsNoEmulator(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../cmd/spoolbot/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of cmd/spoolbot: %v", err)
	}
	fset := token.NewFileSet()
	parsed := map[string]*ast.File{}
	declaredIn := map[string]string{} // name -> file
	for _, path := range files {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed[name] = f
		for _, d := range declarations(f) {
			declaredIn[d] = name
		}
	}
	reached := map[string]string{"serve.go": "serve.go"} // file -> the way to it
	for queue := []string{"serve.go"}; len(queue) > 0; queue = queue[1:] {
		for _, id := range parsed[queue[0]].Unresolved { // names of other files of the package, among others
			to := declaredIn[id.Name]
			if _, seen := reached[to]; seen || to == "" || to == "main.go" {
				continue
			}
			reached[to] = reached[queue[0]] + " -" + id.Name + "-> " + to
			queue = append(queue, to)
		}
	}
	for name, way := range reached {
		if importsAny(parsed[name], emulators) {
			t.Errorf("%s: that file makes emulators, serve must not reach one", way)
		}
	}
	if reached["app.go"] == "" || !importsAny(parsed["demo.go"], emulators) {
		t.Errorf("serve reaches %v: it must reach app.go, and demo.go must make emulators", reached)
	}
}

func importsAny(f *ast.File, paths []string) bool {
	return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
		path, err := strconv.Unquote(spec.Path.Value)
		return err == nil && slices.Contains(paths, path)
	})
}

// declarations are the names that a file declares for its package, methods not
// counted: they cannot be had without their type.
func declarations(f *ast.File) []string {
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}
