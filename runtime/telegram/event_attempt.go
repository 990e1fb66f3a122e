package telegram

import (
	"errors"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
)

// A Retry says how often an update is handled again after its handler has returned an error, and how long to wait before
// that. Meanwhile the update keeps its constraints, so that order holds, and no slot.
type Retry = runtime.Retry

// Permanent marks a handler's error as one that another attempt would not change, so that a bot with [Retry] makes none.
// It returns nil if err is nil.
func Permanent(err error) error { return runtime.Permanent(err) }

// progress is how far an update has come, for those who look at it from another goroutine than the handler's.
type progress struct {
	mu    sync.Mutex
	event *Event             // of the last attempt; nil before the first
	tries *tries             // nil unless Try was called
	page  *calls.JournalPage // nil until a call of the update's handlers asked for it

	sessions *sessionUpdate // nil before a handler has asked for a session
	envelope *Envelope      // of the update; nil if the bot has no sessions
	trace    *trace         // of the last attempt; nil unless it is traced
}

// Enter notes that the named handler runs. Generated code calls it, instead of setting Handler, so that the time-out hook, an
// [Observer] and the log can name the handler while it runs. A hand-written Dispatch should call it, too.
func (ev *Event) Enter(handler string) {
	if ev.progress == nil {
		ev.Handler = handler
		return
	}
	ev.progress.mu.Lock()
	ev.Handler = handler
	ev.progress.mu.Unlock()
	if ev.owner != nil && ev.owner.recorder != nil {
		ev.owner.recorder.entered(ev, handler)
	}
}

// begin begins an attempt.
func (p *progress) begin(ev *Event) {
	p.mu.Lock()
	p.event = ev
	p.mu.Unlock()
}

// handler returns the name of the handler that runs, or ran last. Any goroutine may call it.
func (p *progress) handler() string {
	_, handler := p.running()
	return handler
}

// running is handler, and returns the bot, too, which is nil before the first attempt.
func (p *progress) running() (owner *Bot, handler string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.event == nil {
		return nil, ""
	}
	return p.event.owner, p.event.Handler
}

// tries is what the handlers of one update came to, over all attempts.
type tries struct {
	settled []settled
	again   bool          // a handler of this attempt failed, and is to be tried again
	wait    time.Duration // the longest that such a handler asks for

	waited map[string]int // attempts in which a handler waited for an earlier one
}

// settled is a handler that is not run again.
type settled struct {
	handler string
	err     error
}

// Try runs a handler with a [Retry] of its own. Generated code calls it, after Enter, if several handlers may run for one
// update, or if the handler's retry is not the bot's. A handler that has succeeded in an earlier attempt, or has used up
// its attempts, is not run again: Try returns what it returned.
//
// A handler that uses a session waits if an earlier handler that uses one has failed and is run again. It runs in the attempt
// in which that one succeeds or has used up its attempts, so that it sees what that one has set, and never sets a value that it
// has made of an older one. That counts as none of its own attempts.
func (ev *Event) Try(retry Retry, run func() error) error {
	if ev.progress == nil {
		return run()
	}
	if ev.progress.tries == nil {
		ev.progress.tries = new(tries)
	}
	t := ev.progress.tries
	for _, s := range t.settled {
		if s.handler == ev.Handler {
			if sessions := ev.SessionUpdate(); sessions != nil {
				sessions.Replay(s.handler)
			}
			return s.err
		}
	}
	handler, sessions := ev.Handler, ev.SessionUpdate()
	if sessions != nil {
		defer sessions.Enter("")
		if sessions.Enter(handler); sessions.Held() {
			if t.waited == nil {
				t.waited = make(map[string]int)
			}
			t.waited[handler]++
			return nil
		}
		run = undoing(sessions, run)
	}
	defer func() {
		if value := recover(); value != nil {
			t.settled = append(t.settled, settled{handler, runtime.NewPanicError(value)})
			panic(value) // becomes the handler's error further up
		}
	}()
	err := run()
	if err != nil {
		if wait, again := retry.Next(ev.Attempt-t.waited[handler], err); again {
			t.again, t.wait = true, max(t.wait, wait)
			if sessions != nil {
				sessions.Hold()
			}
			return err
		}
	}
	t.settled = append(t.settled, settled{handler, err})
	return err
}

// undoing returns a function that is run, and forgets what run has set if it fails.
func undoing(sessions *state.Update, run func() error) func() error {
	return func() error {
		succeeded := false
		defer func() {
			if !succeeded {
				sessions.Undo()
			}
		}()
		err := run()
		succeeded = err == nil
		return err
	}
}

// Settled reports whether the handler that Enter named is not run again, because an earlier attempt settled it. Generated code
// then asks none of the finds of the handler, and Try returns what the handler returned.
func (ev *Event) Settled() bool {
	if ev.progress == nil || ev.progress.tries == nil {
		return false
	}
	for _, s := range ev.progress.tries.settled {
		if s.handler == ev.Handler {
			return true
		}
	}
	return false
}

// stoppedPause is the back-off of an update whose handler returned [ErrStopped]. The stop that is under way waits for no
// back-off, so it leaves the update unfinished. The pause is over only if a handler returns the error long after the stop.
const stoppedPause = time.Second

// retry decides whether an update is handled again, as its handlers asked for with Try, or else as the bot's retry says.
// What is wrong with the update itself would be so again.
func (b *Bot) retry(u *Envelope, attempt int, err error) (wait time.Duration, again bool) {
	if s := u.progress.sessions; s != nil {
		if again, ok := err.(*state.Again); ok { // nothing was wrong with the handlers
			s.uncounted++
			if again.Anew {
				u.progress.tries, s.uncounted = nil, attempt
			}
			return again.Wait, true
		}
		if s.decided {
			return s.wait, s.again
		}
		attempt -= s.uncounted
	}
	if _, panicked := err.(*runtime.PanicError); !panicked && errors.Is(err, ErrStopped) {
		return stoppedPause, true
	}
	t := u.progress.tries
	if t == nil {
		if _, broken := errors.AsType[*SessionError](err); broken || u.err != nil {
			return 0, false
		}
		return b.config.Retry.Next(attempt, err)
	}
	wait, again = t.wait, t.again
	t.wait, t.again = 0, false
	if _, panicked := err.(*runtime.PanicError); panicked { // a handler after one that asked for another attempt
		return 0, false
	}
	return wait, again
}
