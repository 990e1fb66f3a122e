package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestFleet has two bots that share a queue and a store in memory. One of them is stopped in the middle of the conversation.
func TestFleet(t *testing.T) {
	server := tgtest.NewServer(t)
	memory, store := queue.NewMemory(), session.NewMemory(session.MemoryConfig{})
	var bots []*telegram.Bot
	for range 2 {
		b, err := New(bot{}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithQueue(memory), telegram.WithStore(store))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		bots = append(bots, b)
	}
	stop := func(b *telegram.Bot) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
	var people []*tgtest.User
	for i := range 8 {
		people = append(people, server.User(fmt.Sprint("Person ", i)))
	}
	for n := 1; n <= 20; n++ {
		for _, p := range people {
			p.Send("hello")
		}
		if n == 10 {
			stop(bots[0])
		}
	}
	for _, p := range people {
		for n := 1; n <= 20; n++ {
			p.Expect(fmt.Sprintf("%d: hello", n))
		}
	}
	stop(bots[1])
}
