package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// section is one shop of SHOPS_FILE: its name, and what it sets otherwise than the
// environment.
type section struct {
	site string
	line int
	vars map[string]string
}

// ofAllShops are variables that belong to the process, not to one of its shops.
var ofAllShops = []string{"SITE", "SHOPS_FILE", "HTTP_LISTEN", "LOG_LEVEL", "LOG_FORMAT"}

// parseShops reads lines "[SITE]" and, below each, "NAME=value", the variables of the
// environment. Lines that begin with #, and empty ones, are passed over.
func parseShops(text string) ([]section, error) {
	var out []section
	var faults []error
	n := 0
	for line := range strings.Lines(text) {
		n++
		bad := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("line %d: "+format, append([]any{n}, args...)...))
		}
		line = strings.TrimSpace(line)
		name, value, isVariable := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			site, err := siteName(strings.TrimSpace(line[1 : len(line)-1]))
			if err != nil {
				bad("%w", err)
			}
			if slices.ContainsFunc(out, func(s section) bool { return s.site == site }) {
				bad("there is a shop %s already", site)
			}
			out = append(out, section{site, n, map[string]string{}})
		case !isVariable:
			bad("is neither [SITE] nor NAME=value")
		case len(out) == 0:
			bad("stands above the first [SITE]; what all shops have in common belongs into the environment")
		case slices.Contains(ofAllShops, name):
			bad("%s is of the whole process: set it in the environment", name)
		case !slices.ContainsFunc(variables, func(v variable) bool { return v.Name == name }):
			bad("there is no variable %q", name)
		default:
			vars := out[len(out)-1].vars
			if _, twice := vars[name]; twice {
				bad("%s stands there twice", name)
			}
			vars[name] = value
		}
	}
	if len(out) == 0 && len(faults) == 0 {
		faults = append(faults, errors.New("has no shop: a line [SITE], and below it its variables"))
	}
	return out, errors.Join(faults...)
}

// env is the shop's environment: its own variables, and else those of all.
func (s section) env(all getenv) getenv {
	return func(name string) (string, bool) {
		if name == "SITE" {
			return s.site, true
		}
		if v, own := s.vars[name]; own {
			return v, true
		}
		return all(name)
	}
}

// sections are the shops of SHOPS_FILE; nil = the variable is not set, and there is
// one shop.
func sections(env getenv) ([]section, error) {
	r := reader{env: env}
	path := r.file("SHOPS_FILE")
	if path == "" {
		return nil, errors.Join(asErrors(r.faults)...)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, variableFault{name: "SHOPS_FILE", err: err}
	}
	out, err := parseShops(string(text))
	if err != nil {
		return nil, variableFault{name: "SHOPS_FILE", err: err}
	}
	for _, s := range out {
		for _, name := range []string{"GOOGLE_APPLICATION_CREDENTIALS", "HTTP_TOKENS_FILE"} {
			if v := s.vars[name]; v != "" && !filepath.IsAbs(v) {
				s.vars[name] = filepath.Join(filepath.Dir(path), v) // beside the file of shops
			}
		}
	}
	return out, nil
}

// loadShops is the configuration of every shop that this process serves: of one, or
// of those of SHOPS_FILE. The error is a *usageError with all faults of all shops.
func loadShops(env getenv, platform bool) ([]Config, error) {
	shops, faults := lookAtShops(env, platform)
	if len(faults) > 0 {
		return nil, usageOf(faults)
	}
	return shops, nil
}

// lookAtShops is loadShops as far as it can be read, and what is wrong.
func lookAtShops(env getenv, platform bool) ([]Config, []variableFault) {
	all, err := sections(env)
	if err != nil {
		fault, ok := errors.AsType[variableFault](err)
		if !ok {
			fault = variableFault{name: "SHOPS_FILE", err: err}
		}
		return nil, []variableFault{fault}
	}
	if all == nil {
		cfg, faults := lookAtConfig(env, platform)
		return []Config{cfg}, faults
	}
	var out []Config
	var faults []variableFault
	for _, s := range all {
		cfg, wrong := lookAtConfig(s.env(env), platform)
		cfg.Several = true
		out = append(out, cfg)
		for _, f := range wrong {
			if value, inAll := env(f.name); s.vars[f.name] != "" || !inAll || value == "" {
				f.shop = s.site
			}
			if !slices.ContainsFunc(faults, func(known variableFault) bool { return known.Error() == f.Error() }) {
				faults = append(faults, f)
			}
		}
	}
	faults = append(faults, sharedByMistake(out)...)
	shareQuota(out)
	shareApps(out)
	return out, faults
}

// sharedByMistake finds what two shops may not have in common: with one sheet under
// two names two people could hold the same spool.
func sharedByMistake(shops []Config) (faults []variableFault) {
	first := map[string]string{}
	for _, c := range shops {
		sheet := c.SheetsEndpoint + c.SpreadsheetID
		switch site, known := first[sheet]; {
		case c.SpreadsheetID == "": // a fault already
		case known:
			faults = append(faults, variableFault{c.Site, "SPREADSHEET_ID", fmt.Errorf("is that of %s too: two people could hold the same spool", site)})
		default:
			first[sheet] = c.Site
		}
	}
	return append(faults, sharedAmiss(shops)...)
}

// shareQuota divides the quota of a Google account among the shops that use it, so
// that none can take another's.
func shareQuota(shops []Config) {
	using := map[string]int{}
	for _, c := range shops {
		using[c.SheetsEndpoint+"|"+c.GoogleCredentials]++
	}
	for i, c := range shops {
		shops[i].QuotaShare = using[c.SheetsEndpoint+"|"+c.GoogleCredentials]
	}
}

// ourQuota is how many reads, and how many writes, an account may do in a minute:
// five fewer than Google allows.
const ourQuota = 55

// quota is the shop's share of reads and of writes in a minute; 0 = all of them.
func (c Config) quota() int {
	if c.QuotaShare < 2 {
		return 0
	}
	return max(1, ourQuota/c.QuotaShare)
}

// label is what the shop's numbers carry; none where there is one shop.
func (c Config) label() prometheus.Labels {
	if !c.Several {
		return nil
	}
	return prometheus.Labels{"site": c.Site}
}

// ofShop is the environment of the shop named, where SHOPS_FILE has several: for
// what is done to one shop at a time.
func ofShop(env getenv, site string) (getenv, error) {
	all, err := sections(env)
	if err != nil {
		return nil, &usageError{err}
	}
	var names []string
	for _, s := range all {
		if s.site == site {
			return s.env(env), nil
		}
		names = append(names, s.site)
	}
	switch {
	case len(all) > 0:
		return nil, &usageError{fmt.Errorf("--site: name the shop: %s", strings.Join(names, ", "))}
	case site != "":
		return nil, &usageError{errors.New("--site: there is one shop, since SHOPS_FILE is not set")}
	}
	return env, nil
}

func asErrors(faults []variableFault) []error {
	var out []error
	for _, f := range faults {
		out = append(out, f)
	}
	return out
}
