package telegram_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

func ExampleParseCommand() {
	entities := []gotgbot.MessageEntity{{Type: "bot_command", Offset: 0, Length: 15}}
	name, args, ok := telegram.ParseCommand("/order@shop_bot 2 3", entities, "Shop_Bot")
	fmt.Printf("%q %q %t\n", name, args, ok)

	_, _, ok = telegram.ParseCommand("/order@shop_bot 2 3", entities, "another_bot")
	fmt.Println("for another bot:", ok)
	// Output:
	// "order" "2 3" true
	// for another bot: false
}

func ExampleParsePrefixed() {
	name, args, ok := telegram.ParsePrefixed("!ban @eve 2d", "!.", "shop_bot")
	fmt.Printf("%q %q %t\n", name, args, ok)
	// Output: "ban" "@eve 2d" true
}

func ExampleArguments() {
	a := telegram.NewArguments(`42 “extra large” leave it at the "door"`)
	item := telegram.Arg(&a, "item", telegram.Int64)
	size := telegram.ArgOr(&a, "size", telegram.Text, "medium")
	note := telegram.RestArgOptional(&a, "note")
	if err := a.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(item, size)
	fmt.Println(*note)
	// Output:
	// 42 extra large
	// leave it at the "door"
}

func ExampleUsageError() {
	a := telegram.NewArguments("milk")
	telegram.Arg(&a, "item", telegram.Int64)
	usage := telegram.NewUsageError("order", "/order <item> [qty=1] [note…]", a.Err())
	fmt.Println(usage.Text())
	fmt.Printf("%s %q\n", usage.Argument, usage.Value)
	// Output:
	// item: "milk" is not a whole number
	// Usage: /order <item> [qty=1] [note…]
	// item "milk"
}

func ExampleFields() {
	b := make([]byte, 0, telegram.MaxCallbackData)
	b = append(b, "remind:"...)
	b = telegram.AppendField(b, "tea: green", ":")
	b = append(b, ':')
	b = telegram.AppendDuration(b, 90*time.Second)
	data, err := telegram.EncodeCallback(b)
	fmt.Println(data, err)

	f := telegram.NewFields(data)
	f.Literal("remind:")
	what := telegram.Field(&f, "what", ":", telegram.Text)
	f.Literal(":")
	in := telegram.Field(&f, "in", "", telegram.Duration)
	fmt.Println(what, in, f.Err())

	f = telegram.NewFields("remind:tea")
	f.Literal("remind:")
	telegram.Field(&f, "what", ":", telegram.Text)
	fmt.Println(f.Err())
	// Output:
	// remind:tea\: green:90s <nil>
	// tea: green 1m30s <nil>
	// callback data: what does not end where it should
}

func ExampleEncodeCallback() {
	_, err := telegram.EncodeCallback([]byte("find:a text of a few words too many for the data behind one button"))
	if tooLong, ok := errors.AsType[*telegram.CallbackTooLongError](err); ok {
		fmt.Println(tooLong.Length, "bytes")
	}
	// Output: 66 bytes
}
