package telegram

import (
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// Records that were changed since they were loaded stay, and the others of their commit are deleted.
func TestJournal_AnEraserLeavesWhatHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := session.NewMemory(session.MemoryConfig{})
		e := newEraser(store, slog.New(slog.DiscardHandler))
		var keys []string
		for i := range 10 {
			keys = append(keys, fmt.Sprint(i))
			write := session.Record{Key: keys[i]}.Put([]byte("a"), time.Time{})
			if err := store.Commit(t.Context(), []session.Write{write}); err != nil {
				t.Fatal(err)
			}
			e.add([]session.Write{write.Record().Delete()})
			if i%3 == 0 {
				if err := store.Commit(t.Context(), []session.Write{write.Record().Put([]byte("b"), time.Time{})}); err != nil {
					t.Fatal(err)
				}
			}
		}
		synctest.Wait() // it gathers
		start := time.Now()
		e.finish(time.Minute)
		if took := time.Since(start); took > 0 {
			t.Errorf("the end of the gathering took %v", took)
		}
		records, err := store.Load(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range records {
			if (r.Rev != 0) != (i%3 == 0) {
				t.Errorf("record %d has the revision %d", i, r.Rev)
			}
		}
	})
}

// While the store hangs, a bounded number of deletions waits.
func TestJournal_AnEraserIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEraser(session.NewMemory(session.MemoryConfig{}), slog.New(slog.DiscardHandler))
		e.running = true // as if its goroutine waited for the store
		for i := range maxErasures + 500 {
			e.add([]session.Write{session.Record{Key: fmt.Sprint(i), Rev: 1}.Delete()})
		}
		if n := len(e.deletes); n != maxErasures || e.deletes[0].Key != "500" {
			t.Errorf("%d deletions wait, the first is that of %s", n, e.deletes[0].Key)
		}
	})
}
