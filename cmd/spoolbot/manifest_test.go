package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// manifest is what Slack's form takes of an app like ours. The names, and that
// there may be no other, are those of the JSON Schemas of
// https://github.com/slackapi/manifest-schema, the limits too.
type manifest struct {
	Display struct {
		Name            string `yaml:"name"`
		Description     string `yaml:"description"`
		LongDescription string `yaml:"long_description"`
		BackgroundColor string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		AppHome struct {
			Home     bool  `yaml:"home_tab_enabled"`
			Messages bool  `yaml:"messages_tab_enabled"`
			ReadOnly *bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		BotUser struct {
			DisplayName  string `yaml:"display_name"`
			AlwaysOnline bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Commands []struct {
			Command      string `yaml:"command"`
			Description  string `yaml:"description"`
			UsageHint    string `yaml:"usage_hint"`
			ShouldEscape bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode    bool `yaml:"socket_mode_enabled"`
		OrgDeploy     bool `yaml:"org_deploy_enabled"`
		TokenRotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

func readManifest(t *testing.T) (manifest, []byte) {
	t.Helper()
	text, err := os.ReadFile("../../manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := yaml.Load(text, &m, yaml.WithKnownFields()); err != nil {
		t.Fatalf("manifest.yml: %v", err)
	}
	return m, text
}

func TestManifestKeepsToSlacksLimits(t *testing.T) {
	t.Parallel()
	m, _ := readManifest(t)
	length := func(what, s string, low, high int) {
		if n := utf8.RuneCountInString(s); n < low || n > high {
			t.Errorf("%s has %d characters, Slack takes %d to %d: %q", what, n, low, high, s)
		}
	}
	count := func(what string, n, low, high int) {
		if n < low || n > high {
			t.Errorf("%d %s, Slack takes %d to %d", n, what, low, high)
		}
	}
	length("the name", m.Display.Name, 1, 35)
	length("the description", m.Display.Description, 1, 140)
	length("the long description", m.Display.LongDescription, 175, 4000)
	length("the bot's name", m.Features.BotUser.DisplayName, 1, 80)
	for what, form := range map[string][2]string{
		"colour":     {m.Display.BackgroundColor, `^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$`},
		"bot's name": {m.Features.BotUser.DisplayName, `^[a-z0-9._-]+$`},
	} {
		if !regexp.MustCompile(form[1]).MatchString(form[0]) {
			t.Errorf("the %s %q is not of the form %s", what, form[0], form[1])
		}
	}
	count("commands", len(m.Features.Commands), 1, 50)
	for _, c := range m.Features.Commands {
		length(c.Command, c.Command, 2, 32)
		length("description of "+c.Command, c.Description, 1, 2000)
		length("usage hint of "+c.Command, c.UsageHint, 0, 1000)
		if !c.ShouldEscape {
			t.Errorf("%s: should_escape is not on: a person would come as plain text", c.Command)
		}
	}
	count("shortcuts", len(m.Features.Shortcuts), 1, 10)
	for _, s := range m.Features.Shortcuts {
		length("shortcut name", s.Name, 1, 24)
		length("shortcut callback_id", s.CallbackID, 1, 255)
		length("shortcut description", s.Description, 1, 150)
	}
	count("scopes", len(m.OAuth.Scopes.Bot), 1, 255)
	count("events", len(m.Settings.Events.Bot), 1, 100)
}

func TestManifestIsWhatTheProgramNeeds(t *testing.T) {
	t.Parallel()
	m, _ := readManifest(t)
	var commands []string
	for _, c := range m.Features.Commands {
		commands = append(commands, c.Command)
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"commands", commands, []string{"/tomar", "/pausar", "/completar", "/lote", "/estado", "/mis-spools", "/extender", "/traspasar", "/liberar", "/retener", "/reconciliar", "/historia", "/quien", "/vincular", "/ayuda"}},
		{"shortcuts", m.Features.Shortcuts[0].Type + " " + m.Features.Shortcuts[0].CallbackID, "global tomar_spools"},
		{"scopes", m.OAuth.Scopes.Bot, []string{"commands", "chat:write", "files:write", "im:write", "channels:history", "groups:history", "users:read"}},
		{"events", m.Settings.Events.Bot, []string{"app_home_opened"}},
		{"Home tab", m.Features.AppHome.Home, true},
		{"Messages tab", m.Features.AppHome.Messages, true},
		{"Messages tab read only", m.Features.AppHome.ReadOnly != nil && !*m.Features.AppHome.ReadOnly, true},
		{"interactivity", m.Settings.Interactivity.Enabled, true},
		{"Socket Mode", m.Settings.SocketMode, true},
		{"token rotation", m.Settings.TokenRotation, false},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

// A stranger gives these rights to a program in the shop's workspace: each says
// beside it, and in the README, what it is for.
func TestEveryScopeIsExplained(t *testing.T) {
	t.Parallel()
	m, text := readManifest(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, scope := range m.OAuth.Scopes.Bot {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "- "+scope) })
		if _, why, _ := strings.Cut(lines[max(i, 0)], " # "); len(why) < 20 {
			t.Errorf("manifest.yml: %s has no comment that says what it is for: %q", scope, lines[max(i, 0)])
		}
		if !bytes.Contains(readme, []byte("| `"+scope+"` |")) {
			t.Errorf("README.md: %s is not explained", scope)
		}
	}
}
