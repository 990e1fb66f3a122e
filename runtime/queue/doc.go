// Package queue is a durable queue between the source of a bot and its handlers: an interface, and no implementation. The module
// [github.com/tggen/tggen/runtime/jetstream] has one on NATS JetStream. Package queuetest has the tests that hold every
// implementation to what is promised here.
//
// A queue has partitions. Messages of one partition are received in the order in which they were published. At each moment one process
// owns a partition, and the partitions are spread over the processes that have opened the queue. One process at a time has the
// lease of the poller.
//
// Delivery is at-least-once. A message is received again if its owner dies, or loses its partition, before [Queue.Done]. Each message
// that was not finished is received in the old order, and one that was finished may come again before them.
//
// A process works like this:
//
//	for {
//		deliveries, err := q.Receive(ctx, free)
//		...
//		for each delivery, when its handler could start {
//			if err := q.Begin(ctx, delivery); err != nil {
//				continue // dropped: its new owner receives it
//			}
//			handle(delivery)
//			q.Done(delivery)
//		}
//	}
package queue
