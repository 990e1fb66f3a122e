package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/pace"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const testToken = "123456789:AAsecretsecretsecretsecretsecret-_"

// A botServer models getUpdates of a Bot API server. It is a transport, so that it works with the fake clock of
// testing/synctest. It follows the server's rules for offsets and for requests that repeat an offset soon.
type botServer struct {
	mu      sync.Mutex
	queue   []botUpdate
	next    int64 // the id of the next update
	serial  int   // the number of the next update; restart does not change it
	arrived chan struct{}
	polled  chan struct{} // is closed when another poll comes
	offset  int64         // of the last request, which came at at
	at      time.Time

	script   []step // answers the next requests
	requests []botRequest
	deleted  func(botUpdate) // is called for each update that an offset confirms
}

type botUpdate struct {
	id   int64
	json string
}

type botRequest struct {
	Offset, Limit, Timeout int64
	AllowedUpdates         []string `json:"allowed_updates"`
	at                     time.Time
}

func newBotServer(first int64) *botServer {
	return &botServer{next: first, arrived: make(chan struct{}), polled: make(chan struct{}), deleted: func(botUpdate) {}}
}

// push queues n messages.
func (s *botServer) push(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.queue = append(s.queue, botUpdate{s.next, message(s.next, fmt.Sprintf("number %d", s.serial))})
		s.next++
		s.serial++
	}
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// pushJSON queues an update. The format of its JSON has %d for its id.
func (s *botServer) pushJSON(format string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, botUpdate{s.next, fmt.Sprintf(format, s.next)})
	s.next++
	s.serial++
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// restart continues the ids from another number, as happens after an overflow. The queued updates are lost.
func (s *botServer) restart(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.next = nil, next
}

func (s *botServer) pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

func (s *botServer) has(json string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.queue, func(u botUpdate) bool { return u.json == json })
}

// asked returns the requests so far.
func (s *botServer) asked() []botRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *botServer) first(script ...step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, script...)
}

func (s *botServer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	q := botRequest{Limit: pace.FullBatch, at: time.Now()}
	if err := json.Unmarshal(body, &q); err != nil {
		panic(err)
	}
	s.mu.Lock()
	s.requests = append(s.requests, q)
	if len(s.script) > 0 {
		answer := s.script[0]
		s.script = s.script[1:]
		s.mu.Unlock()
		return answer(r)
	}
	if q.Offset == s.offset && q.Timeout < 3 && q.at.Before(s.at.Add(3*time.Second)) {
		q.Timeout = 3
	}
	if q.Offset == s.offset && q.at.Before(s.at.Add(time.Second/2)) {
		q.Limit = 1
	}
	s.offset, s.at = q.Offset, q.at
	close(s.polled)
	s.polled = make(chan struct{})
	polled, arrived := s.polled, s.arrived
	if q.Offset < 0 {
		panic("an offset that forgets updates unseen")
	}
	if q.Offset > 0 && q.Offset <= s.next+10 {
		for len(s.queue) > 0 && s.queue[0].id < q.Offset {
			s.deleted(s.queue[0])
			s.queue = s.queue[1:]
		}
	}
	empty := len(s.queue) == 0
	s.mu.Unlock()

	if empty {
		select {
		case <-arrived:
		case <-polled:
			return answer(409, conflict)(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(time.Duration(q.Timeout) * time.Second):
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var updates []string
	for _, u := range s.queue[:min(int(q.Limit), len(s.queue))] {
		updates = append(updates, u.json)
	}
	return answer(200, ok(updates...))(r)
}

const conflict = `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`

func message(id int64, text string) string {
	return fmt.Sprintf(`{"update_id":%d,`+"\n"+`"message":{"message_id":1,"from":{"id":7,"is_bot":false,"first_name":"A"},"chat":{"id":7,"type":"private"},"date":1,"text":%q}}`, id, text)
}

func ok(updates ...string) string {
	return `{"ok":true,"result":[` + strings.Join(updates, ",") + `]}`
}

// A step of a script answers one request.
type step func(*http.Request) (*http.Response, error)

// answer returns a step that answers with the status and the body.
func answer(status int, body string) step {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode:    status,
			Header:        http.Header{},
			Body:          io.NopCloser(strings.NewReader(body)),
			ContentLength: int64(len(body)),
			Request:       r,
		}, nil
	}
}

// fail returns a step that fails with the error.
func fail(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hang is a step that never answers.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// newTestPoller makes a poller that uses the transport. The test fails if a log line shows the token.
func newTestPoller(t testing.TB, transport http.RoundTripper, change func(*PollerConfig)) *Poller {
	t.Helper()
	log := &logBuffer{}
	config := PollerConfig{
		Token:      testToken,
		HTTPClient: &http.Client{Transport: transport},
		Logger:     slog.New(slog.NewTextHandler(log, nil)),
	}
	if change != nil {
		change(&config)
	}
	p, err := NewPoller(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noToken(t, log.String()) })
	return p
}

// A pollObserver calls those of its functions that are set.
type pollObserver struct {
	NopObserver
	fetched func(updates int, took time.Duration)
	dropped func(wire.Header)
	failed  func(err error, wait time.Duration)
}

func (o pollObserver) Fetched(updates int, took time.Duration) {
	if o.fetched != nil {
		o.fetched(updates, took)
	}
}

func (o pollObserver) Dropped(header wire.Header) {
	if o.dropped != nil {
		o.dropped(header)
	}
}

func (o pollObserver) FetchFailed(err error, wait time.Duration) {
	if o.failed != nil {
		o.failed(err, wait)
	}
}

// noToken fails the test if the text shows the token or the secret half of it.
func noToken(t testing.TB, text string) {
	t.Helper()
	if strings.Contains(text, testToken) || strings.Contains(text, testToken[10:]) {
		t.Errorf("the token is in %q", text)
	}
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func ids(updates []*Envelope) []int64 {
	list := make([]int64, len(updates))
	for i, u := range updates {
		list[i] = u.ID
	}
	return list
}

// patience is how long a test waits for an update that must come. It takes no real time with the fake clock.
const patience = 3 * time.Hour

// fetch calls Fetch and fails the test if that returns an error.
func fetch(t testing.TB, p *Poller, limit int) []*Envelope {
	t.Helper()
	ctx, cancel := contextFor(t, patience)
	defer cancel()
	updates, err := p.Fetch(ctx, limit)
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) == 0 || len(updates) > limit {
		t.Fatalf("Fetch with limit %d returned %d updates", limit, len(updates))
	}
	return updates
}

func wantIDs(t testing.TB, updates []*Envelope, want ...int64) {
	t.Helper()
	if got := ids(updates); !slices.Equal(got, want) {
		t.Fatalf("got updates %d, want %d", got, want)
	}
}

func done(p *Poller, updates ...*Envelope) {
	for _, u := range updates {
		p.Done(u, nil)
	}
}

func contextFor(t testing.TB, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
