package spec

import (
	"slices"
	"strings"
)

// A habit is a key that people know from other frameworks, and what a spec has in its place.
type habit struct {
	// names are the keys, in lower case and without _ and -.
	names []string
	// hint says what to write.
	hint string
	// means is the key of the same mapping that was meant, or empty. No further mistake is reported if that key is absent.
	means string
}

// habits are the habits for the mappings, by the mapping's name.
var habits = map[string][]habit{
	"the spec": {
		{names: []string{"token", "bottoken", "apitoken", "telegramtoken", "apikey", "secret"},
			hint: "the token is not in the spec: set the environment variable BOT_TOKEN, or pass telegram.WithToken to Run"},
		{names: []string{"apiurl", "apibase", "apiroot", "apiserver", "baseurl", "server", "endpoint", "botapiurl"},
			hint: "set the environment variable BOT_API_URL, or pass telegram.WithAPIURL to Run"},
		{names: []string{"webhooks", "hook", "listen", "port", "host", "address", "addr"}, hint: "write it below webhook: `webhook: {listen: \":8080\"}`", means: "webhook"},
		{names: []string{"webhookurl", "publicurl", "domain", "url"}, hint: "the public address is not in the spec: set the environment variable BOT_WEBHOOK_URL"},
		{names: []string{"secrettoken", "webhooksecret"}, hint: "delete it: the secret is derived from the token; the environment variable BOT_WEBHOOK_SECRET sets another one"},
		{names: []string{"mode", "updatesource", "transport"}, hint: "write `source: webhook` or `source: polling`", means: "source"},
		{names: []string{"parsemode", "defaultparsemode", "linkpreview", "disablenotification"},
			hint: `the spec sends no messages: write it where you send, such as in.Reply(ctx, text, &gotgbot.SendMessageOpts{ParseMode: "HTML"})`},
		{names: []string{"session", "fsm", "state", "states", "scenes", "scene", "conversations", "conversation", "dialogs", "dialogues", "wizard"},
			hint: "write sessions: and a list below it: `- {name: Signup, key: chat_user, ttl: 24h, states: [Idle, AskName]}`", means: "sessions"},
		{names: []string{"storage", "store", "redis", "database", "db", "persistence"}, hint: "pass telegram.WithStore to Run"},
		{names: []string{"retries", "attempts", "backoff"}, hint: "write `retry: {attempts: 5}` for failed handlers, and `polling: {retry: {max_elapsed: 1h}}` for failed polls", means: "retry"},
		{names: []string{"backlogbytes", "maxmemory", "memory", "memorylimit"}, hint: "write `backlog: {bytes: 64MiB}`", means: "backlog"},
		{names: []string{"polltimeout", "pollingtimeout", "longpolling", "interval", "pollinterval"}, hint: "write it below polling: `polling: {timeout: 30s}`"},
		{names: []string{"droppending", "droppendingupdates", "dropupdates"}, hint: "write it below polling: `polling: {drop_pending: true}`"},
		{names: []string{"offset"}, hint: "delete it: the bot begins with the first update that is not confirmed"},
		{names: []string{"log", "logs", "logger", "logging", "loglevel", "debug", "verbose"}, hint: "pass telegram.WithLogger to Run"},
		{names: []string{"proxy", "httpclient", "client"}, hint: "pass telegram.WithHTTPClient to Run"},
		{names: []string{"metrics", "prometheus", "observer", "tracing"}, hint: "pass telegram.WithObserver to Run"},
		{names: []string{"name", "bot", "botname", "username", "botusername"}, hint: "delete it: the bot asks Telegram for its name"},
		{names: []string{"package", "output", "out", "module"}, hint: "delete it: bot.gen.go goes beside the spec, into the package of your Go files there"},
		{names: []string{"admin", "admins", "adminids", "owner", "owners", "ownerid", "allowedusers", "whitelist"},
			hint: "write a method such as IsAdmin, and name it in the handlers that need it: `where: IsAdmin`"},
		{names: []string{"errorhandler", "onpanic", "panichandler", "errors", "catch", "recover"}, hint: "write on_error and the name of a method: `on_error: OnError`", means: "on_error"},
		{names: []string{"maxconcurrent", "maxconcurrency", "maxroutines", "maxhandlers", "goroutines", "threads", "parallelism", "pool", "poolsize", "synchronous"},
			hint: "write concurrency, the largest number of handlers that run at once: `concurrency: 500`", means: "concurrency"},
		{names: []string{"queuesize", "buffer", "buffersize", "maxpending"}, hint: "write backlog, the largest number of updates that the bot holds: `backlog: 16384`", means: "backlog"},
		{names: []string{"shutdowntimeout", "gracefulshutdown", "grace", "graceperiod", "stop"}, hint: "write `stop_timeout: 20s`", means: "stop_timeout"},
		{names: []string{"sequentialize", "sequential", "key", "keys", "order", "ordering", "lock"}, hint: "write constraints: updates that share one are handled in order: `constraints: [chat]`", means: "constraints"},
		{names: []string{"updates", "updatetypes", "allowed"}, hint: "write `allowed_updates: auto`, or delete it: that is the default", means: "allowed_updates"},
		{names: []string{"use", "before", "plugins", "hooks", "interceptors"}, hint: "write middleware and the names of methods: `middleware: [Logged]`", means: "middleware"},
		{names: []string{"commands", "routes", "router", "handler", "on", "bothandlers"},
			hint: "write handlers, and a list below it: `- {name: Start, command: start}`", means: "handlers"},
		{names: []string{"setcommands", "setmycommands", "menu"}, hint: "write `register_commands: true`", means: "register_commands"},
	},
	"a handler": {
		{names: []string{"commands", "cmd", "cmds"}, hint: "write `command: start`, or a list for several: `command: [start, help]`", means: "command"},
		{names: []string{"alias", "aliases"}, hint: "write all of them under command: `command: [start, hello]`"},
		{names: []string{"regex", "regexp", "regularexpression", "pattern", "hears", "match", "matches", "textregexp"},
			hint: "write text and the expression: `text: \"^hello\"`", means: "text"},
		{names: []string{"equals", "exact", "is", "textis"}, hint: "write `text: {is: Menu}`", means: "text"},
		{names: []string{"callbackquery", "callbackdata", "callbacks", "data", "button", "action", "cb"},
			hint: "write callback and the data of the button: `callback: \"buy:{item:int64}\"`", means: "callback"},
		{names: []string{"inlinequery", "inlinemode"}, hint: "write `inline: true`, or a regular expression for the query", means: "inline"},
		{names: []string{"message", "update", "updates", "updatetype", "event", "events", "type", "types", "kind", "kinds", "contenttypes", "query", "trigger"},
			hint: "write on and a filter query: `on: message:text`", means: "on"},
		{names: []string{"func", "function", "handler", "handle", "handlername", "method", "fn", "callbackfunc", "do", "run", "call"},
			hint: "write name and the name of your method: `name: Start`", means: "name"},
		{names: []string{"filter", "filters", "guard", "guards", "when", "if", "condition", "conditions", "predicate", "predicates", "check"},
			hint: "write where and the name of a predicate, which is a method of yours: `where: IsAdmin`", means: "where"},
		{names: []string{"admin", "admins", "adminonly", "isadmin", "role", "roles", "permission", "permissions", "users", "user"},
			hint: "write a method such as IsAdmin, and name it here: `where: IsAdmin`"},
		{names: []string{"chat", "chats", "chattype", "chattypes", "scope", "private", "privateonly", "grouponly"},
			hint: "write in and the kinds of chat: `in: [private, group]`", means: "in"},
		{names: []string{"group", "priority", "order", "index"},
			hint: "delete it: handlers are tried in the order of the list; for the kind of chat, write `in: group`"},
		{names: []string{"help", "desc", "usage", "summary", "doc", "about"}, hint: "write description: `description: Order something`", means: "description"},
		{names: []string{"arguments", "argument", "params", "parameters", "options"}, hint: "write args: `args: [item: int64, note: rest?]`", means: "args"},
		{names: []string{"states", "step", "scene", "from", "fromstate"}, hint: "write `state: Signup.AskName`, with a session and one of its states", means: "state"},
		{names: []string{"goto", "nextstate", "tostate", "setstate", "transition", "transitions", "enter"}, hint: "write to and the states that the handler may go to: `to: [AskAge, Idle]`", means: "to"},
		{names: []string{"sessions", "storage"}, hint: "write session and the name of a session: `session: Prefs`", means: "session"},
		{names: []string{"reply", "response", "answer", "send", "parsemode", "keyboard", "buttons"},
			hint: "delete it: the answer is in Go, in the method that name names"},
		{names: []string{"block", "next", "propagate", "passthrough", "final", "stop"},
			hint: "write `continue: true` to try the next handlers as well; without it, the first that matches is the last", means: "continue"},
		{names: []string{"key", "keys", "lock", "sequential"}, hint: "write constraints: `constraints: [chat]`", means: "constraints"},
		{names: []string{"time", "timelimit", "deadline"}, hint: "write `timeout: 30s`", means: "timeout"},
		{names: []string{"retries", "attempts", "maxattempts", "backoff"}, hint: "write `retry: {attempts: 5}`", means: "retry"},
		{names: []string{"enabled", "disabled"}, hint: "delete the handler, or make it a comment with #"},
	},
	"webhook": {
		{names: []string{"url", "publicurl", "domain", "publicaddress"}, hint: "the public address is not in the spec: set the environment variable BOT_WEBHOOK_URL"},
		{names: []string{"secret", "secrettoken", "token"}, hint: "delete it: the secret is derived from the token; the environment variable BOT_WEBHOOK_SECRET sets another one"},
		{names: []string{"port", "host", "addr", "address", "bind"}, hint: "write `listen: \":8080\"`", means: "listen"},
		{names: []string{"route", "endpoint", "pattern"}, hint: "write `path: /telegram`", means: "path"},
		{names: []string{"maxconnections", "concurrency"}, hint: "write `connections: 40`", means: "connections"},
		{names: []string{"timeout", "answertimeout", "readtimeout", "writetimeout"}, hint: "write `answer_within: 45s`", means: "answer_within"},
		{names: []string{"cert", "certificate", "certfile", "key", "keyfile", "tls"}, hint: "let a proxy in front do it, or pass telegram.WithConfig to Run, and set Webhook.CertFile and KeyFile"},
		{names: []string{"droppending", "droppendingupdates"}, hint: "delete it: what is pending is delivered"},
	},
	"polling": {
		{names: []string{"interval", "delay"}, hint: "delete it: each poll waits for the next update; for the wait after a failed poll, write `retry: {interval: 1s}`"},
		{names: []string{"limit", "batch", "batchsize"}, hint: "delete it: the bot fetches as many updates as it has room for; see backlog"},
		{names: []string{"droppendingupdates", "dropupdates", "clean"}, hint: "write drop_pending: true"},
		{names: []string{"offset"}, hint: "delete it: the bot begins with the first update that is not confirmed"},
		{names: []string{"enabled", "enable"}, hint: "delete it: the bot always polls"},
	},
	"a text trigger": {
		{names: []string{"regex", "regexp", "pattern", "matches", "match"}, hint: "write the expression itself: `text: \"^hello\"`", means: "is"},
		{names: []string{"contains", "includes"}, hint: "write a regular expression: `text: \"hello\"` matches a part of the text", means: "is"},
		{names: []string{"startswith", "prefix", "beginswith"}, hint: "write a regular expression: `text: \"^hello\"`", means: "is"},
		{names: []string{"endswith", "suffix"}, hint: "write a regular expression: `text: \"hello$\"`", means: "is"},
		{names: []string{"equals", "equal", "eq", "text", "exact", "exactly"}, hint: "write `text: {is: Menu}`", means: "is"},
	},
	"a callback trigger": {
		{names: []string{"regex", "regexp", "pattern", "match", "matches", "prefix", "startswith"},
			hint: "write the pattern itself, with fields: `callback: \"buy:{item:int64}\"`", means: "is"},
		{names: []string{"equals", "equal", "eq", "data", "exact", "exactly", "text"}, hint: "write `callback: {is: buy}`", means: "is"},
	},
	"retry": {
		{names: []string{"max", "times", "count", "retries", "maxretries", "maxattempts"}, hint: "write attempts, which includes the first one: `retry: {attempts: 5}`", means: "attempts"},
		{names: []string{"delay", "wait", "interval"}, hint: "write `backoff: 1s`", means: "backoff"},
	},
	"a session": {
		{names: []string{"state", "steps", "stages", "scenes"}, hint: "write states and a list: `states: [Idle, AskName]`", means: "states"},
		{names: []string{"data", "values", "field", "schema", "type", "props"}, hint: "write fields and a list: `fields: [lang: string]`", means: "fields"},
		{names: []string{"expire", "expires", "expiry", "timeout", "lifetime", "maxage", "expiration"}, hint: "write `ttl: 24h`", means: "ttl"},
		{names: []string{"scope", "by", "per", "keys", "constraint", "constraints", "strategy"}, hint: "write `key: user`", means: "key"},
		{names: []string{"initial", "start", "default"}, hint: "delete it: the first of the states is the initial one"},
		{names: []string{"storage", "store"}, hint: "pass telegram.WithStore to Run"},
	},
	"a state": {
		{names: []string{"timeout", "ttl", "expire", "expires", "delay", "limit"}, hint: "write `after: 10m`, and `to:` with a state", means: "after"},
		{names: []string{"next", "goto", "then", "target"}, hint: "write `to: Idle`", means: "to"},
		{names: []string{"data", "values"}, hint: "write `fields: [name: string]`", means: "fields"},
		{names: []string{"name"}, hint: "write the name before the colon: `AskName: {after: 10m, to: Idle}`"},
		{names: []string{"ontimeout", "onexpire", "method", "func"}, hint: "write handler and the name of a method: `handler: TooSlow`", means: "handler"},
	},
	"a timeout": {
		{names: []string{"timeout", "duration", "time", "limit"}, hint: "write `timeout: {after: 30s}`", means: "after"},
		{names: []string{"release"}, hint: "write `key: release`", means: "key"},
	},
}

// habitFor is the habit of writing name as a key of a mapping.
func habitFor(mapping, name string) (habit, bool) {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	for _, h := range habits[mapping] {
		if slices.Contains(h.names, plain) {
			return h, true
		}
	}
	return habit{}, false
}

// keysElsewhere says in which mapping, other than the given one, a key of that name belongs. It is empty if no other mapping has such a key.
func keysElsewhere(mapping, name string) string {
	for _, other := range []struct {
		mapping, where string
		names          []string
	}{
		{"the spec", "belongs to the spec itself: move it to the beginning of the file", specShape().names()},
		{"a handler", "belongs to a handler: move it into the list below handlers", handlerShape().names()},
		{"a session", "belongs to a session: move it into an element of the list below sessions", sessionShape().names()},
		{"polling", "belongs below polling", pollingShape().names()},
		{"polling.retry", "belongs below polling, in retry", retryShape().names()},
	} {
		if other.mapping != mapping && slices.Contains(other.names, name) {
			return name + " " + other.where
		}
	}
	return ""
}
