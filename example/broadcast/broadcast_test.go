package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

var manyChats = flag.Int("chats", 300, "chats of the broadcast in the test; 100000 takes half a minute")

// setUp starts a server with Telegram's limits and n people, and makes a broadcast to them.
func setUp(t *testing.T, n int, done string) (*tgtest.Server, []int64, func() *Broadcast) {
	t.Helper()
	server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithLimits(tgtest.Limits{}), tgtest.WithHistory(0))
	chats := make([]int64, n)
	for i := range chats {
		user := server.User(fmt.Sprintf("User %d", i))
		user.Send("/start")
		chats[i] = user.ID
	}
	return server, chats, func() *Broadcast {
		bot, err := telegram.New(telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }},
			telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHTTPClient(server.Client()))
		if err != nil {
			t.Fatal(err)
		}
		file, err := openDone(done)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		return &Broadcast{API: bot.API(), Text: "We are open again.", Done: file}
	}
}

// TestBroadcastUnderLimits checks that each chat gets the text once, although the server refuses more than 30 messages a
// second, and that the broadcast goes as fast as the limits allow.
func TestBroadcastUnderLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := *manyChats
		server, chats, start := setUp(t, n, filepath.Join(t.TempDir(), "done.txt"))
		blocked := server.User("Blocked")
		blocked.Send("/start")
		blocked.Block()
		b, began := start(), time.Now()
		if err := b.Send(t.Context(), append(chats, blocked.ID)); err != nil {
			t.Fatal(err)
		}
		if got, want := b.Progress(n+1), fmt.Sprintf("%d of %d chats: %d sent, 1 refused, 0 without an answer, 0 done before", n+1, n+1, n); got != want {
			t.Errorf("progress is %q, want %q", got, want)
		}
		got, tries := map[int64]int{}, 0
		for _, call := range server.SentBy("sendMessage") {
			tries++
			if call.OK() {
				got[call.ChatID()]++
			}
		}
		for _, chat := range chats {
			if got[chat] != 1 {
				t.Errorf("chat %d got the text %d times", chat, got[chat])
			}
		}
		if took, least := time.Since(began), time.Duration(n/30-1)*time.Second; took < least || took > 2*least+10*time.Second {
			t.Errorf("the broadcast took %v, and %v is possible", took, least)
		}
		// In each second, each sender is refused at most twice: once as one of three, and once as a probe.
		if most := n + n/30*6 + 6; tries > most {
			t.Errorf("%d tries for %d messages", tries, n)
		}
	})
}

// TestBroadcastResumes checks that a broadcast that was interrupted goes on where it was.
func TestBroadcastResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, chats, start := setUp(t, 100, filepath.Join(t.TempDir(), "done.txt"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		if err := start().Send(ctx, chats); !errors.Is(err, context.Canceled) {
			t.Fatalf("the first run ended with %v", err)
		}
		first := 0
		for _, call := range server.SentBy("sendMessage") {
			if call.OK() {
				first++
			}
		}
		b := start()
		if err := b.Send(t.Context(), chats); err != nil {
			t.Fatal(err)
		}
		if first == 0 || first == len(chats) || !strings.Contains(b.Progress(len(chats)), fmt.Sprintf("%d done before", first)) {
			t.Errorf("%d were sent before; the second run did: %s", first, b.Progress(len(chats)))
		}
		got := map[int64]int{}
		for _, call := range server.SentBy("sendMessage") {
			if call.OK() {
				got[call.ChatID()]++
			}
		}
		for _, chat := range chats {
			if got[chat] != 1 {
				t.Errorf("chat %d got the text %d times", chat, got[chat])
			}
		}
	})
}

// TestBroadcastIsPolite checks that an answer to a person does not wait for a broadcast whose calls are in flight.
func TestBroadcastIsPolite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, chats, start := setUp(t, 20, filepath.Join(t.TempDir(), "done.txt"))
		server.Fail("sendMessage", tgtest.Fault{Delay: time.Second, Times: senders})
		b := start()
		ended := make(chan error)
		go func() { ended <- b.Send(t.Context(), chats[1:]) }()
		synctest.Wait()
		began := time.Now()
		if _, err := b.API.SendMessageWithContext(t.Context(), chats[0], "Hello, Alice.", nil); err != nil || time.Since(began) != 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestBroadcastFloodAndMigration checks the answers that need more than another try.
func TestBroadcastFloodAndMigration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, chats, start := setUp(t, 2, filepath.Join(t.TempDir(), "done.txt"))
		server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 100})
		b, began := start(), time.Now()
		if err := b.Send(t.Context(), chats[:1]); err != nil || time.Since(began) != 100*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 400, Description: "Bad Request", MigrateTo: chats[1]})
		if err := b.Send(t.Context(), []int64{-42}); err != nil {
			t.Error(err)
		}
		server.Fail("sendMessage", tgtest.Fault{ResetMidBody: true})
		time.Sleep(time.Second)
		if err := b.Send(t.Context(), chats[1:]); err != nil {
			t.Error(err)
		}
		if got, want := b.Progress(3), "3 of 3 chats: 2 sent, 0 refused, 1 without an answer, 0 done before"; got != want {
			t.Errorf("progress is %q, want %q", got, want)
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 401})
		if err := b.Send(t.Context(), chats[:1]); err == nil || !strings.Contains(err.Error(), "Unauthorized") {
			t.Errorf("a wrong token: %v", err)
		}
	})
}

// TestDoneAfterKill checks that a line that was not written to its end counts for nothing, and that the next one does not
// join it.
func TestDoneAfterKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "done.txt")
	if err := os.WriteFile(path, []byte("11\n-22\n3"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		done, err := openDone(path)
		if err != nil {
			t.Fatal(err)
		}
		if !done.Has(11) || !done.Has(-22) || done.Has(3) {
			t.Errorf("done are %v", done.has)
		}
		if err := done.Add(44); err != nil {
			t.Fatal(err)
		}
		done.Close()
	}
	if data, err := os.ReadFile(path); string(data) != "11\n-22\n44\n44\n" {
		t.Errorf("the file is %q, %v", data, err)
	}
	if _, err := readChats("main.go"); err == nil || !strings.HasPrefix(err.Error(), "main.go:1: ") {
		t.Errorf("a file that is not a list: %v", err)
	}
}
