// Package httpapi is the REST door to the core: the paths, bodies and answers of
// the shop's earlier web system, so that its clients go on working, and the
// operations that are new.
//
// Every request carries a bearer token (tokens.go), which says for whom it may
// act. Errors of the core become status and words in problem.go alone. It imports
// the core and the standard library's HTTP, decides no rule about spools, and
// never logs: it tells its Observe function of each request.
package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Core is what the door asks of the core; *occupation.Service is one.
type Core interface {
	Take(ctx context.Context, r occupation.Request, op occupation.Operation, tags []string) ([]occupation.Result, error)
	Pause(ctx context.Context, r occupation.Request, targets []occupation.Target) ([]occupation.Result, error)
	Complete(ctx context.Context, r occupation.Request, targets []occupation.Target, day time.Time) ([]occupation.Result, error)
	Extend(ctx context.Context, r occupation.Request, targets []occupation.Target, ext occupation.Extension) ([]occupation.Result, error)
	Release(ctx context.Context, r occupation.Request, target occupation.Target, reason string) (occupation.Result, error)
	History(ctx context.Context, r occupation.Request, q occupation.HistoryQuery) (occupation.History, error)
	Find(ctx context.Context, tag string) (occupation.Status, error)
	Worker(ctx context.Context, id int) (occupation.Worker, error)
	Now() time.Time
}

var _ Core = (*occupation.Service)(nil)

// Memory keeps the answers to requests with an Idempotency-Key, for all replicas.
type Memory interface {
	First(ctx context.Context, keys []string, ttl time.Duration) (bool, error)
	Put(ctx context.Context, key, value string, ttl time.Duration) error
	Get(ctx context.Context, key string) (string, error)
}

// Options is what a Handler is made of; all but Offer and Observe are required.
type Options struct {
	Core   Core
	Memory Memory
	Tokens *Tokens
	Zone   *time.Location
	// Offer makes an offer of TRASPASAR and shows it to the receiver, who accepts in
	// Slack; nil = there is no such path.
	Offer func(ctx context.Context, r occupation.Request, target occupation.Target, to int, reason string) (occupation.Offer, error)
	// Observe is told of each request when it is answered; nil = nobody.
	Observe func(Observation)
}

// Observation is one answered request, for log and metrics.
type Observation struct {
	Request string // its id; the answer has it as X-Request-Id
	Path    string // the route, "/api/occupation/{tag}"; empty = there is none
	Token   string // the token's name; empty = none was good
	Worker  int    // for whom it acted
	Status  int
	Code    occupation.Code // empty = done, or refused by the door itself
	Took    time.Duration
	Err     error // the cause of a fault
	// Done are the results of what changes a spool, one for each; none when an earlier
	// answer came again.
	Done []occupation.Result
}

// limits of one request.
const (
	maxBody     = 64 << 10
	requestTime = 30 * time.Second
)

// handler serves one path for one method.
type handler func(d *door, c *call) error

// door is the Handler.
type door struct {
	Options
	routes map[string]map[string]handler // by path, then method
	limits limits
}

// New returns the door. It is safe for use by many goroutines.
func New(o Options) http.Handler {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	d := &door{Options: o, routes: routes(o.Offer != nil)}
	mux := http.NewServeMux()
	for path, methods := range d.routes {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, path, methods) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, "", nil) })
	return mux
}

// routes are the paths of the door; openapi.json describes the same.
func routes(offers bool) map[string]map[string]handler {
	out := map[string]map[string]handler{
		"/api/occupation/tomar":       {http.MethodPost: (*door).take},
		"/api/occupation/pausar":      {http.MethodPost: (*door).pause},
		"/api/occupation/completar":   {http.MethodPost: (*door).complete},
		"/api/occupation/batch-tomar": {http.MethodPost: (*door).batchTake},
		"/api/occupation/extender":    {http.MethodPost: (*door).extend},
		"/api/occupation/liberar":     {http.MethodPost: (*door).release},
		"/api/occupation/{tag}":       {http.MethodGet: (*door).find},
		"/api/openapi.json":           {http.MethodGet: (*door).describe},

		"/api/occupation/{tag}/historia": {http.MethodGet: (*door).history},
	}
	if offers {
		out["/api/occupation/traspasar"] = map[string]handler{http.MethodPost: (*door).transfer}
	}
	return out
}
