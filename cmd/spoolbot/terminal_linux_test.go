//go:build !shop

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a terminal of the test; seen closes it and gives all that was shown.
func terminal(t *testing.T) (screen *os.File, seen func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string, 1)
	go func() {
		var all bytes.Buffer
		_, _ = io.Copy(&all, master) // ends with an error when nobody has the other side any more
		shown <- all.String()
	}()
	return screen, func() string {
		_ = screen.Close()
		defer func() { _ = master.Close() }()
		return <-shown
	}
}

func TestProgressIsABarOnATerminalAndLinesElsewhere(t *testing.T) {
	t.Parallel()
	screen, seen := terminal(t)
	told, end := progress(screen, "rows")
	for done := range 5 {
		told(done*1000, 4000)
	}
	end()
	r := &report{out: screen, err: screen, bar: newBar(screen, 2, "bench")}
	r.progress("acks …")
	r.figure("ack_p99_ms", 2, "ms", "")
	_ = r.bar.Add(1)
	shown := seen()
	for _, want := range []string{"rows", "%", "acks …", "ack_p99_ms 2 ms\r\n"} {
		if !strings.Contains(shown, want) {
			t.Errorf("want %q on the terminal: %q", want, shown)
		}
	}
	var lines bytes.Buffer
	told, end = progress(&lines, "rows")
	told(1, 2)
	end()
	r = &report{out: io.Discard, err: &lines}
	r.progress("acks …")
	if text := lines.String(); strings.ContainsAny(text, "\r\x1b") || !strings.HasSuffix(text, "acks …\n") {
		t.Errorf("in a file it is %q", text)
	}
}
