package sheet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation/checkup"
)

// examFields is what a look at the whole spreadsheet asks for.
const examFields = "properties(timeZone),developerMetadata(metadataId,metadataKey,metadataValue)," +
	"sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),protectedRanges(range,warningOnly,requestingUserCanEdit,unprotectedRanges))"

// exam is one look at the spreadsheet.
type exam struct {
	*Sheet
	checkup.Tell
	account string // as which it is read; never empty
	book    *sheets.Spreadsheet
	heads   map[string][]string // headers as spelled, by our title of the tab
}

// Examine looks at the spreadsheet as far as the program relies on it: access,
// tabs, headers, protections, the stamp's guard, and what stands in rows. It
// makes three reads, and two writes that leave nothing but a stamp. The account
// is the address that the sheet must be shared with, empty when nobody knows it.
func (s *Sheet) Examine(ctx context.Context, account string, tell checkup.Tell) {
	if account == "" {
		account = "the service account"
	}
	e := &exam{Sheet: s, Tell: tell, account: account, heads: map[string][]string{}}
	var err error
	checkup.Within(ctx, func(ctx context.Context) { err = e.enter(ctx) })
	if err != nil {
		e.Fail("sheet-access", e.accessWhat(err), e.accessTodo(err))
		e.Skipped("sheet", "tabs, headers, protected ranges, stamps, rows, people", "sheet-access")
		return
	}
	e.timeZone()
	checkup.Within(ctx, e.headers)
	e.length(time.Now())
	checkup.Within(ctx, e.protections)
	checkup.Within(ctx, e.stamps)
	checkup.Within(ctx, e.rows)
}

// enter reads what there is besides cells.
func (e *exam) enter(ctx context.Context) error {
	began := time.Now()
	book, err := e.about(ctx, examFields)
	if err != nil {
		return err
	}
	e.book = book
	e.Sheet.enter(book)
	e.OK("sheet-access", "read as %s, in %v", e.account, time.Since(began).Round(time.Millisecond))
	return nil
}

// accessWhat says in words what an answer means.
func (e *exam) accessWhat(err error) string {
	switch o := outcomeOf(err, time.Now()); {
	case noToken(err):
		return "Google gives no token for " + e.account + ": " + checkup.Cause(err)
	case o.code == http.StatusNotFound:
		return "there is no spreadsheet " + e.id
	case o.code == http.StatusForbidden:
		return "the spreadsheet is closed to " + e.account + ": " + reasonOf(err)
	case o.code == http.StatusTooManyRequests, errors.Is(err, errQuota):
		return "the minute's quota of the account is used up"
	case o.code != 0:
		return fmt.Sprintf("Google answers %d: %s", o.code, reasonOf(err))
	}
	return "Google does not answer: " + checkup.Cause(err)
}

// accessTodo is what to do about it.
func (e *exam) accessTodo(err error) string {
	share := "share the sheet with " + e.account + " as editor"
	switch o := outcomeOf(err, time.Now()); {
	case noToken(err):
		return "is the key still in the service account's list of keys? else make a new one; and is this machine's clock right (timedatectl)?"
	case reasonOf(err) == "SERVICE_DISABLED", reasonOf(err) == "accessNotConfigured":
		return "enable the Google Sheets API in the project of the key (APIs & Services → Library)"
	case reasonOf(err) == "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		return "this platform's credentials may not use sheets: set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account"
	case o.code == http.StatusNotFound:
		return "compare SPREADSHEET_ID with the link in the address bar, and " + share
	case o.code == http.StatusForbidden:
		return share
	case o.code == http.StatusUnauthorized:
		return "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account"
	case o.code == http.StatusTooManyRequests, errors.Is(err, errQuota):
		return "run doctor again in a minute; nothing else should use this service account"
	}
	return "let this machine out to https://sheets.googleapis.com and https://oauth2.googleapis.com, through a proxy perhaps (HTTPS_PROXY); SHEETS_ENDPOINT is for tests only"
}

// noToken reports whether the account itself was refused, before any sheet was
// asked for. Google's client gives that no type of its own.
func noToken(err error) bool {
	_, answered := errors.AsType[*googleapi.Error](err)
	return !answered && strings.Contains(err.Error(), "cannot fetch token")
}

// reasonOf is the machine's word for an answer, else its status or sentence.
func reasonOf(err error) string {
	e, ok := errors.AsType[*googleapi.Error](err)
	if !ok {
		return checkup.Cause(err)
	}
	for _, d := range e.Details {
		if info, ok := d.(map[string]any); ok {
			if reason, ok := info["reason"].(string); ok {
				return reason
			}
		}
	}
	if len(e.Errors) > 0 && e.Errors[0].Reason != "" {
		return e.Errors[0].Reason
	}
	return strings.Join(strings.Fields(e.Message), " ")
}

func (e *exam) timeZone() {
	const check = "sheet-timezone"
	is, want := "", e.opt.Zone.String()
	if e.book.Properties != nil {
		is = e.book.Properties.TimeZone
	}
	if is != want {
		e.Warn(check, "the spreadsheet's is "+is+", the shop's "+want+": TODAY() and NOW() of the sheet differ from what spoolbot writes", "File → Settings → Time zone in the sheet, or TIMEZONE")
		return
	}
	e.OK(check, "%s", is)
}

// longLog is how many rows of the audit log are many: a history reads a few megabytes.
const longLog = 100_000

// length says when the audit log has grown long.
func (e *exam) length(now time.Time) {
	t := layout{tabs: newTabs(e.book)}.tab(tabLog)
	if t == nil || t.GridProperties == nil || t.GridProperties.RowCount <= longLog {
		return
	}
	e.Warn("sheet-log", fmt.Sprintf("the tab %s has %d rows, blank ones among them: histories and the start read long columns", tabLog, t.GridProperties.RowCount),
		fmt.Sprintf("spoolbot archive --year %d moves those of a year into a tab of their own", now.In(e.opt.Zone).Year()-1))
}

// stamps tries what makes a write whose answer was lost safe to be sent again.
func (e *exam) stamps(ctx context.Context) {
	const check = "sheet-stamp"
	guard, err := e.probeRepeated(ctx)
	switch {
	case err != nil && outcomeOf(err, time.Now()).code == http.StatusForbidden:
		e.Fail(check, "the sheet can be read and not be written: "+reasonOf(err), "share it with "+e.account+" as editor, not as viewer")
	case err != nil:
		e.Fail(check, "a write fails: "+e.accessWhat(err), e.accessTodo(err))
	case !guard:
		e.Warn(check, "the sheet accepts a stamp twice: a write whose answer was lost is looked for in Metadata, which takes minutes, and is never sent again",
			"tell the maintainers: Google has changed something; until then all is slower and safe")
	default:
		e.OK(check, "a stamp that exists is refused: no write is ever applied twice")
	}
}
