package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"
	htransport "google.golang.org/api/transport/http"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/store/sheet"
)

// The clients are the same for all that reaches out: serve, doctor, init-sheet.

// newRedis makes the client; nothing is sent yet.
func newRedis(cfg Config) redis.UniversalClient {
	return redis.NewUniversalClient(cfg.redisOptions())
}

// newSheet makes the client of the sheet, with its calls counted unless the
// metrics are nil, and each write that no commit was bound for asked of quota, unless
// that is nil; nothing is sent yet.
func newSheet(ctx context.Context, cfg Config, doors Doors, count *metrics, quota func(context.Context) error) (*sheet.Sheet, error) {
	client, endpoint, err := htransport.NewClient(ctx, sheetOptions(cfg, doors)...)
	if err != nil {
		return nil, fmt.Errorf("google sheets: %w; check GOOGLE_APPLICATION_CREDENTIALS", err)
	}
	if count != nil {
		counted := *client
		counted.Transport = watchedSheets{cmp.Or(client.Transport, http.DefaultTransport), count}
		client = &counted
	}
	options := []option.ClientOption{option.WithHTTPClient(client)}
	if endpoint != "" {
		options = append(options, option.WithEndpoint(endpoint))
	}
	service, err := sheets.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("google sheets: %w", err)
	}
	return sheet.New(service, sheet.Options{SpreadsheetID: cfg.SpreadsheetID, Zone: cfg.Zone, Quota: quota, ReadQuota: cfg.quota()}), nil
}

func slackConfig(cfg Config, doors Doors, log zerolog.Logger, observe func(method, result string)) bot.SlackConfig {
	return bot.SlackConfig{
		BotToken: cfg.SlackBotToken.Reveal(), AppToken: cfg.SlackAppToken.Reveal(), APIURL: cfg.SlackAPIURL,
		HTTPClient: doors.Slack, Dialer: doors.Dialer, Log: log, Observe: observe,
	}
}

// sheetOptions are those of the Sheets client: the scope of the sheet and no
// more, and no credentials to an endpoint that is not Google's unless a key
// file was given for it.
func sheetOptions(cfg Config, doors Doors) []option.ClientOption {
	var out []option.ClientOption
	if cfg.SheetsEndpoint != "" {
		out = append(out, option.WithEndpoint(cfg.SheetsEndpoint))
	}
	switch {
	case doors.Sheets != nil:
		return append(out, option.WithHTTPClient(doors.Sheets))
	case cfg.GoogleCredentials != "":
		out = append(out, option.WithAuthCredentialsFile(option.ServiceAccount, cfg.GoogleCredentials))
	case cfg.SheetsEndpoint != "":
		return append(out, option.WithoutAuthentication())
	}
	return append(out, option.WithScopes(sheets.SpreadsheetsScope))
}
