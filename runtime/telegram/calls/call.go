package calls

import (
	"context"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A call is one call of the Bot API on its way through [Retry], with all its attempts.
type call struct {
	ctx    context.Context
	method string
	params map[string]any
	opts   *gotgbot.RequestOpts

	where place // is filled in when it is needed first
}

// place is the place whose gate the call has to pass.
func (c *call) place() place {
	if c.where == (place{}) {
		if chat := chatOf(c.params, c.opts); chat != "" {
			c.where.chat = chat
		} else {
			c.where.method = c.method
		}
	}
	return c.where
}

// floodError makes the error of a call that is not made because of an answer to it or to another call. It shows the method
// and the parameters of this call, since those of another one may hold what somebody else wrote.
func (c *call) floodError(chat string, why *gotgbot.TelegramError, wait time.Duration) *FloodError {
	return &FloodError{Method: c.method, Chat: chat, RetryAfter: wait, Err: &gotgbot.TelegramError{
		Method:         c.method,
		Params:         c.params,
		Code:           why.Code,
		Description:    why.Description,
		ResponseParams: &gotgbot.ResponseParameters{RetryAfter: int64((wait + time.Second - 1) / time.Second)},
	}}
}
