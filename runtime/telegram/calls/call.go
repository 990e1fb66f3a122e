package calls

import (
	"context"
	"strconv"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

// A call is one call of the Bot API on its way through [Retry], with all its attempts.
type call struct {
	ctx    context.Context
	method string
	params map[string]any // nil if direct is not
	opts   *gotgbot.RequestOpts
	direct *direct.Call // the call, if its parameters are encoded

	where place // is filled in when it is needed first
}

// place is the place whose gate the call has to pass.
func (c *call) place() place {
	if c.where == (place{}) {
		if chat := c.chat(); chat != "" {
			c.where.chat = chat
		} else {
			c.where.method = c.method
		}
	}
	return c.where
}

// chat is the parameter chat_id, in the form of chatOf.
func (c *call) chat() string {
	switch {
	case c.direct == nil:
		return chatOf(c.params, c.opts)
	case c.direct.Chat == 0:
		return ""
	}
	return strconv.FormatInt(c.direct.Chat, 10)
}

// parameters returns the parameters of the call, for an error.
func (c *call) parameters() map[string]any {
	if c.direct != nil {
		return c.direct.Params()
	}
	return c.params
}

// floodError makes the error of a call that is not made because of an answer to it or to another call. It shows the method
// and the parameters of this call, since those of another one may hold what somebody else wrote.
func (c *call) floodError(chat string, why *gotgbot.TelegramError, wait time.Duration) *FloodError {
	return &FloodError{Method: c.method, Chat: chat, RetryAfter: wait, Err: &gotgbot.TelegramError{
		Method:         c.method,
		Params:         c.parameters(),
		Code:           why.Code,
		Description:    why.Description,
		ResponseParams: &gotgbot.ResponseParameters{RetryAfter: int64((wait + time.Second - 1) / time.Second)},
	}}
}
