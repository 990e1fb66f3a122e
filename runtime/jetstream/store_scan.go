package jetstream

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/session"
)

// Scan implements [session.Store]. It asks the server for all subjects under the prefix, so it is for the start of a program
// rather than for each update.
func (s *Store) Scan(ctx context.Context, prefix, after string, limit int) ([]session.Record, error) {
	if err := session.CheckScan(prefix, after, limit); err != nil {
		return nil, err
	}
	info, err := s.stream.Info(ctx, jetstream.WithSubjectFilter(filterOf(s.root, prefix)))
	if err != nil {
		return nil, fmt.Errorf("scanning %q: %w", prefix, failure(err))
	}
	var keys []string
	for subject := range info.State.Subjects {
		if key, ok := keyOf(s.root, subject); ok && key > after && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var records []session.Record
	for _, key := range keys {
		if len(records) == limit {
			break
		}
		r, err := s.last(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("scanning %q: %w", prefix, err)
		}
		if visible := s.visible(key, r); visible.Rev != 0 {
			records = append(records, visible)
		}
	}
	return records, nil
}
