package main

import (
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
)

// This file is for shops of SHOPS_FILE that have one Slack app in common: slash
// commands know no namespaces, so that of two apps of a workspace with the same
// commands only one hears them.

// appOf names the Slack app of a shop; empty = it is not known, which is a fault
// already.
func appOf(c Config) string {
	if c.SlackAppToken == "" || c.SlackBotToken == "" {
		return ""
	}
	return c.SlackAPIURL + " " + c.SlackAppToken.Reveal()
}

// byApp are the shops of each app that several share.
func byApp(shops []Config) map[string][]Config {
	out := map[string][]Config{}
	for _, c := range shops {
		if app := appOf(c); app != "" {
			out[app] = append(out[app], c)
		}
	}
	for app, of := range out {
		if len(of) < 2 {
			delete(out, app)
		}
	}
	return out
}

// shareApps notes of each shop whose app it has.
func shareApps(shops []Config) {
	shared := byApp(shops)
	for i, c := range shops {
		if of := shared[appOf(c)]; len(of) > 0 {
			shops[i].AppOf = of[0].Site
		}
	}
}

// sharedAmiss finds what two shops of one app may not have in common, and what they
// must: the channel says which of them is meant, and two tokens belong together.
func sharedAmiss(shops []Config) (faults []variableFault) {
	seen := func(name string, key func(Config) string, wrong func(first, second Config) error) {
		first := map[string]Config{}
		for _, c := range shops {
			k := key(c)
			before, known := first[k]
			if k == "" || appOf(c) == "" {
				continue
			}
			if !known {
				first[k] = c
			} else if err := wrong(before, c); err != nil {
				faults = append(faults, variableFault{c.Site, name, err})
			}
		}
	}
	seen("SLACK_BOT_TOKEN", appOf, func(first, second Config) error {
		if first.SlackBotToken == second.SlackBotToken {
			return nil
		}
		return fmt.Errorf("is another than that of %s, whose SLACK_APP_TOKEN this shop has: both are of one app, or neither is", first.Site)
	})
	seen("SLACK_APP_TOKEN", func(c Config) string { return c.SlackAPIURL + " " + c.SlackBotToken.Reveal() }, func(first, second Config) error {
		if first.SlackAppToken == second.SlackAppToken {
			return nil
		}
		return fmt.Errorf("is another than that of %s, whose SLACK_BOT_TOKEN this shop has: both are of one app, or neither is", first.Site)
	})
	seen("SUPERVISOR_CHANNEL", func(c Config) string {
		if c.SupervisorChannel == "" {
			return ""
		}
		return appOf(c) + " " + c.SupervisorChannel
	}, func(first, _ Config) error {
		return errors.New("is that of " + first.Site + " too: by the channel the app tells for which shop something is; make one for each")
	})
	return faults
}

// newReception is where people of the app come in that these shops share.
func newReception(shops []Config, doors Doors, log zerolog.Logger) *bot.Reception {
	o := bot.ReceptionOptions{Log: log}
	o.API, o.Socket, o.HTTP = bot.NewSlack(slackConfig(shops[0], doors, log, nil))
	for _, c := range shops {
		o.Shops = append(o.Shops, bot.Shop{Site: c.Site, Supervisors: c.SupervisorChannel})
	}
	return bot.NewReception(o)
}
