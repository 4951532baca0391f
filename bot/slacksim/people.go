package slacksim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// wire is a user as users.info tells. SLACK.md 2.1; guests show only here, never in a
// payload.
func (c *call) wire(u *User) object {
	profile := object{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID}
	if c.s.granted("users:read.email") {
		profile["email"] = u.Email
	}
	return object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"tz": u.TZ, "locale": "es-LA", "profile": profile, "is_admin": u.Admin, "is_owner": false, "is_bot": u.Bot,
		"is_restricted": u.Guest || u.SingleGuest, "is_ultra_restricted": u.SingleGuest,
		"is_stranger": u.TeamID != c.s.opt.TeamID, "is_app_user": false,
	}
}

func usersInfo(c *call) (object, error) {
	u := c.s.users[c.str("user")]
	if u == nil {
		return nil, declined("user_not_found")
	}
	return object{"user": c.wire(u)}, nil
}

func usersLookup(c *call) (object, error) {
	for _, id := range c.s.userOrder {
		if u := c.s.users[id]; u.Email != "" && strings.EqualFold(u.Email, c.str("email")) && !u.Deleted {
			return object{"user": c.wire(u)}, nil
		}
	}
	return nil, declined("users_not_found")
}

func usersList(c *call) (object, error) {
	var all []any
	for _, id := range append([]string{botUser}, c.s.userOrder...) {
		all = append(all, c.wire(c.s.users[id]))
	}
	return page(c, "members", all)
}

// page cuts a list by cursor and limit.
func page(c *call, key string, all []any) (object, error) {
	from := 0
	if cur := c.str("cursor"); cur != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(cur, "next:"))
		if err != nil || n < 0 || n > len(all) {
			return nil, refuse("invalid_cursor")
		}
		from = n
	}
	limit, _ := strconv.Atoi(c.str("limit"))
	limit = min(cmp.Or(limit, 1000), 1000)
	if limit < 1 {
		return nil, refuse("invalid_limit")
	}
	to, next := min(len(all), from+limit), ""
	if to < len(all) {
		next = "next:" + strconv.Itoa(to)
	}
	part := append([]any{}, all[from:to]...)
	return object{key: part, "response_metadata": object{"next_cursor": next}, "has_more": next != ""}, nil
}

func (c *call) conversation(ch *channel) object {
	o := object{
		"id": ch.id, "created": ch.createdAt, "is_im": ch.im != "", "is_channel": ch.im == "" && !ch.private,
		"is_group": ch.private, "is_private": ch.private, "is_archived": false, "is_member": ch.bot,
	}
	if ch.im != "" {
		o["user"] = ch.im
	} else {
		o["name"], o["name_normalized"], o["num_members"] = ch.name, ch.name, len(ch.members)
	}
	return o
}

// readScope is the scope that a kind of conversation needs to be read.
func (ch *channel) readScope(what string) string {
	switch {
	case ch.im != "":
		return "im:" + what
	case ch.private:
		return "groups:" + what
	}
	return "channels:" + what
}

// readable finds the channel and checks the scope for it.
func (c *call) readable(what string) (*channel, error) {
	ch := c.s.channels[c.str("channel")]
	if ch == nil || (ch.private || ch.im != "") && !ch.bot {
		return nil, declined("channel_not_found")
	}
	if scope := ch.readScope(what); !c.s.granted(scope) {
		return nil, &refusal{code: "missing_scope", more: object{"needed": scope, "provided": strings.Join(c.s.opt.Scopes, ",")}}
	}
	return ch, nil
}

func conversationsInfo(c *call) (object, error) {
	ch, err := c.readable("read")
	if err != nil {
		return nil, err
	}
	return object{"channel": c.conversation(ch)}, nil
}

func conversationsMembers(c *call) (object, error) {
	ch, err := c.readable("read")
	if err != nil {
		return nil, err
	}
	var all []any
	for _, u := range ch.members {
		all = append(all, u)
	}
	if ch.bot {
		all = append(all, botUser)
	}
	return page(c, "members", all)
}

func conversationsList(c *call) (object, error) {
	types := strings.Split(cmp.Or(c.str("types"), "public_channel"), ",")
	var all []any
	for _, id := range c.s.chanOrder {
		ch := c.s.channels[id]
		kind := "public_channel"
		switch {
		case ch.im != "":
			kind = "im"
		case ch.private:
			kind = "private_channel"
		}
		if !slices.Contains(types, kind) || ch.private && !ch.bot {
			continue
		}
		if scope := ch.readScope("read"); !c.s.granted(scope) {
			return nil, &refusal{code: "missing_scope", more: object{"needed": scope, "provided": strings.Join(c.s.opt.Scopes, ",")}}
		}
		all = append(all, c.conversation(ch))
	}
	return page(c, "channels", all)
}

// conversationsHistory gives the newest first, and neither ephemeral messages nor
// replies. Those of oldest and latest themselves belong to it if inclusive [doc
// conversations.history].
func conversationsHistory(c *call) (object, error) {
	ch, err := c.readable("history")
	if err != nil {
		return nil, err
	}
	if !ch.bot {
		return nil, refuse("not_in_channel")
	}
	var all []any
	for _, m := range slices.Backward(ch.messages) {
		oldest, latest := c.str("oldest"), c.str("latest")
		inside := (oldest == "" || m.TS >= oldest) && (latest == "" || m.TS <= latest)
		edge := (m.TS == oldest || m.TS == latest) && c.str("inclusive") != "1" && c.str("inclusive") != "true"
		reply := m.ThreadTS != "" && m.ThreadTS != m.TS
		if m.viewer == "" && inside && !edge && !reply {
			all = append(all, m.wire(c.s.opt.TeamID))
		}
	}
	return page(c, "messages", all)
}

// conversationsOpen opens the direct messages with one person.
func conversationsOpen(c *call) (object, error) {
	id := c.str("users")
	if ch := c.s.channels[c.str("channel")]; ch != nil && ch.im != "" {
		id = ch.im
	}
	u := c.s.users[id]
	switch {
	case u == nil:
		return nil, declined("user_not_found")
	case u.Bot:
		return nil, refuse("cannot_dm_bot")
	case u.Deleted:
		return nil, declined("user_disabled")
	}
	n := len(c.s.chanOrder)
	ch := c.s.dm(id)
	old := n == len(c.s.chanOrder)
	return object{"no_op": old, "already_open": old, "channel": c.conversation(ch)}, nil
}
