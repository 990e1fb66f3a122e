package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/tgtest"
)

// random returns a random value of a type.
func random[T any](t *testing.T, r *rand.Rand) *T {
	v := new(T)
	randomize(t, r, reflect.ValueOf(v).Elem(), 0)
	return v
}

// eventCalls are the calls of Event's methods that have a way of their own, with random arguments.
var eventCalls = map[string]func(context.Context, *testing.T, *rand.Rand, *gotgbot.Bot) (any, error){
	"sendMessage": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return sendMessage(ctx, b, 7, texts[r.IntN(len(texts))], random[gotgbot.SendMessageOpts](t, r))
	},
	"editMessageText": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, editMessageText(ctx, b, random[gotgbot.EditMessageTextOpts](t, r))
	},
	"editMessageCaption": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, editMessageCaption(ctx, b, random[gotgbot.EditMessageCaptionOpts](t, r))
	},
	"editMessageReplyMarkup": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, editMessageReplyMarkup(ctx, b, random[gotgbot.EditMessageReplyMarkupOpts](t, r))
	},
	"answerCallbackQuery": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, answerCallbackQuery(ctx, b, texts[r.IntN(len(texts))], random[gotgbot.AnswerCallbackQueryOpts](t, r))
	},
	"deleteMessage": func(ctx context.Context, _ *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, deleteMessage(ctx, b, r.Int64N(3), r.Int64N(3))
	},
	"sendChatAction": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, sendChatAction(ctx, b, 7, texts[r.IntN(len(texts))], random[gotgbot.SendChatActionOpts](t, r))
	},
	"setMessageReaction": func(ctx context.Context, t *testing.T, r *rand.Rand, b *gotgbot.Bot) (any, error) {
		return nil, setMessageReaction(ctx, b, 7, 3, random[gotgbot.SetMessageReactionOpts](t, r))
	},
}

// A call that is encoded directly has the same parameters for the server, the same result and the same error as the call of
// gotgbot.
func TestDirectCallsMeanWhatGotgbotsCallsMean(t *testing.T) {
	server := tgtest.NewServer(t)
	knowChat(t, server)
	client := newTestClient(t, ClientConfig{APIURL: server.URL})
	defer client.CloseIdleConnections()
	ours := &gotgbot.Bot{Token: server.Token, BotClient: newChain(directClient{client})}
	theirs := &gotgbot.Bot{Token: server.Token, BotClient: client}
	for method, call := range eventCalls {
		t.Run(method, func(t *testing.T) {
			accepted := 0
			for seed := range uint64(200) {
				got, err := call(t.Context(), t, rand.New(rand.NewPCG(seed, 3)), ours)
				want, wrong := call(t.Context(), t, rand.New(rand.NewPCG(seed, 3)), theirs)
				sent := server.SentBy(method)
				if len(sent) != 2*int(seed)+2 {
					t.Fatalf("%d calls arrived: %v", len(sent), err)
				}
				a, b := sent[len(sent)-2], sent[len(sent)-1]
				if !reflect.DeepEqual(a.Params, b.Params) {
					t.Fatalf("sent %v\nwant %v", a.Params, b.Params)
				}
				if !reflect.DeepEqual(err, wrong) {
					t.Fatalf("error %#v\nwant %#v", err, wrong)
				}
				if err == nil {
					accepted++
				}
				if m, ok := got.(*gotgbot.Message); ok && m != nil { // tgtest counts messages and time
					m.MessageId, m.Date = want.(*gotgbot.Message).MessageId, want.(*gotgbot.Message).Date
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("result %+v\nwant %+v", got, want)
				}
			}
			t.Logf("the server accepted %d calls", accepted)
		})
	}
}

// knowChat makes the chat 7 known to a server, with a message 3.
func knowChat(t *testing.T, server *tgtest.Server) {
	t.Helper()
	body, err := tgtest.Encode(`{"message":{"message_id":3,"from":{"id":7,"is_bot":false,"first_name":"Ann"},` +
		`"chat":{"id":7,"first_name":"Ann","type":"private"},"date":1700000000,"text":"hello"}}`)
	if err != nil {
		t.Fatal(err)
	}
	server.PushBatch(body)
}

// newDirectBot makes a bot of its own for the calls of events.
func newDirectBot(t *testing.T, server *tgtest.Server, opts ...Option) *Event {
	t.Helper()
	knowChat(t, server)
	opts = append([]Option{WithToken(server.Token), WithAPIURL(server.URL), WithHTTPClient(server.Client())}, opts...)
	bot, err := New(Config{Dispatch: func(context.Context, *Event) error { return nil }}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	update := &gotgbot.Update{Message: &gotgbot.Message{MessageId: 3, Chat: gotgbot.Chat{Id: 7, Type: "private"}}}
	ev := &Event{Bot: bot.API(), Update: update}
	ev.Header.Chat = 7
	return ev
}

// A link of the author's, one that is put around the bot's client later, and parameters that override others: each gets
// the calls of events with their parameters.
func TestEventCallsGoThroughEveryLink(t *testing.T) {
	server := tgtest.NewServer(t)
	var seen map[string]any
	link := func(next gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			seen = params
			return next.RequestWithContext(ctx, token, method, params, opts)
		})
	}
	given := newDirectBot(t, server, WithCalls(link))
	later := newDirectBot(t, server)
	later.Bot.BotClient = link(later.Bot.BotClient)
	for name, ev := range map[string]*Event{"WithCalls": given, "put around later": later} {
		seen = nil
		if _, err := ev.Reply(t.Context(), "hello", nil); err != nil || seen["text"] != "hello" || seen["chat_id"] != int64(7) {
			t.Errorf("%s: the link saw %v: %v", name, seen, err)
		}
	}
	opts := &gotgbot.SendMessageOpts{RequestOpts: &gotgbot.RequestOpts{OverrideParams: map[string]any{"text": "other"}}}
	if m, err := newDirectBot(t, server).Reply(t.Context(), "hello", opts); err != nil || m.Text != "other" {
		t.Errorf("sent %+v: %v", m, err)
	}
}

// A call that is encoded directly waits at the gates, is retried, and is observed like any other. Its errors have its
// parameters.
func TestDirectCallsGoThroughTheChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		observer := new(directObserver)
		ev := newDirectBot(t, server, WithObserver(observer))
		if ev.Bot.BotClient.(*chain).direct == nil {
			t.Fatal("the chain takes no encoded parameters")
		}
		start := time.Now()
		server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
		if _, err := ev.Reply(t.Context(), "hello", nil); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		server.Fail("deleteMessage", tgtest.Fault{Code: 502})
		if err := ev.Delete(t.Context()); err != nil {
			t.Error(err)
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 502})
		if _, err := ev.Reply(t.Context(), "hello", nil); err == nil {
			t.Error("a message was sent again after a 502")
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1000})
		_, err := ev.Reply(t.Context(), "hello", nil)
		var flood *FloodError
		if !errors.As(err, &flood) || flood.Chat != "7" || !reflect.DeepEqual(flood.Err.Params, map[string]any{"chat_id": int64(7), "text": "hello"}) {
			t.Errorf("%#v", err)
		}
		want := "[sendMessage <nil> deleteMessage <nil> sendMessage error sendMessage error]"
		if got := fmt.Sprint(observer.calls); got != want {
			t.Errorf("observed %s, want %s", got, want)
		}
	})
}

type directObserver struct {
	NopObserver
	calls []string
}

func (o *directObserver) Called(method string, _ time.Duration, err error) {
	result := "<nil>"
	if err != nil {
		result = "error"
	}
	o.calls = append(o.calls, method, result)
}
