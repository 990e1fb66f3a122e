package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Waits before an attempt that follows one that met another writer. Each is twice the one before, and random by half.
const (
	firstWait = time.Millisecond
	lastWait  = 100 * time.Millisecond
)

// patiently calls f until it meets no other writer, or ctx ends.
func patiently(ctx context.Context, f func() error) error {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		err := f()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil && !isBusy(err) {
			return err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			// Drivers have errors of their own for a statement that was cancelled.
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

// isBusy says whether a transaction failed because of another one, and had no effect.
//
// SQLite's text is that of sqlite3_errstr for SQLITE_BUSY and SQLITE_LOCKED; drivers agree on it, but not on a way to ask for the
// code. PostgreSQL's codes are serialization_failure and deadlock_detected
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func isBusy(err error) bool {
	if errors.Is(err, errMoved) {
		return true
	}
	if state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return state.SQLState() == "40001" || state.SQLState() == "40P01"
	}
	text := err.Error()
	return strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked")
}
