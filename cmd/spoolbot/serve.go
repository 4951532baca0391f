package main

import (
	"context"
	"flag"

	"github.com/redis/go-redis/v9"
)

// serve is the program on the real endpoints, configured by the environment.
func serve(ctx context.Context, in invocation) error {
	if err := in.parseFlags(flag.NewFlagSet("serve", flag.ContinueOnError)); err != nil {
		return err
	}
	shops, err := loadShops(in.getenv, platformCredentials(in.getenv))
	if err != nil {
		return err
	}
	log := newLogger(in.stderr, shops[0].LogLevel, shops[0].LogFormat)
	redis.SetLogger(redisLog{log})
	if err := leaveNoDump(); err != nil {
		log.Warn().Err(err).Msg("core_dumps_possible")
	}
	if shops[0].Several {
		all := newBranches(shops, func(Config) Doors { return Doors{} }, log)
		return all.run(ctx, shops[0].HTTPListen, log)
	}
	return runApp(ctx, shops[0], Doors{}, log)
}
