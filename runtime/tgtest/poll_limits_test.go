package tgtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestGetUpdatesStopsAtFourMegabytes(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		size := 300 << 10
		big := text(t, strings.Repeat("y", size))
		srv.PushBatch(slices.Repeat([]tgtest.Body{big}, 30)...)
		got := call(t, srv, "getUpdates", `{}`)
		if want := 4 << 20 / size; len(got.updates) != want {
			t.Errorf("%d updates in %d bytes, want %d", len(got.updates), len(got.body), want)
		}
		got = call(t, srv, "getUpdates", `{"offset":1013}`)
		if want := ids(1013, 13); !slices.Equal(got.updates, want) {
			t.Errorf("the next answer has %v, want %v", got.updates, want)
		}
	})
}

func TestUpdatesThatAreDropped(t *testing.T) {
	srv := tgtest.NewServer(t)
	if id := srv.Push(text(t, strings.Repeat("y", 512<<10))); id != 0 {
		t.Errorf("an update of more than 512 KiB got the id %d", id)
	}
	if id := srv.Push(`{"chat_member":{}}`); id != 0 {
		t.Errorf("an update of a kind that the bot did not ask for got the id %d", id)
	}
	body := text(t, "x")
	if _, queued := srv.PushBatch(slices.Repeat([]tgtest.Body{body}, 100_001)...); queued != 100_000 {
		t.Errorf("queued %d", queued)
	}
	if id := srv.Push(body); id != 0 {
		t.Errorf("the 100,001st update got the id %d", id)
	}
	call(t, srv, "getUpdates", fmt.Sprintf(`{"offset":%d}`, srv.Confirmed()+1))
	if srv.Push(body) == 0 || srv.Push(body) != 0 {
		t.Error("confirming one update must make room for exactly one")
	}
	if s := srv.State(); s.Dropped != 5 || s.Pending != 100_000 || s.Queued != 100_001 {
		t.Errorf("state %+v", s)
	}
}

func TestUpdatesExpire(t *testing.T) {
	for kind, keep := range map[string]time.Duration{
		"message": 24 * time.Hour, "my_chat_member": 24 * time.Hour, "inline_query": 30 * time.Second,
		"callback_query": 150 * time.Second, "shipping_query": 150 * time.Second, "pre_checkout_query": 150 * time.Second,
		"chosen_inline_result": 600 * time.Second,
	} {
		inMemory(t, func(t *testing.T, srv *tgtest.Server) {
			srv.Push(`{"` + kind + `":{"id":"1"}}`)
			time.Sleep(keep)
			if got := call(t, srv, "getUpdates", `{}`); len(got.updates) != 1 {
				t.Errorf("%s: dropped within %v", kind, keep)
			}
			time.Sleep(time.Second)
			if got := call(t, srv, "getUpdates", `{"offset":1}`); len(got.updates) != 0 {
				t.Errorf("%s: kept longer than %v", kind, keep)
			}
		})
	}
}

// TestUpdateIDs checks that the first id is random, that ids are consecutive, and that they restart before they
// exceed 31 bits.
func TestUpdateIDs(t *testing.T) {
	srv := tgtest.NewServer(t)
	if id := srv.Confirmed(); id != 0 {
		t.Errorf("Confirmed is %d before the first update, want 0", id)
	}
	first := srv.Push(text(t, "x"))
	if first < 2_000_001 || first > 1_000_000_000 {
		t.Errorf("the first id is %d", first)
	}
	if next := srv.Push(text(t, "x")); next != first+1 {
		t.Errorf("%d follows %d", next, first)
	}
	srv.RestartIDs(1_999_999_998)
	if id := srv.Push(text(t, "x")); id != 1_999_999_998 {
		t.Errorf("the id is %d", id)
	}
	if id := srv.Push(text(t, "x")); id >= 1_000_000_001 || srv.Pending() != 1 {
		t.Errorf("after the ids ran out: id %d, %d pending", id, srv.Pending())
	}
}
