package view

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Filter is the NV or the OT to which a person has narrowed the free spools of
// App Home; at most one of them is set. The zero value shows all.
type Filter struct {
	NV string `json:"nv,omitzero"`
	OT string `json:"ot,omitzero"`
}

const (
	filterByNV = "nv:"
	filterByOT = "ot:"
	filterNone = "all"
)

// value encodes the filter as the value of an option.
func (f Filter) value() string {
	switch {
	case f.NV != "":
		return filterByNV + f.NV
	case f.OT != "":
		return filterByOT + f.OT
	default:
		return filterNone
	}
}

// ReadFilter decodes the value of an option, which comes from outside.
func ReadFilter(value string) (Filter, error) {
	kind, rest, _ := strings.Cut(value, ":")
	switch {
	case utf8.RuneCountInString(value) > maxOption:
		return Filter{}, errors.New("view: filter is too long")
	case value == filterNone || value == "":
		return Filter{}, nil
	case kind+":" == filterByNV && rest != "":
		return Filter{NV: rest}, nil
	case kind+":" == filterByOT && rest != "":
		return Filter{OT: rest}, nil
	default:
		return Filter{}, errors.New("view: unknown filter")
	}
}

// where is what the filter shows, for a sentence; empty when it shows all.
func (f Filter) where() string {
	return join("", nv(escape(f.NV, maxName)), ot(escape(f.OT, maxName)))
}

// Of keeps the spools that the filter shows.
func (f Filter) Of(spools []occupation.Spool) []occupation.Spool {
	if f == (Filter{}) {
		return spools
	}
	nv, ot := occupation.TagKey(f.NV), occupation.TagKey(f.OT)
	var out []occupation.Spool
	for _, s := range spools {
		if (nv == "" || occupation.TagKey(s.NV) == nv) && (ot == "" || occupation.TagKey(s.OT) == ot) {
			out = append(out, s)
		}
	}
	return out
}

// filterSelect offers the NVs and OTs of the spools, as they come: the most urgent
// first. What is chosen stays among them when nothing of it is free any more. nil
// when there is nothing to choose.
func filterSelect(chosen Filter, spools []occupation.Spool) *slack.SelectBlockElement {
	all := slack.NewOptionBlockObject(filterNone, plain(filterAll, maxOption), nil)
	groups := []*slack.OptionGroupBlockObject{slack.NewOptionGroupBlockElement(plain(filterEvery, maxOption), all)}
	initial := all
	for _, kind := range []struct {
		label  string
		chosen Filter
		of     func(occupation.Spool) Filter
	}{
		{filterNV, Filter{NV: chosen.NV}, func(s occupation.Spool) Filter { return Filter{NV: tidy(s.NV)} }},
		{filterOT, Filter{OT: chosen.OT}, func(s occupation.Spool) Filter { return Filter{OT: tidy(s.OT)} }},
	} {
		var filters []Filter
		seen := map[Filter]bool{{}: true}
		add := func(f Filter) {
			if seen[f] || len(filters) == maxOptions {
				return
			}
			if seen[f] = true; utf8.RuneCountInString(f.value()) <= maxOption {
				filters = append(filters, f)
			}
		}
		add(kind.chosen)
		for _, s := range spools {
			add(kind.of(s))
		}
		if len(filters) == 0 {
			continue
		}
		group := slack.NewOptionGroupBlockElement(plain(kind.label, maxOption))
		for _, f := range filters {
			o := slack.NewOptionBlockObject(f.value(), plain(join("", nv(f.NV), ot(f.OT)), maxOption), nil)
			if f == chosen {
				initial = o
			}
			group.Options = append(group.Options, o)
		}
		groups = append(groups, group)
	}
	if len(groups) == 1 {
		return nil
	}
	return slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plain(filterPlaceholder, 150), ActionHomeFilter, groups...).
		WithInitialOption(initial)
}

// maxOptions is how many options a group of a select has (SLACK.md 3.1).
const maxOptions = 100
