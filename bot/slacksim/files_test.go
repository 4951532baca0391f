package slacksim_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// A file goes its three steps, over slack-go, and arrives as it was sent.
func TestFilesArriveInTheirThreeSteps(t *testing.T) {
	s := slacksim.New(slacksim.Options{Scopes: []string{"files:write", "im:write"}})
	defer s.Close()
	s.AddUser(slacksim.User{ID: "U1", Name: "ana"})
	api := slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(s.Client()))
	ana := s.Person("U1")
	dm := ana.DM()
	content := "a;b\r\n1;ñ\r\n"
	f, err := api.UploadFileContext(t.Context(), slack.UploadFileParameters{
		Filename: "x.csv", Title: "Historia", FileSize: len(content), Content: content, Channel: dm, InitialComment: "Aquí está.",
	})
	if err != nil {
		t.Fatal(err)
	}
	m := ana.Last(dm)
	if len(m.Files) != 1 || m.Files[0].ID != f.ID || m.Text != "Aquí está." || !strings.Contains(m.Shown(), "x.csv") {
		t.Errorf("message %+v", m)
	}
	if got, ok := s.Download(f.ID); !ok || string(got) != content {
		t.Errorf("downloaded %q, %v", got, ok)
	}
	if c := s.Complaints(); len(c) > 0 {
		t.Errorf("complaints: %q", c)
	}
}

func TestFilesAreRefused(t *testing.T) {
	s := slacksim.New(slacksim.Options{Scopes: []string{"files:write", "im:write"}})
	defer s.Close()
	s.AddUser(slacksim.User{ID: "U1", Name: "ana"})
	dm := s.Person("U1").DM()
	private := s.AddPrivateChannel("otros", "U1")
	api := slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(s.Client()))
	ctx := t.Context()
	begin := func(size int) *slack.GetUploadURLExternalResponse {
		u, err := api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: "x.csv", FileSize: size})
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	send := func(u *slack.GetUploadURLExternalResponse, content string) error {
		return api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: u.UploadURL, Filename: "x.csv", Content: content})
	}
	complete := func(id, channel string) error {
		_, err := api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: id}}, Channel: channel})
		return err
	}
	wants := func(what, code string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	u := begin(3)
	wants("not sent yet", "file_not_found", complete(u.FileID, dm))
	wants("another length", "400", send(u, "four"))
	if err := send(u, "abc"); err != nil {
		t.Fatal(err)
	}
	wants("sent twice", "400", send(u, "abc"))
	wants("a user's id", "invalid_arguments", complete(u.FileID, "U0123456789"))
	wants("a channel that it cannot see", "channel_not_found", complete(u.FileID, private))
	wants("no such file", "file_not_found", complete("F000", dm))
	if err := complete(u.FileID, dm); err != nil {
		t.Fatal(err)
	}
	wants("shared twice", "file_not_found", complete(u.FileID, dm))
	if _, ok := s.Download(begin(1).FileID); ok {
		t.Error("a file that was never shared can be had")
	}
}
