package tgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// TB is the part of testing.TB that the server uses, so that a program that is no test does not link testing.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// A Server is a Bot API server for one bot. Make it with [NewServer] or [Start].
type Server struct {
	// URL is the server's base URL, without a slash at the end: what a bot takes for https://api.telegram.org.
	URL string
	// Token is the bot's token.
	Token string

	tb      TB // nil outside tests
	cfg     config
	http    *http.Server
	client  *http.Client
	closing chan struct{}  // closed by Close
	conns   sync.WaitGroup // open connections and the accept loop
	stop    sync.Once

	mu       sync.Mutex
	changes  broadcast // of anything below
	queue    queue
	allowed  uint64 // mask of the update kinds that are queued
	poll     pollState
	polls    history[Poll]
	calls    history[*Call]
	faults   []*fault
	webhook  webhook
	commands map[string][]byte // setMyCommands, by scope and language
	world    world
	timeline history[entry]
	queued   int64 // updates queued so far
	dropped  int64 // updates not queued
}

// NewServer starts a server that closes itself at the end of the test. It fails the test if it cannot.
func NewServer(t TB, opts ...Option) *Server {
	t.Helper()
	s, err := Start(opts...)
	if err != nil {
		t.Fatalf("tgtest: %v", err)
		return nil
	}
	s.tb = t
	t.Cleanup(s.Close)
	return s
}

// Start starts a server outside a test. The caller closes it.
func Start(opts ...Option) (*Server, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	listener := cfg.listener
	if listener == nil {
		if listener, err = net.Listen("tcp", cfg.address); err != nil {
			return nil, fmt.Errorf("starting the Bot API server: %w", err)
		}
	}
	s := &Server{
		URL:      "http://" + listener.Addr().String(),
		Token:    cfg.token,
		cfg:      cfg,
		client:   newClient(listener),
		closing:  make(chan struct{}),
		queue:    queue{next: cfg.firstID, random: rand.Int64N},
		allowed:  defaultAllowed(),
		calls:    history[*Call]{limit: cfg.history},
		polls:    history[Poll]{limit: cfg.history},
		timeline: history[entry]{limit: cfg.history},
		commands: make(map[string][]byte),
	}
	s.world = newWorld(s)
	var handler http.Handler = s
	if cfg.control {
		handler = s.withControl()
	}
	s.http = &http.Server{Handler: handler, ConnState: s.countConnection, ConnContext: keepConnection}
	s.conns.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("tgtest: accepting connections: %v", err))
		}
	})
	return s, nil
}

// Close ends the server: waiting polls and every other request are cut off, and no goroutine of it is left when
// Close returns. What the bot did can still be read afterwards. A second Close does nothing.
func (s *Server) Close() {
	s.stop.Do(func() {
		close(s.closing)
		s.http.Close() // the listener's error, if any, concerns nobody: it is gone either way
	})
	s.conns.Wait()
	s.client.CloseIdleConnections()
}

// Client is an HTTP client that reaches the server, also one that listens in memory ([InMemory]). Its connections
// end with the server.
func (s *Server) Client() *http.Client { return s.client }

func newClient(listener net.Listener) *http.Client {
	transport := &http.Transport{}
	if l, ok := listener.(*memoryListener); ok {
		transport.DialContext = l.dial
	}
	return &http.Client{Transport: transport}
}

// connectionKey is the context key of a request's connection.
type connectionKey struct{}

func keepConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// countConnection lets Close wait for every connection's goroutine. The server calls it with StateNew before that
// goroutine starts, and nothing here hijacks.
func (s *Server) countConnection(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
		select {
		case <-s.closing: // it came while Close closed the others
			conn.Close()
		default:
		}
	case http.StateClosed:
		s.conns.Done()
	}
}

// await waits until condition holds, which is called under the lock.
func (s *Server) await(ctx context.Context, condition func() bool) error {
	for {
		s.mu.Lock()
		if condition() {
			s.mu.Unlock()
			return nil
		}
		changed := s.changes.wait()
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closing:
			return errClosed
		}
	}
}

var errClosed = errors.New("the Bot API server is closed")

// failf fails the test, or panics outside one: a mistake in how the server is used.
func (s *Server) failf(format string, args ...any) {
	if s.tb == nil {
		panic("tgtest: " + fmt.Sprintf(format, args...))
	}
	s.tb.Helper()
	s.tb.Fatalf("tgtest: "+format, args...)
}

// sleep waits, unless the client goes away or the server closes.
func (s *Server) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
}
