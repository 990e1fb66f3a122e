package tgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/memory"
)

// TB is the part of testing.TB that the server needs. With it, a program that is not a test does not link package
// testing.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// A Server is a Bot API server. Make it with [NewServer] or [Start]. It has one bot, and [Server.AddBot] adds others.
type Server struct {
	// Bot is the first bot. Its token, and its methods such as [Bot.Sent] and [Bot.Push], are those of the server.
	*Bot
	// URL is the server's base URL, without a slash at the end. A bot uses it in place of https://api.telegram.org.
	URL string

	tb      TB // nil outside tests
	cfg     config
	http    *http.Server
	client  *http.Client
	closing chan struct{}            // closed by Close
	methods func() map[string]method // the function methods; a field because setWebhook, which it refers to, leads to its use
	conns   sync.WaitGroup           // open connections and the accept loop
	stop    sync.Once

	mu       sync.Mutex
	changes  broadcast // wakes those who wait for a change of the fields below
	bots     []*Bot
	world    world
	timeline history[entry]
}

// NewServer starts a server that is closed at the end of the test. If it cannot start, it fails the test.
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

// Start starts a server outside a test. The caller must call [Server.Close].
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
		cfg:      cfg,
		client:   newClient(listener),
		closing:  make(chan struct{}),
		methods:  methods,
		timeline: history[entry]{limit: cfg.history},
	}
	s.Bot = newBot(s, cfg.token, cfg.bot, cfg.firstID)
	s.bots = []*Bot{s.Bot}
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

// Close stops the server. It closes all connections, also those of waiting polls and those to webhooks, and returns when all
// goroutines of the server have ended. What the bot did can still be read afterwards. A second Close does nothing.
func (s *Server) Close() {
	s.stop.Do(func() {
		close(s.closing)
		s.closeWebhooks()
		s.http.Close() // the listener is closed even if this returns an error
	})
	s.conns.Wait()
	s.client.CloseIdleConnections()
}

// Client returns an HTTP client for the server. It works for a server that listens in memory too ([InMemory]). Close
// closes its connections.
func (s *Server) Client() *http.Client { return s.client }

func newClient(listener net.Listener) *http.Client {
	transport := &http.Transport{}
	if l, ok := listener.(*memory.Listener); ok {
		transport.DialContext = l.Dial
	}
	return &http.Client{Transport: transport}
}

// connectionKey is the context key under which a request finds its connection.
type connectionKey struct{}

func keepConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// countConnection counts the connections, so that Close can wait for their goroutines. net/http calls it with StateNew
// before it starts a connection's goroutine. A connection ends with StateClosed, or with StateHijacked when a handler of
// [Bot.DeliverTo] takes it over.
func (s *Server) countConnection(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
		select {
		case <-s.closing: // Close may have missed this one
			conn.Close()
		default:
		}
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// await waits until condition returns true. It calls condition with the server's lock held.
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
			return ended(ctx)
		case <-s.closing:
			return errClosed
		}
	}
}

// Watch calls changed at once, and then after each change: a message, an update, a poll, a call, or anything else that the methods of the
// server can tell. Changes in quick succession may be one call. Watch returns ctx's error when ctx ends, and another error when the
// server closes. changed may call the methods of the server.
func (s *Server) Watch(ctx context.Context, changed func()) error {
	for {
		s.mu.Lock()
		next := s.changes.wait()
		s.mu.Unlock()
		changed()
		select {
		case <-next:
		case <-ctx.Done():
			return ended(ctx)
		case <-s.closing:
			return errClosed
		}
	}
}

var errClosed = errors.New("the Bot API server is closed")

// failf reports a wrong use of the server: it fails the test, or panics outside a test.
func (s *Server) failf(format string, args ...any) {
	if s.tb == nil {
		panic("tgtest: " + fmt.Sprintf(format, args...))
	}
	s.tb.Helper()
	s.tb.Fatalf("tgtest: "+format, args...)
}

// sleep waits for d. It returns early with an error if ctx ends or the server closes.
func (s *Server) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	case <-s.closing:
		return errClosed
	}
}
