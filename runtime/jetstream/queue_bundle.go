package jetstream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// Messages of one partition that are published together are stored as one message of the stream, a bundle. To store a message, to
// send it and to acknowledge it costs the server as much for a bundle as for a single message, and most of that is writing to disk.
//
// The data of a bundle is, for each of its items, the ID in 8 bytes, the length of the data as a varint, and the data. Its subject ends in the
// number of its items, so that the server can tell how many messages wait.
const (
	bundleItems = 16       // the most items of a bundle
	bundleBytes = 64 << 10 // a bundle gets no further item that would make it larger
)

// numberOf returns the sequence of an item: it grows within a partition, and never repeats.
func numberOf(bundle uint64, index int) uint64 { return bundle*bundleItems + uint64(index) }

// bundleOf returns the sequence in the stream of the bundle in which an item is.
func bundleOf(number uint64) uint64 { return number / bundleItems }

// batch returns messages as they are stored.
func (s *streams) batch(messages []queue.Message) []*nats.Msg {
	type open struct {
		message *nats.Msg
		items   int
	}
	var batch []*nats.Msg
	last := make(map[int]*open)
	for i := range messages {
		m := &messages[i]
		o := last[m.Partition]
		if o == nil || o.items == bundleItems || len(o.message.Data)+len(m.Data) > bundleBytes {
			o = &open{message: nats.NewMsg("")}
			last[m.Partition] = o
			batch = append(batch, o.message)
		}
		o.items++
		o.message.Subject = s.bundle(m.Partition, o.items)
		o.message.Data = binary.BigEndian.AppendUint64(o.message.Data, uint64(m.ID))
		o.message.Data = binary.AppendUvarint(o.message.Data, uint64(len(m.Data)))
		o.message.Data = append(o.message.Data, m.Data...)
	}
	return batch
}

// waiting returns how many messages are stored in bundles that are not done.
func (s *streams) waiting(ctx context.Context) (int64, error) {
	info, err := s.messages.Info(ctx, jetstream.WithSubjectFilter(s.root+".message.>"))
	if err != nil {
		return 0, err
	}
	n := int64(0)
	for subject, bundles := range info.State.Subjects {
		items, err := strconv.Atoi(subject[strings.LastIndexByte(subject, '.')+1:])
		if err != nil {
			return 0, fmt.Errorf("the subject %q: %w", subject, errBundle)
		}
		n += int64(items) * int64(bundles)
	}
	return n, nil
}

// A bundle is one that a process has in hand.
type bundle struct {
	sequence uint64        // in the stream
	message  jetstream.Msg // the last one that the server sent: an acknowledgement of an earlier one may be ignored
	stored   time.Time     // by the clock of the server
	items    []*item
	left     int // items that are not done
}

var errBundle = errors.New("the data is not that of a bundle")

// newBundle decodes a bundle. Its items belong to no partition yet.
func newBundle(m jetstream.Msg, meta *jetstream.MsgMetadata) (*bundle, error) {
	b := &bundle{sequence: meta.Sequence.Stream, message: m, stored: meta.Timestamp}
	for data := m.Data(); len(data) > 0; {
		if len(data) < 8 || len(b.items) == bundleItems {
			return nil, fmt.Errorf("the message %d: %w", b.sequence, errBundle)
		}
		id := int64(binary.BigEndian.Uint64(data))
		n, size := binary.Uvarint(data[8:])
		data = data[8:]
		if size <= 0 || n > uint64(len(data)-size) {
			return nil, fmt.Errorf("the message %d: %w", b.sequence, errBundle)
		}
		data = data[size:]
		b.items = append(b.items, &item{bundle: b, id: id, data: data[:n:n], sequence: numberOf(b.sequence, len(b.items)), attempt: 1})
		data = data[n:]
	}
	if len(b.items) == 0 {
		return nil, fmt.Errorf("the message %d: %w", b.sequence, errBundle)
	}
	b.left = len(b.items)
	return b, nil
}

// open takes a bundle in hand that the process does not have yet. q.mu is held.
func (p *partition) open(b *bundle) {
	for i, it := range b.items {
		it.partition = p
		if held := p.held[it.sequence]; held != nil && held.bundle.stored.Equal(b.stored) { // begun before the partition was lost for a while
			held.bundle, b.items[i] = b, held
		} else if slices.Contains(p.marks.Done, it.sequence) || slices.Contains(p.marks.Dead, it.sequence) {
			it.done = true
			b.left--
		}
	}
	p.bundles[b.sequence] = b
	p.opened = max(p.opened, b.sequence)
}

// fill puts the items of a bundle in line that are neither done nor in hand. q.mu is held.
func (p *partition) fill(b *bundle) {
	for i, it := range b.items {
		if it.done || p.held[it.sequence] == it {
			continue
		}
		if it.received { // it became invalid, and whoever received it may still ask
			it = &item{partition: p, bundle: b, id: it.id, data: it.data, sequence: it.sequence, attempt: 1}
			b.items[i] = it
		}
		it.generation = p.generation
		p.held[it.sequence] = it
		p.fifo = append(p.fifo, it)
	}
}

// close counts an item of a bundle as done. It returns the message that is to be acknowledged then, or nil. q.mu is held.
func (p *partition) close(it *item) jetstream.Msg {
	b := it.bundle
	if b.items[it.sequence-numberOf(b.sequence, 0)] != it {
		return nil // it became invalid, and comes again
	}
	if b.left--; b.left > 0 {
		return nil
	}
	if p.bundles[b.sequence] == b {
		delete(p.bundles, b.sequence)
	}
	p.recent.add(b.sequence, b.stored)
	return b.message
}

// partly returns the items that are done, while others of their bundles are not. q.mu is held.
func (p *partition) partly() []uint64 {
	var done []uint64
	for _, b := range p.bundles {
		for _, it := range b.items {
			if it.done {
				done = append(done, it.sequence)
			}
		}
	}
	slices.Sort(done)
	return done
}

// known returns what the next owner has to know of bundles that are not done: what this owner has done of them, and what the one before
// has done of those that were not read yet. q.mu is held.
func (p *partition) known() []uint64 {
	done := p.partly()
	for _, d := range p.marks.Done {
		if bundleOf(d) > p.opened {
			done = append(done, d)
		}
	}
	return done
}

// doneOfWaiting returns how many messages of bundles that are not done are stored as done. q.mu is held.
func (p *partition) doneOfWaiting() (n int64) {
	for _, d := range p.marks.Done {
		if b := bundleOf(d); b > p.opened || p.bundles[b] != nil {
			n++
		}
	}
	return n
}

// keep stores what is done of bundles that are not.
func (p *partition) keep(ctx context.Context) error {
	q := p.q
	q.mu.Lock()
	done := p.known()
	if !p.taken || slices.Equal(done, p.marks.Done) || len(p.partly()) == 0 {
		q.mu.Unlock()
		return nil
	}
	q.mu.Unlock()
	return p.settle(ctx)
}

// keepLast does what keep does when the queue was closed, which may have cut a change of the marks short.
func (p *partition) keepLast(ctx context.Context) error {
	q := p.q
	q.mu.Lock()
	mine := q.valid() && p.index < len(q.table.Slots) && q.table.Slots[p.index].Owner == q.me.ID && len(p.partly()) > 0
	q.mu.Unlock()
	if !mine {
		return nil
	}
	err := p.takeMarks(ctx)
	if err == nil {
		err = p.keep(ctx)
	}
	if errors.Is(err, queue.ErrLost) {
		return nil // another process has the partition
	}
	return err
}
