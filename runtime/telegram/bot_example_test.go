package telegram_test

import (
	"context"
	"fmt"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A bot without generated code: its dispatch is written by hand. A bot.gen.go makes the same Config of a spec.yaml.
func ExampleBot() {
	server, err := tgtest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	bot, err := telegram.New(telegram.Config{
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "You said "+ev.Update.Message.Text, nil)
			return err
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := bot.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	alice := server.User("Alice")
	alice.Send("hello")
	reply, err := alice.Wait(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(reply.Text)
	fmt.Println(bot.Stop(ctx), bot.Len())
	// Output:
	// You said hello
	// <nil> 0
}

func ExampleKeys() {
	keys := telegram.NewKeys(nil)
	private := wire.Header{Chat: 7, User: 7}
	keys.Chat(private)
	keys.User(private) // a private chat and its user are one constraint
	keys.Add("team red")
	fmt.Println(len(keys.List()), keys.List()[0].Shard(4))
	// Output: 2 3
}

func ExampleNopObserver() {
	// An observer of its own implements the methods it cares about.
	type failures struct{ telegram.NopObserver }
	var observer telegram.Observer = failures{}
	observer.Dropped(wire.Header{Kind: wire.KindPoll})
	fmt.Println("nothing to do")
	// Output: nothing to do
}
