package telegram

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const (
	// idleFirst and idleLast bound the wait after a poll that was answered at once and brought nothing new.
	idleFirst = 25 * time.Millisecond
	idleLast  = 200 * time.Millisecond

	// idleUnder is the time under which an empty answer came too soon for a server that holds polls.
	idleUnder = time.Second
)

// A Poller is the source of a bot's updates: it fetches them with getUpdates, in the order of their ids, and confirms
// them as its [Delivery] says.
//
// Fetch and Close are for one goroutine at a time; Done and Stats are safe for concurrent use. An update that the
// server, or a proxy in front of it, sends twice is handed out once: those in hand are known by their id, and the last
// 256 by their id and bytes.
type Poller struct {
	config PollerConfig
	client *http.Client
	own    *http.Transport            // nil when the client is the author's
	line   atomic.Pointer[promptConn] // own's last connection
	url    string
	allow  []byte
	seed   maphash.Seed

	// The rest but for the last block belongs to the goroutine that runs Fetch or Close.

	window window
	seen   seen
	pace   pacer
	idle   time.Duration // the next wait after nothing new; 0 starts again at idleFirst
	failed failures

	sent   int64     // the offset of the last request, and when it went out: the server treats
	sentAt time.Time // the same offset soon after in a way of its own

	answer  []byte           // the last body, reused
	updates []wire.RawUpdate // its updates, reused

	watched atomic.Pointer[mark] // Done wakes whoever waits for this one
	wake    chan struct{}
	stats   pollerCounters
}

var _ runtime.Source[*Envelope] = (*Poller)(nil)

// NewPoller makes a poller. It fails when the configuration cannot be right, and makes no request.
func NewPoller(config PollerConfig) (*Poller, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("poller: %w", err)
	}
	allow, err := config.allowedJSON()
	if err != nil {
		return nil, fmt.Errorf("poller: allowed updates: %w", err)
	}
	p := &Poller{
		config: config,
		url:    methodURL(config.APIURL, config.Token, "getUpdates"),
		allow:  allow,
		seed:   maphash.MakeSeed(),
		pace:   newPacer(config.SpeedTrafficBalance, config.MaxDelay),
		wake:   make(chan struct{}, 1),
	}
	p.client, p.own = httpClient(config.HTTPClient, 1)
	p.client.Timeout = 0
	if p.own != nil {
		p.own.DialContext = p.dial(p.own.DialContext)
	}
	return p, nil
}

// String is the server that is polled, without the token.
func (p *Poller) String() string { return fmt.Sprintf("telegram.Poller(%s)", p.config.APIURL) }

// GoString is String, so that no verb of fmt shows the token.
func (p *Poller) GoString() string { return p.String() }

// Fetch waits for new updates and returns at most limit of them. It retries what can be retried, and its error is
// final: ctx's own, or a failure that lasted longer than the retry policy allows, or an [*APIError] that says what no
// retry mends (401, 404, and 409 with ConflictFail).
func (p *Poller) Fetch(ctx context.Context, limit int) ([]*Envelope, error) {
	for {
		if err := p.sleep(ctx, p.pace.delay(), nil); err != nil {
			return nil, err
		}
		if err := p.awaitRoom(ctx); err != nil {
			return nil, err
		}
		offset, ask := p.plan(limit)
		start := time.Now()
		updates, err := p.request(ctx, offset, ask, p.config.Timeout)
		if ctx.Err() != nil {
			return nil, ctx.Err() // an answer that came in this moment is not confirmed, and comes again
		}
		if err != nil {
			if err := p.retry(ctx, err); err != nil {
				return nil, err
			}
			continue
		}
		took := time.Since(start)
		p.failed = failures{}
		before := p.window.next
		items, fresh := p.accept(updates, offset, limit)
		p.answered(fresh, took)
		switch {
		case len(items) > 0:
			p.idle = 0
			return items, nil
		case p.window.next > before:
			p.idle = 0
			continue // all unwanted, and confirmed by the next poll
		}
		if err := p.rest(ctx, took); err != nil {
			return nil, err
		}
	}
}

// Done notes that an update is finished. Whether it failed makes no difference: it was handled.
func (p *Poller) Done(update *Envelope, _ error) {
	m := update.mark
	if m == nil {
		return // from another source
	}
	m.finished.Store(true)
	if p.watched.Load() == m {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// plan is the offset of the next poll, and how many updates it asks for so that at most limit are new.
//
// At least once, the offset is the lowest unfinished update, and what is in view comes again. A server that is asked
// with the same offset twice within half a second gives one update only, so every other poll beside an unfinished
// update takes the offset one lower, which confirms one finished update less and none more.
func (p *Poller) plan(limit int) (offset int64, ask int) {
	lowest := p.unconfirmable()
	if lowest == nil {
		return p.window.next, min(limit, batchSize)
	}
	offset = lowest.id
	if offset == p.sent {
		offset--
	}
	return offset, min(p.window.countFrom(offset)+limit, batchSize)
}

// unconfirmable is the update that the offset may not pass, or nil.
func (p *Poller) unconfirmable() *mark {
	if p.config.Delivery == AtMostOnce {
		return nil
	}
	return p.window.lowest()
}

// awaitRoom waits while the server would show nothing but what is in hand.
func (p *Poller) awaitRoom(ctx context.Context) error {
	for {
		lowest := p.unconfirmable()
		if lowest == nil || p.window.countFrom(lowest.id) < batchSize {
			return ctx.Err()
		}
		if err := p.await(ctx, nil, lowest); err != nil {
			return err
		}
	}
}

// rest waits after a poll that took no time and brought nothing new: because the server shows what is in hand, or
// because it does not hold polls.
func (p *Poller) rest(ctx context.Context, took time.Duration) error {
	lowest := p.unconfirmable()
	if lowest == nil && took >= idleUnder {
		return nil
	}
	p.idle = min(max(2*p.idle, idleFirst), idleLast)
	return p.sleep(ctx, p.idle, lowest)
}

// sleep waits until d has passed, or m is finished, or ctx ends, whose error it then returns.
func (p *Poller) sleep(ctx context.Context, d time.Duration, m *mark) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return p.await(ctx, timer.C, m)
}

func (p *Poller) await(ctx context.Context, timer <-chan time.Time, m *mark) error {
	var wake <-chan struct{}
	if m != nil {
		wake = p.wake
		select {
		case <-wake: // left over
		default:
		}
		// Done stores finished and then loads watched; this is the other way round, so one sees the other.
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

// retry waits as a failure asks for, or returns the error to end with.
func (p *Poller) retry(ctx context.Context, failure error) error {
	wait, err := p.failed.next(failure, p.config.Retry, p.config.OnConflict, rand.Float64())
	if err != nil {
		return err
	}
	p.stats.failures.Add(1)
	p.config.Logger.WarnContext(ctx, "getUpdates failed, will try again", "error", failure, "wait", wait)
	if p.config.Hooks.Failed != nil {
		p.config.Hooks.Failed(failure, wait)
	}
	return p.sleep(ctx, wait, nil)
}
