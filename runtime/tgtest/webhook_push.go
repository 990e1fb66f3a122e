package tgtest

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/webhook"
)

// maxLoad is how many updates the server loads at once for a webhook.
const maxLoad = 1000

// push delivers the updates of a bot to one webhook. A new setWebhook starts a new push.
type push struct {
	bot    *Bot
	target *webhook.Target
	ctx    context.Context // ends with the push
	cancel context.CancelFunc
	wake   chan struct{} // signals that step has something to do; has room for one signal

	// Guarded by the server's lock.
	schedule *webhook.Schedule
	next     int64               // id of the first update that is not loaded
	workers  map[int]*pushWorker // by the number of the connection
	again    map[int64]bool      // the updates that were loaded once more
}

// pushWorker owns one connection to the webhook.
type pushWorker struct {
	push   *push
	number int
	conn   *webhook.Conn
	sends  chan webhook.Send // has room for the one that the schedule gives to an idle connection
}

// signal makes the push look for something to do.
func (p *push) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// stop ends the push and closes its connections. The lock must be held.
func (p *push) stop() {
	p.cancel()
	for _, w := range p.workers {
		w.conn.Close()
	}
}

// stopped reports whether the push has ended. The lock must be held.
func (p *push) stopped() bool { return p.ctx.Err() != nil }

// run hands updates to the connections until the push ends.
func (p *push) run() {
	timer := time.NewTimer(math.MaxInt64)
	defer timer.Stop()
	for {
		if until, ok := p.step(); ok {
			timer.Reset(time.Until(until))
		} else {
			timer.Stop()
		}
		select {
		case <-p.wake:
		case <-timer.C:
		case <-p.ctx.Done():
			return
		}
	}
}

// step loads updates and hands over those that are due. ok is false if nothing will be due until a signal.
func (p *push) step() (until time.Time, ok bool) {
	b := p.bot
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	if p.stopped() {
		return time.Time{}, false
	}
	now, before := time.Now(), b.queue.live
	loaded := b.queue.after(nil, p.next, min(p.schedule.Room(), maxLoad), now)
	if b.queue.live != before { // some have expired
		b.server.changes.notify()
	}
	for _, e := range loaded {
		p.next = e.id + 1
		p.schedule.Add(webhook.Update{ID: e.id, Queue: webhook.QueueOf(e.body), Expires: e.expires, Body: e.body}, now)
	}
	p.loadAgain(now)
	sends, until := p.schedule.Next(now)
	for _, send := range sends {
		b.delivered([]event{{id: send.Update.ID}})
		if send.Opens {
			w := &pushWorker{push: p, number: send.Conn, conn: p.target.NewConn(), sends: make(chan webhook.Send, 1)}
			p.workers[send.Conn] = w
			b.server.conns.Go(w.run)
		}
		p.workers[send.Conn].sends <- send
	}
	return until, !until.IsZero()
}

// run delivers updates over the connection until it closes.
func (w *pushWorker) run() {
	defer w.conn.Wait()
	defer w.conn.Close()
	idle := time.NewTimer(webhook.Timeout)
	defer idle.Stop()
	for {
		var send webhook.Send
		select {
		case send = <-w.sends:
		case <-w.conn.Gone():
			if w.leave() {
				return
			}
			send = <-w.sends
		case <-idle.C:
			if w.leave() {
				return
			}
			send = <-w.sends
		case <-w.push.ctx.Done():
			return
		}
		if !w.deliver(send) {
			return
		}
		idle.Reset(webhook.Timeout)
	}
}

// leave gives up a connection that has nothing to do. It returns false if the connection has something to do by now.
func (w *pushWorker) leave() bool {
	w.push.bot.server.mu.Lock()
	defer w.push.bot.server.mu.Unlock()
	if !w.push.stopped() && !w.push.schedule.Close(w.number) {
		return false
	}
	delete(w.push.workers, w.number)
	return true
}

// deliver sends one update and reports the result. It returns false if the connection is closed or the push has ended.
func (w *pushWorker) deliver(send webhook.Send) bool {
	p, b := w.push, w.push.bot
	d := Delivery{UpdateID: send.Update.ID, Kind: kindOf(send.Update.Body), Attempt: send.Attempt}
	f := b.takeDeliveryFault(d.Kind)
	if f.Delay > 0 && b.server.sleep(p.ctx, f.Delay) != nil {
		return false
	}
	d.Time = time.Now()
	body := appendUpdate(make([]byte, 0, len(send.Update.Body)+32), send.Update.ID, send.Update.Body)
	answer, err := w.conn.Exchange(p.ctx, body, f.damage())
	d.Took = time.Since(d.Time)
	result := webhook.Result{Closed: err != nil || !answer.KeepAlive}
	shown := true // in getWebhookInfo
	switch {
	case err != nil:
		d.Error, shown = err.Error(), err != webhook.ErrClosed
	case !answer.OK():
		d.Code, d.Error = answer.Status, "Wrong response from the webhook: "+answer.Text
		result.RetryAfter = answer.RetryAfter()
	default:
		d.Code, result.OK, result.Again = answer.Status, true, f.Duplicate
		b.callInAnswer(d.UpdateID, answer)
	}
	return p.finish(w, d, result, shown)
}

// finish reports a result to the schedule. It returns false if the connection is closed or the push has ended.
func (p *push) finish(w *pushWorker, d Delivery, result webhook.Result, shown bool) bool {
	b := p.bot
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	if p.stopped() {
		return false // the update stays in the queue, for the next webhook or for getUpdates
	}
	now := time.Now()
	if d.Error != "" && shown {
		b.webhook.errorText, b.webhook.errorTime = d.Error, now
	}
	if result.Closed {
		delete(p.workers, w.number)
	}
	if p.schedule.Done(w.number, result, now) {
		b.queue.forget(d.UpdateID)
		delete(p.again, d.UpdateID)
		d.Confirmed, d.Dropped = result.OK, !result.OK
	}
	d.Seq = b.deliveries.end()
	b.deliveries.add(d)
	b.active = now
	if d.Code != 0 {
		b.endIfGone(d.Code, now)
	}
	b.server.changes.notify()
	p.signal()
	return !result.Closed && !p.stopped()
}

// endIfGone removes a webhook that has answered 410 and nothing else for 23 h.
func (b *Bot) endIfGone(code int, now time.Time) {
	switch since := b.webhook.goneSince; {
	case code != http.StatusGone:
		b.webhook.goneSince = time.Time{}
	case since.IsZero():
		b.webhook.goneSince = now
	case now.Sub(since) > webhook.GoneTimeout:
		b.removeWebhook()
	}
}

// kindOf returns the kind of an update from its body.
func kindOf(body []byte) string {
	kind, _, _ := bytes.Cut(body[1:], []byte{'"'})
	return string(kind)
}

// callInAnswer runs the method that an answer to an update names, if any. Nobody sees the result of such a call, but it is
// recorded. Like the official server it runs neither methods that get something nor those that would end the webhook.
func (b *Bot) callInAnswer(update int64, answer webhook.Answer) {
	params, files, err := readParams(&http.Request{
		Method: http.MethodPost,
		URL:    &url.URL{},
		Header: http.Header{"Content-Type": answer.Header["Content-Type"]},
		Body:   io.NopCloser(bytes.NewReader(answer.Body)),
	})
	name := strings.ToLower(params["method"])
	known, exists := b.server.methods()[name]
	if err != nil || !exists || strings.HasPrefix(name, "get") {
		return
	}
	switch name {
	case "setwebhook", "deletewebhook", "close", "logout":
		return
	}
	delete(params, "method")
	call := &Call{bot: b, Method: known.name, Params: params, Files: files, Time: time.Now(), InAnswer: true, UpdateID: update}
	call.arrived, call.Fault = call.Time, b.takeFault(known.name)
	switch f := call.Fault; {
	case f == nil:
		b.run(known, call)
	case f.answers():
		call.fail(f.reply())
		b.record(call)
	case f.Hang:
		b.record(call)
	default:
		b.run(known, call)
	}
}
