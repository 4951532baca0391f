package bot

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// pick reads TAGs, parts of TAGs and an operation from a text.
func (b *Bot) pick(ctx context.Context, text string) (occupation.Picks, error) {
	if strings.TrimSpace(text) == "" {
		return occupation.Picks{}, nil
	}
	book, err := b.core.Book(ctx)
	if err != nil {
		return occupation.Picks{}, err
	}
	picks, bad := book.Pick(text)
	if bad != nil {
		return occupation.Picks{}, bad
	}
	return picks, nil
}

// clear parts the picks that name one spool from those that fit several. What
// fits nothing goes to the core as it was typed: it looks again, and knows the
// words for it.
func clear(picks []occupation.Pick) (tags []string, unclear []occupation.Pick) {
	for _, p := range picks {
		switch {
		case len(p.Matches) == 0:
			tags = append(tags, p.Query)
		case sameTag(p.Matches):
			tags = append(tags, p.Matches[0].Tag)
		default:
			unclear = append(unclear, p)
		}
	}
	return tags, unclear
}

// clearOwn does the same for what the person does to spools that they hold: a part
// of a TAG means one of those, where it fits that, and what fits nothing at all is
// asked about where it looks like one of those.
func clearOwn(picks []occupation.Pick, own *occupation.Book) (tags []string, unclear []occupation.Pick) {
	preferOwn(picks, own)
	var known []occupation.Pick
	for _, p := range picks {
		if len(p.Matches) == 0 {
			if near := own.Nearest(p.Query, occupation.MaxNear); len(near) > 0 {
				p.Nearest = near
				unclear = append(unclear, p)
				continue
			}
		}
		known = append(known, p)
	}
	tags, several := clear(known)
	return tags, append(unclear, several...)
}

// groupOf is the NV or OT that the text names, where it is no whole TAG.
func (b *Bot) groupOf(ctx context.Context, picks occupation.Picks) (view.Filter, bool) {
	queries := make([]string, len(picks.Picks))
	for i, p := range picks.Picks {
		queries[i] = p.Query
	}
	text := strings.Join(queries, " ")
	book, err := b.core.Book(ctx)
	if text == "" || len(queries) > 2 || err != nil {
		return view.Filter{}, false
	}
	if fits := book.Match(text); len(fits) > 0 && (len(fits) == 1 || !strings.HasPrefix(strings.ToUpper(text), "NV") && !strings.HasPrefix(strings.ToUpper(text), "OT")) {
		return view.Filter{}, false
	}
	nv, ot := book.Group(text)
	return view.Filter{NV: nv, OT: ot}, nv != "" || ot != ""
}

// offerGroup offers the free spools of an NV or OT.
func (b *Bot) offerGroup(ctx context.Context, r *request, c view.Choice, in view.Filter) error {
	look, err := b.core.Look(ctx, nil)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.OfferIn(c, in, look.Free(r.worker, c.Operation, "")))
}

// sameTag reports whether all are rows of one TAG.
func sameTag(spools []occupation.Spool) bool {
	for _, s := range spools[1:] {
		if occupation.TagKey(s.Tag) != occupation.TagKey(spools[0].Tag) {
			return false
		}
	}
	return true
}

// withUnclear does what is clear and asks about the rest.
func (b *Bot) withUnclear(ctx context.Context, r *request, c view.Choice, tags []string, unclear []occupation.Pick, do func() error) error {
	if len(tags) == 0 && len(unclear) == 1 {
		c.Query = unclear[0].Query
		if len(unclear[0].Matches) == 0 {
			return b.show(ctx, r, view.Near(c, unclear[0].Nearest))
		}
		return b.show(ctx, r, view.Choose(c, unclear[0].Matches))
	}
	if len(tags) > 0 {
		if err := do(); err != nil {
			return err
		}
	}
	if len(unclear) == 0 {
		return nil
	}
	return b.also(ctx, r, view.PickSummary(c, unclear))
}

var (
	dayLike     = regexp.MustCompile(`^(\d{1,2}[-/.]\d{1,2}([-/.]\d{2,4})?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})$`)
	almostDay   = regexp.MustCompile(`^(\d{1,2}|\d{4})[^\d].{0,9}$`) // 30-dic, 3O-12
	shortNumber = regexp.MustCompile(`^\d{1,2}$`)
)

// splitDate parts the date at the end of a text from the TAGs before it: from
// the first word on that looks like a day, or that has no digit and so is no part
// of a TAG ("ayer", "23 de noviembre"), or that is the first of two short numbers
// ("30 12").
func splitDate(text string) (tags, date string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;|", r) })
	for i, w := range words {
		numbers := i+1 < len(words) && shortNumber.MatchString(w) && shortNumber.MatchString(words[i+1])
		if !isDateWord(w) && !numbers {
			continue
		}
		if i > 0 && !hasDigit(w) && len(words[i-1]) <= 2 && hasDigit(words[i-1]) {
			i--
		}
		return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
	}
	return text, ""
}

func isDateWord(w string) bool {
	plain := strings.NewReplacer("–", "-", "—", "-", "−", "-").Replace(strings.Trim(w, `"'“”,;`))
	_, operation := occupation.ParseOperation(w)
	return dayLike.MatchString(plain) || hasLetter(w) && !hasDigit(w) && !operation
}

// mistypedDay refuses a date that was taken for a TAG, since it fits no spool:
// without that the spools before it would be completed today.
func mistypedDay(picks []occupation.Pick) error {
	for _, p := range picks {
		if len(p.Matches) == 0 && almostDay.MatchString(p.Query) {
			return &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.BadDate, Text: p.Query}
		}
	}
	return nil
}

// allTags reports whether the text is nothing but TAGs that are there.
func (b *Bot) allTags(ctx context.Context, text string) bool {
	picks, err := b.pick(ctx, text)
	for _, p := range picks.Picks {
		if len(p.Matches) != 1 {
			return false
		}
	}
	return err == nil && len(picks.Picks) > 0
}

func hasDigit(s string) bool  { return strings.ContainsFunc(s, unicode.IsDigit) }
func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// bookOf is a book of what somebody holds, to find parts of TAGs in.
func bookOf(now time.Time, held []occupation.Status) *occupation.Book {
	spools := make([]occupation.Spool, len(held))
	for i, st := range held {
		spools[i] = st.Spool
	}
	return occupation.NewBook(now, spools)
}

func tagOf(st occupation.Status) string {
	if st.Spool.Tag != "" {
		return st.Spool.Tag
	}
	return st.Lock.Tag
}

func locksOf(held []occupation.Status) []occupation.Lock {
	out := make([]occupation.Lock, len(held))
	for i, st := range held {
		out[i] = st.Lock
	}
	return out
}
