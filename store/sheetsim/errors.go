package sheetsim

import (
	"fmt"
	"net/http"
	"time"
)

// obj is a JSON object of an answer.
type obj = map[string]any

// apiError is an answer of Google that is not 200. SHEETS.md 4: the envelope is code, message, status and sometimes details.
type apiError struct {
	code     int
	prefix   string // "Invalid requests[0].updateCells", never localised
	sentence string // localised
	details  []obj
	bug      bool // only a faulty client gets this one: noted in Complaints
}

func (e *apiError) Error() string {
	if e.prefix == "" {
		return e.sentence
	}
	return e.prefix + ": " + e.sentence
}

// badRequest is a 400 that may happen to a correct client: something in the sheet has changed.
func badRequest(prefix, sentence string) *apiError {
	return &apiError{code: http.StatusBadRequest, prefix: prefix, sentence: sentence}
}

// bug is a 400 that only a faulty client gets.
func bug(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, sentence: fmt.Sprintf(format, args...), bug: true}
}

// unknownName is Google's answer to a JSON field that its schema does not have. SHEETS.md 3 [V pattern].
func unknownName(name, at string) *apiError {
	e := bug("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, at)
	if at == "" {
		e = bug("Invalid JSON payload received. Unknown name %q: Cannot find field.", name)
	}
	e.details = []obj{{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []obj{{"field": at, "description": e.sentence}}}}
	return e
}

var statusNames = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
	429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
}

// plainErrors are the sentences of answers that carry nothing of the request, SHEETS.md 4 [V][I].
var plainErrors = map[int]string{
	401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
	403: "The caller does not have permission", 404: "Requested entity was not found.", 409: "The operation was aborted",
	500: "Internal error encountered.", 503: "The service is currently unavailable.",
}

func plainError(code int) *apiError {
	sentence := plainErrors[code]
	if sentence == "" {
		sentence = http.StatusText(code)
	}
	return &apiError{code: code, sentence: sentence}
}

// quotaError is a real 429: ErrorInfo with the window, a Help link, and no Retry-After. SHEETS.md 4 [L 2026-09-30].
func quotaError(kind string, limit int, window time.Time) *apiError {
	name := map[string]string{"read": "Read", "write": "Write"}[kind]
	return &apiError{
		code: http.StatusTooManyRequests,
		sentence: fmt.Sprintf("Quota exceeded for quota metric '%s requests' and limit '%s requests per minute per user' of service "+
			"'sheets.googleapis.com' for consumer 'project_number:123'.", name, name),
		details: []obj{
			{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com", "metadata": obj{
				"service": "sheets.googleapis.com", "consumer": "projects/123", "quota_metric": "sheets.googleapis.com/" + kind + "_requests",
				"quota_limit": name + "RequestsPerMinutePerUser", "quota_limit_value": fmt.Sprint(limit), "quota_location": "global",
				"quota_unit": "1/min/{project}/{user}", "window_start_time": fmt.Sprint(window.Unix()),
			}},
			{"@type": "type.googleapis.com/google.rpc.Help", "links": []obj{{
				"description": "Request a higher quota limit.", "url": "https://cloud.google.com/docs/quotas/help/request_increase",
			}}},
		},
	}
}

// spanishSentences are localised answers: a client must match code, status and prefix. SHEETS.md 0.7 [I].
var spanishSentences = map[string]string{
	protectedSentence: "Estás intentando modificar una celda o un objeto protegidos. Ponte en contacto con el propietario de la hoja de cálculo para quitar la protección si necesitas hacer cambios.",
}

// body is the error as Google sends it; in Spanish if asked.
func (e *apiError) body(spanish bool) obj {
	message := e.Error()
	if spanish && e.prefix != "" {
		sentence := spanishSentences[e.sentence]
		if sentence == "" {
			sentence = "No se ha podido aplicar la solicitud."
		}
		message = e.prefix + ": " + sentence
	}
	inner := obj{"code": e.code, "message": message, "status": statusNames[e.code]}
	if e.details != nil {
		inner["details"] = e.details
	}
	return obj{"error": inner}
}
