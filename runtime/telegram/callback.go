package telegram

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// MaxCallbackData is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const MaxCallbackData = 64

// A CallbackTooLongError says that callback data takes more than [MaxCallbackData].
type CallbackTooLongError struct {
	Length int // in bytes
}

func (e *CallbackTooLongError) Error() string {
	return fmt.Sprintf("callback data has %d bytes, and Telegram keeps %d", e.Length, MaxCallbackData)
}

// ErrCallbackEmpty and ErrCallbackNotUTF8 are why [EncodeCallback] refuses data that is not too long.
var (
	ErrCallbackEmpty   = errors.New("callback data is empty")
	ErrCallbackNotUTF8 = errors.New("callback data is not UTF-8, and JSON would change it")
)

// EncodeCallback is the data that was appended to b, if Telegram keeps it as it is: it must be UTF-8, of 1 to 64 bytes.
// The error is a [*CallbackTooLongError], [ErrCallbackEmpty] or [ErrCallbackNotUTF8].
func EncodeCallback(b []byte) (string, error) {
	switch {
	case len(b) == 0:
		return "", ErrCallbackEmpty
	case len(b) > MaxCallbackData:
		return "", &CallbackTooLongError{Length: len(b)}
	case !utf8.Valid(b):
		return "", ErrCallbackNotUTF8
	}
	return string(b), nil
}

// CallbackButton is an inline button with the given data.
func CallbackButton(text, data string) gotgbot.InlineKeyboardButton {
	return gotgbot.InlineKeyboardButton{Text: text, CallbackData: data}
}
