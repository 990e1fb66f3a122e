// Package play serves a page on which an author talks to a bot without a token. It runs a Bot API server of package tgtest, the page's
// server, and a server that receives what the bot tells of its updates. All of them listen on the loopback interface unless the
// author asks for something else.
//
// The page gets the whole [State] once and then what has changed, as server-sent events. It sends back an [Action] for everything
// that is clicked.
package play

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/runtime/tgtest"
)

// Bounds of what is kept.
const (
	maxMessages = 200 // of a chat
	maxUpdates  = 500
	maxQueries  = 200
	maxLog      = 200  // lines
	maxHistory  = 1000 // calls, and versions of messages of a chat, in the Bot API server
)

// patchInterval is the shortest time between two patches.
const patchInterval = 50 * time.Millisecond

// DefaultListen is the address of the page. If its port is taken, a free one is used.
const DefaultListen = "127.0.0.1:8844"

// A Config describes what is played with.
type Config struct {
	// Listen is the TCP address of the page. The default is [DefaultListen], or a free port if that one is taken.
	Listen string
	// API is the TCP address of the Bot API server. The default is 127.0.0.1:0, a free port.
	API string
	// Dir is the folder of the bot's main package. If it is empty, the author starts the bot.
	Dir string
	// Name is the bot's name. The default is Bot.
	Name string
	// Plan is the bot's resolved spec, by which the trail of an update says why a handler did not run. It may be nil.
	Plan *plan.Plan
	// Output receives what the bot prints. Only one goroutine writes to it at a time. The default is to discard it.
	Output io.Writer
}

// A Play is a running game. Its methods may be called by any goroutine.
type Play struct {
	// URL is the address of the page, with the token that it demands.
	URL string
	// Bot runs the bot, if play runs it itself.
	Bot *Runner

	api      *tgtest.Server
	traceURL string
	guard    guard
	servers  []*http.Server
	closing  chan struct{}
	wake     chan struct{} // has room for one signal: something may have changed
	running  sync.WaitGroup
	stop     sync.Once

	mu     sync.Mutex
	board  *board
	world  world
	mirror mirror
	trail  trail
	record record
	build  Build
	newer  chan struct{} // closed when the board has a new version
}

// Start starts the servers. The caller must call Close.
func Start(cfg Config) (*Play, error) {
	if cfg.Name == "" {
		cfg.Name = "Bot"
	}
	p := &Play{closing: make(chan struct{}), wake: make(chan struct{}, 1), newer: make(chan struct{})}
	api, err := startAPI(cfg)
	if err != nil {
		return nil, err
	}
	p.api = api
	p.board = newBoard(p.render)
	p.Bot = newRunner(cfg, p)
	p.world = newWorld(p)
	p.mirror = newMirror(p)
	p.trail = newTrail(p, cfg.Plan)
	p.record = record{play: p}
	p.build = Build{OK: true, Diagnostics: []Diagnostic{}}
	if err := p.serve(cfg); err != nil {
		p.Close()
		return nil, err
	}
	p.mu.Lock()
	p.world.begin()
	for _, section := range []string{sectionBot, sectionBuild, sectionFaults, sectionRecorded} {
		p.board.touch(section, "")
	}
	p.board.flush()
	p.mu.Unlock()
	p.running.Go(p.follow)
	p.running.Go(func() { p.api.Watch(context.Background(), p.signal) }) // ends when the server closes
	return p, nil
}

// startAPI starts the Bot API server. Its token is random, so that no web page can call it.
func startAPI(cfg Config) (*tgtest.Server, error) {
	opts := []tgtest.Option{
		tgtest.WithToken("7000000001:" + newToken()), tgtest.WithHistory(maxHistory), tgtest.WithBot(cfg.Name, userName(cfg.Name)),
	}
	if cfg.API != "" {
		opts = append(opts, tgtest.WithAddress(cfg.API))
	}
	var refused error
	api := tgtest.NewServer(referee{func(text string) { refused = errors.New(text) }}, opts...)
	return api, refused
}

// newToken returns 192 random bits as a text.
func newToken() string {
	secret := make([]byte, 24)
	rand.Read(secret) // never fails
	return base64.RawURLEncoding.EncodeToString(secret)
}

// serve starts the server of the page and that of the trace.
func (p *Play) serve(cfg Config) error {
	page, err := listen(cfg.Listen)
	if err != nil {
		return fmt.Errorf("starting the page: %w", err)
	}
	p.guard = newGuard(newToken(), page.Addr(), cfg.Listen)
	p.URL = "http://" + page.Addr().String() + "/" + p.guard.token + "/"
	p.start(page, p.pageHandler())
	trace, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the server of the trace: %w", err)
	}
	path := "/" + newToken()
	p.traceURL = "http://" + trace.Addr().String() + path
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+path, p.receiveTrace)
	p.start(trace, mux)
	return nil
}

// listen listens on an address. The default address may use another port.
func listen(address string) (net.Listener, error) {
	if address != "" {
		return net.Listen("tcp", address)
	}
	if l, err := net.Listen("tcp", DefaultListen); err == nil {
		return l, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func (p *Play) start(l net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 1 << 16}
	p.servers = append(p.servers, server)
	p.running.Go(func() { server.Serve(l) }) // ends when Close closes the server
}

// Environment returns the environment variables of the bot, each as NAME=value.
func (p *Play) Environment() []string {
	return []string{"BOT_TOKEN=" + p.api.Token, "BOT_API_URL=" + p.api.URL, "BOT_TRACE_URL=" + p.traceURL}
}

// Close stops the bot in order and then everything else. It returns when nothing runs any more. A second Close does nothing.
func (p *Play) Close() {
	p.stop.Do(func() {
		p.Bot.Close()
		close(p.closing)
		for _, server := range p.servers {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
			cancel()
		}
		p.api.Close()
	})
	p.running.Wait()
}

// SetPlan replaces the resolved spec. It may be nil.
func (p *Play) SetPlan(resolved *plan.Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trail.setPlan(resolved)
}

// ShowBuild shows the result of generating and building the bot.
func (p *Play) ShowBuild(b Build) {
	if b.Diagnostics == nil {
		b.Diagnostics = []Diagnostic{}
	}
	if !b.OK {
		p.Bot.notBuilt()
	}
	p.mu.Lock()
	p.build = b
	p.board.touch(sectionBuild, "")
	p.board.touch(sectionBot, "")
	p.mu.Unlock()
	p.signal()
}

// touch notes that an object may have changed, and wakes follow.
func (p *Play) touch(section, key string) {
	p.mu.Lock()
	p.board.touch(section, key)
	p.mu.Unlock()
	p.signal()
}

// signal wakes follow.
func (p *Play) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// botEnded notes that the process of the bot has ended.
func (p *Play) botEnded() {
	p.mu.Lock()
	p.sync()
	p.trail.ended()
	p.board.touch(sectionBot, "")
	p.mu.Unlock()
	p.signal()
}

// follow keeps the board up to date until Close.
func (p *Play) follow() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p.mu.Lock()
		again := p.sync()
		if p.board.flush() {
			close(p.newer)
			p.newer = make(chan struct{})
		}
		p.mu.Unlock()
		timer.Reset(patchInterval)
		select {
		case <-timer.C:
		case <-p.closing:
			return
		}
		var later <-chan time.Time
		if !again.IsZero() {
			timer.Reset(time.Until(again))
			later = timer.C
		}
		select {
		case <-p.wake:
		case <-later:
		case <-p.closing:
			return
		}
	}
}

// Run plays until ctx ends, and then stops the bot in order and everything else.
func (p *Play) Run(ctx context.Context) {
	<-ctx.Done()
	p.Close()
}

// render returns the current value of an object of the State. The lock must be held.
func (p *Play) render(at address) any {
	switch at.section {
	case sectionBot:
		return p.mirror.bot()
	case sectionBuild:
		return p.build
	case sectionFaults:
		return p.mirror.faults()
	case sectionRecorded:
		return p.record.actions()
	case sectionPeople:
		return found(p.world.people[at.key])
	case sectionChats:
		return found(p.world.chats[at.key].shown())
	case sectionMessages:
		return found(p.mirror.messages[at.key].shown())
	case sectionQueries:
		return found(p.mirror.queries[at.key])
	case sectionUpdates:
		return found(p.trail.show(at.key))
	}
	panic("play: there is no section " + at.section)
}

// found returns nil for a nil pointer.
func found[T any](value *T) any {
	if value == nil {
		return nil
	}
	return value
}
