package spec

import (
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// This file and keys_handler.go describe every key of the spec: its value, its default, and what it means.

// hook is the method that a key such as on_error names.
var hook = method{what: "a method"}

func specShape() *object[Spec] {
	return &object[Spec]{
		name: "the spec", doc: "A Telegram bot, for tggen to generate.",
		keys: []key[Spec]{
			at("version", versionNumber{}, func(s *Spec) *Value[int] { return &s.Version },
				"The version of the spec's language.").needed("write version: 1"),
			at("workers", integer{1, 1024}, func(s *Spec) *Value[int] { return &s.Workers },
				"The number of shards. An update's shard never changes. Default: the number of processors."),
			at("concurrency", integer{1, 1_000_000}, func(s *Spec) *Value[int] { return &s.Concurrency },
				"The largest number of handlers that run at once.").or(DefaultConcurrency),
			at("backlog", backlogValue{}, func(s *Spec) *Backlog { return &s.Backlog },
				"The largest number of updates that the bot holds, including those that are being handled, or {updates: 16384, bytes: 64MiB}. "+
					"It fetches only as many as it has room for.").or(DefaultBacklog),
			at("sink", choice[Sink]{what: "a sink", values: []Sink{SinkSharded, SinkConcurrent, SinkBatch, SinkSequential}},
				func(s *Spec) *Value[Sink] { return &s.Sink },
				"How updates are given to handlers. sharded: in order for each key. concurrent: all at once, in no order. "+
					"batch: a batch at once, and the next batch when all of it is done. sequential: one after another.").or(DefaultSink),
			at("timeout", pointed[Timeout]{timeoutValue{}}, func(s *Spec) **Timeout { return &s.Timeout },
				"The time that a handler has: a duration, none, {after: 30s, key: release}, or {after: 30s, key: hold, hold: 10s}.").or(durationText(DefaultTimeout)),
			at("retry", pointed[HandlerRetry]{handlerRetryShape()}, func(s *Spec) **HandlerRetry { return &s.Retry },
				"How often an update is handled again after its handler has returned an error. Default: it is not."),
			at("stop_timeout", period{max: 24 * time.Hour}, func(s *Spec) *Value[time.Duration] { return &s.StopTimeout },
				"How long the bot waits for handlers when it stops. After that it cancels their contexts.").or(durationText(DefaultStopTimeout)),
			at("delivery", choice[Delivery]{what: "a kind of delivery", values: []Delivery{DeliverAtMostOnce, DeliverAtLeastOnce}},
				func(s *Spec) *Value[Delivery] { return &s.Delivery },
				"When an update is confirmed to Telegram. at_most_once: once it is fetched. at_least_once: once it is handled, "+
					"so that a crash loses no update, but may repeat some.").or(DefaultDelivery),
			at("source", choice[Source]{what: "a source of updates", values: []Source{SourceAuto, SourcePolling, SourceWebhook}},
				func(s *Spec) *Value[Source] { return &s.Source },
				"How the bot gets its updates. webhook: Telegram delivers them. polling: the bot fetches them, and deletes a webhook that is set. "+
					"auto: webhook if the environment variable BOT_WEBHOOK_URL is set; else the bot fetches them, and ends with an error if a "+
					"webhook is set.").or(DefaultSource),
			at("allowed_updates", pointed[AllowedUpdates]{allowedUpdates{}}, func(s *Spec) **AllowedUpdates { return &s.AllowedUpdates },
				"The update kinds that the bot asks Telegram for. auto: those that the handlers need.").or("auto"),
			at("polling", pollingShape(), func(s *Spec) *Polling { return &s.Polling },
				"How updates are fetched."),
			at("webhook", webhookShape(), func(s *Spec) *Webhook { return &s.Webhook },
				"How updates are taken that Telegram delivers."),
			at("queue", pointed[Queue]{queueShape()}, func(s *Spec) **Queue { return &s.Queue },
				"A durable queue between the source of updates and their handlers, so that several processes share the work. Delivery is at_least_once "+
					"then, without its bound of 100 updates in hand. Each kind of update needs exactly one constraint. Default: no queue."),
			at("calls", callsShape(), func(s *Spec) *Calls { return &s.Calls },
				"What happens to calls that fail, to calls that Telegram asks to wait with, and to calls of updates that are handled again."),
			at("constraints", pointed[Constraints]{constraintsValue{}}, func(s *Spec) **Constraints { return &s.Constraints },
				"Updates that share a constraint are handled in order: chat, user, chat_user, topic, none, or methods of Handlers. "+
					"A mapping sets the constraints of each update kind.").or(DefaultConstraint),
			at("middleware", methods("a middleware"), func(s *Spec) *[]String { return &s.Middleware },
				"Methods of Handlers that wrap every handler. The first is the outermost."),
			at("on_error", hook, func(s *Spec) *String { return &s.OnError },
				"The method that gets the errors and panics of handlers. Default: they are logged."),
			at("on_timeout", hook, func(s *Spec) *String { return &s.OnTimeout },
				"The method that is called when a handler's time is up. Default: it is logged."),
			at("on_usage", hook, func(s *Spec) *String { return &s.OnUsage },
				"The method that is called when the arguments of a command do not parse. Default: the bot replies with the usage."),
			at("match", choice[Match]{what: "a way to match", values: []Match{MatchFirst, MatchAll}}, func(s *Spec) *Value[Match] { return &s.Match },
				"Which handlers run for an update. first: the first that matches. all: all that match.").or(DefaultMatch),
			at("register_commands", boolean{}, func(s *Spec) *Value[bool] { return &s.RegisterCommands },
				"Whether the bot sets its menus of commands after it has started, those that differ. A command whose handler has the key in "+
					"is in the menu of private chats or of groups.").or(false),
			at("sessions", sessionList(), func(s *Spec) *[]*Session { return &s.Sessions },
				"What the bot remembers between updates, for each user, chat or other key: data, or the state of a dialogue."),
			more("include", includes{}, func(s *Spec) *[]*Handler { return &s.Handlers },
				"Files with more handlers: paths that begin in the folder of the spec. Each file has the keys groups and handlers. Its handlers are "+
					"tried where the key include stands among groups and handlers."),
			more("groups", groupList{}, func(s *Spec) *[]*Handler { return &s.Handlers }, docGroups),
			more("handlers", handlerList(), func(s *Spec) *[]*Handler { return &s.Handlers }, docHandlers).absent(needHandlers),
		},
		example: func(string) string { return "write version: 1, and handlers: with a list below it" },
		check:   checkSpec,
		rules:   oneRequired("handlers", "groups", "include"),
	}
}

// What the keys mean that a spec and an included file have.
const (
	docGroups = "Groups of handlers that have keys in common: in, where, state, session, constraints, timeout and retry. A handler's own key replaces that of " +
		"the group, except that the predicates of both must hold."
	docHandlers = "The handlers, in the order in which they are tried. The first that matches an update gets it, unless match is all. If there are several of the " +
		"keys handlers, groups and include, they are tried in the order of the file, from top to bottom."
)

// needHandlers is the hint for a file or a group without handlers.
const needHandlers = "write handlers: and a list below it, such as - {name: Start, command: start}"

func handlerList() list[*Handler] {
	return list[*Handler]{item: pointed[Handler]{handlerShape()}, want: "a handler"}
}

// methods is the name of a method, or a list of different names.
func methods(what string) list[String] {
	return list[String]{item: method{what: what, list: true}, alone: true, same: itself, want: "the name of " + what}
}

func pollingShape() *object[Polling] {
	return &object[Polling]{
		name: "polling", doc: "How updates are fetched.",
		keys: []key[Polling]{
			at("timeout", period{max: 50 * time.Second, seconds: true}, func(b *Polling) *Value[time.Duration] { return &b.Timeout },
				"How long Telegram holds a poll if there are no updates: 0s to 50s, in whole seconds.").or(durationText(DefaultPollTimeout)),
			at("speed_traffic_balance", fraction{0, 1}, func(b *Polling) *Value[float64] { return &b.SpeedTrafficBalance },
				"A number from 0 to 1. 0: the bot fetches at once. 1: it waits for fuller batches.").or(DefaultSpeedTrafficBalance),
			at("max_delay", period{max: time.Hour}, func(b *Polling) *Value[time.Duration] { return &b.MaxDelay },
				"The longest wait for a fuller batch.").or(durationText(DefaultMaxDelay)),
			at("retry", retryShape(), func(b *Polling) *Retry { return &b.Retry },
				"What happens after a failed fetch."),
			at("on_conflict", choice[Conflict]{what: "a way to handle a conflict", values: []Conflict{ConflictWait, ConflictFail}},
				func(b *Polling) *Value[Conflict] { return &b.OnConflict },
				"What the bot does if another process polls with the same token. wait: it takes over when the other is gone. fail: it stops.").or(DefaultOnConflict),
			at("drop_pending", boolean{}, func(b *Polling) *Value[bool] { return &b.DropPending },
				"Whether the bot drops the updates that arrived while it was not polling.").or(false),
		},
		check: func(p *parser, node *yaml.Node, b *Polling, _ map[string]*yaml.Node) bool {
			b.Pos = p.start(node).pos
			return true
		},
	}
}

func retryShape() *object[Retry] {
	return &object[Retry]{
		name: "polling.retry", doc: "What happens after a failed fetch.",
		keys: []key[Retry]{
			at("interval", retryInterval{}, func(r *Retry) *Value[RetryInterval] { return &r.Interval },
				"The wait between two attempts. exponential or quadratic: it grows. A duration: it stays the same.").or(DefaultRetry),
			at("max_elapsed", period{max: 365 * 24 * time.Hour}, func(r *Retry) *Value[time.Duration] { return &r.MaxElapsed },
				"How long the bot tries again before it stops with the error.").or(durationText(DefaultMaxElapsed)),
		},
		check: func(p *parser, node *yaml.Node, r *Retry, _ map[string]*yaml.Node) bool {
			r.Pos = p.start(node).pos
			return true
		},
	}
}

func callsShape() *object[Calls] {
	return &object[Calls]{
		name: "calls", doc: "What happens to calls that fail, to calls that Telegram asks to wait with, and to calls of updates that are handled again.",
		keys: []key[Calls]{
			at("retry", callRetryShape(), func(c *Calls) *CallRetry { return &c.Retry },
				"When a call is made again, and how long it waits."),
			at("journal", boolean{}, func(c *Calls) *Value[bool] { return &c.Journal },
				"Whether the bot keeps the result of each call that may not be made twice, such as that of sendMessage, in the store of "+
					"telegram.WithStore. When an update is handled again, after a crash or because of retry, the call is not made again. It "+
					"needs delivery: at_least_once.").or(false),
		},
		check: func(p *parser, node *yaml.Node, c *Calls, _ map[string]*yaml.Node) bool {
			c.Pos = p.start(node).pos
			return true
		},
	}
}

func callRetryShape() *object[CallRetry] {
	return &object[CallRetry]{
		name: "calls.retry", doc: "When a call is made again, and how long it waits.",
		keys: []key[CallRetry]{
			at("attempts", integer{1, 100}, func(r *CallRetry) *Value[int] { return &r.Attempts },
				"How often a call is made at most. It is made again only if that cannot send anything twice. 1: it is made once and never waits.").or(DefaultCallAttempts),
			at("max_wait", period{max: 24 * time.Hour}, func(r *CallRetry) *Value[time.Duration] { return &r.MaxWait },
				"The longest wait that Telegram may ask for. A call that would wait longer fails at once.").or(durationText(DefaultCallMaxWait)),
		},
		check: func(p *parser, node *yaml.Node, r *CallRetry, _ map[string]*yaml.Node) bool {
			r.Pos = p.start(node).pos
			return true
		},
	}
}
