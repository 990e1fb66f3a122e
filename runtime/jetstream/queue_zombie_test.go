package jetstream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// openOne opens a queue of one partition with a server in the process, and publishes messages with the IDs from 1 to n.
func openOne(t *testing.T, n int) *Queue {
	t.Helper()
	c, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := c.Queue().Open(t.Context(), queue.Config{Name: "bot", Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(context.Background()); err != nil {
			t.Error(err)
		}
		c.Close()
	})
	var messages []queue.Message
	for id := 1; id <= n; id++ {
		messages = append(messages, queue.Message{ID: int64(id)})
	}
	if err := opened.Publish(t.Context(), nil, messages); err != nil {
		t.Fatal(err)
	}
	return opened.(*Queue)
}

func receive(t *testing.T, q *Queue, n int) []*queue.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all []*queue.Delivery
	for len(all) < n {
		some, err := q.Receive(ctx, n-len(all))
		if err != nil {
			t.Fatalf("received %d of %d: %v", len(all), n, err)
		}
		all = append(all, some...)
	}
	return all
}

func ids(deliveries []*queue.Delivery) string {
	text := ""
	for _, d := range deliveries {
		text += fmt.Sprint(d.ID, " ")
	}
	return text
}

// TestLapse stops the heartbeats of a process for too long, as SIGSTOP does, and lets it go on. What it had received and not begun
// is invalid for ever, because another process may have handled it. What it had begun goes on, and is not received again. Nor is what it
// had done, of which the bundle is not done.
func TestLapse(t *testing.T) {
	q := openOne(t, 6)
	got := receive(t, q, 4)
	for _, d := range got[:2] {
		if err := q.Begin(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	q.Done(got[1])
	q.mu.Lock()
	q.validUntil = time.Now().Add(-time.Second)
	q.mu.Unlock()
	if err := q.Begin(t.Context(), got[2]); !errors.Is(err, queue.ErrLost) {
		t.Errorf("Begin after the end of the ownership: %v", err)
	}
	again := receive(t, q, 4) // it owns the partition again
	for _, d := range got[2:] {
		if err := q.Begin(t.Context(), d); !errors.Is(err, queue.ErrLost) {
			t.Errorf("Begin of %d from before: %v", d.ID, err)
		}
	}
	if ids(again) != "3 4 5 6 " {
		t.Errorf("received %s", ids(again))
	}
	q.Done(got[0])
	for _, d := range again {
		if err := q.Begin(t.Context(), d); err != nil {
			t.Errorf("Begin of %d: %v", d.ID, err)
		}
		q.Done(d)
	}
	empty(t, q)
}

// empty waits until everything is acknowledged, while nothing is received.
func empty(t *testing.T, q *Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		wait, stop := context.WithTimeout(ctx, 100*time.Millisecond)
		if some, err := q.Receive(wait, 10); err == nil {
			t.Errorf("received %s", ids(some))
		}
		stop()
		if info, err := q.streams.messages.Info(ctx); err == nil && info.State.Msgs == 0 {
			return
		}
	}
	t.Error("not everything is acknowledged")
}

// A deafMessage is one whose acknowledgement is lost.
type deafMessage struct{ jetstream.Msg }

func (deafMessage) Ack() error { return nil }

// TestLostAcknowledgement loses acknowledgements, and a reset follows, as after the loss of a connection. What was done is not received
// again, but acknowledged. What is in hand is not received twice.
func TestLostAcknowledgement(t *testing.T) {
	q := openOne(t, 4)
	got := receive(t, q, 4)
	for _, d := range got[:3] {
		if err := q.Begin(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	q.mu.Lock()
	for _, d := range got[:2] {
		it := d.Token.(*item)
		it.bundle.message = deafMessage{it.bundle.message}
	}
	q.mu.Unlock()
	q.Done(got[0])
	q.Done(got[1])
	q.mu.Lock()
	q.partitions[0].restart()
	q.mu.Unlock()
	if err := q.Publish(t.Context(), nil, []queue.Message{{ID: 5}}); err != nil {
		t.Fatal(err)
	}
	last := receive(t, q, 1) // it comes behind all that comes again
	if ids(last) != "5 " {
		t.Errorf("received %s", ids(last))
	}
	if err := q.Begin(t.Context(), got[3]); err != nil {
		t.Errorf("Begin of what was received before the reset: %v", err)
	}
	q.Done(got[2])
	q.Done(got[3])
	q.Done(last[0])
	empty(t, q)
}

// TestGap has another client that takes messages out of the consumer's deliveries, as a connection that loses them does. The owner notices
// the gap, and receives everything in order.
func TestGap(t *testing.T) {
	q := openOne(t, 1)
	first := receive(t, q, 1)[0]
	q.Done(first)
	info, err := q.streams.messages.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	thief, err := q.connection.nats.SubscribeSync("thief")
	if err != nil {
		t.Fatal(err)
	}
	request := fmt.Sprintf(`{"batch": 3, "group": %q, "id": %q}`, pinGroup, first.Token.(*item).bundle.message.Headers().Get("Nats-Pin-Id"))
	err = q.connection.nats.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+info.Config.Name+".partition-0", "thief", []byte(request))
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(2); id <= 7; id++ {
		if err := q.Publish(t.Context(), nil, []queue.Message{{ID: id}}); err != nil {
			t.Fatal(err)
		}
	}
	got := receive(t, q, 6)
	if ids(got) != "2 3 4 5 6 7 " {
		t.Errorf("received %s", ids(got))
	}
	stolen := 0
	for m, err := thief.NextMsg(time.Second); err == nil; m, err = thief.NextMsg(time.Second) {
		if m.Header.Get("Status") == "" {
			stolen++
		}
	}
	if stolen == 0 {
		t.Error("the other client got nothing, so the test tests nothing")
	}
}
