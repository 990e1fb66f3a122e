package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"sync"
)

// largestChunk is the largest number of rows in one statement. The number is always a power of two, so that there are few
// statements to prepare.
const largestChunk = 64

// A kind of statement. The others depend on a number of rows.
type kind int

const (
	selectData kind = iota
	selectRevisions
	upsert
	writeLock
	sweepEnd
	sweepDelete
)

// statements holds the statements that are prepared.
type statements struct {
	mu     sync.Mutex
	made   map[statement]*sql.Stmt
	closed bool
}

type statement struct {
	kind kind
	rows int
}

// prepared returns a statement, and prepares it the first time.
func (s *Store) prepared(ctx context.Context, kind kind, rows int) (*sql.Stmt, error) {
	all, key := &s.statements, statement{kind, rows}
	all.mu.Lock()
	made := all.made[key]
	all.mu.Unlock()
	if made != nil {
		return made, nil
	}
	stmt, err := s.db.PrepareContext(ctx, s.text(kind, rows))
	if err != nil {
		return nil, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	// Another caller may have prepared it in the meantime.
	if made := all.made[key]; made != nil {
		return made, stmt.Close()
	}
	if all.closed {
		return nil, errors.Join(sql.ErrConnDone, stmt.Close())
	}
	if all.made == nil {
		all.made = make(map[statement]*sql.Stmt)
	}
	all.made[key] = stmt
	return stmt, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.made {
		errs = append(errs, stmt.Close())
	}
	s.made, s.closed = nil, true
	return errors.Join(errs...)
}

func (s *Store) text(kind kind, rows int) string {
	p := s.dialect.parameter
	switch kind {
	case selectData:
		return "SELECT key, rev, expires, data FROM " + s.table + " WHERE key IN " + tuple(p, 0, rows)
	case selectRevisions:
		return "SELECT key, rev, expires FROM " + s.table + " WHERE key IN " + tuple(p, 0, rows)
	case upsert:
		tuples := make([]string, rows)
		for i := range tuples {
			tuples[i] = tuple(p, 5*i, 5)
		}
		return "INSERT INTO " + s.table + " AS present (key, rev, prev, expires, data) VALUES " + strings.Join(tuples, ", ") +
			" ON CONFLICT (key) DO UPDATE SET rev = excluded.rev, prev = excluded.prev, expires = excluded.expires, data = excluded.data" +
			" WHERE present.rev = excluded.prev"
	case writeLock:
		return fmt.Sprintf(s.dialect.writeLock, s.table)
	case sweepEnd:
		return "SELECT key FROM " + s.table + " WHERE key >= " + p(1) + " ORDER BY key LIMIT 1 OFFSET " + fmt.Sprint(sweptRows)
	default: // sweepDelete
		return "DELETE FROM " + s.table + " WHERE key >= " + p(1) + " AND key < " + p(2) + " AND expires <> 0 AND abs(expires) < " + p(3)
	}
}

// tuple returns n parameters in parentheses, after the first ones.
func tuple(parameter func(int) string, first, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = parameter(first + i + 1)
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// selectRows calls scan for the row of each key that has one. tx may be nil.
func (s *Store) selectRows(ctx context.Context, tx *sql.Tx, kind kind, keys []string, scan func(*sql.Rows) error) error {
	for len(keys) > 0 {
		n := min(len(keys), largestChunk)
		size := 1 << bits.Len(uint(n-1))
		stmt, err := s.prepared(ctx, kind, size)
		if err != nil {
			return err
		}
		args := make([]any, size)
		for i := range args {
			args[i] = []byte(keys[min(i, n-1)]) // the last key fills up
		}
		keys = keys[n:]
		if tx != nil {
			stmt = tx.StmtContext(ctx, stmt)
		}
		rows, err := stmt.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		for rows.Next() && err == nil {
			err = scan(rows)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}
