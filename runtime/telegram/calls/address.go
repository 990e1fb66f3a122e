package calls

import (
	"context"
	"encoding/json"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// APIURL returns a link that names the Bot API server in each call that names none. A client further in then uses this
// server, even if it was made without a URL, such as a new [gotgbot.BaseBotClient].
func APIURL(url string) func(gotgbot.BotClient) gotgbot.BotClient {
	return func(next gotgbot.BotClient) gotgbot.BotClient { return &addressed{next, url} }
}

type addressed struct {
	next gotgbot.BotClient
	url  string
}

func (a *addressed) RequestWithContext(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	return a.next.RequestWithContext(ctx, token, method, params, a.opts(opts))
}

func (a *addressed) GetAPIURL(opts *gotgbot.RequestOpts) string {
	return a.next.GetAPIURL(a.opts(opts))
}

func (a *addressed) FileURL(token, path string, opts *gotgbot.RequestOpts) string {
	return a.next.FileURL(token, path, a.opts(opts))
}

// opts returns opts with the server. It does not change opts.
func (a *addressed) opts(opts *gotgbot.RequestOpts) *gotgbot.RequestOpts {
	if opts == nil {
		return &gotgbot.RequestOpts{APIURL: a.url}
	}
	if opts.APIURL != "" {
		return opts
	}
	with := *opts
	with.APIURL = a.url
	return &with
}
