package dispatch_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

func ExampleParseCommand() {
	entities := []gotgbot.MessageEntity{{Type: "bot_command", Offset: 0, Length: 15}}
	name, args, ok := dispatch.ParseCommand("/order@shop_bot 2 3", entities, "Shop_Bot")
	fmt.Printf("%q %q %t\n", name, args, ok)

	_, _, ok = dispatch.ParseCommand("/order@shop_bot 2 3", entities, "another_bot")
	fmt.Println("for another bot:", ok)
	// Output:
	// "order" "2 3" true
	// for another bot: false
}

func ExampleParsePrefixed() {
	name, args, ok := dispatch.ParsePrefixed("!ban @eve 2d", "!.", "shop_bot")
	fmt.Printf("%q %q %t\n", name, args, ok)
	// Output: "ban" "@eve 2d" true
}

func ExampleArguments_quotesAndDefaults() {
	a := dispatch.NewArguments(`42 “extra large” leave it at the "door"`)
	item := dispatch.Arg(&a, "item", dispatch.Int64)
	size := dispatch.ArgOr(&a, "size", dispatch.Text, "medium")
	note := dispatch.RestArgOptional(&a)
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

func ExampleArguments_wrong() {
	a := dispatch.NewArguments("2 many")
	item := dispatch.Arg(&a, "item", dispatch.Int64)
	qty := dispatch.ArgOr(&a, "qty", dispatch.Int, 1)
	fmt.Println(item, qty, a.Err())

	a = dispatch.NewArguments("2 3 please")
	dispatch.Arg(&a, "item", dispatch.Int64)
	dispatch.ArgOr(&a, "qty", dispatch.Int, 1)
	fmt.Println(a.Err())
	// Output:
	// 2 0 qty: "many" is not a whole number
	// "please" is more than the command takes
}

func ExampleNewUsageError() {
	a := dispatch.NewArguments("milk")
	dispatch.Arg(&a, "item", dispatch.Int64)
	usage := dispatch.NewUsageError("order", "/order <item> [qty=1] [note…]", a.Err())
	fmt.Println(usage.Text())
	fmt.Printf("%s %q\n", usage.Argument, usage.Value)
	// Output:
	// item: "milk" is not a whole number
	// Usage: /order <item> [qty=1] [note…]
	// item "milk"
}

func ExampleFields_leftOut() {
	for _, data := range []string{"page:", "page:3", "page:x"} {
		f := dispatch.NewFields(data)
		f.Literal("page:")
		number := dispatch.FieldOr(&f, "number", "", dispatch.Int, 1)
		fmt.Println(number, f.Err())
	}
	// Output:
	// 1 <nil>
	// 3 <nil>
	// 0 callback data: number is not a whole number
}

func ExampleFields_encodeAndRead() {
	b := make([]byte, 0, telegram.MaxCallbackData)
	b = append(b, "remind:"...)
	b = dispatch.AppendField(b, "tea: green", ":")
	b = append(b, ':')
	b = dispatch.AppendDuration(b, 90*time.Second)
	data, err := dispatch.EncodeCallback(b)
	fmt.Println(data, err)

	f := dispatch.NewFields(data)
	f.Literal("remind:")
	task := dispatch.Field(&f, "task", ":", dispatch.Text)
	f.Literal(":")
	in := dispatch.Field(&f, "in", "", dispatch.Duration)
	fmt.Println(task, in, f.Err())

	f = dispatch.NewFields("remind:tea")
	f.Literal("remind:")
	dispatch.Field(&f, "task", ":", dispatch.Text)
	fmt.Println(f.Err())
	// Output:
	// remind:tea\: green:90s <nil>
	// tea: green 1m30s <nil>
	// callback data: task does not end where it should
}

func ExampleEncodeCallback() {
	_, err := dispatch.EncodeCallback([]byte("find:a text of a few words too many for the data behind one button"))
	if tooLong, ok := errors.AsType[*telegram.CallbackTooLongError](err); ok {
		fmt.Println(tooLong.Length, "bytes")
	}
	// Output: 66 bytes
}

func ExampleEntities() {
	text := "see 😀 https://example.com"
	entities := []gotgbot.MessageEntity{{Type: "url", Offset: 7, Length: 19}}
	for _, link := range dispatch.Entities(text, entities, "url", "text_link") {
		fmt.Println(link.Type, link.Text)
	}
	// Output: url https://example.com
}

func ExampleJoinError() {
	var err error
	err = dispatch.JoinError(err, "Log", nil)
	err = dispatch.JoinError(err, "Count", errors.New("the store is full"))
	fmt.Println(err)
	// Output: Count: the store is full
}
