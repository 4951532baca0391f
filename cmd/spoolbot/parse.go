package main

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// isLoopback reports whether a host name or address is this machine's own. No
// name is looked up.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

var (
	sheetLink = regexp.MustCompile(`^https://docs\.google\.com/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{2,})(?:[/?#].*)?$`)
	bareID    = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	siteForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	channelOf = regexp.MustCompile(`^[CG][A-Z0-9]+$`)
)

func spreadsheetID(s string) (string, error) {
	if strings.Contains(s, "/d/e/") {
		return "", errors.New("is the link of a published copy; use the one in the address bar while you edit the sheet")
	}
	if m := sheetLink.FindStringSubmatch(s); m != nil {
		return m[1], nil
	}
	if !bareID.MatchString(s) {
		return "", errors.New("is neither an id nor a link https://docs.google.com/spreadsheets/d/…")
	}
	return s, nil
}

func siteName(s string) (string, error) {
	if !siteForm.MatchString(s) {
		return "", fmt.Errorf("%q: use up to 64 letters, digits, '.', '_' and '-'", s)
	}
	return s, nil
}

func zone(s string) (*time.Location, error) {
	if s == "Local" {
		return nil, errors.New("name the zone of the shop, as America/Santiago; Local differs from machine to machine")
	}
	loc, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not the name of a time zone, as America/Santiago", s)
	}
	return loc, nil
}

func channelID(s string) (string, error) {
	if !channelOf.MatchString(s) {
		return "", fmt.Errorf("%q is not a channel id, as C012AB3CD; it stands at the bottom of the channel's details in Slack", s)
	}
	return s, nil
}

func listenAddress(s string) (string, error) {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return "", fmt.Errorf("%q is not of the form host:port", s)
	}
	return s, nil
}

func logLevel(s string) (zerolog.Level, error) {
	if _, err := oneOf("trace", "debug", "info", "warn", "error")(s); err != nil {
		return zerolog.NoLevel, err
	}
	return zerolog.ParseLevel(s)
}

func oneOf(allowed ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if slices.Contains(allowed, s) {
			return s, nil
		}
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(allowed, ", "))
	}
}
