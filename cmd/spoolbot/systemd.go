package main

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/rs/zerolog"
)

// tellSystemd tells the service manager, where there is one, that the program
// serves, and then, as often as it wants to hear it, that it lives; when ctx ends,
// that it stops. Without NOTIFY_SOCKET it does nothing.
func tellSystemd(ctx context.Context, log zerolog.Logger) {
	say := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn().Err(err).Msg("systemd_not_told")
		}
	}
	say(daemon.SdNotifyReady)
	defer say(daemon.SdNotifyStopping)
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			say(daemon.SdNotifyWatchdog)
		case <-ctx.Done():
			return
		}
	}
}
