package inbox

import (
	"crypto/subtle"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/recent"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// secretHeader is the header that carries the secret, in its canonical form: https://core.telegram.org/bots/api#setwebhook
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// lateRetry is the Retry-After of an update that is still in hand, in seconds.
const lateRetry = 2

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// ServeHTTP takes an update and answers when it is done.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	if !in.authentic(r) {
		in.mu.Lock()
		in.stats.Unauthorized++
		in.mu.Unlock()
		reject(w, control, http.StatusUnauthorized)
		return
	}
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		in.invalid(w, control, http.StatusMethodNotAllowed)
		return
	case r.ContentLength > in.config.MaxBody:
		in.invalid(w, control, http.StatusRequestEntityTooLarge)
		return
	}
	reserved := r.ContentLength
	if reserved < 0 {
		reserved = firstChunk
	}
	if !in.admit(reserved) {
		// The connection is of use, so net/http may read up to 256 kB that are left of the body.
		_ = control.SetReadDeadline(time.Now().Add(in.config.ReadTime))
		refuse(w)
		return
	}
	var e *Entry // that the delivery waits for
	defer func() { in.dismiss(e != nil) }()
	raw, status := in.read(control, r, &reserved)
	switch status {
	case http.StatusOK:
	case http.StatusServiceUnavailable:
		in.release(reserved)
		in.count(func(s *Stats) { s.Refused++ })
		refuse(w)
		return
	default:
		in.release(reserved)
		in.invalid(w, control, status)
		return
	}
	known, answer := in.accept(raw, reserved)
	switch answer {
	case confirmed:
		return // with 200
	case refused:
		refuse(w)
		return
	}
	e = known
	if a := in.conclude(e, in.wait(e, in.config.AnswerWithin, r.Context().Done())); a.status != http.StatusOK {
		retryAfter(w, a.retryAfter)
	}
}

// A reply is the answer to a delivery.
type reply struct {
	status     int
	retryAfter int // in seconds, of a 503
}

// conclude returns the answer to a delivery that waits no longer. If the server has gone away, or a handler around this one has
// a time-out, then the update stays in hand, and its next delivery joins it.
func (in *Inbox) conclude(e *Entry, how ending) reply {
	switch {
	case how != over && !in.giveUp(e):
		return reply{http.StatusServiceUnavailable, lateRetry}
	case e.left:
		in.count(func(s *Stats) { s.Refused++ })
		return comeAgain()
	}
	return reply{status: http.StatusOK}
}

// comeAgain is the answer to a delivery that is to come again in 1 to 3 seconds.
func comeAgain() reply { return reply{http.StatusServiceUnavailable, 1 + rand.IntN(3)} }

// An ending says why a delivery waits no longer.
type ending uint8

const (
	over ending = iota // its update has ended
	late               // it has waited long enough
	gone               // its client has gone away
)

// wait waits until an update has ended, but not longer than within, and not after leaves is closed. leaves may be nil.
func (in *Inbox) wait(e *Entry, within time.Duration, leaves <-chan struct{}) ending {
	timer, ok := in.timers.Get().(*time.Timer)
	if ok {
		timer.Reset(within) // since Go 1.23, nothing of its last use is left in its channel
	} else {
		timer = time.NewTimer(within)
	}
	defer in.timers.Put(timer)
	defer timer.Stop()
	select {
	case <-e.ended:
		return over
	case <-timer.C:
		return late
	case <-leaves:
		return gone
	}
}

// giveUp ends the wait of a delivery, unless its update has just ended.
func (in *Inbox) giveUp(e *Entry) (ended bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	select {
	case <-e.ended:
		return true
	default:
	}
	e.waiting--
	in.stats.Refused++
	return false
}

// authentic reports whether a request carries the secret.
func (in *Inbox) authentic(r *http.Request) bool {
	values := r.Header[secretHeader]
	return len(values) == 1 && in.isSecret(bytesOf(values[0]))
}

// isSecret compares a text with the secret. The time that this takes says nothing about the secret but its length.
func (in *Inbox) isSecret(text []byte) bool {
	return subtle.ConstantTimeCompare(text, bytesOf(in.config.Secret)) == 1
}

// reject answers a request that is not to come again, and closes its connection. Nothing more of its body is read.
func reject(w http.ResponseWriter, control *http.ResponseController, status int) {
	_ = control.SetReadDeadline(longAgo) // net/http would read up to 256 kB of the body
	w.Header().Set("Connection", "close")
	w.WriteHeader(status)
}

func (in *Inbox) invalid(w http.ResponseWriter, control *http.ResponseController, status int) {
	in.count(func(s *Stats) { s.Invalid++ })
	reject(w, control, status)
}

// refuse answers a delivery that is to come again in 1 to 3 seconds.
func refuse(w http.ResponseWriter) { retryAfter(w, comeAgain().retryAfter) }

func retryAfter(w http.ResponseWriter, seconds int) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (in *Inbox) count(change func(*Stats)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	change(&in.stats)
}

// admit reports whether there is room for a delivery with a body of the given size, and counts the delivery if there is.
func (in *Inbox) admit(size int64) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.state != open || in.requests >= in.config.Requests || len(in.queue) >= in.config.Requests || in.bytes+size > in.config.Bytes {
		in.stats.Refused++
		return false
	}
	in.requests++
	in.bytes += size
	return true
}

// dismiss ends a delivery that was admitted. waited says whether it waited for its update.
func (in *Inbox) dismiss(waited bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.requests--
	if !waited {
		return
	}
	if in.waiting--; in.waiting == 0 && in.quiet != nil {
		close(in.quiet)
		in.quiet = nil
	}
}

// An answer says how a delivery is answered.
type answer uint8

const (
	waits     answer = iota // when its update has ended
	confirmed               // at once, with 200
	refused                 // at once, to come again
)

// accept decides what becomes of a body. reserved is its part of Inbox.bytes. The returned entry is what the delivery waits
// for, if it does.
func (in *Inbox) accept(raw string, reserved int64) (*Entry, answer) {
	header, err := wire.ScanHeader(bytesOf(raw))
	if err == nil && !in.config.Kinds.Has(header.Kind) {
		in.drop(header, reserved)
		return nil, confirmed
	}
	identity := recent.Update{ID: header.ID, Sum: in.hash.Sum(bytesOf(raw))}
	e := &Entry{
		Header: header, Raw: raw, Err: err, Arrived: time.Now(),
		identity: identity, size: reserved, waiting: 1, ended: make(chan struct{}),
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if known := in.inHand[identity]; known != nil {
		in.repeat(header)
		in.bytes -= reserved
		in.waiting++
		known.waiting++
		return known, waits
	}
	switch {
	case in.done.Has(identity) || in.unheard.Has(identity):
		in.repeat(header)
		in.bytes -= reserved
		return nil, confirmed
	case in.state != open || len(in.queue) >= in.config.Requests:
		in.stats.Refused++
		in.bytes -= reserved
		return nil, refused
	}
	in.stats.Taken++
	in.stats.Last = e.Arrived
	in.inHand[identity] = e
	in.queue = append(in.queue, e)
	in.waiting++
	in.signal()
	return e, waits
}

// repeat counts an update that came before. The lock must be held.
func (in *Inbox) repeat(header wire.Header) {
	in.stats.Duplicates++
	if in.config.Repeated != nil {
		in.config.Repeated(header.ID)
	}
}

// drop counts an update of a kind that is not wanted.
func (in *Inbox) drop(header wire.Header, reserved int64) {
	in.mu.Lock()
	in.bytes -= reserved
	in.stats.Taken++
	in.stats.Dropped++
	in.stats.Last = time.Now()
	in.mu.Unlock()
	if in.config.Dropped != nil {
		in.config.Dropped(header)
	}
}
