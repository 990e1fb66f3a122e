package telegram_test

import (
	"errors"
	"fmt"

	"github.com/tggen/tggen/runtime/telegram"
)

func ExampleDecodeUpdate() {
	u, err := telegram.DecodeUpdate(`{"update_id":7,"message":{"text":"hello","chat":{"id":42}}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.UpdateId, u.Message.Chat.Id, u.Message.Text)
	// Output: 7 42 hello
}

func ExampleDecodeError() {
	_, err := telegram.DecodeUpdate(`{"update_id":7,"message":{"entities":[{"offset":"0"}]}}`)
	var where *telegram.DecodeError
	if errors.As(err, &where) {
		fmt.Println(where.Path)
		fmt.Println(where)
	}
	// Output:
	// message.entities[0].offset
	// message.entities[0].offset: not an integer, at byte 48
}

func ExampleNewDecoder() {
	decode, warning := telegram.NewDecoder()
	if warning != "" {
		fmt.Println("warning:", warning)
	}
	u, err := decode(`{"update_id":8}`)
	fmt.Println(u.UpdateId, err)
	// Output: 8 <nil>
}

func ExampleKind() {
	fmt.Println(telegram.KindEditedMessage)
	fmt.Println(telegram.KindOf("callback_query") == telegram.KindCallbackQuery)
	fmt.Println(telegram.KindOf("something_new"))
	// Output:
	// edited_message
	// true
	// unknown
}
