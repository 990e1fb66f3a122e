package wire_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

func ExampleSplitReply() {
	body := []byte(`{"ok":true,"result":[
		{"update_id":7,"message":{"chat":{"id":-100},"from":{"id":42},"text":"hello"}},
		{"update_id":8,"poll":{"id":"1"}}]}`)
	updates, refusal, err := wire.SplitReply(body, nil)
	if err != nil || refusal != nil {
		fmt.Println(err, refusal)
		return
	}
	for _, u := range updates {
		fmt.Println(u.ID, u.Kind, u.Chat, u.User)
	}
	// Output:
	// 7 message -100 42
	// 8 poll 0 0
}

func ExampleRefusal_wait() {
	body := []byte(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`)
	_, refusal, err := wire.SplitReply(body, nil)
	if err == nil && refusal != nil {
		fmt.Println(refusal)
		fmt.Println("wait for", time.Duration(refusal.RetryAfter)*time.Second)
	}
	// Output:
	// the Bot API server refused with code 429: Too Many Requests: retry after 3
	// wait for 3s
}

func ExampleSplitError_proxy() {
	_, _, err := wire.SplitReply([]byte(`<html><body>502 Bad Gateway</body></html>`), nil)
	var mistake *wire.SplitError
	if errors.As(err, &mistake) {
		fmt.Println(mistake)
	}
	// Output: HTML instead of JSON, at byte 0
}

func ExampleRawUpdate_decodeLater() {
	body := []byte(`{"ok":true,"result":[{"update_id":7,"message":{"text":"hello"}}]}`)
	updates, _, err := wire.SplitReply(body, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	raw := string(updates[0].Raw) // a copy, so that the body can be used again
	u, err := wire.DecodeUpdate(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Message.Text)
	// Output: hello
}

func ExampleScanHeader() {
	h, err := wire.ScanHeader([]byte(`{"update_id":7,"callback_query":{"from":{"id":42},"message":{"date":1,"chat":{"id":-100}}}}`))
	fmt.Println(h.ID, h.Kind, h.Chat, h.User, err)
	// Output: 7 callback_query -100 42 <nil>
}

func ExampleHeader_orderByChat() {
	byChat := map[int64][]int64{}
	for _, raw := range []string{
		`{"update_id":7,"message":{"chat":{"id":-100}}}`,
		`{"update_id":8,"message":{"chat":{"id":-200}}}`,
		`{"update_id":9,"edited_message":{"chat":{"id":-100}}}`,
	} {
		h, err := wire.ScanHeader([]byte(raw))
		if err != nil {
			fmt.Println(err)
			return
		}
		byChat[h.Chat] = append(byChat[h.Chat], h.ID)
	}
	fmt.Println(byChat)
	// Output: map[-200:[8] -100:[7 9]]
}

func ExampleKindSet_dropUnwanted() {
	wanted := wire.Kinds(wire.KindMessage, wire.KindCallbackQuery)
	for _, name := range []string{"message", "poll", "something_new"} {
		fmt.Println(name, wanted.Has(wire.KindOf(name)))
	}
	// Output:
	// message true
	// poll false
	// something_new false
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

func ExampleDecodeUpdate() {
	u, err := wire.DecodeUpdate(`{"update_id":7,"message":{"text":"hello","chat":{"id":42}}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.UpdateId, u.Message.Chat.Id, u.Message.Text)
	// Output: 7 42 hello
}

func ExampleDecodeError_path() {
	_, err := wire.DecodeUpdate(`{"update_id":7,"message":{"entities":[{"offset":"0"}]}}`)
	var mistake *wire.DecodeError
	if errors.As(err, &mistake) {
		fmt.Println(mistake.Path)
		fmt.Println(mistake)
	}
	// Output:
	// message.entities[0].offset
	// message.entities[0].offset: not an integer, at byte 48
}

func ExampleSkewWarning() {
	if warning := wire.SkewWarning(); warning != "" {
		fmt.Println("warning:", warning)
	} else {
		fmt.Println("the decoder fits gotgbot")
	}
	// Output: the decoder fits gotgbot
}

// The answer to a call, whose result is not decoded yet.
func ExampleAnswer() {
	answer, err := wire.ScanAnswer([]byte(`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.OK, answer.Code, answer.Description, answer.Parameters.RetryAfter)
	// Output: false 429 Too Many Requests 3
}

// A variant that gotgbot does not know is left out, and the rest of the update is decoded.
func ExampleUnknownVariant() {
	raw := `{"update_id":7,"message":{"text":"hello","forward_origin":{"type":"hologram"}}}`
	u, err := wire.DecodeReporting(raw, func(v wire.UnknownVariant) { fmt.Println(v.Union, v.Value) })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Message.Text, u.Message.ForwardOrigin == nil)
	// Output:
	// MessageOrigin hologram
	// hello true
}
