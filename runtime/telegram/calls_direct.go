package telegram

import (
	"context"
	"encoding/json"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A chain is the client of a bot: what stands behind bot.API(). The methods of Event recognize it by its type. A client that
// an author puts around it, or in its place, has another type, so its calls go as gotgbot makes them.
type chain struct {
	gotgbot.BotClient               // makes the calls of gotgbot
	direct            direct.Client // makes calls whose parameters are encoded; nil if a link of the author's needs a map
}

func newChain(client gotgbot.BotClient) *chain {
	c := &chain{BotClient: client}
	if wire.CanEncode() {
		c.direct, _ = client.(direct.Client)
	}
	return c
}

// A directClient is a Client as the innermost link of a chain.
type directClient struct{ *Client }

// RequestDirect makes a call whose parameters are encoded.
func (c directClient) RequestDirect(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
	return c.post(ctx, &outgoing{
		token: token, method: call.Method, opts: call.Opts, params: call.Params,
		body: func(context.Context) (*requestBody, error) { return dataBody(call.Body), nil },
	})
}
