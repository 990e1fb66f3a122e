package session

import (
	"context"
	"math/rand/v2"
	"time"
)

// A Store holds records by key. Its methods may be called concurrently.
//
// Keys are strings of 1 to [MaxKey] bytes. Any bytes are fine: a key need not be UTF-8, and two keys are the same if their bytes
// are. Data is at most [MaxData] bytes. A call takes at most [MaxKeys] keys. What breaks one of these limits is refused with
// [ErrInvalid].
//
// All calls for one key are linearizable: it is as if each of them happened at one moment between its start and its end. A
// process that starts after a commit has returned sees it, unless the store says that it does not survive the process.
//
// A record expires at the time that its last write set. From then on it is absent. The clock is that of the process that
// calls the store, so the clocks of processes that share a store should agree to within a second. A store removes expired
// records from its memory or disk in time, but not at once: for at least [Grace] it remembers their revisions.
//
// Any error other than [ErrConflict], [ErrInvalid] and [ErrClosed] is transient: the store or the way to it is down, or
// ctx has ended. It wraps the cause, and the caller may try again. A store does not wait for one that is down to come back: it
// returns the error. It may wait, within ctx, for other writers.
type Store interface {
	// Load returns one record for each key, in the order of keys. The record of a key that is absent has the key, Rev 0
	// and no data. A key may occur more than once. Without keys, Load returns no records.
	//
	// Each record was current at some moment during the call, but not all of them at the same one. If another caller
	// commits a and b together, a Load of both may return the new a and the old b. A Commit that writes both then fails.
	//
	// The caller must not change the data of a record. It stays as it is even if the record is written again.
	Load(ctx context.Context, keys []string) ([]Record, error)

	// Commit makes all the writes or none. Each key may occur once. Without writes, Commit does nothing.
	//
	// The outcome depends on the revisions that the records have at that moment:
	//
	//   - If a record has the revision [Write.Next] of its write, this commit has happened before. Commit changes
	//     nothing and returns nil.
	//   - Otherwise, if each record has the revision [Write.Rev] of its write, the writes are made. Rev 0 stands for a
	//     record that is absent. The revision of an expired record counts too while the store remembers it: who has
	//     loaded a record just before it expired can still write it.
	//   - Otherwise nothing changes, and Commit returns a [*ConflictError].
	//
	// After [ErrConflict], [ErrInvalid] and [ErrClosed] the commit has not happened. After any other error, that of ctx
	// included, it may have happened or may still happen. Commit with the same writes again tells: it returns nil
	// if the commit has happened before, unless every record of it was written by another caller or was removed for
	// longer than [Grace] in the meantime.
	//
	// The store keeps neither writes nor the data in them after Commit has returned.
	Commit(ctx context.Context, writes []Write) error

	// Scan returns the records whose keys begin with prefix and come after the key after, in the order of their keys' bytes. It
	// returns at most limit of them, which is 1 to [MaxKeys]. If it returns fewer, there are no more. Records that are
	// absent are left out. The empty prefix is that of every key, and the empty key comes before every key. after need
	// not be the key of a record and need not begin with prefix; both have at most [MaxKey] bytes.
	//
	// To read all records with a prefix, pass the key of the last record as after, until fewer than limit come. Each
	// record was current at some moment during the call, but not all of them at the same one. A record that is present
	// during the whole call is not left out. What others write during a call may be missing.
	//
	// The caller must not change the data of a record.
	Scan(ctx context.Context, prefix, after string, limit int) ([]Record, error)
}

// Limits of a [Store]. They let a record be one message of NATS with its default settings.
const (
	// MaxKey is the length of the longest key in bytes.
	MaxKey = 512

	// MaxData is the size of the largest data of a record in bytes.
	MaxData = 512 << 10

	// MaxKeys is the largest number of keys in one Load, of writes in one Commit, and of records that one Scan returns.
	MaxKeys = 100
)

// Grace is how long a store remembers the revision of a record after the record was deleted or has expired. A store may
// remember it for longer.
const Grace = 10 * time.Second

// A Rev is the revision of a record: a positive number that changes with each write and never comes back. It has no order.
// Rev 0 is that of a record that is absent.
type Rev int64

// NewRev returns a random revision. Two of them are equal with a probability of 2^-63.
func NewRev() Rev {
	for {
		if rev := Rev(rand.Int64()); rev != 0 {
			return rev
		}
	}
}

// A Record is what a store holds under a key.
type Record struct {
	Key string

	// Rev is 0 if the record is absent: it was never written, was deleted, or has expired.
	Rev Rev

	// Data must not be changed. It may be empty in a record that is present.
	Data []byte

	// Expires is when the record becomes absent. The zero time means never. Stores cut it to whole milliseconds.
	Expires time.Time
}

// Put returns the write that gives the record new data, and a new random revision. The zero time for expires means never.
func (r Record) Put(data []byte, expires time.Time) Write {
	return Write{Key: r.Key, Rev: r.Rev, Next: NewRev(), Data: data, Expires: expires}
}

// Delete returns the write that deletes the record.
func (r Record) Delete() Write {
	return Write{Key: r.Key, Rev: r.Rev, Next: NewRev(), Delete: true}
}

// A Write changes one record. [Record.Put] and [Record.Delete] make one.
type Write struct {
	Key string

	// Rev is the revision that the record had when it was loaded. 0 means that it was absent.
	Rev Rev

	// Next is the revision that the record gets. It must be new: use [NewRev] for each change, and keep the number
	// when the same change is committed again. A delete has a Next too, by which the store recognises it.
	Next Rev

	Data []byte

	// Expires is when the record becomes absent, cut to whole milliseconds. The zero time means never. A write with a
	// time that has passed deletes the record.
	Expires time.Time

	// Delete deletes the record. Data and Expires are ignored.
	Delete bool
}

// Record returns what Load returns after the write: the next write of the same record can be made from it without another Load.
func (w Write) Record() Record {
	if w.Delete {
		return Record{Key: w.Key}
	}
	return Record{Key: w.Key, Rev: w.Next, Data: w.Data, Expires: w.Expires}
}

// Against is for authors of stores. It compares the write with the revision that the store has under the key, which is 0 if the
// store has none. expired says that the record of this revision was deleted or has expired. done reports that the write was
// made before; then the whole commit was. Otherwise the write can be made if the error is nil, and the error is a
// [*ConflictError].
func (w Write) Against(rev Rev, expired bool) (done bool, err error) {
	switch {
	case rev == w.Next:
		return true, nil
	case rev == w.Rev, w.Rev == 0 && expired:
		return false, nil
	case expired:
		rev = 0
	}
	return false, &ConflictError{Key: w.Key, Want: w.Rev, Have: rev}
}
