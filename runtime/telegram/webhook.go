package telegram

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/internal/inbox"
	"github.com/tggen/tggen/runtime/telegram/internal/status"
)

// A Webhook is a source of updates that a Bot API server delivers by HTTP. It is an [http.Handler], for the requests of the
// server, and a [runtime.Source], for a runner that hands the updates to a sink. Its answers are:
//
//	no secret, or a wrong one                401, the body is not read, the connection is closed
//	not a POST                               405
//	a body larger than MaxBody               413
//	a body that takes longer than 10 s       408
//	a body that is cut off                   400
//	a kind that is not wanted                200
//	an update that was done recently         200
//	an update in hand                        that of the earlier delivery; the update is not handled twice
//	no room, or not started, or stopping     503, with Retry-After of 1 to 3 s
//	an update that is done                   200, also if its handler failed
//	an update not done within AnswerWithin   503, with Retry-After of 2 s; it stays in hand
//
// With [AtLeastOnce], an update is done when it was handled. With [AtMostOnce], it is done when Fetch has returned it. An
// update is in hand until it is done, also if the server has given up waiting for the answer. The last 8,192 updates that
// were done and answered are known by their id and bytes, and as many that were done while the server did not wait.
//
// A body that is not an update is not delivered for ever: it becomes an [Envelope] whose Decode returns the error, a
// [*wire.SplitError], so that the error goes the way of all updates that cannot be decoded, and then it counts as done.
//
// The webhook refuses every delivery until the first Fetch, and after Close until the next one. Its memory is bounded: see
// [WebhookConfig]. All methods are safe for concurrent use, but only one goroutine at a time may call Fetch or Close.
type Webhook struct {
	config WebhookConfig
	inbox  *inbox.Inbox

	// pages are those of the last updates that were done. A bot with a journal sets it.
	pages *keptPages

	// repeated is told of an update that came before. A bot that is traced sets it.
	repeated func(id int64)

	waits atomic.Bool   // Fetch waits for an update
	pulse *status.Pulse // late if Fetch has returned and is not called again
}

// returnTime is how long it takes at most until Fetch is called again, if there is room for an update.
const returnTime = 10 * time.Second

var (
	_ runtime.Source[*Envelope] = (*Webhook)(nil)
	_ http.Handler              = (*Webhook)(nil)
)

// NewWebhook makes a webhook. It returns an error if the configuration is invalid. It makes no request: who uses a webhook
// without a [Bot] calls setWebhook, too.
func NewWebhook(config WebhookConfig) (*Webhook, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("making the webhook: %w", err)
	}
	requests := requestsPerConnection * config.Connections
	h := &Webhook{config: config, pulse: status.NewPulse(returnTime)}
	h.inbox = inbox.New(inbox.Config{
		Secret:       config.Secret,
		Early:        config.Delivery == AtMostOnce,
		AnswerWithin: config.AnswerWithin,
		Kinds:        config.Kinds,
		Dropped:      config.Observer.Dropped,
		Repeated:     h.repeat,
		Requests:     requests,
		MaxBody:      config.MaxBody,
		Bytes:        max(bodiesAtOnce, config.MaxBody+1),
		ReadTime:     bodyTime,
	})
	return h, nil
}

func (h *Webhook) repeat(id int64) {
	if h.repeated != nil {
		h.repeated(id)
	}
}

// ServeHTTP answers a request of the Bot API server.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.inbox.ServeHTTP(w, r) }

// Fetch waits for updates and returns at most limit of them in order of arrival. The error is that of ctx, unless a [Bot]
// cannot listen any more.
func (h *Webhook) Fetch(ctx context.Context, limit int) ([]*Envelope, error) {
	h.waits.Store(true)
	entries, err := h.inbox.Take(ctx, limit)
	h.pulse.Beat(returnTime) // first, so that the webhook seems late at no moment
	h.waits.Store(false)
	if err != nil {
		return nil, err
	}
	updates := make([]*Envelope, len(entries))
	for i, e := range entries {
		u := &Envelope{Header: e.Header, raw: e.Raw, delivery: e}
		if e.Err != nil {
			u.err = fmt.Errorf("reading the body of a webhook's request: %w", e.Err)
		}
		updates[i] = u
	}
	h.config.Observer.Fetched(len(updates), time.Since(entries[0].Arrived))
	return updates, nil
}

// Done notes that an update is finished, and answers the server. The error does not matter: an update whose handler failed
// was handled, too.
func (h *Webhook) Done(update *Envelope, _ error) {
	if update.delivery == nil {
		return // the update is from another source
	}
	h.inbox.Done(update.delivery)
	h.pages.done(update)
}

// Close answers the deliveries of all updates that are not done with 503, so that the server delivers them again, to this
// process or to another one. It waits until the answers are given, or ctx ends.
func (h *Webhook) Close(ctx context.Context) error { return h.inbox.Close(ctx) }

// WebhookStats counts what a [Webhook] did since it was made.
type WebhookStats struct {
	// Received is the number of new updates, dropped ones included.
	Received int64
	// Dropped is the number of updates of a kind that is not wanted.
	Dropped int64
	// Duplicates is the number of deliveries of an update that was in hand, or was done recently.
	Duplicates int64
	// Refused is the number of deliveries that were answered with 503, for want of room or of time, or because of a stop.
	Refused int64
	// Unauthorized is the number of requests with no secret or a wrong one.
	Unauthorized int64
	// Invalid is the number of requests with the right secret and no body that could be read.
	Invalid int64
	// LastUpdate is when the last update arrived. It is zero before the first.
	LastUpdate time.Time
}

// Stats returns a snapshot of the counters.
func (h *Webhook) Stats() WebhookStats {
	s := h.inbox.Stats()
	return WebhookStats{
		Received: s.Taken, Dropped: s.Dropped, Duplicates: s.Duplicates, Refused: s.Refused,
		Unauthorized: s.Unauthorized, Invalid: s.Invalid, LastUpdate: s.Last,
	}
}
