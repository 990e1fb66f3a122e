package feed

import (
	"context"
	"log/slog"
	"sync"

	"github.com/tggen/tggen/runtime/queue"
)

// A Receiver is a [runtime.Source] of what a queue holds. Open gives it the queue.
type Receiver[T any] struct {
	ReceiverConfig[T]
	queue queue.Queue

	failing context.Context // ends when Fail is called
	fail    context.CancelCauseFunc

	burying   sync.WaitGroup // the goroutines that store dead letters
	impatient context.Context
	giveUp    context.CancelFunc // ends them
}

// ReceiverConfig configures a [Receiver]. All fields are required.
type ReceiverConfig[T any] struct {
	Logger *slog.Logger

	// Item makes the item of a delivery.
	Item func(*queue.Delivery) T

	// Outcome says what becomes of an item whose handler has returned err. letter is the cause of a dead letter. drop says that the
	// item was not handled, because the process may have lost its partition.
	Outcome func(item T, err error) (d *queue.Delivery, letter error, drop bool)
}

// NewReceiver returns a receiver without a queue.
func NewReceiver[T any](config ReceiverConfig[T]) *Receiver[T] {
	return &Receiver[T]{ReceiverConfig: config}
}

// Open gives the receiver a queue, before the first Fetch and after each Close.
func (r *Receiver[T]) Open(q queue.Queue) {
	r.queue = q
	r.failing, r.fail = context.WithCancelCause(context.Background())
	r.impatient, r.giveUp = context.WithCancel(context.Background())
}

// Queue returns the queue that Open was given last.
func (r *Receiver[T]) Queue() queue.Queue { return r.queue }

// Fetch implements runtime.Source.
func (r *Receiver[T]) Fetch(ctx context.Context, limit int) ([]T, error) {
	receiving, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.failing, cancel)()
	deliveries, err := r.queue.Receive(receiving, limit)
	if err != nil {
		if cause := context.Cause(r.failing); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	items := make([]T, len(deliveries))
	for i, d := range deliveries {
		items[i] = r.Item(d)
	}
	return items, nil
}

// Fail makes Fetch return err, because nothing feeds the queue any more.
func (r *Receiver[T]) Fail(err error) { r.fail(err) }

// Done implements runtime.Source.
func (r *Receiver[T]) Done(item T, err error) {
	switch d, letter, drop := r.Outcome(item, err); {
	case drop:
	case letter == nil:
		r.queue.Done(d)
	default:
		r.burying.Go(func() { // Close waits for it
			_ = insist(r.impatient, r.Logger, "storing a dead letter", func(ctx context.Context) error { return r.queue.Dead(ctx, d, letter) })
		})
	}
}

// Close waits until the dead letters are stored, or ctx ends. An update whose dead letter is not stored is received again.
func (r *Receiver[T]) Close(ctx context.Context) error {
	defer context.AfterFunc(ctx, r.giveUp)()
	r.burying.Wait()
	r.giveUp()
	r.fail(nil)
	return nil
}
