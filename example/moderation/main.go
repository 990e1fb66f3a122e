// Command moderation keeps order in groups. Its handlers are in four packages, one for each file of the spec.
//
//	BOT_TOKEN=... go run ./example/moderation
package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"

	"github.com/tggen/tggen/example/moderation/admin"
	"github.com/tggen/tggen/example/moderation/antiflood"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
	"github.com/tggen/tggen/example/moderation/info"
	"github.com/tggen/tggen/example/moderation/notes"
)

// handlers has the methods of all features. The compiler reports a method that is in none of them, or in two.
type handlers struct {
	chats.Access
	*admin.Admin
	*antiflood.Antiflood
	*info.Info
	*notes.Notes
}

var _ bot.Handlers = handlers{}

func newHandlers() handlers {
	flood := &antiflood.Antiflood{}
	return handlers{Admin: &admin.Admin{}, Antiflood: flood, Info: &info.Info{Top: flood.Top}, Notes: &notes.Notes{}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := bot.Run(ctx, newHandlers()); err != nil {
		log.Fatal(err)
	}
}
