// Package inbox takes the updates that a Bot API server delivers to a webhook, and says when and how each delivery is
// answered. It knows bytes and headers, and nothing of what becomes of an update.
//
// The server counts an update as handled when its delivery is answered with 200. Otherwise it delivers the update again,
// at once or after the time in Retry-After. It delivers the updates of a chat one after another, so the order in which they
// arrive is the order of the chat.
package inbox

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/recent"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Config configures an [Inbox]. All fields but Dropped and Repeated are required, and none may be negative.
type Config struct {
	Secret       string        // what each delivery must carry
	Early        bool          // answer when an update is taken, not when it is done
	AnswerWithin time.Duration // how long a delivery waits before it is told to come again
	Kinds        wire.KindSet  // the kinds to take; others are answered with 200 and dropped
	Dropped      func(wire.Header)
	Repeated     func(id int64) // told of an update that was done or is in hand; must not block

	Requests int           // the deliveries in progress, and the updates that wait to be taken
	MaxBody  int64         // the size of a body, in bytes
	Bytes    int64         // the size of all bodies that are being read, or that wait to be taken
	ReadTime time.Duration // for a body
}

// state says what becomes of new deliveries.
type state uint8

const (
	closed   state = iota // refused, until the next Open or Take
	open                  // taken
	refusing              // refused, until Close
)

// An Inbox is an http.Handler that takes updates. All methods are safe for concurrent use.
type Inbox struct {
	config Config
	hash   recent.Hash
	wake   chan struct{} // receives after something was queued, or the inbox has failed
	timers sync.Pool     // of *time.Timer, stopped

	mu       sync.Mutex
	state    state
	failure  error
	requests int           // deliveries that were admitted
	waiting  int           // those of them that wait for their update to end
	quiet    chan struct{} // closed when waiting is 0; nil if Close does not wait for that
	bytes    int64
	queue    []*Entry // to be taken, in order of arrival
	inHand   map[recent.Update]*Entry
	done     recent.Set // handled, and answered
	unheard  recent.Set // handled when no delivery waited, so that another one comes for sure, perhaps much later
	stats    Stats
}

// An Entry is an update that was delivered.
type Entry struct {
	Header  wire.Header // zero if Err is not nil
	Raw     string
	Err     error // why Raw is not an update
	Arrived time.Time

	identity recent.Update
	size     int64         // its part of Inbox.bytes, until it is taken
	waiting  int           // the deliveries that wait for it
	ended    chan struct{} // closed when its deliveries are to be answered
	left     bool          // it was not handled; read it after ended is closed
}

// HasEnded reports whether an update is done, or was left.
func (e *Entry) HasEnded() bool {
	select {
	case <-e.ended:
		return true
	default:
		return false
	}
}

// Stats counts what an inbox did.
type Stats struct {
	Taken        int64     // updates that were new, dropped ones included
	Dropped      int64     // updates of a kind that is not wanted
	Duplicates   int64     // deliveries of an update in hand, or of one that was done recently
	Refused      int64     // deliveries that were answered with 503, to come again
	Unauthorized int64     // requests without the secret
	Invalid      int64     // requests with the secret that deliver nothing: too large, too slow, cut off
	Last         time.Time // when the last update arrived
}

// New returns an inbox that refuses every delivery until it is opened.
func New(config Config) *Inbox {
	return &Inbox{config: config, hash: recent.NewHash(), wake: make(chan struct{}, 1), inHand: make(map[recent.Update]*Entry)}
}

// Open makes the inbox take updates, unless it is refusing them.
func (in *Inbox) Open() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.state == closed {
		in.state, in.failure = open, nil
	}
}

// Take opens the inbox, waits for at least one update, and returns at most limit of them in order of arrival.
func (in *Inbox) Take(ctx context.Context, limit int) ([]*Entry, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in.Open()
		if taken, err := in.take(limit); err != nil || len(taken) > 0 {
			return taken, err
		}
		select {
		case <-ctx.Done():
		case <-in.wake:
			runtime.Gosched() // the other deliveries that have arrived are queued first, and taken together
		}
	}
}

func (in *Inbox) take(limit int) ([]*Entry, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.failure != nil {
		return nil, in.failure
	}
	n := min(limit, len(in.queue))
	if n == 0 {
		return nil, nil
	}
	taken := append(make([]*Entry, 0, n), in.queue[:n]...)
	kept := copy(in.queue, in.queue[n:])
	clear(in.queue[kept:])
	in.queue = in.queue[:kept]
	for _, e := range taken {
		in.bytes -= e.size
		if in.config.Early {
			in.finish(e)
		}
	}
	return taken, nil
}

// Done notes that an update is handled, and answers its deliveries.
func (in *Inbox) Done(e *Entry) {
	if in.config.Early {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.inHand[e.identity] == e {
		in.finish(e)
	}
}

func (in *Inbox) finish(e *Entry) {
	delete(in.inHand, e.identity)
	if e.waiting > 0 {
		in.done.Add(e.identity)
	} else {
		in.unheard.Add(e.identity)
	}
	close(e.ended)
}

// leave ends an update that is not handled, so that it counts as new when it comes again.
func (in *Inbox) leave(e *Entry) {
	delete(in.inHand, e.identity)
	e.left = true
	close(e.ended)
}

// Refuse refuses new deliveries, and those whose updates were not taken yet, until Close.
func (in *Inbox) Refuse() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.state = refusing
	in.empty()
}

func (in *Inbox) empty() {
	for _, e := range in.queue {
		in.bytes -= e.size
		in.leave(e)
	}
	clear(in.queue)
	in.queue = in.queue[:0]
}

// Fail makes Take return an error until the inbox is closed.
func (in *Inbox) Fail(err error) {
	in.mu.Lock()
	in.failure = err
	in.mu.Unlock()
	in.signal()
}

func (in *Inbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// Close refuses every delivery whose update is not done, and waits until all that waited have their answer, or ctx ends. A
// later Open or Take opens the inbox again.
func (in *Inbox) Close(ctx context.Context) error {
	in.mu.Lock()
	in.state, in.failure = closed, nil
	in.empty()
	for _, e := range in.inHand {
		in.leave(e)
	}
	if in.waiting > 0 && in.quiet == nil {
		in.quiet = make(chan struct{})
	}
	quiet := in.quiet
	in.mu.Unlock()
	if quiet == nil {
		return nil
	}
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stats returns a snapshot of the counters.
func (in *Inbox) Stats() Stats {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.stats
}
