package wire_test

import (
	"errors"
	"fmt"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

func ExampleDecodeUpdate() {
	u, err := wire.DecodeUpdate(`{"update_id":7,"message":{"text":"hello","chat":{"id":42}}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.UpdateId, u.Message.Chat.Id, u.Message.Text)
	// Output: 7 42 hello
}

func ExampleDecodeError() {
	_, err := wire.DecodeUpdate(`{"update_id":7,"message":{"entities":[{"offset":"0"}]}}`)
	var where *wire.DecodeError
	if errors.As(err, &where) {
		fmt.Println(where.Path)
		fmt.Println(where)
	}
	// Output:
	// message.entities[0].offset
	// message.entities[0].offset: not an integer, at byte 48
}

func ExampleSkewWarning() {
	if warning := wire.SkewWarning(); warning != "" {
		fmt.Println("warning:", warning)
	}
	fmt.Println("the decoder fits gotgbot")
	// Output: the decoder fits gotgbot
}

func ExampleKind() {
	fmt.Println(wire.KindEditedMessage)
	fmt.Println(wire.KindOf("callback_query") == wire.KindCallbackQuery)
	fmt.Println(wire.KindOf("something_new"))
	// Output:
	// edited_message
	// true
	// unknown
}
