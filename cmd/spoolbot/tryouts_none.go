//go:build shop

package main

// tryouts are left out of the program that a shop runs in a container: it carries no
// emulator.
func tryouts() []command { return nil }
