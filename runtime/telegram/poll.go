package telegram

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/pace"
	"github.com/tggen/tggen/runtime/telegram/internal/prompt"
	"github.com/tggen/tggen/runtime/telegram/internal/recent"
	"github.com/tggen/tggen/runtime/telegram/internal/status"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const (
	// idleFirst and idleLast bound the wait after a poll that was answered at once and brought nothing new.
	idleFirst = 25 * time.Millisecond
	idleLast  = 200 * time.Millisecond

	// idleUnder is how long a server that holds polls takes at least for an empty answer.
	idleUnder = time.Second
)

// A Poller is the source of a bot's updates. It fetches them with getUpdates (long polling), in the order of their ids,
// and confirms them as its [Delivery] says.
//
// Only one goroutine at a time may call Fetch or Close. Done, Stats and Prompt are safe for concurrent use. The poller
// hands out an update once, even if the server or a proxy sends it twice: it knows unfinished updates by their id, and
// the last 256 updates by their id and bytes.
type Poller struct {
	config PollerConfig
	client *http.Client
	own    *http.Transport             // nil if the author brought the client
	line   atomic.Pointer[prompt.Conn] // the latest connection of own
	url    string                      // of getUpdates
	allow  []byte
	hash   recent.Hash
	epoch  time.Time // when the poller was made

	// The goroutine that runs Fetch or Close owns the fields up to updates.

	dropped bool // the pending updates were dropped since the poller was opened
	window  window
	seen    seen
	pace    pace.Pacer
	idle    time.Duration // the last wait after a poll without news; 0 makes the next one idleFirst
	retry   retrier

	// sent is the offset of the last request, and sentAt when that request started. The server treats a request that
	// repeats an offset soon in a special way: see plan and confirmOnce.
	sent   int64
	sentAt time.Time

	settling settling

	answer  []byte           // the last body; its memory is reused
	updates []wire.RawUpdate // the updates in answer; its memory is reused

	watched atomic.Pointer[mark] // the update that await waits for; Done sends to wake when it is finished
	wake    chan struct{}
	stats   pollerCounters
	pulse   *status.Pulse // late if the answer to a poll is overdue
	waits   atomic.Bool   // it does not poll, because the server could only repeat updates

	// forgotten is told the journal's page of each update that the server has forgotten, because an offset confirmed it. A bot
	// sets it. It must not block.
	forgotten func(*calls.JournalPage)

	// repeated is told of an update that was handed out before. A bot that is traced sets it.
	repeated func(id int64)

	// stalled is told while awaitRoom waits for long; oldest is the update that it waits for. A bot sets it.
	stalled func(oldest int64, waited time.Duration, over bool)
}

var _ runtime.Source[*Envelope] = (*Poller)(nil)

// NewPoller makes a poller. It returns an error if the configuration is invalid. It makes no request.
func NewPoller(config PollerConfig) (*Poller, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("making the poller: %w", err)
	}
	allow, err := config.allowedJSON()
	if err != nil {
		return nil, fmt.Errorf("making the poller: allowed updates: %w", err)
	}
	p := &Poller{
		config: config,
		url:    botapi.MethodURL(config.APIURL, config.Token, "getUpdates"),
		allow:  allow,
		hash:   recent.NewHash(),
		epoch:  time.Now(),
		pace:   pace.New(config.SpeedTrafficBalance, config.MaxDelay),
		wake:   make(chan struct{}, 1),
	}
	p.pulse = status.NewPulse(p.silence())
	p.retry = retrier{
		policy:     config.Retry,
		onConflict: config.OnConflict,
		webhook:    config.Source == SourcePolling,
		random:     rand.Float64,
		report:     p.failed,
		recovered:  p.recovered,
	}
	p.client, p.own = botapi.HTTPClient(config.HTTPClient, 1)
	p.client.Timeout = 0
	if p.own != nil {
		p.own.DialContext = p.dial(p.own.DialContext)
	}
	return p, nil
}

// silence is how long it takes at most from one answer to the next, if the server is there and no poll has to wait for room.
func (p *Poller) silence() time.Duration {
	return p.config.Timeout + min(p.config.MaxDelay, time.Hour) + pollGrace
}

// String names the server that is polled. It does not show the token.
func (p *Poller) String() string { return fmt.Sprintf("telegram.Poller(%s)", p.config.APIURL) }

// GoString is String, so that no verb of fmt shows the token.
func (p *Poller) GoString() string { return p.String() }

// Fetch waits for new updates and returns at most limit of them. It retries after failures that may pass. An error is
// final. It is the error of ctx, or a failure that lasted longer than the retry policy allows, or an [*APIError] that no
// retry can mend: 401, 404, and with ConflictFail 409.
func (p *Poller) Fetch(ctx context.Context, limit int) ([]*Envelope, error) {
	p.pulse.Beat(p.silence()) // until now, the sink may have had no room
	for {
		var answer pollAnswer
		err := p.retry.do(ctx, func() (err error) {
			answer, err = p.poll(ctx, limit)
			return err
		})
		if ctx.Err() != nil {
			return nil, ctx.Err() // an answer that has just arrived is not confirmed, so it comes again
		}
		if err != nil {
			return nil, err
		}
		before := p.window.next
		items, fresh := p.accept(answer.updates, answer.offset, limit)
		p.answered(fresh, answer.took)
		switch {
		case len(items) > 0:
			p.idle = 0
			return items, nil
		case p.window.next > before:
			p.idle = 0
			continue // all were unwanted; the next poll confirms them
		}
		if err := p.rest(ctx, answer.took); err != nil {
			return nil, err
		}
	}
}

// A pollAnswer is what a poll brought.
type pollAnswer struct {
	updates []wire.RawUpdate
	offset  int64 // of the request
	took    time.Duration
}

// poll makes one request, as soon as the pace and the window allow it.
func (p *Poller) poll(ctx context.Context, limit int) (pollAnswer, error) {
	if err := sleep(ctx, p.pace.Delay()); err != nil {
		return pollAnswer{}, err
	}
	if err := p.awaitRoom(ctx); err != nil {
		return pollAnswer{}, err
	}
	if err := p.settle(ctx); err != nil {
		return pollAnswer{}, err
	}
	if p.config.DropPending && !p.dropped {
		if err := p.dropPending(ctx); err != nil {
			return pollAnswer{}, err
		}
		p.dropped = true
	}
	offset, ask := p.plan(limit)
	start := time.Now()
	repeats := p.unconfirmable() != nil
	updates, err := p.requestOrTakeOver(ctx, offset, ask, p.config.Timeout)
	took := time.Since(start)
	if err == nil {
		p.settling.answered(took, repeats || len(updates) == ask)
	}
	return pollAnswer{updates: updates, offset: offset, took: took}, err
}

// failed reports a poll that will be tried again.
func (p *Poller) failed(ctx context.Context, failure error, wait time.Duration) {
	p.stats.failures.Add(1)
	if api, ok := errors.AsType[*APIError](failure); ok && api.Code == http.StatusTooManyRequests {
		p.pulse.Beat(wait + p.silence()) // who starts the bot again would only make it ask sooner than the server wants
	}
	p.config.Logger.WarnContext(ctx, "getUpdates failed, will try again", "error", failure, "wait", wait)
	p.config.Observer.FetchFailed(failure, wait)
}

// recovered logs the end of a time in which no poll succeeded.
func (p *Poller) recovered(ctx context.Context, failures int, after time.Duration) {
	p.config.Logger.InfoContext(ctx, "polling works again", "failures", failures, "after", after.Round(time.Millisecond))
}

// Done notes that an update is finished. The error does not matter: an update whose handler failed was handled, too.
func (p *Poller) Done(update *Envelope, _ error) {
	m := update.mark
	if m == nil {
		return // the update is from another source
	}
	if p.config.Delivery == AtLeastOnce {
		m.doneAt.Store(p.now())
	}
	m.finished.Store(true)
	if p.watched.Load() == m {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// plan returns the offset of the next poll, and how many updates to ask for so that at most limit of them are new.
//
// With at-least-once delivery the offset is the lowest unfinished update, and the server repeats the updates from there
// on. If a request repeats the offset of the one before within half a second, the server answers with one update at most.
// So while an update is unfinished, every other poll takes the offset one lower. That leaves one finished update
// unconfirmed for a while, and never confirms an unfinished one.
func (p *Poller) plan(limit int) (offset int64, ask int) {
	lowest := p.unconfirmable()
	if lowest == nil {
		return p.window.next, min(limit, pace.FullBatch)
	}
	offset = lowest.id
	if offset == p.sent {
		offset--
	}
	return offset, min(p.window.countFrom(offset)+limit, pace.FullBatch)
}

// unconfirmable returns the update that the offset may not pass, or nil if all are confirmable.
func (p *Poller) unconfirmable() *mark {
	if p.config.Delivery == AtMostOnce {
		return nil
	}
	return p.window.lowest()
}

// awaitRoom waits as long as the server could only repeat updates that the poller knows.
func (p *Poller) awaitRoom(ctx context.Context) error {
	var s stall
	defer s.stop()
	defer func() {
		if p.waits.Load() {
			p.pulse.Beat(p.silence()) // first, so that the poller seems late at no moment
			p.waits.Store(false)
		}
	}()
	for {
		lowest := p.unconfirmable()
		if lowest == nil || p.window.countFrom(lowest.id) < pace.FullBatch {
			s.over(p)
			return ctx.Err()
		}
		p.waits.Store(true)
		if err := p.await(ctx, s.timer(), lowest); err != nil {
			return err
		}
		s.report(p, lowest)
	}
}

// rest waits after a poll that brought nothing new and was answered at once. The reason is either an unfinished update,
// which the server repeats, or a server that does not hold polls.
func (p *Poller) rest(ctx context.Context, took time.Duration) error {
	lowest := p.unconfirmable()
	if lowest == nil && took >= idleUnder {
		return nil
	}
	p.idle = min(max(2*p.idle, idleFirst), idleLast)
	timer := time.NewTimer(p.idle)
	defer timer.Stop()
	return p.await(ctx, timer.C, lowest)
}

// await waits until the timer fires, or m is finished, or ctx ends. It returns the error of ctx if ctx ended. A nil timer
// never fires; m may be nil, too.
func (p *Poller) await(ctx context.Context, timer <-chan time.Time, m *mark) error {
	var wake <-chan struct{}
	if m != nil {
		wake = p.wake
		select {
		case <-wake: // meant for an earlier await
		default:
		}
		// Done stores finished and then loads watched. This function stores watched and then loads finished, so at least
		// one of the two sees what the other stored.
		p.watched.Store(m)
		defer p.watched.Store(nil)
		if m.finished.Load() {
			return ctx.Err()
		}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-wake:
	}
	return nil
}
