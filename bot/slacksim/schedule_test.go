package slacksim_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

func TestScheduledMessages(t *testing.T) {
	bubble(t, slacksim.Options{Scopes: []string{"chat:write"}}, func(sh *shop) {
		ctx, text := sh.ctx(), slack.MsgOptionText("mañana", false)
		in := func(d time.Duration) string { return fmt.Sprint(time.Now().Add(d).Unix()) }
		ch, id, err := sh.api.ScheduleMessageContext(ctx, sh.taller, in(time.Hour), text)
		sh.must(err)
		_, _, err = sh.api.ScheduleMessageContext(ctx, sh.taller, in(2*time.Hour), slack.MsgOptionText("después", false))
		sh.must(err)
		if n := sh.Scheduled(); n != 2 || ch != sh.taller || len(sh.ana.Messages(sh.taller)) != 0 {
			t.Errorf("%d wait, in %s, and %d are there", n, ch, len(sh.ana.Messages(sh.taller)))
		}
		taken := &slack.DeleteScheduledMessageParameters{Channel: sh.taller, ScheduledMessageID: id}
		_, err = sh.api.DeleteScheduledMessageContext(ctx, taken)
		sh.must(err)
		_, err = sh.api.DeleteScheduledMessageContext(ctx, taken)
		wants(t, "twice", err, "invalid_scheduled_message_id")
		<-time.After(3 * time.Hour)
		synctest.Wait()
		if all := sh.ana.Messages(sh.taller); len(all) != 1 || all[0].Text != "después" || sh.Scheduled() != 0 {
			t.Errorf("%+v, %d wait", all, sh.Scheduled())
		}
		_, _, err = sh.api.ScheduleMessageContext(ctx, sh.taller, in(-time.Minute), text)
		wants(t, "past", err, "time_in_past")
		_, _, err = sh.api.ScheduleMessageContext(ctx, sh.taller, in(121*24*time.Hour), text)
		wants(t, "far", err, "time_too_far")
		_, _, err = sh.api.ScheduleMessageContext(ctx, "C0NOBODY", in(time.Hour), text)
		wants(t, "nowhere", err, "channel_not_found")
		sh.Expel(sh.taller)
		_, _, err = sh.api.ScheduleMessageContext(ctx, sh.taller, in(time.Hour), text)
		wants(t, "expelled", err, "not_in_channel")
		sh.unhappy("invalid_scheduled_message_id", "time_in_past", "time_too_far")
	})
}

func TestAnswersTellTheScopes(t *testing.T) {
	for want, scopes := range map[string][]string{
		"commands,chat:write": {"commands", "chat:write"},
		"chat:write,commands,files:write,im:write,reactions:write,team:read,users:read,users:read.email": nil,
	} {
		bubble(t, slacksim.Options{Scopes: scopes}, func(sh *shop) {
			who, err := sh.api.AuthTestContext(sh.ctx())
			sh.must(err)
			if got := who.Header.Get("X-OAuth-Scopes"); got != want {
				t.Errorf("the head says %q, want %q", got, want)
			}
			sh.happy()
		})
	}
}
