package telegram

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

const (
	// eraseEvery is how long deletions are gathered, unless they fill a commit before.
	eraseEvery = time.Second

	// eraseTime bounds, at the end of a stop, the time of the last deletions.
	eraseTime = time.Second

	// maxErasures bounds the deletions that wait while the store is slow. Beyond that, the oldest records are left to
	// expire.
	maxErasures = 100 * session.MaxKeys
)

// openJournal prepares what the link of the journal needs.
func (b *Bot) openJournal(storeGiven bool) error {
	if b.config.Delivery != AtLeastOnce {
		return errors.New("the journal needs Config.Delivery to be AtLeastOnce, since no update is delivered again otherwise")
	}
	if !storeGiven {
		b.logger.Warn("the journal of calls is kept in memory, so it does not survive the process: use WithStore")
	}
	b.journalStore = &watchedStore{Store: b.store}
	if _, memory := b.store.(*session.Memory); b.tracer != nil && !memory {
		b.journalStore.trace = b.tracer.TraceStore
	}
	b.eraser = newEraser(b.journalStore, b.logger)
	forgotten := func(page *calls.JournalPage) { b.eraser.add(page.Close()) }
	switch {
	case b.receiver != nil:
		b.pages = &keptPages{forgotten: forgotten}
	case b.webhook != nil:
		b.webhook.pages = &keptPages{forgotten: forgotten}
	default:
		b.poller.forgotten = forgotten
	}
	return nil
}

// origin finds the update whose handler makes the calls with ctx. There is none if the update is finished: what a handler does after
// its time-out is not recorded.
func (b *Bot) origin(ctx context.Context) (origin calls.JournalOrigin, ok bool) {
	u, ok := runtime.Item[*Envelope](ctx)
	if !ok || u.mark != nil && u.mark.finished.Load() || u.delivery != nil && u.delivery.HasEnded() || u.queued != nil && u.queued.ended.Load() {
		return origin, false
	}
	p := &u.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.event == nil || p.event.owner != b {
		return origin, false
	}
	if p.page == nil {
		key := b.journalKey(u.ID)
		if p.sessions != nil && p.sessions.Expired() != "" {
			key += p.sessions.ExpiredPage() // the update that entered the state has a page of its own
		}
		p.page = calls.NewJournalPage(key)
		if u.mark != nil {
			u.mark.page.Store(p.page)
		}
	}
	return calls.JournalOrigin{Page: p.page, Handler: p.event.Handler, Attempt: runtime.Attempt(ctx)}, true
}

// journalKey returns the key of an update's page in the store.
func (b *Bot) journalKey(update int64) string {
	id, _, _ := strings.Cut(b.API().Token, ":")
	return id + "/journal/" + strconv.FormatInt(update, 10)
}

// keptPages keeps the journal's pages of the last updates that were done, and forgets each after keptPagesCount others. Until then the
// answer to the webhook, or the acknowledgement to the queue, may have been lost, and the update may come again, perhaps to another process. The last pages
// are left to expire.
type keptPages struct {
	forgotten func(*calls.JournalPage) // must not block

	mu    sync.Mutex
	pages [keptPagesCount]*calls.JournalPage
	at    int
}

const keptPagesCount = 1024

// done keeps the page of an update, if it has one. It does nothing if k is nil.
func (k *keptPages) done(update *Envelope) {
	if k == nil {
		return
	}
	update.progress.mu.Lock()
	page := update.progress.page
	update.progress.mu.Unlock()
	if page == nil {
		return
	}
	k.mu.Lock()
	page, k.pages[k.at] = k.pages[k.at], page
	k.at = (k.at + 1) % keptPagesCount
	k.mu.Unlock()
	if page != nil {
		k.forgotten(page)
	}
}

// An eraser deletes records, many in one commit. What it cannot delete is left to expire.
type eraser struct {
	store  session.Store
	logger *slog.Logger
	enough chan struct{} // ends the gathering

	mu        sync.Mutex
	deletes   []session.Write
	running   bool
	finishing bool
	cancel    context.CancelFunc // ends the commits of the goroutine that runs
	ended     sync.WaitGroup
}

func newEraser(store session.Store, logger *slog.Logger) *eraser {
	return &eraser{store: store, logger: logger, enough: make(chan struct{}, 1), cancel: func() {}}
}

// add deletes records soon. It does not block.
func (e *eraser) add(deletes []session.Write) {
	if len(deletes) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deletes = append(e.deletes, deletes...)
	e.deletes = slices.Delete(e.deletes, 0, max(0, len(e.deletes)-maxErasures))
	if len(e.deletes) >= session.MaxKeys {
		e.hurry()
	}
	if !e.running {
		e.running = true
		var ctx context.Context
		ctx, e.cancel = context.WithCancel(context.Background())
		e.ended.Go(func() { e.run(ctx) })
	}
}

// hurry ends the gathering that is under way.
func (e *eraser) hurry() {
	select {
	case e.enough <- struct{}{}:
	default:
	}
}

// run makes the deletions, until there are none for a while.
func (e *eraser) run(ctx context.Context) {
	for {
		e.gather()
		batch := e.next()
		if len(batch) == 0 {
			return
		}
		if err := e.erase(ctx, batch); err != nil {
			e.logger.WarnContext(ctx, "records of the journal are not deleted and will expire", "records", len(batch), "error", err)
		}
	}
}

// gather waits until there are enough deletions for a commit, or for a while.
func (e *eraser) gather() {
	timer := time.NewTimer(eraseEvery)
	defer timer.Stop()
	for !e.hasEnough() {
		select {
		case <-timer.C:
			return
		case <-e.enough:
		}
	}
}

func (e *eraser) hasEnough() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.finishing || len(e.deletes) >= session.MaxKeys
}

// next takes the deletions of one commit. If there are none, the goroutine ends.
func (e *eraser) next() []session.Write {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := min(len(e.deletes), session.MaxKeys)
	batch := slices.Clone(e.deletes[:n])
	e.deletes = slices.Delete(e.deletes, 0, n)
	if n == 0 {
		e.running = false
		e.cancel()
	}
	return batch
}

// erase deletes the records of one batch, except those that have changed meanwhile.
func (e *eraser) erase(ctx context.Context, batch []session.Write) error {
	for len(batch) > 0 {
		err := e.store.Commit(ctx, batch)
		conflict, ok := errors.AsType[*session.ConflictError](err)
		if !ok {
			return err
		}
		n := len(batch)
		batch = slices.DeleteFunc(batch, func(w session.Write) bool { return w.Key == conflict.Key })
		if len(batch) == n {
			return err
		}
	}
	return nil
}

// waiting returns the number of deletions that wait.
func (e *eraser) waiting() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.deletes)
}

// finish makes the deletions that wait, for at most the given time. Nothing is added meanwhile.
func (e *eraser) finish(patience time.Duration) {
	e.mu.Lock()
	e.finishing = true
	impatient := time.AfterFunc(patience, e.cancel)
	e.mu.Unlock()
	e.hurry()
	e.ended.Wait()
	impatient.Stop()
	e.mu.Lock()
	e.finishing = false
	e.mu.Unlock()
}
