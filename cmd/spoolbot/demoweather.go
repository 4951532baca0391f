//go:build !shop

package main

import (
	"sync/atomic"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// badDay is how much longer each write takes while the sheet is slow: long enough
// to see what people are told meanwhile.
const badDay = 6 * time.Second

// weather is what visitors of the page may break and mend. A Redis of their own is not
// the demo's to stop.
func (far *farEnds) weather(bot *demoBot) map[string]slacksim.Trouble {
	var slow, down atomic.Bool
	out := map[string]slacksim.Trouble{
		"slow_sheet": {Is: slow.Load, Set: func(on bool) error {
			if far.sheet.ClearFaults(); on {
				far.sheet.Fail(sheetsim.Fault{Op: "write", Delay: badDay, Times: -1})
			}
			slow.Store(on)
			return nil
		}},
		"bot_off": {Is: func() bool { return !bot.On() }, Set: func(off bool) error { return bot.Switch(!off) }},
	}
	if far.redis != nil {
		out["redis_off"] = slacksim.Trouble{Is: down.Load, Set: func(off bool) error {
			switch was := down.Swap(off); {
			case off:
				far.redis.Close() // what it knows stays, as on a Redis with appendonly
			case was:
				return far.redis.Restart()
			}
			return nil
		}}
	}
	return out
}
