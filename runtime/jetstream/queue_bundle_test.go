package jetstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// A rawMessage is one of a stream, with the parts that a bundle needs.
type rawMessage struct {
	jetstream.Msg
	data []byte
}

func (m rawMessage) Data() []byte { return m.data }

func decode(data []byte, sequence uint64) (*bundle, error) {
	return newBundle(rawMessage{data: data}, &jetstream.MsgMetadata{Sequence: jetstream.SequencePair{Stream: sequence}, Timestamp: stamp(sequence)})
}

// TestBundles stores random messages in bundles, and reads them. Those of a partition stay in order, with ascending sequences, and no bundle is
// larger than it may be.
func TestBundles(t *testing.T) {
	s := &streams{root: "root"}
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		want := make(map[int][]queue.Message)
		var messages []queue.Message
		for id := range random.IntN(queue.MaxMessages) + 1 {
			size := random.IntN(300)
			if random.IntN(20) == 0 {
				size = random.IntN(2 * bundleBytes)
			}
			m := queue.Message{ID: int64(id) - 5, Partition: random.IntN(3), Data: make([]byte, size)}
			binary.BigEndian.PutUint32(append(m.Data, 0, 0, 0, 0)[:4], random.Uint32())
			messages = append(messages, m)
			want[m.Partition] = append(want[m.Partition], m)
		}
		got := make(map[int][]queue.Message)
		last := make(map[int]uint64)
		for i, m := range s.batch(messages) {
			b, err := decode(m.Data, uint64(i+1))
			if err != nil {
				t.Fatal(err)
			}
			var partition, items int
			if _, err := fmt.Sscanf(m.Subject, "root.message.%d.%d", &partition, &items); err != nil || items != len(b.items) || items != b.left {
				t.Fatalf("the subject of a bundle of %d is %s", len(b.items), m.Subject)
			}
			if items > bundleItems || items > 1 && len(m.Data) > bundleBytes+items*(8+binary.MaxVarintLen64) {
				t.Fatalf("a bundle has %d items and %d bytes", items, len(m.Data))
			}
			for _, it := range b.items {
				if it.sequence <= last[partition] || bundleOf(it.sequence) != b.sequence {
					t.Fatalf("an item of %d has the sequence %d after %d", b.sequence, it.sequence, last[partition])
				}
				last[partition] = it.sequence
				got[partition] = append(got[partition], queue.Message{ID: it.id, Partition: partition, Data: it.data})
			}
		}
		for p := range want {
			same := slices.EqualFunc(got[p], want[p], func(a, b queue.Message) bool { return a.ID == b.ID && string(a.Data) == string(b.Data) })
			if !same {
				t.Fatalf("seed %d: %d messages of partition %d, want %d, or others", seed, len(got[p]), p, len(want[p]))
			}
		}
	}
}

// TestInvalidBundles decodes data that is not that of a bundle.
func TestInvalidBundles(t *testing.T) {
	whole := (&streams{}).batch([]queue.Message{{ID: 1, Data: []byte("one")}, {ID: 2, Data: []byte("two")}})[0].Data
	for n := range whole {
		if _, err := decode(whole[:n], 1); !errors.Is(err, errBundle) && n != len(whole)/2 {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	for _, data := range [][]byte{
		append(make([]byte, 8), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // a length near the largest number
		make([]byte, 9*(bundleItems+1)), // too many items
	} {
		if _, err := decode(data, 1); !errors.Is(err, errBundle) {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
}

// TestPartOfABundle receives a bundle. Some of its items are done already, are dead letters, or were begun. Only the other items are
// received, and the bundle is acknowledged with its last item.
func TestPartOfABundle(t *testing.T) {
	var messages []queue.Message
	for id := range int64(5) {
		messages = append(messages, queue.Message{ID: id})
	}
	data := (&streams{}).batch(messages)[0].Data
	q := &Queue{connection: &Connection{config: Config{Pending: 1}}}
	p := newPartition(q, 0)
	first, err := decode(data, 7)
	if err != nil {
		t.Fatal(err)
	}
	p.open(first)
	p.fill(first)
	begun := p.fifo[1]
	begun.begun, begun.received = true, true
	p.fifo = nil
	clear(p.bundles) // the partition was lost for a while
	for sequence := range p.held {
		if sequence != begun.sequence {
			delete(p.held, sequence)
		}
	}
	p.marks.Done, p.marks.Dead = []uint64{numberOf(7, 0)}, []uint64{numberOf(7, 3)}
	again, err := decode(data, 7)
	if err != nil {
		t.Fatal(err)
	}
	p.open(again)
	p.fill(again)
	if len(p.fifo) != 2 || p.fifo[0].id != 2 || p.fifo[1].id != 4 || p.held[begun.sequence] != begun {
		t.Fatalf("%d items wait, and %d are in hand", len(p.fifo), len(p.held))
	}
	if !slices.Equal(p.partly(), []uint64{numberOf(7, 0), numberOf(7, 3)}) {
		t.Errorf("done are %v", p.partly())
	}
	if p.close(first.items[2]) != nil || again.left != 3 {
		t.Error("an item that became invalid counts")
	}
	for _, it := range []*item{p.fifo[0], begun} {
		if it.done = true; p.close(it) != nil {
			t.Errorf("the bundle is acknowledged with item %d", it.id)
		}
	}
	if last := p.fifo[1]; p.close(last) == nil || len(p.bundles) > 0 || !p.recent.has(7, stamp(7)) {
		t.Error("the bundle is not acknowledged with its last item")
	}
}

// TestLettersAreRemembered buries more messages than are remembered.
func TestLettersAreRemembered(t *testing.T) {
	var m marks
	for s := range uint64(keptLetters + 10) {
		m = m.bury(s).bury(s)
	}
	if len(m.Dead) != keptLetters || m.Dead[0] != 10 {
		t.Errorf("%d are remembered, from %d", len(m.Dead), m.Dead[0])
	}
	if m = m.advance(5, 5); len(m.Dead) != keptLetters {
		t.Error("they are forgotten when there are no suspects any more")
	}
}

// TestKnown has three bundles: the first is done in part, the second is done, and the third was not read yet, but the owner before has done
// a part of it. The next owner learns what is done of the first and of the third. The partition is not given up before that is stored.
func TestKnown(t *testing.T) {
	data := (&streams{}).batch([]queue.Message{{ID: 1}, {ID: 2}, {ID: 3}})[0].Data
	p := newPartition(&Queue{connection: &Connection{config: Config{Pending: 1}}}, 0)
	p.marks.Done = []uint64{numberOf(5, 1), numberOf(9, 0)}
	for _, sequence := range []uint64{5, 6} {
		b, err := decode(data, sequence)
		if err != nil {
			t.Fatal(err)
		}
		p.open(b)
		for i, it := range b.items {
			if !it.done && (sequence == 5 || i == 2) {
				it.done = true
				p.close(it)
			}
		}
	}
	known := p.known()
	if !slices.Equal(known, []uint64{numberOf(6, 2), numberOf(9, 0)}) {
		t.Errorf("known are %v", known)
	}
	p.draining, p.taken = true, true
	if p.isDrained() {
		t.Error("the partition is given up before the next owner can know what is done")
	}
	p.marks.Done = known
	if !p.isDrained() {
		t.Error("the partition is not given up")
	}
	if p.taken = false; p.isDrained() {
		t.Error("the partition is given up although the marks may be others")
	}
}
