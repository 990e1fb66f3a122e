package otel

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// durations are the bounds of the buckets of all durations, in seconds: from the 10 µs of a handler that does nothing to the minutes of
// one that waits. The conventions advise those from 5 ms to 10 s.
var durations = []float64{
	0.00001, 0.000025, 0.0001, 0.00025, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075,
	0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300,
}

// instruments are all instruments of an Observer.
type instruments struct {
	processed, waited, operation, called, callWaits, stored metric.Float64Histogram
	retries, timeouts, pollFailures, callRetries            metric.Int64Counter

	consumed, dropped                                               metric.Int64ObservableCounter
	backlog, bytes, abandoned, stuck                                metric.Int64ObservableUpDownCounter
	oldest, pollAge                                                 metric.Float64ObservableGauge
	queueBacklog, queueHeld, deadLetters                            metric.Int64ObservableUpDownCounter
	stalled, queueProcesses, queuePartitions, leading, queueFailing metric.Int64ObservableGauge
}

// A maker makes instruments, and remembers the errors.
type maker struct {
	meter metric.Meter
	errs  []error
}

func (m *maker) histogram(name, description string) metric.Float64Histogram {
	h, err := m.meter.Float64Histogram(name, metric.WithDescription(description), metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(durations...))
	m.errs = append(m.errs, err)
	return h
}

func (m *maker) counter(name, unit, description string) metric.Int64Counter {
	c, err := m.meter.Int64Counter(name, metric.WithDescription(description), metric.WithUnit(unit))
	m.errs = append(m.errs, err)
	return c
}

func (m *maker) total(name, unit, description string) metric.Int64ObservableCounter {
	c, err := m.meter.Int64ObservableCounter(name, metric.WithDescription(description), metric.WithUnit(unit))
	m.errs = append(m.errs, err)
	return c
}

func (m *maker) amount(name, unit, description string) metric.Int64ObservableUpDownCounter {
	c, err := m.meter.Int64ObservableUpDownCounter(name, metric.WithDescription(description), metric.WithUnit(unit))
	m.errs = append(m.errs, err)
	return c
}

func (m *maker) gauge(name, unit, description string) metric.Int64ObservableGauge {
	g, err := m.meter.Int64ObservableGauge(name, metric.WithDescription(description), metric.WithUnit(unit))
	m.errs = append(m.errs, err)
	return g
}

func (m *maker) age(name, description string) metric.Float64ObservableGauge {
	g, err := m.meter.Float64ObservableGauge(name, metric.WithDescription(description), metric.WithUnit("s"))
	m.errs = append(m.errs, err)
	return g
}

// make makes the instruments.
func (i *instruments) make(meter metric.Meter) error {
	m := &maker{meter: meter}

	i.processed = m.histogram("messaging.process.duration", "Duration of an attempt to handle an update.")
	i.consumed = m.total("messaging.client.consumed.messages", "{message}", "Updates that the bot has taken.")
	i.operation = m.histogram("messaging.client.operation.duration", "Duration of polls that were answered.")
	i.waited = m.histogram("tggen.update.wait.duration", "Time from the arrival of an update to the start of its handlers.")
	i.dropped = m.total("tggen.updates.dropped", "{update}", "Updates of a kind that no handler wants.")

	i.backlog = m.amount("tggen.backlog", "{update}", "Updates in hand.")
	i.bytes = m.amount("tggen.backlog.size", "By", "Size of the updates in hand.")
	i.oldest = m.age("tggen.oldest.age", "Age of the oldest update in hand.")

	i.retries = m.counter("tggen.handlers.retries", "{attempt}", "Attempts that have failed and are made again.")
	i.timeouts = m.counter("tggen.handlers.timeouts", "{handler}", "Handlers that have timed out.")
	i.abandoned = m.amount("tggen.handlers.abandoned", "{handler}", "Handlers that have timed out and not returned.")
	i.stuck = m.amount("tggen.handlers.stuck", "{handler}", "Handlers that have not returned at the end of their hold.")

	i.pollAge = m.age("tggen.poll.age", "Time since the last answered poll.")
	i.pollFailures = m.counter("tggen.poll.failures", "{poll}", "Polls that have failed.")
	i.stalled = m.gauge("tggen.poll.stalled", "{bot}", "1 if the bot has not fetched for 10 s, because it has no room.")

	i.called = m.histogram("tggen.call.duration", "Duration of a call of the Bot API, with its waits and all its attempts.")
	i.callRetries = m.counter("tggen.call.retries", "{attempt}", "Attempts of calls that have failed and are made again.")
	i.callWaits = m.histogram("tggen.call.waits", "How long calls wait before they are made again.")
	i.stored = m.histogram("tggen.session.operation.duration", "Duration of a call of the store of the sessions.")

	i.queueBacklog = m.amount("tggen.queue.backlog", "{message}", "Messages of the queue that are stored and not done.")
	i.queueHeld = m.amount("tggen.queue.held", "{message}", "Messages that this process has received and not finished.")
	i.deadLetters = m.amount("tggen.queue.dead_letters", "{message}", "Messages in the dead letters.")
	i.queueProcesses = m.gauge("tggen.queue.processes", "{process}", "Processes that share the queue.")
	i.queuePartitions = m.gauge("tggen.queue.partitions", "{partition}", "Partitions that this process owns.")
	i.leading = m.gauge("tggen.queue.leading", "{process}", "1 if this process has the lease of the poller.")
	i.queueFailing = m.gauge("tggen.queue.failing", "{queue}", "1 if the queue does not work.")
	return errors.Join(m.errs...)
}

// observable returns the instruments that Observer.collect observes.
func (i *instruments) observable() []metric.Observable {
	return []metric.Observable{
		i.consumed, i.dropped, i.backlog, i.bytes, i.oldest, i.abandoned, i.stuck, i.pollAge, i.stalled,
		i.queueBacklog, i.queueHeld, i.deadLetters, i.queueProcesses, i.queuePartitions, i.leading, i.queueFailing,
	}
}
