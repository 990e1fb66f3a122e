package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strconv"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// counterConfig is what the generator writes for "sessions: [{name: Counter, key: user, fields: [n: int]}]".
func counterConfig() dispatch.SessionConfig[int] {
	return dispatch.SessionConfig[int]{
		Name:   "Counter",
		Key:    dispatch.UserKey,
		Encode: func(n int) (int, []byte, error) { return 0, strconv.AppendInt(nil, int64(n), 10), nil },
		Decode: func(_ int, data []byte) (n int, err error) {
			if data != nil {
				err = json.Unmarshal(data, &n)
			}
			return n, err
		},
	}
}

// A bot without generated code counts the messages of each user.
func ExampleSession_countMessages() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	counter := dispatch.NewSession(counterConfig())
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Sessions:    []telegram.Session{counter},
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error { keys.User(u.Header); return nil },
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			n, _, err := counter.Get(ctx, ev)
			if err != nil {
				return err
			}
			if n == 2 {
				stop()
			}
			return counter.Set(ev, n+1)
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithLogger(quiet))
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	for range 3 {
		alice.Send("hello")
	}
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	n, err := counter.Load(context.Background(), bot, dispatch.FormatUser(alice.ID))
	fmt.Println(n, err)
	// Output: 3 <nil>
}

// The record of a session was written by a later release of the bot.
func ExampleSessionError_laterVersion() {
	store := session.NewMemory(session.MemoryConfig{})
	bot := func(version int) (*telegram.Bot, *dispatch.Session[int]) {
		config := counterConfig()
		config.Version = version
		config.Migrate = func(int, string, json.RawMessage) (int, error) { return 0, nil }
		counter := dispatch.NewSession(config)
		bot, err := telegram.New(telegram.Config{
			Sessions: []telegram.Session{counter},
			Dispatch: func(context.Context, *telegram.Event) error { return nil },
		}, telegram.WithToken("123:abc"), telegram.WithStore(store))
		if err != nil {
			log.Fatal(err)
		}
		return bot, counter
	}
	later, counter := bot(2)
	err := counter.Update(context.Background(), later, "77", func(n int) (int, bool, error) { return n + 1, true, nil })
	if err != nil {
		log.Fatal(err)
	}
	earlier, counter := bot(1)
	_, err = counter.Load(context.Background(), earlier, "77")
	var broken *telegram.SessionError
	fmt.Println(errors.As(err, &broken), err)
	// Output: true session Counter of "77": reading version 2: this bot has version 1
}
