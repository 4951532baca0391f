//go:build !shop

package main

// tryouts are the subcommands that run against emulators.
func tryouts() []command {
	return []command{
		{"demo", "run the bot against emulators, with a web page to try it", demo},
		{"bench", "measure the bot against emulators", bench},
	}
}
