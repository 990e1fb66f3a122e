package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"strings"
)

// largestChunk is the largest number of rows in one statement. The number is always a power of two, so that there are few
// statements to prepare.
const largestChunk = 64

// A kind of statement. The others depend on a number of rows.
type kind int

const (
	selectData kind = iota
	selectRevisions
	selectRange
	upsert
	writeLock
	sweepEnd
	sweepDelete
)

// A statement is a kind with a number of rows, if it depends on one.
type statement struct {
	kind kind
	rows int
}

// prepareAll prepares all statements. A transaction must not prepare one: it holds a connection, and to prepare takes another one,
// but the database may be limited to one.
func (s *Store) prepareAll(ctx context.Context) error {
	all := []statement{{selectRange, 0}, {sweepEnd, 0}, {sweepDelete, 0}}
	if s.dialect.writeLock != "" {
		all = append(all, statement{writeLock, 0})
	}
	for rows := 1; rows <= largestChunk; rows *= 2 {
		all = append(all, statement{selectData, rows}, statement{selectRevisions, rows}, statement{upsert, rows})
	}
	s.statements = make(map[statement]*sql.Stmt, len(all))
	for _, st := range all {
		stmt, err := s.db.PrepareContext(ctx, s.text(st.kind, st.rows))
		if err != nil {
			return errors.Join(err, s.closeStatements())
		}
		s.statements[st] = stmt
	}
	return nil
}

func (s *Store) closeStatements() error {
	var errs []error
	for _, stmt := range s.statements {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

func (s *Store) text(kind kind, rows int) string {
	p := s.dialect.parameter
	switch kind {
	case selectData:
		return "SELECT key, rev, expires, data FROM " + s.table + " WHERE key IN " + tuple(p, 0, rows)
	case selectRevisions:
		return "SELECT key, rev, expires FROM " + s.table + " WHERE key IN " + tuple(p, 0, rows)
	case selectRange:
		return "SELECT key, rev, expires, data FROM " + s.table + " WHERE key >= " + p(1) + " AND key < " + p(2) +
			" AND (expires = 0 OR expires > " + p(3) + ") ORDER BY key LIMIT " + p(4)
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
		args := make([]any, size)
		for i := range args {
			args[i] = []byte(keys[min(i, n-1)]) // the last key fills up
		}
		keys = keys[n:]
		stmt := s.statements[statement{kind, size}]
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
