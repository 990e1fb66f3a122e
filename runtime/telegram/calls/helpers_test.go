package calls_test

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

const token = "123456789:AAtoken"

// A sent is a request that arrived at a fake server.
type sent struct {
	method string
	chat   any
	text   any
	at     time.Duration // since the start of the test
}

// A fakeServer is a client that answers by itself.
type fakeServer struct {
	gotgbot.BotClient
	start   time.Time
	latency time.Duration
	answer  func(sent) error // nil: every call succeeds

	mu       sync.Mutex
	arrived  []sent
	inFlight int
	most     int
}

func newFake(answer func(sent) error) *fakeServer {
	return &fakeServer{start: time.Now(), answer: answer}
}

func (f *fakeServer) RequestWithContext(ctx context.Context, _, method string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	f.mu.Lock()
	s := sent{method: method, chat: params["chat_id"], text: params["text"], at: time.Since(f.start)}
	f.arrived = append(f.arrived, s)
	f.inFlight++
	f.most = max(f.most, f.inFlight)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.inFlight--
		f.mu.Unlock()
	}()
	if f.latency > 0 {
		time.Sleep(f.latency)
	}
	if f.answer != nil {
		if err := f.answer(s); err != nil {
			return nil, err
		}
	}
	return json.RawMessage("true"), nil
}

// requests returns what arrived so far.
func (f *fakeServer) requests() []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]sent(nil), f.arrived...)
}

func retry(f *fakeServer, config calls.RetryConfig) gotgbot.BotClient { return calls.Retry(config)(f) }

// send sends a text to a chat.
func send(ctx context.Context, client gotgbot.BotClient, chat any, text any) error {
	_, err := client.RequestWithContext(ctx, token, "sendMessage", map[string]any{"chat_id": chat, "text": text}, nil)
	return err
}

func call(ctx context.Context, client gotgbot.BotClient, method string) error {
	_, err := client.RequestWithContext(ctx, token, method, map[string]any{}, nil)
	return err
}

// flood is the answer of a server that asks to wait.
func flood(seconds int64) error {
	return &gotgbot.TelegramError{
		Method: "sendMessage", Code: 429, Description: "Too Many Requests: retry after",
		ResponseParams: &gotgbot.ResponseParameters{RetryAfter: seconds},
	}
}

// times returns a function that returns err the first n times, and then nil.
func times(n int, err error) func(sent) error {
	var mu sync.Mutex
	return func(sent) error {
		mu.Lock()
		defer mu.Unlock()
		if n == 0 {
			return nil
		}
		n--
		return err
	}
}
