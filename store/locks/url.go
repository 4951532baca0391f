package locks

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	dialTimeout = 2 * time.Second
	callTimeout = 2 * time.Second // reading or writing one answer
	poolTimeout = 2 * time.Second // waiting for a free connection
)

// ParseURL reads a REDIS_URL into the options of a client that keeps at most
// poolSize connections to each server. The forms are
//
//	redis://[user:password@]host[:6379][/db]           one server
//	rediss://...                                       the same over TLS
//	redis://[user:password@]host:port,host:port,...    Cluster
//	redis+sentinel://[user:password@]host[:26379],.../master[/db]   Sentinel (rediss+sentinel: TLS)
//	unix:///path/to/socket                             one server
//
// Sentinel takes ?sentinel_username= and ?sentinel_password= for the sentinels
// themselves. Errors never quote the URL, because a password may be anywhere in
// a mistyped one.
//
// Every wait of the client is bounded, and it heeds the deadlines of contexts.
// It sends a call again after a broken line; the scripts know that (see the
// package comment).
func ParseURL(address string, poolSize int) (*redis.UniversalOptions, error) {
	o, err := parseURL(address)
	if err != nil {
		return nil, err
	}
	o.PoolSize = poolSize
	o.MaxActiveConns = poolSize
	o.PipelinePoolSize = -1 // nothing here is pipelined
	o.DialTimeout, o.DialerRetries = dialTimeout, 1
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = callTimeout, callTimeout, poolTimeout
	o.ContextTimeoutEnabled = true // else a hung peer hangs the caller
	o.MaxRetries = 2
	o.MinRetryBackoff, o.MaxRetryBackoff = 10*time.Millisecond, 200*time.Millisecond
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o, nil
}

func parseURL(address string) (*redis.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(address), "://")
	if !ok {
		return nil, errors.New("does not begin with redis://, rediss://, redis+sentinel:// or unix://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	o := &redis.UniversalOptions{}
	secure, sentinel := false, false
	switch scheme {
	case "unix":
		if !strings.HasPrefix(rest, "/") || query != "" {
			return nil, errors.New("unix:// takes the absolute path of a socket and nothing else")
		}
		o.Addrs = []string{rest}
		return o, nil
	case "redis":
	case "rediss":
		secure = true
	case "redis+sentinel":
		sentinel = true
	case "rediss+sentinel":
		secure, sentinel = true, true
	default:
		return nil, errors.New("does not begin with redis://, rediss://, redis+sentinel:// or unix://")
	}
	authority, path, _ := strings.Cut(rest, "/")
	if err := parseAuthority(o, authority, sentinel); err != nil {
		return nil, err
	}
	if err := parsePath(o, path, sentinel); err != nil {
		return nil, err
	}
	if err := parseQuery(o, query, sentinel); err != nil {
		return nil, err
	}
	if secure {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12} // the name checked is each node's own
	}
	return o, nil
}

func parseAuthority(o *redis.UniversalOptions, authority string, sentinel bool) error {
	port := "6379"
	if sentinel {
		port = "26379"
	}
	hosts := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		var bad, worse error
		o.Username, bad = url.PathUnescape(user)
		o.Password, worse = url.PathUnescape(password)
		if bad != nil || worse != nil {
			return errors.New("user or password: a percent sign must be written %25")
		}
		hosts = authority[i+1:]
	}
	for host := range strings.SplitSeq(hosts, ",") {
		addr, ok := withPort(strings.TrimSpace(host), port)
		if !ok {
			return errors.New("a host is not name:port; special characters in a password must be percent-encoded (/ as %2F)")
		}
		o.Addrs = append(o.Addrs, addr)
	}
	return nil
}

// withPort adds the port if the host has none.
func withPort(host, port string) (string, bool) {
	if host == "" {
		return "", false
	}
	if bare := strings.Trim(host, "[]"); net.ParseIP(bare) != nil || !strings.ContainsAny(host, ":[]") {
		return net.JoinHostPort(bare, port), true
	}
	name, given, err := net.SplitHostPort(host)
	if err != nil || name == "" || strings.ContainsAny(name, "[]") {
		return "", false
	}
	if n, err := strconv.ParseUint(given, 10, 16); err != nil || n == 0 {
		return "", false
	}
	return net.JoinHostPort(name, given), true
}

func parsePath(o *redis.UniversalOptions, path string, sentinel bool) error {
	path = strings.Trim(path, "/")
	if sentinel {
		o.MasterName, path, _ = strings.Cut(path, "/")
	}
	if path == "" {
		return nil
	}
	db, err := strconv.Atoi(path)
	if err != nil || db < 0 {
		return errors.New("the path is not the number of a database")
	}
	if db != 0 && len(o.Addrs) > 1 && !sentinel {
		return errors.New("a Cluster has database 0 only")
	}
	o.DB = db
	return nil
}

func parseQuery(o *redis.UniversalOptions, query string, sentinel bool) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("what follows ? cannot be read")
	}
	for name := range values {
		switch {
		case sentinel && name == "sentinel_username":
			o.SentinelUsername = values.Get(name)
		case sentinel && name == "sentinel_password":
			o.SentinelPassword = values.Get(name)
		case sentinel && name == "master_name":
			o.MasterName = values.Get(name)
		default:
			return errors.New("what follows ? is not known; only Sentinel takes sentinel_username, sentinel_password and master_name")
		}
	}
	if sentinel && o.MasterName == "" {
		return errors.New("the name of Sentinel's master is missing: redis+sentinel://host:26379/mymaster")
	}
	return nil
}
