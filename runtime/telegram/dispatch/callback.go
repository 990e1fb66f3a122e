package dispatch

import (
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// EncodeCallback is the data that was appended to b, if Telegram keeps it as it is: it must be UTF-8, of 1 to 64 bytes.
// The error is a [*telegram.CallbackTooLongError], [telegram.ErrCallbackEmpty] or [telegram.ErrCallbackNotUTF8].
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

// CallbackButton is an inline button with the given data.
func CallbackButton(text, data string) gotgbot.InlineKeyboardButton {
	return gotgbot.InlineKeyboardButton{Text: text, CallbackData: data}
}
