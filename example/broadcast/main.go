// Command broadcast sends one text to many chats, as fast as Telegram lets it, and beside a bot that answers people.
//
//	BOT_TOKEN=... broadcast -chats chats.txt -done done.txt -text "We are open again."
//
// chats.txt has the id of a chat on each line. The program adds a line to done.txt for each chat that it is done with. If it
// is killed, start it again with the same files: it goes on where it was. At most three chats, those whose calls were in
// flight, get the text twice then.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("broadcast", flag.ContinueOnError)
	chatsFile := flags.String("chats", "chats.txt", "file with the id of a chat on each line")
	doneFile := flags.String("done", "done.txt", "file in which the program notes the chats that it is done with")
	text := flags.String("text", "", "what to send")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *text == "" {
		return fmt.Errorf("there is no -text")
	}
	chats, err := readChats(*chatsFile)
	if err != nil {
		return err
	}
	done, err := openDone(*doneFile)
	if err != nil {
		return err
	}
	defer done.Close()

	// A program that handles updates too would use the API of its bot here.
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	})
	if err != nil {
		return err
	}
	b := &Broadcast{API: bot.API(), Text: *text, Done: done}
	ended := make(chan error, 1)
	go func() { ended <- b.Send(ctx, chats) }()
	progress := time.NewTicker(time.Second)
	defer progress.Stop()
	for {
		select {
		case <-progress.C:
			fmt.Println(b.Progress(len(chats)))
		case err := <-ended:
			fmt.Println(b.Progress(len(chats)))
			return err
		}
	}
}
