package trace_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A receiver prints what becomes of an update.
func ExampleDecoder_receiver() {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for decoder := trace.NewDecoder(r.Body); ; {
			record, err := decoder.Decode()
			if err != nil {
				break // io.EOF after the last one
			}
			fmt.Println(record.Event, cmp.Or(record.Handler, record.Method, string(record.Outcome), "-"))
		}
	}))
	defer receiver.Close()
	os.Setenv("BOT_TRACE_URL", receiver.URL) // usually, who starts the process does that
	defer os.Unsetenv("BOT_TRACE_URL")

	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{Dispatch: func(ctx context.Context, ev *telegram.Event) error {
		defer stop()
		ev.Enter("Greet") // generated code does that
		_, err := ev.Reply(ctx, "Hello!", nil)
		return err
	}}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("/start")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// taken -
	// started -
	// entered Greet
	// called sendMessage
	// finished handled
}

// A record is a line of JSON. Fields that are zero are left out.
func ExampleRecord_line() {
	line, err := trace.Append(nil, &trace.Record{Event: trace.Finished, Update: 7, Attempt: 1, Outcome: trace.Failed, Took: 1500, Error: "no luck"})
	fmt.Print(string(line))
	fmt.Println(err)
	// Output:
	// {"at":"0001-01-01T00:00:00Z","event":"finished","update":7,"attempt":1,"outcome":"failed","took":1500,"error":"no luck"}
	// <nil>
}

// Events that a receiver does not know are no error, since a later version may have more.
func ExampleEvent_unknown() {
	decoder := trace.NewDecoder(strings.NewReader(`{"event":"started"}` + "\n" + `{"event":"of the future"}`))
	for {
		record, err := decoder.Decode()
		if err == io.EOF {
			break
		}
		switch record.Event {
		case trace.Started:
			fmt.Println("an attempt begins")
		default:
			fmt.Println("something happens")
		}
	}
	// Output:
	// an attempt begins
	// something happens
}

// The last outcome is what became of the update, except that of a handler that returns after its time-out.
func ExampleOutcome_late() {
	became := trace.Outcome("")
	for _, outcome := range []trace.Outcome{trace.Retried, trace.TimedOut, trace.Abandoned} {
		if outcome != trace.Abandoned {
			became = outcome
		}
	}
	fmt.Println(became)
	// Output: timed_out
}

// The keys of an update say which others it waits for.
func ExampleKey_waiting() {
	first := trace.Record{Event: trace.Taken, Update: 7, Keys: []trace.Key{{Constraint: "chat", Text: "-100123"}, {Constraint: "user", Text: "42"}}}
	second := trace.Record{Event: trace.Taken, Update: 8, Keys: []trace.Key{{Constraint: "user", Text: "42"}}}
	for _, mine := range second.Keys {
		for _, theirs := range first.Keys {
			if mine.Text == theirs.Text {
				fmt.Printf("%d waits for %d because of %s %s\n", second.Update, first.Update, mine.Constraint, mine.Text)
			}
		}
	}
	// Output: 8 waits for 7 because of user 42
}

// A dialogue goes from one state to the next.
func ExampleValue_dialogue() {
	record := trace.Record{
		Event: trace.Committed, Session: "Signup", SessionKey: "42",
		Before: nil, // the store had none, so the dialogue was in its first state
		After:  &trace.Value{State: "AskAge", Data: json.RawMessage(`{"name":"Ann"}`)},
	}
	fmt.Println(record.Before == nil, record.After.State, string(record.After.Data))
	// Output: true AskAge {"name":"Ann"}
}

// A bot tells nobody on another machine what people write.
func ExampleURLError_otherMachine() {
	err := trace.CheckURL("http://example.com/trace")
	var bad *trace.URLError
	fmt.Println(errors.As(err, &bad), bad.Host)
	fmt.Println(err)
	// Output:
	// true example.com
	// the URL of the trace, at example.com, must be on this machine: localhost, 127.0.0.1 or [::1]
}
