package occupation_test

import (
	"fmt"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progress shows on stderr how far a soak of so many operations is, and how many of its
// plays have broken a promise: a bar on a terminal, elsewhere a line every ten seconds.
// What it returns is called by one at a time.
func progress(ops int) func(done, failures int) {
	said := time.Now()
	if !isatty.IsTerminal(os.Stderr.Fd()) {
		return func(done, failures int) {
			if time.Since(said) >= 10*time.Second {
				said = time.Now()
				fmt.Fprintf(os.Stderr, "%d of %d operations, %d plays broke a promise\n", min(done, ops), ops, failures)
			}
		}
	}
	bar := progressbar.NewOptions(ops, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("operations"),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	return func(done, failures int) {
		if failures > 0 {
			bar.Describe(fmt.Sprintf("operations, %d plays broke a promise", failures))
		}
		_ = bar.Set(min(done, ops))
	}
}
