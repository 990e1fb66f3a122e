package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// MaxMessages is the largest number of messages of one Publish.
const MaxMessages = 500

// DefaultAttempts is [Config.Attempts] if it is 0.
const DefaultAttempts = 5

var (
	// ErrLost says that a lease or a partition belongs to another process, or may do so.
	ErrLost = errors.New("another process has taken over")

	// ErrClosed says that the queue was closed.
	ErrClosed = errors.New("the queue is closed")

	// ErrNotFound says that there is no such dead letter.
	ErrNotFound = errors.New("no such dead letter")
)

// An Opener opens queues.
type Opener interface {
	// Open opens the queue with the name, and makes it if it does not exist. It fails if the queue exists with another number of
	// partitions.
	Open(ctx context.Context, config Config) (Queue, error)
}

// A Config says which queue to open.
type Config struct {
	// Name is that of the queue: letters, digits, - and _. All bots of one store have different queues.
	Name string

	// Partitions is the number of partitions, at least 1. It cannot be changed later.
	Partitions int

	// Attempts is how often a message may be begun by a process that dies before Done, at least 1. Then the queue puts it into
	// the dead letters by itself. An innocent message may be counted twice because of another one that
	// killed the process at the same time, so 1 and 2 are for those who would rather lose a message than repeat it. Default
	// DefaultAttempts.
	Attempts int

	// OnPoison is told of each message that the queue has put into the dead letters by itself, directly after that. A process that
	// dies in between tells nobody. It is called by Receive. May be nil.
	OnPoison func(DeadLetter)

	// Logger logs what the queue does by itself, such as take-overs. Default slog.Default.
	Logger *slog.Logger
}

// A Message is what a source publishes.
type Message struct {
	ID        int64 // grows with each message of a poller: the update id
	Partition int   // 0 to Config.Partitions-1
	Data      []byte
}

// A Delivery is a message that was received. Its fields must not be changed.
type Delivery struct {
	Message

	// Seq grows with each message of a partition and never repeats. It is the same each time the message is received. A dead letter
	// that is replayed gets a new one.
	Seq uint64

	// Attempt is 1, and one more for each time that the message was, or may have been, begun by a process that died before Done.
	Attempt int

	// Token is for the implementation.
	Token any
}

// A DeadLetter is a message that was given up.
type DeadLetter struct {
	Message
	Number   uint64    // of the letter, in the order in which they came
	Seq      uint64    // of the delivery
	Attempts int       // how often it was begun
	Cause    string    // the text of the error
	Time     time.Time // when it was given up
}

// DeadLetters are the messages that were given up, until they are replayed or dropped. The methods may be called
// concurrently.
type DeadLetters interface {
	// List returns the letters with numbers above after, ascending, at most limit.
	List(ctx context.Context, after uint64, limit int) ([]DeadLetter, error)

	// Show returns a letter. It fails with ErrNotFound.
	Show(ctx context.Context, number uint64) (DeadLetter, error)

	// Replay publishes the message of a letter again, behind all messages of its partition and with attempt 1, and then removes the letter. If it
	// fails in between, a second Replay publishes it twice. It fails with ErrNotFound.
	Replay(ctx context.Context, number uint64) error

	// Drop removes a letter. It fails with ErrNotFound.
	Drop(ctx context.Context, number uint64) error
}
