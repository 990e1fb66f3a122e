package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tggen/tggen/runtime/session"
)

// afterKeys is greater than every key.
var afterKeys = bytes.Repeat([]byte{0xff}, session.MaxKey+1)

// Scan implements [session.Store]. It reads one range of the table's primary key.
func (s *Store) Scan(ctx context.Context, prefix, after string, limit int) ([]session.Record, error) {
	if err := session.CheckScan(prefix, after, limit); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("scanning: %w", err)
	}
	var records []session.Record
	err := s.read(ctx, func() (err error) {
		records, err = s.scan(ctx, prefix, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("scanning: %w", err)
	}
	return records, nil
}

func (s *Store) scan(ctx context.Context, prefix, after string, limit int) ([]session.Record, error) {
	start, end := keyRange(prefix, after)
	rows, err := s.statements[statement{kind: selectRange}].QueryContext(ctx, start, end, s.now().UnixMilli(), int64(limit))
	if err != nil {
		return nil, err
	}
	var records []session.Record
	for rows.Next() && err == nil {
		var r session.Record
		if r, _, err = scanRecord(rows); err == nil {
			records = append(records, r)
		}
	}
	return records, errors.Join(err, rows.Err(), rows.Close())
}

// keyRange returns the range of the keys that begin with prefix and come after a key: from start, and before end.
func keyRange(prefix, after string) (start, end []byte) {
	// The next string after one is the same with a zero byte at its end.
	start = []byte(max(prefix, after+"\x00"))
	// The first string after all that begin with a prefix is the prefix with its last byte one higher. A byte 0xff has no
	// higher one, so it is left out.
	end = []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return start, end[:i+1]
		}
	}
	return start, afterKeys
}
