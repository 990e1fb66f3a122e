package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	// sweepAfter is the number of writes after which a store looks for records that have expired.
	sweepAfter = 256

	// sweptRows is the number of rows that it looks at then. With four for each write, a round through n rows takes n/4
	// writes. No more than n/4 records expire during a round if each write makes one, so at most a quarter of the
	// rows is expired, apart from those that are kept.
	sweptRows = 4 * sweepAfter

	// kept is how long the revision of a record is remembered after the record was deleted or has expired. It is longer
	// than session.Grace, because the database may be down for a while before a commit is repeated.
	kept = 10 * time.Minute
)

// A sweeper goes through the table in the order of the keys, again and again. There is no index of the times, since it would have
// to change with each write.
type sweeper struct {
	writes int    // since the last step
	next   []byte // the key at which the next step starts
}

// sweep counts the writes of a batch and makes a step if it is time. If the step fails, another one follows later.
func (s *Store) sweep(ctx context.Context, b *batch) {
	w := &s.sweeper
	for _, c := range b.commits {
		w.writes += len(c.writes)
	}
	if w.writes < sweepAfter {
		return
	}
	w.writes = 0
	if w.next == nil {
		// A process that does not live long enough for a round starts it somewhere in the table.
		w.next = []byte(b.commits[0].writes[0].Key)
	}
	end, err := s.step(ctx, w.next)
	if err != nil {
		return
	}
	w.next = end
	if bytes.Equal(end, afterKeys) {
		w.next = []byte{0} // the smallest key
	}
}

// step removes what has expired in the next rows, and returns the key after them.
func (s *Store) step(ctx context.Context, start []byte) (end []byte, err error) {
	err = s.statements[statement{kind: sweepEnd}].QueryRowContext(ctx, start).Scan(&end)
	if errors.Is(err, sql.ErrNoRows) {
		end = afterKeys
	} else if err != nil {
		return nil, err
	}
	_, err = s.statements[statement{kind: sweepDelete}].ExecContext(ctx, start, end, s.now().Add(-kept).UnixMilli())
	return end, err
}
