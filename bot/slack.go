package bot

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// SlackConfig is what NewSlack needs to reach Slack.
type SlackConfig struct {
	BotToken string // xoxb-...
	AppToken string // xapp-...
	APIURL   string // empty = Slack's own; a slash is put at its end where it lacks
	// HTTPClient gives the way out (its Transport); nil = http.DefaultTransport.
	HTTPClient *http.Client
	Dialer     *websocket.Dialer // of the sockets; nil = slack-go's own
	Log        zerolog.Logger
	// Observe is told of every call: the method, "response_url" or "upload", and "ok", the
	// HTTP status or "error"; nil = nobody. What Slack refuses in a 200 is "ok" here.
	Observe func(method, result string)
}

// httpTimeout bounds every request as a whole, the wait in the gate for
// apps.connections.open included. Calls from handlers have shorter deadlines of
// their own.
const httpTimeout = 90 * time.Second

// NewSlack returns a client of the Web API, a factory of Socket Mode clients
// over it, and the HTTP client that both use, which is also the one for
// response URLs. All three are bounded in time: slack.New alone has no time-out
// (SLACK.md 0.9).
func NewSlack(c SlackConfig) (*slack.Client, func() *socketmode.Client, *http.Client) {
	transport := http.DefaultTransport
	if c.HTTPClient != nil && c.HTTPClient.Transport != nil {
		transport = c.HTTPClient.Transport
	}
	hc := &http.Client{Transport: newGate(observed{transport, c.Observe}), Timeout: httpTimeout}
	log := slackLog{c.Log.With().Str("component", "slack").Logger()}
	options := []slack.Option{slack.OptionAppLevelToken(c.AppToken), slack.OptionHTTPClient(hc), slack.OptionLog(log)}
	if c.APIURL != "" {
		// slack-go concatenates, so the slash is needed (SLACK.md 2.1).
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(c.APIURL, "/")+"/"))
	}
	api := slack.New(c.BotToken, options...)
	return api, func() *socketmode.Client {
		options := []socketmode.Option{socketmode.OptionLog(log), socketmode.OptionReadLimit(4 << 20)}
		if c.Dialer != nil {
			options = append(options, socketmode.OptionDialer(c.Dialer))
		}
		return socketmode.New(api, options...)
	}, hc
}

// slackLog lets slack-go write into our log, at debug level: it logs through
// Output whatever its own debug switch says.
type slackLog struct{ log zerolog.Logger }

func (l slackLog) Output(_ int, line string) error {
	l.log.Debug().Str("line", strings.TrimSpace(line)).Msg("slack_go")
	return nil
}

// observed is a RoundTripper that counts.
type observed struct {
	next http.RoundTripper
	tell func(method, result string)
}

func (o observed) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := o.next.RoundTrip(r)
	if o.tell == nil {
		return resp, err
	}
	method, result := "response_url", "ok"
	if strings.Contains(r.URL.Path, "/upload/") {
		method = "upload"
	}
	if dir, name := path.Split(r.URL.Path); strings.HasSuffix(dir, "/api/") {
		method = name
	}
	switch {
	case err != nil:
		result = "error"
	case resp.StatusCode != http.StatusOK:
		result = strconv.Itoa(resp.StatusCode)
	}
	o.tell(method, result)
	return resp, err
}
