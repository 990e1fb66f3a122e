// Package recorder sends the records of a traced bot to their receiver. It knows records and HTTP, and nothing of bots.
package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/telegram/trace"
)

const (
	// gatherTime is how long records are gathered for one request, unless there are batchSize before.
	gatherTime = 20 * time.Millisecond
	batchSize  = 512

	// maxBatch and maxBatchBytes bound the records of a request, so that a receiver is done with them soon.
	maxBatch      = 2048
	maxBatchBytes = 512 << 10

	// requestTime bounds a request, and flushTime the last ones, at the end.
	requestTime = 5 * time.Second
	flushTime   = time.Second

	// maxWaiting and maxBytes bound the records that wait. What is beyond is lost.
	maxWaiting = 8192
	maxBytes   = 4 << 20
)

// A Sender posts records. Its methods may be called concurrently.
type Sender struct {
	url    string
	logger *slog.Logger
	client *http.Client

	mu      sync.Mutex
	waiting []trace.Record
	bytes   int // that the waiting records take, about
	lost    int // since the last record that says so was sent

	wake    chan struct{} // has room for one signal: there are records
	enough  chan struct{} // and for another: there are many
	running *run          // nil before Start and after Stop
	failing bool          // the last request failed; only the goroutine uses it
}

// A run is the goroutine from a Start to the Stop after it.
type run struct {
	stopping chan struct{}   // is closed by Stop
	ctx      context.Context // ends a while after that
	cancel   context.CancelFunc
	ended    sync.WaitGroup
}

// New returns a sender that posts to a URL. It sends nothing before Start. The error is that of [trace.CheckURL].
func New(target string, logger *slog.Logger) (*Sender, error) {
	if err := trace.CheckURL(target); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: requestTime, Control: onlyLoopback}
	return &Sender{
		url:    target,
		logger: logger,
		client: &http.Client{
			Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConns: 1, DisableCompression: true}, // no proxy
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		wake:   make(chan struct{}, 1),
		enough: make(chan struct{}, 1),
	}, nil
}

// onlyLoopback refuses other machines, whatever the name localhost stands for.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is not an address of this machine", host)
	}
	return nil
}

// Host returns the host and the port that the records are sent to.
func (s *Sender) Host() string {
	u, err := url.Parse(s.url)
	if err != nil {
		return ""
	}
	return u.Host
}

// Add sends a record soon. It never blocks: if too many records wait, the record is lost.
func (s *Sender) Add(r trace.Record) {
	if r.At.IsZero() {
		r.At = time.Now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size := sizeOf(&r)
	if len(s.waiting) >= maxWaiting || s.bytes+size > maxBytes {
		s.lost++
		return
	}
	s.waiting, s.bytes = append(s.waiting, r), s.bytes+size
	signal(s.wake)
	if len(s.waiting) >= batchSize {
		signal(s.enough)
	}
}

// sizeOf estimates the memory that a record takes.
func sizeOf(r *trace.Record) int {
	size := 500 + len(r.Error)
	for _, k := range r.Keys {
		size += 50 + len(k.Text)
	}
	for _, v := range [...]*trace.Value{r.Before, r.After} {
		if v != nil {
			size += len(v.Data)
		}
	}
	return size
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Start begins to send. A second Start before Stop does nothing.
func (s *Sender) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return
	}
	r := &run{stopping: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	s.running = r
	r.ended.Go(func() { s.run(r) }) // Stop waits for it
}

// Stop sends what waits, for a second at most, and waits for the goroutine that sends. What is added later waits for the next Start.
func (s *Sender) Stop() {
	s.mu.Lock()
	r := s.running
	s.running = nil
	s.mu.Unlock()
	if r == nil {
		return
	}
	impatient := time.AfterFunc(flushTime, r.cancel)
	close(r.stopping)
	r.ended.Wait()
	impatient.Stop()
	r.cancel()
	s.client.CloseIdleConnections()
}

// run sends records until there are none after a Stop.
func (s *Sender) run(r *run) {
	for {
		select {
		case <-s.wake:
			s.gather(r)
			s.send(r.ctx)
		case <-r.stopping:
			for s.send(r.ctx) {
			}
			return
		}
	}
}

// gather waits until there are enough records for a request, or for a while.
func (s *Sender) gather(r *run) {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.enough:
	case <-r.stopping:
	}
}

// take takes the records of one request, and the number of those that are lost before them.
func (s *Sender) take() (batch []trace.Record, lost int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost, s.lost = s.lost, 0
	n := 0
	for size := 0; n < min(len(s.waiting), maxBatch) && size < maxBatchBytes; n++ {
		size += sizeOf(&s.waiting[n])
	}
	batch = slices.Clone(s.waiting[:n])
	for i := range batch {
		s.bytes -= sizeOf(&batch[i])
	}
	if s.waiting = slices.Delete(s.waiting, 0, n); len(s.waiting) > 0 {
		signal(s.wake)
	}
	return batch, lost
}

// send sends one request. It reports whether there may be more to send: the request has succeeded, and there was a record.
func (s *Sender) send(ctx context.Context) (more bool) {
	batch, lost := s.take()
	if len(batch) == 0 && lost == 0 {
		return false
	}
	err := s.post(ctx, s.encode(batch, lost))
	if err == nil {
		s.failing = false
		return len(batch) > 0
	}
	if !s.failing {
		s.logger.Warn("records of the trace are lost", "host", s.Host(), "error", err)
	}
	s.failing = true
	s.lose(lost + len(batch))
	return false
}

// encode returns the body of a request. A record that cannot be encoded is lost.
func (s *Sender) encode(batch []trace.Record, lost int) (body []byte) {
	if lost > 0 {
		batch = append([]trace.Record{{At: time.Now(), Event: trace.Lost, Count: lost}}, batch...)
	}
	for i := range batch {
		var err error
		if body, err = trace.Append(body, &batch[i]); err != nil {
			s.lose(1)
			s.logger.Warn("a record of the trace is lost", "event", string(batch[i].Event), "update", batch[i].Update, "error", err)
		}
	}
	return body
}

// lose counts records that are lost.
func (s *Sender) lose(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost += n
}

// post posts records. The error does not show the path of the URL, which may be a secret.
func (s *Sender) post(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", trace.ContentType)
	response, err := s.client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err
		}
		return err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 4096)) // so that the connection can be used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver has answered %s", response.Status)
	}
	return nil
}
