package calls

import (
	"context"
	"encoding/json"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

// Chain puts links around a client. The first link is the outermost: it sees a call first and its result last. A nil link
// is left out.
func Chain(client gotgbot.BotClient, links ...func(gotgbot.BotClient) gotgbot.BotClient) gotgbot.BotClient {
	for i := len(links) - 1; i >= 0; i-- {
		if links[i] != nil {
			client = links[i](client)
		}
	}
	return client
}

// A Request makes one call of the Bot API. It is the method RequestWithContext of a [gotgbot.BotClient] as a function.
type Request func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error)

// Wrap returns a client that makes its calls with request, and takes everything else from client. With it, a link is one
// function.
func Wrap(client gotgbot.BotClient, request Request) gotgbot.BotClient {
	return &wrapped{client, request}
}

type wrapped struct {
	gotgbot.BotClient
	request Request
}

func (w *wrapped) RequestWithContext(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	return w.request(ctx, token, method, params, opts)
}

// A directClient is a link that can also make calls whose parameters are encoded.
type directClient struct {
	gotgbot.BotClient
	direct func(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error)
}

// RequestDirect implements [direct.Client].
func (c *directClient) RequestDirect(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
	return c.direct(ctx, token, call)
}
