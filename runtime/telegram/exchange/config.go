package exchange

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The defaults of a [Config].
const (
	DefaultMaxIdle          = 500
	DefaultIdleTimeout      = 90 * time.Second
	DefaultDialTimeout      = 10 * time.Second
	DefaultHandshakeTimeout = 10 * time.Second
	DefaultMaxHeaderBytes   = 1 << 20
)

// Config configures a [Transport]. Its zero value is ready to use.
type Config struct {
	// MaxIdle is the most idle connections that are kept, over all hosts. One more takes the place of the one that has
	// been idle longest. Default [DefaultMaxIdle]; negative: none is kept. A client that has N requests in flight needs
	// N, or it dials all the time.
	MaxIdle int

	// IdleTimeout is how long a connection may be idle before it is closed. Default [DefaultIdleTimeout]; negative:
	// no limit.
	IdleTimeout time.Duration

	// Dial makes a connection; network is "tcp" and address has a port. It must return soon after the end of ctx.
	// Default: a [net.Dialer] with keep-alive probes every 15 s, which tries IPv6 and IPv4 side by side.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// DialTimeout bounds each Dial. Default [DefaultDialTimeout]; negative: no limit but the request's context.
	DialTimeout time.Duration

	// TLS configures https. It is cloned, and http/1.1 is the only protocol that is offered. Without a
	// ClientSessionCache it gets one, without a ServerName that of the URL. Default: the zero tls.Config.
	TLS *tls.Config

	// HandshakeTimeout bounds each TLS handshake. Default [DefaultHandshakeTimeout]; negative: no limit but the
	// request's context.
	HandshakeTimeout time.Duration

	// MaxHeaderBytes bounds the head of an answer, with all 1xx answers before it. Default [DefaultMaxHeaderBytes].
	MaxHeaderBytes int64

	// Proxy says which requests go through a proxy; these go to Fallback. Default [http.ProxyFromEnvironment].
	Proxy func(*http.Request) (*url.URL, error)

	// Fallback makes the requests that the Transport does not make itself, see the package comment. Default: an
	// [http.Transport] that is configured like this Config. A Fallback that is given knows the proxy by itself.
	Fallback http.RoundTripper
}

func (c Config) withDefaults() Config {
	if c.MaxIdle == 0 {
		c.MaxIdle = DefaultMaxIdle
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = DefaultIdleTimeout
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext
	}
	if c.DialTimeout == 0 {
		c.DialTimeout = DefaultDialTimeout
	}
	if c.HandshakeTimeout == 0 {
		c.HandshakeTimeout = DefaultHandshakeTimeout
	}
	if c.MaxHeaderBytes <= 0 {
		c.MaxHeaderBytes = DefaultMaxHeaderBytes
	}
	if c.Proxy == nil {
		c.Proxy = http.ProxyFromEnvironment
	}
	if c.TLS == nil {
		c.TLS = new(tls.Config)
	} else {
		c.TLS = c.TLS.Clone()
	}
	if c.TLS.ClientSessionCache == nil {
		c.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	c.TLS.NextProtos = []string{"http/1.1"}
	return c
}

// netHTTP is a transport of net/http with the same settings. c has its defaults.
func (c Config) netHTTP() *http.Transport {
	return &http.Transport{
		Proxy: c.Proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			ctx, cancel := withTimeout(ctx, c.DialTimeout)
			defer cancel()
			return c.Dial(ctx, network, address)
		},
		TLSClientConfig:        c.TLS.Clone(),
		TLSHandshakeTimeout:    max(c.HandshakeTimeout, 0),
		ExpectContinueTimeout:  time.Second,
		DisableKeepAlives:      c.MaxIdle < 0,
		MaxIdleConns:           max(c.MaxIdle, 0),
		MaxIdleConnsPerHost:    max(c.MaxIdle, 0),
		IdleConnTimeout:        max(c.IdleTimeout, 0),
		MaxResponseHeaderBytes: c.MaxHeaderBytes,
		DisableCompression:     true,
	}
}

// withTimeout is context.WithTimeout, without a limit when d is negative.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d < 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}
