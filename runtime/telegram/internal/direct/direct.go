// Package direct is the way of a call whose parameters are encoded already. Links that know it pass such a call on, so that
// it needs no map of parameters. A chain with any other link uses gotgbot's interface, which has a map.
package direct

import (
	"context"
	"encoding/json"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Call is a call of the Bot API. It attaches no file.
type Call struct {
	Method string
	Chat   int64                // the parameter chat_id; 0 if the call has no such parameter
	Body   []byte               // the parameters as a JSON object
	Opts   *gotgbot.RequestOpts // overrides no parameter

	// Repeat makes the same call with a bot, as gotgbot makes it.
	Repeat func(context.Context, *gotgbot.Bot) error
}

// Params returns the parameters in the form in which gotgbot sends them. It is for the error of a call, and slow.
func (c *Call) Params() map[string]any {
	client := new(recorder)
	_ = c.Repeat(context.Background(), &gotgbot.Bot{BotClient: client})
	return client.params
}

// A Client also makes calls whose parameters are encoded.
type Client interface {
	gotgbot.BotClient

	// RequestDirect makes a call and returns its result. No one else has the memory of the result.
	RequestDirect(ctx context.Context, token string, call *Call) (json.RawMessage, error)
}

// A recorder is a client that keeps the parameters of a call, and makes none.
type recorder struct {
	gotgbot.BotClient
	params map[string]any
}

// RequestWithContext keeps the parameters.
func (r *recorder) RequestWithContext(_ context.Context, _, _ string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	r.params = params
	return json.RawMessage("null"), nil
}
