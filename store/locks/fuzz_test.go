package locks

import (
	"net"
	"net/url"
	"strings"
	"testing"
)

// A REDIS_URL is taken with its password as it was meant, or refused without a word
// of it.
func FuzzParseURL(f *testing.F) {
	for _, s := range []string{
		"redis://u:PASSWORD@h:1/0", "rediss://:PASSWORD@a,b:2", "redis+sentinel://:PASSWORD@h/m/2?sentinel_password=PASSWORD", "unix://PASSWORD",
		"redis://PASSWORD@h?PASSWORD", "redis://:PASSWORD%zz@[::1]:7", "PASSWORD", "redis://h:PASSWORD", "redis://@/PASSWORD", "redis://:PASSWORD@h@h",
	} {
		f.Add(s, "hunter2")
	}
	f.Fuzz(func(t *testing.T, form, password string) {
		if len(password) < 6 || strings.Contains("does not begin with redis:// rediss redis+sentinel unix master_name sentinel_username sentinel_password", password) {
			return // it may stand in our own words
		}
		o, err := ParseURL(strings.ReplaceAll(form, "PASSWORD", url.PathEscape(password)), 7)
		if err != nil {
			if o != nil || strings.Contains(form, "PASSWORD") && strings.Contains(err.Error(), password) {
				t.Fatalf("%q: %v and %+v", form, err, o)
			}
			return
		}
		if len(o.Addrs) == 0 || o.PoolSize != 7 || o.DB < 0 || o.DB != 0 && len(o.Addrs) > 1 && o.MasterName == "" {
			t.Fatalf("%q is taken as %+v", form, o)
		}
		for _, addr := range o.Addrs {
			if host, port, err := net.SplitHostPort(addr); !strings.HasPrefix(addr, "/") && (err != nil || host == "" || port == "") {
				t.Fatalf("%q has the address %q", form, addr)
			}
		}
		if strings.HasPrefix(form, "redis://u:PASSWORD@") && strings.Count(form, "@") == 1 && o.Password != password {
			t.Fatalf("%q became %q", password, o.Password)
		}
	})
}

// Claims and offers come out of Redis too.
func FuzzClaims(f *testing.F) {
	text, _ := encode(claimText{ID: "c", Slack: "U1", Worker: personText{ID: 93}})
	whole, _ := encode(claimRecord{V: 1, Claim: text})
	for _, s := range []string{whole, "", "{}", "null", `{"v":1,"claim":"{}"}`, `{"v":1,"claim":"null","ends":9e18}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := claims([]any{raw, whole}, nil)
		if (err == nil) != (len(got) == 2) {
			t.Fatalf("%q: %+v, %v", raw, got, err)
		}
		for _, c := range got {
			if c.ID == "" || c.SlackID == "" || c.Worker.ID == 0 {
				t.Fatalf("%q is %+v", raw, c)
			}
		}
	})
}
