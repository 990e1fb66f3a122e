package session_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// A record is loaded, changed and committed.
func Example() {
	ctx := context.Background()
	store := session.NewMemory(session.MemoryConfig{})

	records, err := store.Load(ctx, []string{"signup:42"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("absent:", records[0].Rev == 0)

	write := records[0].Put([]byte(`{"state":"AskAge"}`), time.Now().Add(24*time.Hour))
	if err := store.Commit(ctx, []session.Write{write}); err != nil {
		log.Fatal(err)
	}

	// What was loaded before the commit is stale.
	err = store.Commit(ctx, []session.Write{records[0].Put([]byte(`{}`), time.Time{})})
	fmt.Println("conflict:", errors.Is(err, session.ErrConflict))

	records, err = store.Load(ctx, []string{"signup:42"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", records[0].Data)
	// Output:
	// absent: true
	// conflict: true
	// {"state":"AskAge"}
}

// increment adds 1 to a counter, exactly once, however many callers there are and whatever answers are lost.
func increment(ctx context.Context, store session.Store, key string) error {
	for {
		records, err := store.Load(ctx, []string{key})
		if err != nil {
			return err // nothing has happened
		}
		n, _ := strconv.Atoi(string(records[0].Data))
		err = settle(ctx, store, []session.Write{
			records[0].Put([]byte(strconv.Itoa(n+1)), time.Time{}),
		})
		if !errors.Is(err, session.ErrConflict) {
			return err
		}
		// Another caller was faster: look again.
	}
}

// settle commits until the outcome is known.
func settle(ctx context.Context, store session.Store, writes []session.Write) error {
	for {
		err := store.Commit(ctx, writes)
		switch {
		case err == nil, errors.Is(err, session.ErrConflict), errors.Is(err, session.ErrInvalid), errors.Is(err, session.ErrClosed):
			return err
		}
		// The store is down, or its answer was lost. The same writes are recognised if they have been made.
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the outcome is unknown: %w", err)
		}
	}
}

// A commit conflicts if another caller was faster, and is repeated if its outcome is unknown.
func ExampleStore() {
	ctx := context.Background()
	var store session.Store = session.NewMemory(session.MemoryConfig{})
	for range 3 {
		if err := increment(ctx, store, "visits"); err != nil {
			log.Fatal(err)
		}
	}
	records, err := store.Load(ctx, []string{"visits"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", records[0].Data)
	// Output: 3
}

// Several records are changed together or not at all.
func ExampleStore_several() {
	ctx := context.Background()
	store := session.NewMemory(session.MemoryConfig{})
	records, err := store.Load(ctx, []string{"cart:42", "order:7"})
	if err != nil {
		log.Fatal(err)
	}
	err = store.Commit(ctx, []session.Write{
		records[0].Delete(),
		records[1].Put([]byte("3 apples"), time.Time{}),
	})
	fmt.Println(err)
	// Output: <nil>
}

// All records whose keys begin with a prefix are read in pages.
func ExampleStore_scan() {
	ctx := context.Background()
	var store session.Store = session.NewMemory(session.MemoryConfig{})
	for i := range 5 {
		w := session.Record{Key: fmt.Sprint("signup:", i)}.Put(nil, time.Time{})
		if err := store.Commit(ctx, []session.Write{w}); err != nil {
			log.Fatal(err)
		}
	}
	const limit = 2 // a real one is larger, up to session.MaxKeys
	for after := ""; ; {
		records, err := store.Scan(ctx, "signup:", after, limit)
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range records {
			fmt.Println(r.Key)
			after = r.Key
		}
		if len(records) < limit {
			break
		}
	}
	// Output:
	// signup:0
	// signup:1
	// signup:2
	// signup:3
	// signup:4
}

// A record that expires is absent afterwards, and its memory is freed while others are written.
func ExampleMemory() {
	ctx := context.Background()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return now }})

	write := session.Record{Key: "signup:42"}.Put([]byte("AskAge"), now.Add(24*time.Hour))
	if err := store.Commit(ctx, []session.Write{write}); err != nil {
		log.Fatal(err)
	}
	for _, later := range []time.Duration{23 * time.Hour, time.Hour} {
		now = now.Add(later)
		records, err := store.Load(ctx, []string{"signup:42"})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%q\n", records[0].Data)
	}
	// Output:
	// "AskAge"
	// ""
}

// What a write leaves behind can be written again without another Load.
func ExampleWrite_Record() {
	ctx := context.Background()
	store := session.NewMemory(session.MemoryConfig{})
	record := session.Record{Key: "lang:42"}
	for _, lang := range []string{"en", "de"} {
		write := record.Put([]byte(lang), time.Time{})
		if err := store.Commit(ctx, []session.Write{write}); err != nil {
			log.Fatal(err)
		}
		record = write.Record()
	}
	fmt.Printf("%s\n", record.Data)
	// Output: de
}
