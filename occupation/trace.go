package occupation

import (
	"context"
	"slices"
)

// traceKey is where a context has the request's id.
type traceKey struct{}

// WithTrace names the request that the calls with this context carry out, for whoever
// reads the log: its id goes with every intent through the lock store and, in
// Metadata_JSON, to the sheet, and comes back in the Observation of the commit.
func WithTrace(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, traceKey{}, id)
}

// traced puts the id of the request on intents.
func traced(ctx context.Context, intents []Intent) []Intent {
	id, _ := ctx.Value(traceKey{}).(string)
	if id == "" {
		return intents
	}
	out := slices.Clone(intents)
	for i := range out {
		out[i].Trace = id
	}
	return out
}

// traces are the requests that changes carry out, each once, in their order.
func traces(changes []Change) (out []string) {
	for _, ch := range changes {
		if id := ch.Intent.Trace; id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
