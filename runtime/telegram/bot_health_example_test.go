package telegram_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// The author's own server passes the probes to the bot. In a program it is a http.Server on an address that strangers do not
// reach.
func ExampleBot_Health() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/livez", bot.Health())
	mux.Handle("/readyz", bot.Health())
	mux.Handle("/statusz", bot.Health())
	own := httptest.NewServer(mux)
	defer own.Close()

	probe := func(path string) {
		answer, err := http.Get(own.URL + path)
		if err != nil {
			log.Fatal(err)
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		fmt.Printf("%s: %d %s", path, answer.StatusCode, body)
	}
	probe("/readyz")
	if err := bot.Start(context.Background()); err != nil {
		log.Fatal(err)
	}
	probe("/readyz")
	probe("/livez")
	fmt.Println(bot.Stop(context.Background()))
	// Output:
	// /readyz: 503 the bot is not started
	// /readyz: 200 ok
	// /livez: 200 ok
	// <nil>
}

// Activities lists the handlers that run.
func ExampleBot_Activities() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	begun, release := make(chan struct{}), make(chan struct{})
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			ev.Enter("Report")
			close(begun)
			<-release
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	if err := bot.Start(context.Background()); err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("/report")
	<-begun
	for _, a := range bot.Activities() {
		fmt.Println(a.Handler, a.Header.Kind, a.Header.Chat == alice.ID, a.Took > 0, a.Abandoned)
	}
	close(release)
	fmt.Println(bot.Stop(context.Background()))
	// Output:
	// Report message true true false
	// <nil>
}

// Logger names the update in each line.
func ExampleLogger() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "update", "after", "id", "chat": // those that differ from run to run
				return slog.Attr{}
			}
			return a
		},
	}))
	bot, err := telegram.New(telegram.Config{
		Workers: 1,
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			ev.Enter("Report")
			telegram.Logger(ctx).Info("a report is made", "rows", 3)
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithLogger(logger))
	if err != nil {
		log.Fatal(err)
	}
	if err := bot.Start(context.Background()); err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("/report")
	if err := server.WaitPending(context.Background(), 0); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bot.Stop(context.Background()))
	// Output:
	// level=INFO msg="polling as @test_bot" delivery=at_most_once concurrency=500
	// level=INFO msg="a report is made" handler=Report kind=message shard=0 rows=3
	// level=INFO msg=stopped handled=1 failed=0 timed_out=0 stuck=0 left=0
	// <nil>
}
