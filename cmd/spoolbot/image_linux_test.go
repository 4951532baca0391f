//go:build !shop

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// imageMost is the greatest size of the program in the image, in bytes.
const imageMost = 30_000_000

// container is what the Dockerfile makes, carried out without Docker: its build, its
// COPYs into an empty directory, its user.
type container struct {
	root string
	user int
	t    *testing.T
}

func buildImage(t *testing.T) container {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("ops", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	one := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(string(text))
		if found == nil {
			t.Fatalf("the Dockerfile has no line %s", pattern)
		}
		return found[1]
	}
	im := container{root: t.TempDir(), t: t}
	if err := os.Chmod(im.root, 0o755); err != nil {
		t.Fatal(err)
	}
	build := strings.Replace(one(`(?m)^RUN (CGO_ENABLED=0 go build .* -o /spoolbot \./cmd/spoolbot)$`), "-o /spoolbot", "-o "+filepath.Join(im.root, "spoolbot"), 1)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", build)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, out)
	}
	copied := one(`(?m)^COPY --from=build (/etc/\S+) `)
	roots, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(im.root, filepath.Dir(copied)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(im.root, copied), roots, 0o644); err != nil { //nolint:gosec // as in the image
		t.Fatal(err)
	}
	if im.user, err = strconv.Atoi(one(`(?m)^USER (\d+):`)); err != nil || im.user == 0 {
		t.Fatalf("the user is %d, %v", im.user, err)
	}
	return im
}

// child is the program in the image, not started yet.
func (im container) child(env []string, args ...string) *child {
	im.t.Helper()
	c := newChild(im.t, env, args...)
	c.cmd.Path, c.cmd.Dir, c.cmd.Env = "/spoolbot", "/", env
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: im.root, Credential: &syscall.Credential{Uid: uint32(im.user), Gid: uint32(im.user)}}
	if os.Geteuid() != 0 { // then as ourselves, who are nobody in there
		c.cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: im.root, Cloneflags: syscall.CLONE_NEWUSER}
	}
	return c
}

// With nothing around it but the roots of TLS, and as nobody, the program of the
// image looks at everything, serves a take, and stops in order. There is no shell,
// no time zone data and no directory to write to.
func TestTheImage(t *testing.T) {
	w := openWorksWith(t, worksOptions{life: 6 * time.Minute})
	im := buildImage(t)
	info, err := os.Stat(filepath.Join(im.root, "spoolbot"))
	if err != nil || info.Size() > imageMost {
		t.Errorf("the program has %d bytes, %v; at most %d", info.Size(), err, imageMost)
	}
	env := w.far.environmentList(demoFlags{lockTTL: time.Hour})
	doctor := im.child(env, "doctor")
	doctor.start()
	doctor.exits(exitDone, 30*time.Second)
	if said := doctor.stdout.String(); !strings.Contains(said, "0 faults") || !strings.Contains(said, "America/Santiago") {
		t.Errorf("the doctor says:\n%s", said)
	}
	c := im.child(env, "serve")
	c.start()
	w.sees("the program serves", func() bool { return w.far.slack.Sockets() > 0 }, c)
	w.all(0, 1, func(int) string { return "/tomar " + tag(0) })
	w.sees("a spool is taken", func() bool { return strings.Contains(w.heard(0), "es tuyo") }, c)
	c.signal(syscall.SIGTERM)
	c.exits(exitDone, 20*time.Second)
	w.whole.check(t)
	demo := im.child(env, "demo")
	demo.start()
	demo.exits(exitUsage, 10*time.Second)
}
