// Package otel measures and traces a bot with OpenTelemetry. [New] makes an observer, which telegram.WithObserver gives to the bot:
//
//	observer, err := otel.New(otel.Config{})
//	...
//	bot, err := New(handlers, telegram.WithObserver(observer))
//
// It is a module of its own, so that a bot that does not use it does not depend on OpenTelemetry. Names and units are those of the
// semantic conventions for messaging, version 1.43.0, as far as these have one, and otherwise begin with "tggen.". Durations are in
// seconds.
//
// # Metrics
//
// No attribute of a metric has the id of a chat, a user or an update, or a text that a user has written. So the number of series follows
// from the spec: the handlers and kinds of update that it has, times the types of errors that occur.
//
//	messaging.process.duration             an attempt to handle an update, until its handlers have returned
//	messaging.client.consumed.messages     updates that the bot has taken
//	messaging.client.operation.duration    polls that were answered, from the request to the end of the answer
//	tggen.update.wait.duration             from the arrival of an update to the start of its handlers
//	tggen.updates.dropped                  updates of a kind that no handler wants
//	tggen.backlog                          updates in hand, by tggen.state: queued, retrying, running
//	tggen.backlog.size                     the bytes of the updates in hand
//	tggen.oldest.age                       the age of the oldest update in hand
//	tggen.handlers.retries                 attempts that have failed and are made again
//	tggen.handlers.timeouts                handlers that have timed out
//	tggen.handlers.abandoned               handlers that have timed out and not returned, now
//	tggen.handlers.stuck                   those of them whose constraints are released
//	tggen.poll.age                         the time since the last answered poll
//	tggen.poll.failures                    polls that have failed
//	tggen.poll.stalled                     1 if the bot has not fetched for 10 s, because it has no room; otherwise 0
//	tggen.call.duration                    a call of the Bot API, with its waits and all its attempts
//	tggen.call.retries                     attempts of calls that have failed and are made again
//	tggen.call.waits                       how long these calls wait before that
//	tggen.session.operation.duration       a call of the store of the sessions, unless that is in memory
//	tggen.queue.backlog                    messages that are stored and not done
//	tggen.queue.held                       those of them that this process has received
//	tggen.queue.dead_letters               messages in the dead letters
//	tggen.queue.processes                  processes that share the queue
//	tggen.queue.partitions                 partitions that this process owns
//	tggen.queue.leading                    1 if this process has the lease of the poller; otherwise 0
//	tggen.queue.failing                    1 if the queue does not work; otherwise 0
//
// Those of the queue exist only if the bot has one. The attributes are:
//
//	messaging.system               telegram
//	messaging.operation.name       process, or getUpdates
//	messaging.destination.name     the kind of update, such as message
//	tggen.handler                  the handler that ran last for the update; "none" if none has matched
//	tggen.method                   the method of the Bot API; "other" if gotgbot does not have it
//	tggen.session.operation        load, commit or scan
//	error.type                     see [ErrorType]; there is none after a success
//
// An update whose handler has returned after its time-out is in messaging.process.duration with the error.type timeout. One whose
// handler has not returned is in tggen.handlers.abandoned.
//
// # Traces
//
// Each attempt to handle an update is a trace with a span "process" and the name of the handler. A further attempt is linked to the one
// before. A call of the Bot API that is made with the context of the handler, and each call of a store that is not in memory, is a child of
// it. So is every span that the author starts with that context, or with that of a hook or of a function of [telegram.Event.Go]. The span of an
// update has its id and, with [Config.IDs], those of chat and user. No span has the bot's token, a URL, a text or an error's
// message, which may show these: the log has the messages, and its lines about an update have the trace_id and the span_id. See also
// [LogHandler].
//
// The sampler of the provider decides about each attempt. If it decides against one, its children are not sampled, either.
package otel
