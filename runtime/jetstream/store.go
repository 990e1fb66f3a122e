package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/session"
)

// A Store is a [session.Store] in a JetStream stream. Make one with [Connection.Store].
//
// A record is the last message of its subject. The server removes a message some seconds after the record was deleted or has
// expired. A Load of several keys asks for them one after another.
type Store struct {
	js     jetstream.JetStream
	conn   *nats.Conn
	stream jetstream.Stream
	root   string // of the subjects
	now    func() time.Time
}

// Store opens the store, and makes its stream if it does not exist. All stores with the same [Config].Name have the same records.
func (c *Connection) Store(ctx context.Context) (*Store, error) {
	root := c.config.Name + ".records"
	stream, err := c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:               c.config.Name + "-records",
		Description:        "records of package session: one message for each",
		Subjects:           []string{root + ".>"},
		MaxMsgsPerSubject:  1,
		Discard:            jetstream.DiscardNew,
		Storage:            jetstream.FileStorage,
		Replicas:           max(c.config.Replicas, 1),
		AllowMsgTTL:        true,
		AllowAtomicPublish: true,
		AllowDirect:        false, // a replica may be behind, and a Load must see what was committed
	})
	if err != nil {
		return nil, fmt.Errorf("making the stream of the store: %w", err)
	}
	return &Store{js: c.js, conn: c.nats, stream: stream, root: root, now: c.config.Now}, nil
}

// Load implements [session.Store].
func (s *Store) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	if err := session.CheckKeys(keys); err != nil {
		return nil, err
	}
	records := make([]session.Record, len(keys))
	for i, key := range keys {
		r, err := s.last(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("loading %q: %w", key, err)
		}
		records[i] = s.visible(key, r)
	}
	return records, nil
}

// visible returns a record as its reader sees it.
func (s *Store) visible(key string, r record) session.Record {
	if r.sequence == 0 || r.gone(s.now().UnixMilli()) {
		return session.Record{Key: key}
	}
	visible := session.Record{Key: key, Rev: r.rev, Data: r.data}
	if r.expires != 0 {
		visible.Expires = time.UnixMilli(r.expires)
	}
	return visible
}

// last asks the leader of the stream for the last message of a key. The record is empty if there is none. An answer is lost with the
// connection, so it does not wait for as long as ctx allows.
func (s *Store) last(ctx context.Context, key string) (record, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	message, err := s.stream.GetLastMsgForSubject(ctx, subjectOf(s.root, key))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return record{}, nil
	case err != nil:
		return record{}, failure(err)
	}
	return decodeRecord(message.Data, message.Sequence)
}

// failure turns the error of a closed connection into [session.ErrClosed].
func failure(err error) error {
	if errors.Is(err, nats.ErrConnectionClosed) {
		return fmt.Errorf("%w: %w", session.ErrClosed, err)
	}
	return err
}
