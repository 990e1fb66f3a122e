package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/tggen/tggen/runtime/session"
)

// A row is a row of the table, without its data.
type row struct {
	rev     session.Rev
	expires int64
}

// A change is what a batch does to one row.
type change struct {
	write   session.Write
	prev    session.Rev // the revision in the table, 0 if it has no row
	expires int64
}

// transact makes the commits of a batch in one transaction, and returns the result of each.
func (s *Store) transact(ctx context.Context, b *batch) (results []error, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	results, changes, err := s.plan(ctx, tx, b)
	if err == nil {
		err = s.write(ctx, tx, changes)
	}
	if err != nil || len(changes) == 0 {
		tx.Rollback() // a failure is that of the connection, and the transaction ends with it
		return results, err
	}
	if err := tx.Commit(); err != nil {
		// SQLite keeps a transaction open if its COMMIT fails, and database/sql takes it for ended.
		conn.ExecContext(ctx, "ROLLBACK")
		return nil, err
	}
	return results, nil
}

// plan decides about the commits of a batch, one after the other: each meets the rows as the ones before it have left them.
func (s *Store) plan(ctx context.Context, tx *sql.Tx, b *batch) (results []error, changes []change, err error) {
	if stmt := s.statements[statement{kind: writeLock}]; stmt != nil {
		if _, err := tx.StmtContext(ctx, stmt).ExecContext(ctx); err != nil {
			return nil, nil, err
		}
	}
	var keys []string
	for _, c := range b.commits {
		for i := range c.writes {
			keys = append(keys, c.writes[i].Key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	stored := make(map[string]row, len(keys))
	err = s.selectRows(ctx, tx, selectRevisions, keys, func(rows *sql.Rows) error {
		var key []byte
		var r row
		if err := rows.Scan(&key, &r.rev, &r.expires); err != nil {
			return err
		}
		stored[string(key)] = r
		return nil
	})
	if err != nil {
		return nil, nil, err
	}

	now := s.now().UnixMilli()
	results = make([]error, len(b.commits))
	made := make(map[string]change, len(keys))
	current := func(key string) row {
		if c, ok := made[key]; ok {
			return row{c.write.Next, c.expires}
		}
		return stored[key]
	}
	for i, c := range b.commits {
		var done bool
		if done, results[i] = decide(c.writes, current, now); done || results[i] != nil {
			continue
		}
		for _, w := range c.writes {
			made[w.Key] = change{w, stored[w.Key].rev, expires(w, now)}
		}
	}
	for _, c := range made {
		changes = append(changes, c)
	}
	// All processes lock rows in the same order.
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.write.Key, b.write.Key) })
	return results, changes, nil
}

// decide says whether the writes of a commit were made before, and if not, whether they can be made.
func decide(writes []session.Write, current func(key string) row, now int64) (done bool, conflict error) {
	for i := range writes {
		r := current(writes[i].Key)
		done, err := writes[i].Against(r.rev, expired(r.expires, now))
		if done {
			return true, nil
		}
		conflict = cmp.Or(conflict, err)
	}
	return false, conflict
}

// expires returns the column expires of a write.
func expires(w session.Write, now int64) int64 {
	if !w.Delete && w.Expires.IsZero() {
		return 0
	}
	if at := w.Expires.UnixMilli(); !w.Delete && at > now {
		return max(at, 1)
	}
	return min(-now, -1)
}

// errMoved reports that another process has written a row after it was read.
var errMoved = errors.New("a row has changed during the transaction")

// write makes the changes.
func (s *Store) write(ctx context.Context, tx *sql.Tx, changes []change) error {
	for size := largestChunk; size > 0; size /= 2 {
		for len(changes) >= size {
			stmt := tx.StmtContext(ctx, s.statements[statement{upsert, size}])
			args := make([]any, 0, 5*size)
			for _, c := range changes[:size] {
				args = append(args, []byte(c.write.Key), int64(c.write.Next), int64(c.prev), c.expires, c.write.Data)
			}
			result, err := stmt.ExecContext(ctx, args...)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil {
				return err
			} else if n != int64(size) {
				return errMoved
			}
			changes = changes[size:]
		}
	}
	return nil
}
