package tgtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/memory"
	"github.com/tggen/tggen/runtime/tgtest/internal/webhook"
)

// webhookState is the webhook of a bot and what became of it. The server's lock guards it.
type webhookState struct {
	webhookSettings
	certificate []byte         // PEM; nil if the bot uploaded none
	roots       *x509.CertPool // of certificate
	allowedAt   time.Time      // setWebhook accepts a URL again
	errorText   string         // of the last error since setWebhook
	errorTime   time.Time
	goneSince   time.Time // of the first of the last answers if these are all 410; zero if not
	push        *push     // nil if no webhook is set
}

// webhookSettings are the parameters of setWebhook. The zero value means that no webhook is set.
type webhookSettings struct {
	url            string
	maxConnections int
	secretToken    string
	ipAddress      string
}

// startPush begins to deliver updates to the webhook. The lock must be held.
func (b *Bot) startPush(u *url.URL) {
	select {
	case <-b.server.closing:
		return
	default:
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &push{
		bot:     b,
		target:  &webhook.Target{URL: u, Secret: b.webhook.secretToken},
		ctx:     ctx,
		cancel:  cancel,
		wake:    make(chan struct{}, 1),
		workers: make(map[int]*pushWorker),
		again:   make(map[int64]bool),
	}
	p.target.Dial = func(ctx context.Context) (net.Conn, error) { return b.dialWebhook(ctx, u) }
	p.schedule = webhook.NewSchedule(b.webhook.maxConnections, rand.Int64N, time.Now())
	b.webhook.push = p
	b.server.conns.Go(p.run)
}

// removeWebhook ends the deliveries and forgets the webhook. What is under way is cut off and not confirmed. The lock must be
// held.
func (b *Bot) removeWebhook() {
	b.stopPush()
	b.webhook = webhookState{allowedAt: b.webhook.allowedAt}
}

// stopPush ends the deliveries without waiting for them. The lock must be held.
func (b *Bot) stopPush() {
	if b.webhook.push != nil {
		b.webhook.push.stop()
		b.webhook.push = nil
	}
}

// delivering returns the number of updates that are being delivered. The lock must be held.
func (b *Bot) delivering() int {
	if b.webhook.push == nil {
		return 0
	}
	return b.webhook.push.schedule.UnderWay()
}

// ready reports whether the bot waits for updates: it polls, or has a webhook and has confirmed all that it was sent. The lock
// must be held.
func (b *Bot) ready() bool {
	if b.webhook.url != "" {
		return b.queue.pending() == 0 && b.delivering() == 0
	}
	return b.poll.waiting != nil
}

// WaitReady waits until the bot waits for updates, whether it polls or has a webhook: it has started, and has fetched or
// confirmed all that was pending.
func (b *Bot) WaitReady(ctx context.Context) error {
	return b.awaitPatiently(ctx, "a getUpdates that waits, or a webhook without pending updates", b.ready)
}

// WithWebhookDial sets how the server connects to webhooks. address is the host and the port of the URL that the bot passed to
// setWebhook. By default the server connects only to this machine, so that a test sends nothing to a host that a bot names.
// With net.Dialer's DialContext it connects to any host.
func WithWebhookDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(c *config) { c.webhookDial = dial }
}

// WithPublicWebhooks makes setWebhook refuse what api.telegram.org refuses: a URL without https, ports other than 443, 80, 88
// and 8443, and reserved IP addresses. By default the server accepts every URL, like a server of one's own with --local. A test
// of such a bot needs [Bot.DeliverTo] or [WithWebhookDial].
func WithPublicWebhooks() Option { return func(c *config) { c.publicWebhooks = true } }

// dialWebhook connects to a webhook.
func (b *Bot) dialWebhook(ctx context.Context, u *url.URL) (net.Conn, error) {
	s, address := b.server, webhook.Address(u)
	s.mu.Lock()
	inProcess, receiver, roots := b.inProcess, b.receiver, b.webhook.roots
	s.mu.Unlock()
	if inProcess {
		if receiver == nil {
			return nil, &net.OpError{Op: "dial", Net: "memory", Addr: memory.Addr{}, Err: syscall.ECONNREFUSED}
		}
		return receiver.listener.Dial(ctx, "memory", address)
	}
	dial := s.cfg.webhookDial
	if dial == nil {
		if webhook.Loopback(u.Hostname()) == "" {
			return nil, errNotHere
		}
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", address)
	if err != nil || u.Scheme != "https" {
		return conn, err
	}
	return webhook.Secure(ctx, conn, &tls.Config{ServerName: u.Hostname(), RootCAs: roots})
}

var errNotHere = errors.New("tgtest delivers only to this machine: see DeliverTo and WithWebhookDial")

// receiver serves a handler in memory.
type receiver struct {
	listener *memory.Listener
	http     *http.Server
	cancel   context.CancelFunc // ends the contexts of the requests
}

// close closes the connections. net/http ends the context of a request whose connection has closed only if the handler has read
// the body, so close ends the contexts itself.
func (r *receiver) close() {
	r.cancel()
	r.http.Close()
}

// DeliverTo makes the server deliver the bot's updates to a handler in this process, whatever host the URL of the webhook
// names. The bot must still call setWebhook. Requests come over connections in memory and without TLS, so it works in a bubble of
// testing/synctest too.
//
// A second call replaces the handler and closes the connections to the first one, like a restart of the bot. With nil,
// connections are refused, as if the bot was down. [Server.Close] waits until the handlers have returned.
func (b *Bot) DeliverTo(handler http.Handler) {
	s := b.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.receiver != nil {
		b.receiver.close()
	}
	b.inProcess, b.receiver = true, nil
	select {
	case <-s.closing:
		return
	default:
	}
	if handler == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &receiver{listener: memory.NewListener(), cancel: cancel, http: &http.Server{
		Handler:     handler,
		ConnState:   s.countConnection,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}}
	b.receiver = r
	s.conns.Go(func() {
		if err := r.http.Serve(r.listener); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("tgtest: accepting connections in memory: %v", err))
		}
	})
}

// closeWebhooks ends all deliveries and closes the handlers of DeliverTo. None of them starts after it.
func (s *Server) closeWebhooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.bots {
		b.stopPush()
		if b.receiver != nil {
			b.receiver.close()
		}
	}
}
