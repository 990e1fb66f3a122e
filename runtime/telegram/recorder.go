package telegram

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/calls"
	sending "github.com/tggen/tggen/runtime/telegram/internal/recorder"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
	records "github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A traceRecorder tells a receiver on this machine what becomes of the updates of a bot: see package trace. A bot that is not traced has none.
type traceRecorder struct {
	bot     *Bot
	token   string
	workers int
	sender  *sending.Sender

	mu      sync.Mutex
	stories map[*progress]*story
	keys    []records.Key // of the update that Put looks at
	seqs    map[int64]int // the calls so far, by update
	order   []int64       // the keys of seqs, the oldest first
}

// A story is what a recorder remembers of an update in hand.
type story struct {
	attempt int
	started time.Time
	entered []string // in this attempt
}

// maxSeqs is for how many updates the recorder numbers the calls, so that its memory is bounded. Functions that Event.Go started may make
// calls after their update is finished.
const maxSeqs = 10_000

// newRecorder makes the recorder of a bot, or nil if it is not traced.
func (b *Bot) newRecorder(url, token string) (*traceRecorder, error) {
	if url == "" {
		return nil, nil
	}
	sender, err := sending.New(url, b.logger)
	if err != nil {
		return nil, err
	}
	workers := b.config.Workers
	switch {
	case b.config.Sink == Sequential:
		workers = 1
	case workers <= 0:
		workers = goruntime.GOMAXPROCS(0)
	}
	return &traceRecorder{
		bot: b, token: token, workers: workers, sender: sender, stories: make(map[*progress]*story), seqs: make(map[int64]int),
	}, nil
}

// start begins to send records, and stop sends the last ones. Both do nothing for a bot that is not traced.
func (r *traceRecorder) start(ctx context.Context, logger *slog.Logger) {
	if r != nil {
		logger.InfoContext(ctx, "tracing updates", "host", r.sender.Host())
		r.sender.Start()
	}
}

func (r *traceRecorder) stop() {
	if r != nil {
		r.sender.Stop()
	}
}

// errorText returns the text of an error for a record.
func (r *traceRecorder) errorText(err error) string {
	if err == nil {
		return ""
	}
	text := redact.Text(err.Error(), r.token)
	if len(text) > records.MaxError {
		text = strings.ToValidUTF8(text[:records.MaxError], "")
	}
	return text
}

// noteKeys keeps the keys of an update until queued tells of it.
func (r *traceRecorder) noteKeys(keys []records.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
}

// queued tells of an update that was put into the sink.
func (r *traceRecorder) queued(u *Envelope, shard int) {
	r.mu.Lock()
	keys := r.keys
	r.keys = nil
	r.stories[&u.progress] = new(story)
	r.mu.Unlock()
	record := records.Record{Event: records.Taken, Update: u.ID, Keys: keys, Shard: shard, Workers: r.workers}
	if s := u.progress.sessions; s != nil {
		record.Expired = s.Expired()
	}
	r.sender.Add(record)
}

// started tells that an attempt begins.
func (r *traceRecorder) started(u *Envelope, shard int, waited time.Duration) {
	r.mu.Lock()
	attempt := 0
	if s := r.stories[&u.progress]; s != nil {
		s.attempt++
		s.started, s.entered = time.Now(), nil
		attempt = s.attempt
	}
	r.mu.Unlock()
	r.sender.Add(records.Record{Event: records.Started, Update: u.ID, Attempt: attempt, Shard: shard, Waited: waited})
}

// entered tells that a handler runs, and that the one before does not if it is the handler's find that found nothing: then Enter is
// called again with the name before.
func (r *traceRecorder) entered(ev *Event, handler string) {
	if ev.Settled() {
		return
	}
	r.mu.Lock()
	s := r.stories[ev.progress]
	if s == nil {
		r.mu.Unlock()
		return
	}
	record := records.Record{Event: records.Entered, Update: ev.Header.ID, Attempt: s.attempt, Handler: handler}
	last := len(s.entered) - 1
	switch {
	case last >= 0 && s.entered[last] == handler: // it has found what it needs, and runs
		record.Event = ""
	case last >= 0 && (handler == "" || slices.Contains(s.entered, handler)):
		record.Event, record.Handler = records.Passed, s.entered[last]
		s.entered = s.entered[:last]
	case handler == "":
		record.Event = ""
	default:
		s.entered = append(s.entered, handler)
	}
	r.mu.Unlock()
	if record.Event != "" {
		r.sender.Add(record)
	}
}

// finished tells how an attempt has ended. final says that the sink tells no more of the update.
func (r *traceRecorder) finished(u *Envelope, outcome records.Outcome, took, wait time.Duration, err error, final bool) {
	r.mu.Lock()
	attempt := 0
	if s := r.stories[&u.progress]; s != nil {
		if attempt = s.attempt; took == 0 {
			took = time.Since(s.started)
		}
	}
	if final {
		delete(r.stories, &u.progress)
	}
	r.mu.Unlock()
	r.sender.Add(records.Record{
		Event: records.Finished, Update: u.ID, Attempt: attempt, Outcome: outcome, Took: took, Wait: wait, Error: r.errorText(err),
	})
}

// repeated tells of an update that came again.
func (r *traceRecorder) repeated(id int64) {
	r.sender.Add(records.Record{Event: records.Repeated, Update: id})
}

// loaded and committed tell of a session.
func (r *traceRecorder) loaded(update int64, c state.Change) {
	r.sender.Add(records.Record{Event: records.Loaded, Update: update, Session: c.Session, SessionKey: c.Key, Before: valueOf(c.Before)})
}

func (r *traceRecorder) committed(update int64, c state.Change) {
	r.sender.Add(records.Record{
		Event: records.Committed, Update: update, Session: c.Session, SessionKey: c.Key, Before: valueOf(c.Before), After: valueOf(c.After),
	})
}

// valueOf returns a value of a session for a record.
func valueOf(v *state.Snapshot) *records.Value {
	if v == nil {
		return nil
	}
	value := &records.Value{State: v.State}
	if len(v.Data) > 0 {
		value.Data = v.Data
		if !json.Valid(v.Data) { // an author's type has written it
			value.Data, _ = json.Marshal(string(v.Data))
		}
	}
	return value
}

// origin is where a call comes from. It is in the context of the call while the bot is traced.
type origin struct {
	update   int64 // 0 for a call that no handler makes
	seq      int
	requests atomic.Int64
}

type originKey struct{}

// updateKey is the key of an update's id in the contexts of calls that [Event].Bot makes.
type updateKey struct{}

// beginCall numbers a call, and tells of it when it has ended.
func (r *traceRecorder) beginCall(ctx context.Context, method string) (traced context.Context, end func(error)) {
	o := &origin{update: r.updateOf(ctx)}
	o.seq = r.number(o.update)
	began := time.Now()
	return context.WithValue(ctx, originKey{}, o), func(err error) {
		r.sender.Add(records.Record{
			Event: records.Called, Update: o.update, Method: method, Seq: o.seq, Requests: int(o.requests.Load()),
			Took: time.Since(began), Error: r.errorText(err),
		})
	}
}

// updateOf returns the update for which a call is made with ctx, or 0.
func (r *traceRecorder) updateOf(ctx context.Context) int64 {
	if u, ok := runtime.Item[*Envelope](ctx); ok {
		if owner, _ := u.progress.running(); owner == r.bot {
			return u.ID
		}
	}
	if ev, ok := ctx.Value(eventKey{}).(*Event); ok && ev.owner == r.bot {
		return ev.Header.ID
	}
	id, _ := ctx.Value(updateKey{}).(int64)
	return id
}

// number returns the number of a call among those of its update.
func (r *traceRecorder) number(update int64) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seqs[update] == 0 {
		if len(r.order) == maxSeqs {
			delete(r.seqs, r.order[0])
			r.order = r.order[1:]
		}
		r.order = append(r.order, update)
	}
	r.seqs[update]++
	return r.seqs[update]
}

// link puts the link that tells of calls around the client of a bot.
func (r *traceRecorder) link(client gotgbot.BotClient) gotgbot.BotClient {
	c, ok := client.(*chain)
	if r == nil || !ok {
		return client
	}
	return newChain(calls.Trace(r.beginCall)(c.BotClient))
}

// setHeader says in the head of a request which update the call belongs to.
func setHeader(ctx context.Context, header http.Header) {
	o, ok := ctx.Value(originKey{}).(*origin)
	if !ok {
		return
	}
	o.requests.Add(1)
	if o.update != 0 {
		header.Set(records.UpdateHeader, strconv.FormatInt(o.update, 10))
		header.Set(records.CallHeader, strconv.Itoa(o.seq))
	}
}

// apiFor returns the gotgbot bot for the event of an update. While the bot is traced, its calls belong to the update even if they are made
// without the context of the handler.
func (b *Bot) apiFor(u *Envelope) *gotgbot.Bot {
	api := b.API()
	if b.recorder == nil {
		return api
	}
	c, ok := api.BotClient.(*chain)
	if !ok {
		return api
	}
	of := *api
	of.BotClient = newChain(calls.Trace(func(ctx context.Context, _ string) (context.Context, func(error)) {
		return context.WithValue(ctx, updateKey{}, u.ID), nil
	})(c.BotClient))
	return &of
}

// A recordingObserver tells the recorder what it is told, and then the author's observer.
type recordingObserver struct {
	Observer
	recorder *traceRecorder
}

// observing puts the recorder before the author's observer, which may be nil.
func (r *traceRecorder) observing(observer Observer) Observer {
	if r == nil {
		return observer
	}
	if observer == nil {
		observer = NopObserver{}
	}
	return recordingObserver{observer, r}
}

func (o recordingObserver) Queued(u *Envelope, shard int) {
	o.recorder.queued(u, shard)
	o.Observer.Queued(u, shard)
}

func (o recordingObserver) Started(u *Envelope, shard int, waited time.Duration) {
	o.recorder.started(u, shard, waited)
	o.Observer.Started(u, shard, waited)
}

func (o recordingObserver) Finished(u *Envelope, shard int, took time.Duration, err error) {
	outcome := records.Handled
	switch {
	case err != nil:
		outcome = records.Failed
	case u.queued != nil && u.queued.dropped:
		outcome = records.NotOurs
	}
	o.recorder.finished(u, outcome, took, 0, err, true)
	o.Observer.Finished(u, shard, took, err)
}

func (o recordingObserver) TimedOut(u *Envelope, shard int) {
	o.recorder.finished(u, records.TimedOut, 0, 0, runtime.ErrTimeout, false)
	o.Observer.TimedOut(u, shard)
}

func (o recordingObserver) Retrying(u *Envelope, shard int, took time.Duration, attempt int, wait time.Duration, err error) {
	o.recorder.finished(u, records.Retried, took, wait, err, false)
	o.Observer.Retrying(u, shard, took, attempt, wait, err)
}

func (o recordingObserver) Stopped(u *Envelope, shard int, took time.Duration, err error) {
	o.recorder.finished(u, records.Stopped, took, 0, err, true)
	o.Observer.Stopped(u, shard, took, err)
}

func (o recordingObserver) Returned(u *Envelope, shard int, took time.Duration, err error) {
	o.recorder.finished(u, records.Abandoned, took, 0, err, true)
	o.Observer.Returned(u, shard, took, err)
}

func (o recordingObserver) Dropped(header wire.Header) {
	o.recorder.sender.Add(records.Record{Event: records.Dropped, Update: header.ID})
	o.Observer.Dropped(header)
}
