package otel

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// consumedBy has the series of the updates that were taken or dropped, by kind.
var consumedBy = func() (all [wire.KindCount]*series) {
	for k := range all {
		all[k] = newSeries(system, semconv.MessagingOperationName(receiveName), semconv.MessagingDestinationName(wire.Kind(k).String()))
	}
	return all
}()

// The series of the updates in hand.
var (
	queued   = newSeries(stateKey.String("queued"))
	retrying = newSeries(stateKey.String("retrying"))
	running  = newSeries(stateKey.String("running"))
)

// collect reports the state of the bot. The reader of the provider calls it, as often as it reads.
func (o *Observer) collect(_ context.Context, to metric.Observer) error {
	i := &o.instruments
	count := func(c metric.Int64ObservableCounter, counts *[wire.KindCount]atomic.Int64) {
		for k := range counts {
			if n := counts[k].Load(); n > 0 {
				to.ObserveInt64(c, n, consumedBy[k].observe...)
			}
		}
	}
	count(i.consumed, &o.consumed)
	count(i.dropped, &o.dropped)
	bot := o.bot.Load()
	if bot == nil {
		return nil
	}
	stats := bot.Stats()
	to.ObserveInt64(i.backlog, int64(stats.Sink.Queued), queued.observe...)
	to.ObserveInt64(i.backlog, int64(stats.Sink.Retrying), retrying.observe...)
	to.ObserveInt64(i.backlog, int64(stats.Sink.Running), running.observe...)
	to.ObserveInt64(i.bytes, stats.Sink.Bytes)
	to.ObserveFloat64(i.oldest, stats.Sink.Oldest.Seconds())
	to.ObserveInt64(i.stalled, number(o.stalled.Load()))
	if last := stats.Poller.LastAnswer; !last.IsZero() {
		to.ObserveFloat64(i.pollAge, time.Since(last).Seconds())
	}
	o.late.observe(i, to, bot, stats.Sink.Abandoned)
	if q := stats.Queue; q.Processes > 0 || q.Err != nil {
		o.collectQueue(to, q)
	}
	return nil
}

func (o *Observer) collectQueue(to metric.Observer, q queue.Status) {
	i := &o.instruments
	to.ObserveInt64(i.queueBacklog, q.Backlog)
	to.ObserveInt64(i.queueHeld, int64(q.Held))
	to.ObserveInt64(i.deadLetters, q.DeadLetters)
	to.ObserveInt64(i.queueProcesses, int64(q.Processes))
	to.ObserveInt64(i.queuePartitions, int64(len(q.Owned)))
	to.ObserveInt64(i.leading, number(q.Leading))
	to.ObserveInt64(i.queueFailing, number(q.Err != nil))
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// lateHandlers counts the handlers that have timed out and not returned. A handler that was counted once is reported with 0 later, so that
// its series does not end with the last number.
type lateHandlers struct {
	mu    sync.Mutex
	names map[string]late
}

type late struct{ abandoned, stuck int64 }

// observe reports the handlers of the bot that are late, or were.
func (l *lateHandlers) observe(i *instruments, to metric.Observer, bot *telegram.Bot, abandoned int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil {
		l.names = map[string]late{noHandler: {}} // so that there is a series before the first time-out
	}
	for name := range l.names {
		l.names[name] = late{}
	}
	var activities []telegram.Activity
	if abandoned > 0 {
		activities = bot.Activities() // looks at all updates in hand
	}
	for _, a := range activities {
		if !a.Abandoned {
			continue
		}
		name := handlerName(a.Handler)
		if _, known := l.names[name]; !known && len(l.names) >= maxSeries {
			name = other
		}
		n := l.names[name]
		n.abandoned++
		n.stuck += number(a.Stuck)
		l.names[name] = n
	}
	for name, n := range l.names {
		s := newSeries(handlerKey.String(name))
		to.ObserveInt64(i.abandoned, n.abandoned, s.observe...)
		to.ObserveInt64(i.stuck, n.stuck, s.observe...)
	}
}
