package jetstream_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// TestPoisonInProcess has a message that ends its process, and the server in it. After exactly the attempts it is in the dead letters, and
// all others were handled.
func TestPoisonInProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := child{Dir: filepath.Join(dir, "data"), Log: filepath.Join(dir, "log"), Rate: 2000, Pause: 20 * time.Millisecond, Total: 2000, Poison: 777}
	for deaths := 0; ; deaths++ {
		w := c.start(t)
		ended := make(chan struct{})
		go func() {
			_ = w.Wait()
			close(ended)
		}()
		all := false
		for start := time.Now(); !all; {
			select {
			case <-ended:
			case <-time.After(50 * time.Millisecond):
				all = len(readJournal(t, c.Log).first) == c.Total-1
				if time.Since(start) > time.Minute {
					t.Fatal("it does not go on")
				}
				continue
			}
			break
		}
		if all {
			w.stdin.Close() // ends the worker
			<-ended
			t.Logf("%d deaths", deaths)
			if deaths != childAttempts {
				t.Errorf("the process died %d times", deaths)
			}
			break
		}
		if deaths > childAttempts {
			t.Fatal("the message is begun again and again")
		}
	}
	j := readJournal(t, c.Log)
	if len(j.reordered) > 0 {
		t.Errorf("reordered: %v", j.reordered)
	}
	t.Logf("%d repeats, by attempt %v", j.repeats, j.attempts)
	connection, err := jetstream.Open(t.Context(), jetstream.Config{Dir: c.Dir})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	letters, err := connection.DeadLetters(t.Context(), "bot")
	if err != nil {
		t.Fatal(err)
	}
	list, err := letters.List(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].ID != c.Poison || list[0].Attempts != childAttempts || !strings.Contains(list[0].Cause, "died 5 times") {
		t.Errorf("the dead letters are %+v, %v", list, err)
	}
}

// TestFull fills a queue up to its limit. Publish fails and stores nothing of its batch, and works again when there is room.
func TestFull(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, err := jetstream.Open(ctx, jetstream.Config{Dir: t.TempDir(), MaxBytes: 200 << 10, Pending: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q, err := c.Queue().Open(ctx, queue.Config{Name: "bot", Partitions: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := q.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	l, err := q.Lead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	published := int64(0)
	publish := func() error {
		var batch []queue.Message
		for i := range int64(7) {
			batch = append(batch, queue.Message{ID: published + i + 1, Partition: int(i) % 4, Data: make([]byte, 5000)})
		}
		err := q.Publish(ctx, l, batch)
		if err == nil {
			published += 7
		}
		return err
	}
	for err = publish(); err == nil; err = publish() {
	}
	if errors.Is(err, queue.ErrLost) || !strings.Contains(err.Error(), "maximum bytes") {
		t.Fatalf("Publish to a full queue: %v", err)
	}
	if last, _ := l.Last(); last != published || published < 14 {
		t.Fatalf("the highest ID is %d, want %d", last, published)
	}
	if err := q.Publish(ctx, nil, []queue.Message{{ID: 1, Data: make([]byte, 40000)}}); err == nil {
		t.Error("published without a lease to a full queue")
	}
	got := make(map[int64]bool)
	receive := func() {
		t.Helper()
		for int64(len(got)) < published {
			deliveries, err := q.Receive(ctx, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range deliveries {
				if got[d.ID] || d.ID > published {
					t.Errorf("received %d", d.ID)
				}
				got[d.ID] = true
				if err := q.Begin(ctx, d); err != nil {
					t.Fatal(err)
				}
				q.Done(d)
			}
		}
	}
	receive()
	for err = publish(); err != nil; err = publish() { // until the acknowledgements have arrived
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	receive()
}
