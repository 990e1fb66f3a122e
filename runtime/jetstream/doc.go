// Package jetstream keeps the sessions and the queue of a bot in NATS JetStream: in the bot's own process and a folder, or on
// servers of their own.
//
//	nats, err := jetstream.Open(ctx, jetstream.Config{Dir: "data"})
//	...
//	defer nats.Close()
//	store, err := nats.Store(ctx)
//	...
//	bot, err := New(handlers, telegram.WithStore(store))
//
// [Connection.Queue] opens queues: package queue says what they promise.
//
// With [Config].URL the same bot uses a cluster of servers, and may run in several processes.
//
// The package is a module of its own, so that a bot without it does not depend on NATS.
package jetstream
