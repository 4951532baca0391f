package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// RedisURL is where Redis is. More than one host without a Master is a
// Cluster; with a Master the hosts are Sentinels.
type RedisURL struct {
	Hosts    []string // host:port
	Master   string   // the name that the Sentinels know
	Username string
	Password Secret
	DB       int
	TLS      bool
}

// parseRedisURL reads REDIS_URL. Faults do not repeat the link: it may hold a
// password. net/url alone cannot: it takes one host.
func parseRedisURL(s string) (RedisURL, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	base, sentinel := strings.CutSuffix(scheme, "+sentinel")
	if !ok || (base != "redis" && base != "rediss") {
		return RedisURL{}, errors.New("must begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://")
	}
	if strings.ContainsAny(rest, "?#") {
		return RedisURL{}, errors.New("takes no options behind ? or #; write those characters in a password as %3F and %23")
	}
	u := RedisURL{TLS: base == "rediss"}
	authority, path, _ := strings.Cut(rest, "/")
	hosts := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		hosts = authority[i+1:]
		if err := u.setUser(authority[:i]); err != nil {
			return RedisURL{}, err
		}
	}
	if err := u.setHosts(hosts, sentinel); err != nil {
		return RedisURL{}, err
	}
	if sentinel {
		u.Master, path, _ = strings.Cut(path, "/")
		if u.Master == "" {
			return RedisURL{}, errors.New("lacks the master's name: redis+sentinel://host:26379,host:26379/mymaster")
		}
	}
	if path != "" {
		db, err := strconv.Atoi(path)
		if err != nil || db < 0 {
			return RedisURL{}, fmt.Errorf("%q is not the number of a database", path)
		}
		u.DB = db
	}
	if u.DB != 0 && !sentinel && len(u.Hosts) > 1 {
		return RedisURL{}, errors.New("a Cluster has only database 0")
	}
	return u, nil
}

func (u *RedisURL) setUser(userinfo string) error {
	user, password, _ := strings.Cut(userinfo, ":")
	user, err1 := url.PathUnescape(user)
	password, err2 := url.PathUnescape(password)
	if err1 != nil || err2 != nil {
		return errors.New("user or password holds a % that begins no %XX")
	}
	u.Username, u.Password = user, Secret(password)
	return nil
}

func (u *RedisURL) setHosts(hosts string, sentinel bool) error {
	port := "6379"
	if sentinel {
		port = "26379"
	}
	for host := range strings.SplitSeq(hosts, ",") {
		name, p, err := net.SplitHostPort(host)
		if err != nil { // no port
			name, p = strings.Trim(host, "[]"), port
		}
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 || name == "" {
			return errors.New("holds a host that is not of the form host:port")
		}
		u.Hosts = append(u.Hosts, net.JoinHostPort(name, p))
	}
	return nil
}

// loopback reports whether every host is this machine.
func (u RedisURL) loopback() bool {
	return !slices.ContainsFunc(u.Hosts, func(hostport string) bool {
		host, _, err := net.SplitHostPort(hostport)
		return err != nil || !isLoopback(host)
	})
}

// Options are those of redis.NewUniversalClient. The client sends nothing
// twice by itself: what a lost answer means is decided above it. It gives up
// when the caller's context does, or after three seconds.
func (u RedisURL) Options(connections int) *redis.UniversalOptions {
	o := &redis.UniversalOptions{
		Addrs:      u.Hosts,
		MasterName: u.Master,
		Username:   u.Username,
		Password:   u.Password.Reveal(),
		DB:         u.DB,
		PoolSize:   connections,

		MaxRetries:            -1,
		DialTimeout:           2 * time.Second,
		DialerRetries:         1,
		ReadTimeout:           3 * time.Second,
		WriteTimeout:          3 * time.Second,
		PoolTimeout:           3 * time.Second,
		ContextTimeoutEnabled: true,
		// A handshake that only Redis Enterprise answers.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if u.TLS {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return o
}
