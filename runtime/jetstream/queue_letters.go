package jetstream

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// A letterHead is stored before the data of a dead letter, after its own length in 4 bytes.
type letterHead struct {
	ID       int64  `json:"id"`
	Attempts int    `json:"attempts"`
	Cause    string `json:"cause"`
}

// bury stores a dead letter. A letter of the same message is stored once.
func (s *streams) bury(ctx context.Context, it *item, attempts int, cause string) (queue.DeadLetter, error) {
	head, err := json.Marshal(letterHead{ID: it.id, Attempts: attempts, Cause: cause})
	if err != nil {
		return queue.DeadLetter{}, err
	}
	data := it.data
	m := nats.NewMsg(fmt.Sprintf("%s.dead.%d.%d", s.root, it.partition.index, it.sequence))
	m.Data = binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(head)+len(data)), uint32(len(head)))
	m.Data = append(append(m.Data, head...), data...)
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, "0")
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err = s.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	if err != nil && !refused(err) {
		return queue.DeadLetter{}, err
	}
	stored, err := s.letters.GetLastMsgForSubject(ctx, m.Subject)
	if err != nil {
		return queue.DeadLetter{}, err
	}
	return letterOf(stored)
}

// letterOf decodes a dead letter.
func letterOf(m *jetstream.RawStreamMsg) (queue.DeadLetter, error) {
	l := queue.DeadLetter{Number: m.Sequence, Time: m.Time}
	var head letterHead
	tokens := strings.Split(m.Subject, ".")
	partition, err := strconv.Atoi(tokens[len(tokens)-2])
	if err == nil {
		l.Seq, err = strconv.ParseUint(tokens[len(tokens)-1], 10, 64)
	}
	if len(m.Data) < 4 || err != nil {
		return l, fmt.Errorf("the dead letter %d is invalid", m.Sequence)
	}
	n := uint64(binary.BigEndian.Uint32(m.Data))
	if uint64(len(m.Data)) < 4+n {
		return l, fmt.Errorf("the dead letter %d is invalid", m.Sequence)
	}
	if err := json.Unmarshal(m.Data[4:4+n], &head); err != nil {
		return l, fmt.Errorf("the dead letter %d is invalid: %w", m.Sequence, err)
	}
	l.Message = queue.Message{ID: head.ID, Partition: partition, Data: m.Data[4+n:]}
	l.Attempts, l.Cause = head.Attempts, head.Cause
	return l, nil
}

// DeadLetters implements queue.Queue.
func (q *Queue) DeadLetters() queue.DeadLetters { return deadLetters{q.streams} }

// DeadLetters returns the dead letters of a queue without opening it. It fails if the queue does not exist.
func (c *Connection) DeadLetters(ctx context.Context, name string) (queue.DeadLetters, error) {
	s := &streams{js: c.js, root: c.config.Name + ".queue." + name}
	var err error
	if s.letters, err = c.js.Stream(ctx, c.streamName("dead", name)); err == nil {
		s.messages, err = c.js.Stream(ctx, c.streamName("queue", name))
	}
	if err != nil {
		return nil, fmt.Errorf("finding the queue %q: %w", name, err)
	}
	return deadLetters{s}, nil
}

// deadLetters implements queue.DeadLetters.
type deadLetters struct{ *streams }

// List implements queue.DeadLetters.
func (l deadLetters) List(ctx context.Context, after uint64, limit int) ([]queue.DeadLetter, error) {
	var list []queue.DeadLetter
	for len(list) < limit {
		m, err := l.letters.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(l.root+".dead.*.*"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("listing dead letters: %w", err)
		}
		letter, err := letterOf(m)
		if err != nil {
			return nil, err
		}
		list = append(list, letter)
		after = m.Sequence
	}
	return list, nil
}

// Show implements queue.DeadLetters.
func (l deadLetters) Show(ctx context.Context, number uint64) (queue.DeadLetter, error) {
	if number == 0 {
		return queue.DeadLetter{}, queue.ErrNotFound
	}
	m, err := l.letters.GetMsg(ctx, number)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return queue.DeadLetter{}, queue.ErrNotFound
	}
	if err != nil {
		return queue.DeadLetter{}, fmt.Errorf("reading the dead letter %d: %w", number, err)
	}
	return letterOf(m)
}

// Replay implements queue.DeadLetters.
func (l deadLetters) Replay(ctx context.Context, number uint64) error {
	letter, err := l.Show(ctx, number)
	if err != nil {
		return err
	}
	if _, err := l.store(ctx, l.batch([]queue.Message{letter.Message})); err != nil {
		return fmt.Errorf("replaying the dead letter %d: %w", number, err)
	}
	return l.Drop(ctx, number)
}

// Drop implements queue.DeadLetters.
func (l deadLetters) Drop(ctx context.Context, number uint64) error {
	if _, err := l.Show(ctx, number); err != nil {
		return err
	}
	if err := l.letters.DeleteMsg(ctx, number); err != nil {
		if _, gone := l.Show(ctx, number); errors.Is(gone, queue.ErrNotFound) {
			return gone // somebody else has removed it
		}
		return fmt.Errorf("removing the dead letter %d: %w", number, err)
	}
	return nil
}
