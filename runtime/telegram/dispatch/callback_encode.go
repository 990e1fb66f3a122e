package dispatch

import (
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// EncodeCallback returns the callback data in b. It must be UTF-8 and 1 to 64 bytes long, which is what Telegram accepts
// and returns unchanged. The error is a [*telegram.CallbackTooLongError], [telegram.ErrCallbackEmpty] or
// [telegram.ErrCallbackNotUTF8].
func EncodeCallback(b []byte) (string, error) {
	switch {
	case len(b) == 0:
		return "", telegram.ErrCallbackEmpty
	case len(b) > telegram.MaxCallbackData:
		return "", &telegram.CallbackTooLongError{Length: len(b)}
	case !utf8.Valid(b):
		return "", telegram.ErrCallbackNotUTF8
	}
	return string(b), nil
}

// CallbackButton returns an inline button with the text and the callback data.
func CallbackButton(text, data string) gotgbot.InlineKeyboardButton {
	return gotgbot.InlineKeyboardButton{Text: text, CallbackData: data}
}
