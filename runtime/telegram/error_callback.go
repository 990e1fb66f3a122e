package telegram

import (
	"errors"
	"fmt"
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

// ErrCallbackEmpty and ErrCallbackNotUTF8 are why encoding refuses data that is not too long.
var (
	ErrCallbackEmpty   = errors.New("callback data is empty")
	ErrCallbackNotUTF8 = errors.New("callback data is not UTF-8, and JSON would change it")
)

// A CallbackError says that callback data is not of the pattern it was read by: it is of another bot or of an older
// one, or forged. It does not hold the data.
type CallbackError struct {
	Field string // the field that is wrong; empty if the text around the fields is
	Err   error
}

func (e *CallbackError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("callback data %v", e.Err)
	}
	return fmt.Sprintf("callback data: %s %v", e.Field, e.Err)
}

// Unwrap is what is wrong.
func (e *CallbackError) Unwrap() error { return e.Err }
