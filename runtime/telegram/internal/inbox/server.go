package inbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// readTime is for the headers and the body of a request. As it is the same for both, net/http sets one deadline.
	readTime  = 10 * time.Second
	maxHeader = 16 << 10

	// idleTime is longer than load balancers keep their connections, so that none of them sends a delivery into a
	// connection that is being closed.
	idleTime = 11 * time.Minute

	// shutdownTime is how long a shutdown waits for answers that are being written.
	shutdownTime = 2 * time.Second
)

// ServerConfig configures a [Server].
type ServerConfig struct {
	Address  string       // to listen on, such as ":8080"
	Path     string       // of the deliveries; other paths are answered with 404
	Probes   http.Handler // answers GET and HEAD of /livez and /readyz; may be nil
	CertFile string       // for TLS, with KeyFile; empty: no TLS
	KeyFile  string
	ReadTime time.Duration // for the headers and the body of a request; 0: 10 s
	MaxIdle  int           // the connections that are kept while they carry no request; beyond, the one that was idle longest is closed
	ErrorLog *log.Logger   // of net/http
}

// A Server is an HTTP/1.1 server for the deliveries of one webhook. What a stranger can make it hold is bounded. Usual deliveries
// are served by a [directConn], and all other requests by net/http.
type Server struct {
	http     *http.Server
	listener net.Listener
	handed   *handedListener
	inbox    *Inbox
	path     string
	readTime time.Duration
	conns    *idleConns
	answers  answers
	closing  atomic.Bool
	direct   sync.WaitGroup // of connections
	serving  sync.WaitGroup // of listeners
}

// Listen binds the address. Connections wait until Serve is called.
func Listen(ctx context.Context, config ServerConfig, in *Inbox) (*Server, error) {
	var listener net.Listener
	var certificate tls.Certificate
	var err error
	if config.CertFile != "" || config.KeyFile != "" {
		if certificate, err = tls.LoadX509KeyPair(config.CertFile, config.KeyFile); err != nil {
			return nil, fmt.Errorf("loading the certificate: %w", err)
		}
	}
	if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", config.Address); err != nil {
		return nil, err
	}
	if certificate.Certificate != nil {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	}
	conns, time := newIdleConns(config.MaxIdle), cmp.Or(config.ReadTime, readTime)
	return &Server{
		listener: listener, handed: newHandedListener(listener.Addr()), inbox: in, path: config.Path, readTime: time, conns: conns,
		http: newHTTP(config, in, conns, time),
	}, nil
}

// newHTTP makes the server of what is not a usual delivery.
func newHTTP(config ServerConfig, in *Inbox, conns *idleConns, time time.Duration) *http.Server {
	only := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == config.Path:
			in.ServeHTTP(w, r)
		case config.Probes != nil && isProbe(r):
			config.Probes.ServeHTTP(w, r)
		default:
			reject(w, http.NewResponseController(w), http.StatusNotFound)
		}
	})
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // the server speaks nothing else
	return &http.Server{
		Handler:           only,
		Protocols:         protocols,
		ReadHeaderTimeout: time,
		ReadTimeout:       time,
		WriteTimeout:      time + in.config.AnswerWithin + time, // also of a client that sends requests and reads no answers
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ConnState:         conns.changed,
		ErrorLog:          config.ErrorLog,
	}
}

// isProbe reports whether a request asks for the health of the bot. One with a body is
// refused, since it does not carry the secret.
func isProbe(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.ContentLength == 0 &&
		(r.URL.Path == "/livez" || r.URL.Path == "/readyz")
}

// Address returns the address that the server listens on.
func (s *Server) Address() net.Addr { return s.listener.Addr() }

// Serve serves on goroutines of its own until Shutdown, which waits for them. failed is called if the serving ends earlier.
func (s *Server) Serve(failed func(error)) {
	listeners := []net.Listener{s.handed, s.listener}
	if isPlainPath(s.path) {
		listeners[1] = directListener{s.listener, s}
	}
	for _, l := range listeners {
		s.serving.Go(func() {
			if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) && !s.closing.Load() {
				failed(err)
			}
		})
	}
}

// Shutdown closes the listener and the idle connections, waits for 2 seconds at most until answers are written, and closes
// the other connections. It must be called once, also if Serve was not.
func (s *Server) Shutdown(ctx context.Context) {
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	s.closing.Store(true)
	_ = s.listener.Close()
	if s.http.Shutdown(waiting) != nil {
		_ = s.http.Close() // the clients hear nothing, and deliver again
	}
	s.serving.Wait()
	s.conns.close(false)
	defer context.AfterFunc(waiting, func() { s.conns.close(true) })()
	s.direct.Wait()
}

// logf writes to the error log.
func (s *Server) logf(format string, args ...any) {
	if s.http.ErrorLog != nil {
		s.http.ErrorLog.Printf(format, args...)
	}
}
