package queue

import (
	"context"
	"time"
)

// A Queue is a durable queue that is shared by all processes that opened it with the same name. Its methods may be called concurrently.
type Queue interface {
	// Lead waits until no other process has the lease of the poller, and returns the lease. It fails if ctx ends before, or with
	// ErrClosed. After the death of the process that had it, that takes seconds. A process has at most one lease: a second
	// Lead waits for the end of the first.
	Lead(ctx context.Context) (Lease, error)

	// Publish stores the messages in their order, all or none, and returns when they are durable. It takes at most
	// MaxMessages.
	//
	// With a lease, it fails with ErrLost if the lease has ended. Messages whose ID is not above the highest ID that was
	// published with a lease are left out, so a batch may be repeated after an error, by another process too. Without a
	// lease (nil) every process may publish at any time, and a repeated batch is stored twice.
	//
	// After any other error the messages may be stored or not.
	Publish(ctx context.Context, lease Lease, messages []Message) error

	// Receive waits for messages from the partitions that this process owns, and returns at least one and at most limit of them.
	// Those of one partition are in order, also over several calls. It fails if ctx ends, or with ErrClosed. A failure of the
	// servers is no error of Receive: it waits, and Status has the error.
	//
	// The number of messages that were received and not done is bounded by the implementation, so a
	// caller that holds deliveries for long may receive no further ones.
	Receive(ctx context.Context, limit int) ([]*Delivery, error)

	// Begin is called directly before the handler of a delivery starts. It fails with ErrLost if this process may have lost the partition
	// since it received the delivery. After any error the handler must not start and the delivery is dropped: it is received
	// again, here or elsewhere. It takes no time for most deliveries. For one that may have killed its process before, it writes
	// to the store first.
	Begin(ctx context.Context, d *Delivery) error

	// Done says that a delivery is finished and must not be received again. It does not wait: the message is acknowledged
	// in the background. Done of a delivery that was never begun is allowed too. Further calls for a delivery do nothing.
	Done(d *Delivery)

	// Dead stores a delivery in the dead letters, together with its cause, and then does what Done does. After an error
	// the delivery is not done, and Dead may be called again.
	Dead(ctx context.Context, d *Delivery, cause error) error

	// DeadLetters returns the dead letters of the queue.
	DeadLetters() DeadLetters

	// Status returns what the queue knew some seconds ago at most. It does not wait.
	Status() Status

	// Close leaves in order. It sends the acknowledgements that are under way, and gives up the partitions and the lease, so that other processes
	// take them over at once. Deliveries that are not done are received again by another process, and are not counted as attempts that
	// killed their process. All other methods fail with ErrClosed from then on, and Receive and Lead return. Further calls do nothing.
	Close(ctx context.Context) error
}

// A Lease says that this process is the one that polls. Its methods may be called concurrently.
type Lease interface {
	// Context ends when the lease is lost or released, or the queue is closed. Between the death of the servers and that
	// there are some seconds at most, so that no other process gets the lease before.
	Context() context.Context

	// Last returns the highest ID that was published with a lease, and when that was. The ID is 0 if there is none.
	Last() (id int64, at time.Time)

	// Restart forgets the highest ID, so that lower ones are published again. Telegram chooses update ids anew after a week
	// without updates. It fails with ErrLost if the lease has ended.
	Restart(ctx context.Context) error

	// Release gives the lease to another process. Further calls do nothing.
	Release(ctx context.Context) error
}

// A Status says how a queue is, for health.
type Status struct {
	Backlog     int64  // messages that are stored and not done, of all partitions
	DeadLetters int64  // messages in the dead letters
	Processes   int    // that have opened the queue and live
	Owned       []int  // the partitions of this process, ascending
	Held        int    // deliveries that this process received and has not finished
	Leading     bool   // this process has the lease
	Leader      string // names the process that has the lease, for a person; empty if there is none
	Err         error  // why the queue does not work now; nil if it does
}
