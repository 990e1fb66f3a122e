package telegram

import (
	"errors"
	"fmt"
)

// MaxCallbackData is the largest size of callback data, in bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton
const MaxCallbackData = 64

// A CallbackTooLongError reports callback data that is longer than [MaxCallbackData].
type CallbackTooLongError struct {
	Length int // in bytes
}

func (e *CallbackTooLongError) Error() string {
	return fmt.Sprintf("callback data has %d bytes, and Telegram allows %d", e.Length, MaxCallbackData)
}

// ErrCallbackEmpty and ErrCallbackNotUTF8 report callback data that Telegram would refuse or change.
var (
	ErrCallbackEmpty   = errors.New("callback data is empty")
	ErrCallbackNotUTF8 = errors.New("callback data is not UTF-8, and JSON would change it")
)

// A CallbackError reports callback data that does not fit the pattern of its handler. The data is from another bot or an
// older version of this one, or it is forged. The error does not show the data.
type CallbackError struct {
	Field string // the field that is wrong; empty if the text around the fields is wrong
	Err   error
}

func (e *CallbackError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("callback data %v", e.Err)
	}
	return fmt.Sprintf("callback data: %s %v", e.Field, e.Err)
}

// Unwrap returns what is wrong.
func (e *CallbackError) Unwrap() error { return e.Err }
