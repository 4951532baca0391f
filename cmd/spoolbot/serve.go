package main

import (
	"context"
	"flag"
)

// serve is the program on the real endpoints, configured by the environment.
func serve(ctx context.Context, in invocation) error {
	if err := in.parseFlags(flag.NewFlagSet("serve", flag.ContinueOnError)); err != nil {
		return err
	}
	cfg, err := loadConfig(in.getenv)
	if err != nil {
		return err
	}
	return runApp(ctx, cfg, Doors{}, newLogger(in.stderr, cfg.LogLevel, cfg.LogFormat))
}
