// Package runtime moves items from a [Source] through a [Sink] to handlers, concurrently and in order where
// order matters.
//
// It knows nothing of Telegram. Package runtime/telegram brings the Bot API: a polling source, the update and
// its decoder, and the bot that generated code configures. Every piece here can be used alone, with another
// source (a queue, a file, a webhook) or another sink.
package runtime
