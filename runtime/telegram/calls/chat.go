package calls

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// chatOf returns the parameter chat_id of a call in one form: a number, or a @username in lower case. It returns "" if the
// call has no chat.
func chatOf(params map[string]any, opts *gotgbot.RequestOpts) string {
	value, ok := params["chat_id"]
	if opts != nil {
		if other, overridden := opts.OverrideParams["chat_id"]; overridden {
			value, ok = other, true
		}
	}
	if !ok {
		return ""
	}
	chat := ""
	switch v := value.(type) {
	case int64:
		chat = strconv.FormatInt(v, 10)
	case string:
		chat = v
	case *string:
		if v != nil {
			chat = *v
		}
	case json.RawMessage:
		chat = strings.Trim(string(v), `"`)
	default:
		chat = fmt.Sprint(v)
	}
	if chat = strings.TrimSpace(chat); chat == "0" {
		return ""
	}
	return strings.ToLower(chat)
}
