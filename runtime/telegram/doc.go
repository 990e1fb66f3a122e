// Package telegram is what a generated bot runs on: it fetches updates from a Bot API server, decodes them, and hands them to
// the dispatch that the generator wrote.
//
// A bot's author meets [Event], which every input embeds, the [Option] values of the generated New and Run, and the
// errors that a handler's error hook is told. The rest is for generated code, or for building a bot by hand: a [Poller]
// is a runtime.Source of [Envelope] values, a [Client] makes gotgbot's calls, and a [Bot] joins them with a sink of package
// runtime.
package telegram
