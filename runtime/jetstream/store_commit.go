package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
	"github.com/tggen/tggen/runtime/session"
)

// Commit implements [session.Store].
//
// It reads the revisions, and publishes all writes in one atomic batch that the server refuses if one of the subjects has got
// another message in between. Then it begins anew. Each round that fails was one in which another commit succeeded.
func (s *Store) Commit(ctx context.Context, writes []session.Write) error {
	if err := session.CheckWrites(writes); err != nil || len(writes) == 0 {
		return err
	}
	for {
		done, err := s.try(ctx, writes)
		if done || err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("committing: %w", err)
		}
	}
}

// try is one round of Commit. It returns false without an error if the round has to be repeated.
func (s *Store) try(ctx context.Context, writes []session.Write) (done bool, err error) {
	now := s.now().UnixMilli()
	messages := make([]*nats.Msg, len(writes))
	var conflict error
	for i := range writes {
		w := &writes[i]
		before, err := s.last(ctx, w.Key)
		if err != nil {
			return false, fmt.Errorf("committing %q: %w", w.Key, err)
		}
		done, err := w.Against(before.rev, before.sequence != 0 && before.gone(now))
		if done {
			return true, nil
		}
		if err != nil {
			conflict = err
		}
		messages[i] = s.message(w, before.sequence, now)
	}
	if conflict != nil {
		return false, conflict
	}
	publishing, cancel := context.WithTimeout(ctx, 2*callTime) // as in last
	defer cancel()
	if len(messages) == 1 {
		_, err = s.js.PublishMsg(publishing, messages[0], jetstream.WithRetryAttempts(0))
	} else {
		flow := jetstreamext.BatchFlowControl{AckFirst: false}
		_, err = jetstreamext.PublishMsgBatch(publishing, s.js, messages, flow)
	}
	if refused(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("committing: %w", failure(err))
	}
	return true, nil
}

// message returns the message of a write. The server refuses it if the last message of the subject is not the one with the sequence.
func (s *Store) message(w *session.Write, sequence uint64, now int64) *nats.Msg {
	r := record{rev: w.Next, deleted: w.Delete}
	if !w.Delete {
		r.data = w.Data
		if !w.Expires.IsZero() {
			r.expires = w.Expires.UnixMilli()
			r.deleted = r.expires <= now
		}
	}
	m := nats.NewMsg(subjectOf(s.root, w.Key))
	m.Data = r.encode()
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(sequence, 10))
	switch {
	case r.deleted:
		m.Header.Set(jetstream.MsgTTLHeader, (2 * session.Grace).String())
	case r.expires != 0:
		ttl := time.Duration(r.expires-now)*time.Millisecond + 2*session.Grace
		m.Header.Set(jetstream.MsgTTLHeader, ttl.Truncate(time.Second).String())
	}
	return m
}

// refused reports whether the server refused a message because its subject has got another one.
func refused(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	const wrongLastSequence, wrongLastSequenceConstant = 10071, 10164
	return ok && (api.ErrorCode == wrongLastSequence || api.ErrorCode == wrongLastSequenceConstant)
}
