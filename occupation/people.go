package occupation

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
)

// CanLink checks that a worker may be linked to the Slack user: active, and not
// linked to somebody else. Error: INVALID_INPUT (NoName, NameTaken).
func CanLink(w Worker, slackID string) *Error {
	switch {
	case w.ID == 0 || !w.Active:
		return &Error{Code: InvalidInput, Reason: NoName, Holder: w.AsHolder()}
	case w.SlackID != "" && w.SlackID != slackID:
		return &Error{Code: InvalidInput, Reason: NameTaken, Holder: w.AsHolder()}
	default:
		return nil
	}
}

// Unlinked lists the active workers whom nobody is linked to, by name, at most
// limit: those that the query means (see SearchWorkers). Errors: SHEET_....
func (s *Service) Unlinked(ctx context.Context, query string, limit int) ([]Worker, error) {
	return s.workers(ctx, query, limit, func(w Worker) bool { return w.Active && w.SlackID == "" })
}

// Workers lists all workers, inactive ones too, as Unlinked does.
func (s *Service) Workers(ctx context.Context, query string, limit int) ([]Worker, error) {
	return s.workers(ctx, query, limit, func(Worker) bool { return true })
}

func (s *Service) workers(ctx context.Context, query string, limit int, want func(Worker) bool) ([]Worker, error) {
	all, err := s.directory.Workers(ctx)
	if err != nil {
		return nil, asUnavailable(err)
	}
	out := SearchWorkers(slices.DeleteFunc(all, func(w Worker) bool { return !want(w) }), query)
	return out[:min(limit, len(out))], nil
}

// AnyWorker returns a worker by id, inactive ones too. Error: INVALID_INPUT
// (NoName), SHEET_....
func (s *Service) AnyWorker(ctx context.Context, id int) (Worker, error) { return s.linkable(ctx, id) }

// SearchWorkers gives those of the workers whom a query means, by name: every word
// of it stands in the name, whatever its case and accents, or is the id. Where
// nobody has all of them, those with names much like it.
func SearchWorkers(all []Worker, query string) []Worker {
	words := strings.Fields(query)
	for i := range words {
		words[i] = TagKey(words[i])
	}
	var out []Worker
	for _, strict := range []bool{true, false} {
		for _, w := range all {
			if w.called(words, strict) {
				out = append(out, w)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	slices.SortFunc(out, func(a, b Worker) int {
		return cmp.Or(strings.Compare(TagKey(a.Given+a.Surname), TagKey(b.Given+b.Surname)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// called reports whether the words are the worker's; when it is not to be strict,
// each may have one mistake in four letters.
func (w Worker) called(words []string, strict bool) bool {
	name := TagKey(w.Given + w.Surname)
	for _, word := range words {
		switch {
		case strings.Contains(name, word), word == strconv.Itoa(w.ID):
		case !strict && 4*slipsWithin(name, word) <= len([]rune(word)):
		default:
			return false
		}
	}
	return true
}
