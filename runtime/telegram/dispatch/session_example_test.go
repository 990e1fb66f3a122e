package dispatch_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// Code outside of handlers moves a dialogue to another state.
func ExampleSession_updateFromOutside() {
	states := []dispatch.State{{Name: "Idle"}, {Name: "Paid", After: time.Hour}}
	order := dispatch.NewSession(dispatch.SessionConfig[int]{
		Name: "Order", States: states, TTL: 24 * time.Hour, Key: dispatch.ChatKey,
		Encode: func(state int) (int, []byte, error) { return state, nil, nil },
		Decode: func(state int, _ []byte) (int, error) { return state, nil },
	})
	bot, err := telegram.New(telegram.Config{
		Sessions: []telegram.Session{order},
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken("123:abc"))
	if err != nil {
		log.Fatal(err)
	}
	found, err := dispatch.SessionOf[int](bot, "Order")
	if err != nil {
		log.Fatal(err)
	}
	ctx, key := context.Background(), dispatch.FormatChat(77)
	if err := found.Update(ctx, bot, key, func(int) (state int, change bool, err error) { return 1, true, nil }); err != nil {
		log.Fatal(err)
	}
	state, err := found.Load(ctx, bot, key)
	fmt.Println(states[state].Name, err)
	// Output: Paid <nil>
}
