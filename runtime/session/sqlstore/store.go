package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// Store is a [session.Store] in a table of a database. Make one with [New].
//
// While commits are under way, one goroutine runs their transactions. It ends when none is left, and Close waits for it.
type Store struct {
	db      *sql.DB
	dialect dialect
	table   string // quoted
	now     func() time.Time

	statements map[statement]*sql.Stmt // does not change
	sweeper    sweeper                 // used by the worker only

	mu      sync.Mutex
	queue   []*commit
	running bool // a goroutine works through the queue
	closed  bool
	calls   sync.WaitGroup // the worker, and the calls that read
}

var _ session.Store = (*Store)(nil)

// New returns a store that keeps its records in db. It makes the table unless it exists. The caller closes db, after the store.
func New(ctx context.Context, db *sql.DB, config Config) (*Store, error) {
	d, ok := dialects[config.Dialect]
	if !ok {
		return nil, fmt.Errorf("making a session store: dialect %q: use sqlstore.SQLite or sqlstore.PostgreSQL", config.Dialect)
	}
	if config.Table == "" {
		config.Table = DefaultTable
	}
	table, err := config.quoted()
	if err != nil {
		return nil, fmt.Errorf("making a session store: %w", err)
	}
	s := &Store{db: db, dialect: d, table: table, now: config.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.makeTable(ctx); err != nil {
		return nil, fmt.Errorf("making a session store: %w", err)
	}
	if err := patiently(ctx, func() error { return s.prepareAll(ctx) }); err != nil {
		return nil, fmt.Errorf("making a session store: preparing the statements: %w", err)
	}
	return s, nil
}

// makeTable makes the table. It does not try if there is one, since the user of a database may not be allowed to.
func (s *Store) makeTable(ctx context.Context) error {
	return patiently(ctx, func() error {
		probe := func() error {
			_, err := s.db.ExecContext(ctx, "SELECT key, rev, prev, expires, data FROM "+s.table+" WHERE key IS NULL")
			return err
		}
		missing := probe()
		if missing == nil {
			return nil
		}
		if ctx.Err() != nil || isBusy(missing) {
			return missing
		}
		// PostgreSQL fails if another process makes the same table at the same time, although the statement says IF NOT
		// EXISTS. Then the table exists when probe runs again.
		_, failed := s.db.ExecContext(ctx, fmt.Sprintf(s.dialect.create, s.table))
		if failed != nil && isBusy(failed) {
			return failed
		}
		if err := probe(); err != nil {
			return fmt.Errorf("table %s: %w", s.table, errors.Join(failed, err))
		}
		return nil
	})
}

// Load implements [session.Store].
func (s *Store) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	if err := session.CheckKeys(keys); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	records := make([]session.Record, len(keys))
	err := s.read(ctx, func() error { return s.load(ctx, keys, records) })
	if err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	return records, nil
}

// read calls f, which only reads, until it meets no other writer.
func (s *Store) read(ctx context.Context, f func() error) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return session.ErrClosed
	}
	s.calls.Add(1)
	s.mu.Unlock()
	defer s.calls.Done()
	return patiently(ctx, f)
}

func (s *Store) load(ctx context.Context, keys []string, records []session.Record) error {
	// A record that expires while the statement runs is returned. To look at the clock afterwards would be wrong: the
	// record may have been written again before it expired.
	now := s.now().UnixMilli()
	at := make(map[string][]int, len(keys))
	for i, key := range keys {
		records[i] = session.Record{Key: key}
		at[key] = append(at[key], i)
	}
	return s.selectRows(ctx, nil, selectData, slices.Sorted(maps.Keys(at)), func(rows *sql.Rows) error {
		r, expires, err := scanRecord(rows)
		if err != nil || expired(expires, now) {
			return err
		}
		for _, i := range at[r.Key] {
			records[i] = r
		}
		return nil
	})
}

// scanRecord reads a row of key, rev, expires and data. The record has no time if it is absent.
func scanRecord(rows *sql.Rows) (r session.Record, expires int64, err error) {
	var key, data []byte
	var rev int64
	if err := rows.Scan(&key, &rev, &expires, &data); err != nil {
		return session.Record{}, 0, err
	}
	r = session.Record{Key: string(key), Rev: session.Rev(rev), Data: data}
	if expires > 0 {
		r.Expires = time.UnixMilli(expires)
	}
	return r, expires, nil
}

// expired says whether a record is absent, by the column expires of its row.
func expired(expires, now int64) bool {
	return expires < 0 || expires > 0 && expires <= now
}

// Close waits for the calls that are under way. Later calls fail with [session.ErrClosed]. Close does not close the database.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.calls.Wait()
	return s.closeStatements()
}
