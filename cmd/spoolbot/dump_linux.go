package main

import (
	"errors"

	"golang.org/x/sys/unix"
)

// leaveNoDump keeps the secrets in memory to the process: no core is written of it,
// and nobody but root may look into it or read its environment in /proc.
func leaveNoDump() error {
	return errors.Join(
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
	)
}
