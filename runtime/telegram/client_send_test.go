package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A sentCall is a call as a server reads it: the text of each parameter, which the Bot API server takes from JSON or from
// a form, and each file.
type sentCall struct {
	method string
	kind   string // media type
	length int64
	params map[string]string
	files  map[string]string // maps the name in the form to "file name: content"
}

func readCall(r *http.Request) (sentCall, error) {
	c := sentCall{method: r.URL.Path, length: r.ContentLength, params: map[string]string{}, files: map[string]string{}}
	kind, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return c, err
	}
	c.kind = kind
	if kind == "application/json" {
		var values map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
			return c, err
		}
		for name, value := range values {
			c.params[name] = string(value)
			if value[0] == '"' {
				var text string
				if err := json.Unmarshal(value, &text); err != nil {
					return c, err
				}
				c.params[name] = text
			}
		}
		return c, nil
	}
	for form := multipart.NewReader(r.Body, args["boundary"]); ; {
		part, err := form.NextPart()
		if err == io.EOF {
			delete(c.params, "_empty") // gotgbot adds it
			return c, nil
		}
		if err != nil {
			return c, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return c, err
		}
		if name := part.FileName(); name != "" {
			c.files[part.FormName()] = name + ": " + string(data)
		} else {
			c.params[part.FormName()] = string(data)
		}
	}
}

type myMode string

// A call of this client reads like the same call of gotgbot's client. It is JSON unless it has a file.
func TestClientSendsWhatGotgbotSends(t *testing.T) {
	var call sentCall
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if call, err = readCall(r); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, `{"ok":true,"result":true}`)
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "on disk.txt")
	if err := os.WriteFile(path, []byte("on disk"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "\u00e9 \U0001f600 <b>&amp;</b> \"quoted\"\n\\ /"
	keyboard := gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: text, CallbackData: "buy:1"}}}}
	silent := true
	name := "name"
	calls := map[string]struct {
		file bool
		do   func(*gotgbot.Bot) error
	}{
		"nothing": {do: func(b *gotgbot.Bot) error { _, err := b.Request("getMe", nil, nil); return err }},
		"empty":   {do: func(b *gotgbot.Bot) error { _, err := b.Request("getMe", map[string]any{}, nil); return err }},
		"message": {do: func(b *gotgbot.Bot) error {
			_, err := b.Request("sendMessage", map[string]any{
				"chat_id": int64(-1001234567890123), "text": text, "disable_notification": true,
				"reply_markup": keyboard, "entities": []gotgbot.MessageEntity{{Type: "bold", Offset: 1, Length: 2}},
				"link_preview_options": &gotgbot.LinkPreviewOptions{IsDisabled: true},
				"reply_parameters":     &gotgbot.ReplyParameters{MessageId: 5, Quote: text},
				"nothing":              (*gotgbot.ReplyParameters)(nil), "nil": nil,
			}, nil)
			return err
		}},
		"numbers": {do: func(b *gotgbot.Bot) error {
			_, err := b.Request("x", map[string]any{
				"int": 1, "int8": int8(-8), "int16": int16(-16), "int32": int32(-32), "int64": int64(-1) << 63,
				"uint": uint(1), "uint8": uint8(8), "uint16": uint16(16), "uint32": uint32(32), "uint64": ^uint64(0),
				"float32": float32(0.1), "float64": 12.3456789012345, "zero": 0.0, "true": true, "false": false,
			}, nil)
			return err
		}},
		"pointers": {do: func(b *gotgbot.Bot) error {
			_, err := b.Request("x", map[string]any{"text": &name, "nil": (*string)(nil), "bool": &silent}, nil)
			return err
		}},
		"lists": {do: func(b *gotgbot.Bot) error {
			_, err := b.Request("x", map[string]any{"strings": []string{"a", text}, "ints": []int64{1, 2}, "empty": []string{}, "raw": json.RawMessage(`{"a":[1,2]}`)}, nil)
			return err
		}},
		"override": {do: func(b *gotgbot.Bot) error {
			_, err := b.Request("sendMessage", map[string]any{"chat_id": 1, "text": "a"}, &gotgbot.RequestOpts{OverrideParams: map[string]any{"text": "b", "more": 7}})
			return err
		}},
		"sendMessage": {do: func(b *gotgbot.Bot) error {
			_, err := b.SendMessage(1, text, &gotgbot.SendMessageOpts{ParseMode: "HTML", ReplyMarkup: keyboard})
			return err
		}},
		"forceReply": {do: func(b *gotgbot.Bot) error {
			_, err := b.SendMessage(1, text, &gotgbot.SendMessageOpts{ReplyMarkup: gotgbot.ForceReply{ForceReply: true}})
			return err
		}},
		"location": {do: func(b *gotgbot.Bot) error { _, err := b.SendLocation(1, 59.9386, -30.3141, nil); return err }},
		"commands": {do: func(b *gotgbot.Bot) error {
			_, err := b.SetMyCommands([]gotgbot.BotCommand{{Command: "start", Description: text}}, &gotgbot.SetMyCommandsOpts{Scope: gotgbot.BotCommandScopeChat{ChatId: 5}})
			return err
		}},
		"inline": {do: func(b *gotgbot.Bot) error {
			_, err := b.AnswerInlineQuery("7", []gotgbot.InlineQueryResult{gotgbot.InlineQueryResultArticle{Id: "1", Title: "t", InputMessageContent: gotgbot.InputTextMessageContent{MessageText: text}}}, nil)
			return err
		}},
		"photo by id": {do: func(b *gotgbot.Bot) error { _, err := b.SendPhoto(1, gotgbot.InputFileByID("AgAD"), nil); return err }},
		"photo by URL": {do: func(b *gotgbot.Bot) error {
			_, err := b.SendPhoto(1, gotgbot.InputFileByURL("https://example.com/a.jpg?x=1&y=2"), nil)
			return err
		}},
		"album by URL": {do: func(b *gotgbot.Bot) error {
			_, err := b.SendMediaGroup(1, gotgbot.InputMedias{
				gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByURL("https://example.com/a.jpg"), Caption: text},
				gotgbot.InputMediaVideo{Media: gotgbot.InputFileByID("BAAD"), Width: 5},
			}, nil)
			return err
		}},
		"edit media": {do: func(b *gotgbot.Bot) error {
			_, _, err := b.EditMessageMedia(gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByID("AgAD")}, &gotgbot.EditMessageMediaOpts{ChatId: 1, MessageId: 2})
			return err
		}},

		"upload": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SendDocument(1, gotgbot.InputFileByReader("a \"b\".txt", strings.NewReader("content")), &gotgbot.SendDocumentOpts{Caption: text, ReplyMarkup: keyboard})
			return err
		}},
		"upload without a name": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SendDocument(1, gotgbot.InputFileByReader("", bytes.NewReader([]byte{0, 1, 2})), nil)
			return err
		}},
		"upload from disk": {file: true, do: func(b *gotgbot.Bot) error {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = b.SendDocument(1, gotgbot.InputFileByReader("on disk.txt", f), nil)
			return err
		}},
		"upload from a stream": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SendDocument(1, gotgbot.InputFileByReader("s", io.LimitReader(strings.NewReader("stream of"), 6)), nil)
			return err
		}},
		"large upload": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SendDocument(1, gotgbot.InputFileByReader("l", strings.NewReader(strings.Repeat("large", 1<<20))), nil)
			return err
		}},
		"album": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SendMediaGroup(1, gotgbot.InputMedias{
				gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByReader("1.jpg", strings.NewReader("one"))},
				gotgbot.InputMediaVideo{Media: gotgbot.InputFileByID("BAAD"), Thumbnail: gotgbot.InputFileByReader("t.jpg", strings.NewReader("thumb"))},
			}, nil)
			return err
		}},
		"edit media, file": {file: true, do: func(b *gotgbot.Bot) error {
			_, _, err := b.EditMessageMedia(gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByReader("1.jpg", strings.NewReader("one"))}, &gotgbot.EditMessageMediaOpts{ChatId: 1, MessageId: 2, ReplyMarkup: keyboard})
			return err
		}},
		"sticker set": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.CreateNewStickerSet(1, "n", "t", gotgbot.InputStickers{{Sticker: gotgbot.InputFileByReader("s.webp", strings.NewReader("webp")), Format: "static", EmojiList: []string{"\U0001f600"}}}, nil)
			return err
		}},
		"certificate": {file: true, do: func(b *gotgbot.Bot) error {
			_, err := b.SetWebhook("https://example.com", &gotgbot.SetWebhookOpts{Certificate: gotgbot.InputFileByReader("c.pem", strings.NewReader("pem")), AllowedUpdates: []string{"message"}})
			return err
		}},
	}
	ours := newTestClient(t, ClientConfig{APIURL: server.URL + "/"})
	defer ours.CloseIdleConnections()
	theirs := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server.URL}}
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			// gotgbot returns an error because the result, true, is not a message. The error does not matter here.
			_ = test.do(&gotgbot.Bot{Token: testToken, BotClient: theirs})
			want := call
			call = sentCall{}
			_ = test.do(&gotgbot.Bot{Token: testToken, BotClient: ours})
			if call.method != want.method || !maps.Equal(call.params, want.params) || !maps.Equal(call.files, want.files) {
				t.Errorf("sent %s %q %.300q\nwant %s %q %.300q", call.method, call.params, call.files, want.method, want.params, want.files)
			}
			kind := "application/json"
			if test.file {
				kind = "multipart/form-data"
			}
			if call.kind != kind {
				t.Errorf("sent as %s", call.kind)
			}
			if call.length < 0 && name != "large upload" {
				t.Error("sent without a length")
			}
			if len(call.files) == 0 == test.file {
				t.Errorf("%d files", len(call.files))
			}
		})
	}
}

// A value whose type is based on string is sent as its text, in JSON and in a form.
func TestClientStringTypes(t *testing.T) {
	for _, file := range []any{nil, gotgbot.InputFileByReader("f", strings.NewReader("f"))} {
		params := map[string]any{"parse_mode": myMode("HTML"), "list": []myMode{"a"}}
		if file != nil {
			params["file"] = file
		}
		call := sendTo(t, params)
		if call.params["parse_mode"] != "HTML" || call.params["list"] != `["a"]` {
			t.Errorf("sent %q", call.params)
		}
	}
}

func sendTo(t *testing.T, params map[string]any) (call sentCall) {
	t.Helper()
	c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		var err error
		if call, err = readCall(r); err != nil {
			t.Error(err)
		}
		return answer(200, `{"ok":true,"result":true}`)(r)
	})}})
	if _, err := c.RequestWithContext(t.Context(), testToken, "x", params, nil); err != nil {
		t.Fatal(err)
	}
	return call
}

func TestClientDoesNotChangeTheParameters(t *testing.T) {
	params := map[string]any{"a": (*string)(nil), "b": 1}
	c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(answer(200, `{"ok":true,"result":1}`))}})
	//lint:ignore SA1012 gotgbot takes a nil context
	result, err := c.RequestWithContext(nil, testToken, "x", params, &gotgbot.RequestOpts{OverrideParams: map[string]any{"b": 2}})
	if err != nil || string(result) != "1" {
		t.Errorf("%s, %v", result, err)
	}
	if len(params) != 2 || params["a"] != (*string)(nil) || params["b"] != 1 {
		t.Errorf("params became %v", params)
	}
}

// A body that was put together in memory can be sent twice. Package net/http does that if it finds, before it has written
// anything, that a kept connection is closed.
func TestClientBodiesCanBeSentAgain(t *testing.T) {
	for name, params := range map[string]map[string]any{
		"JSON": {"a": 1},
		"file": {"f": gotgbot.InputFileByReader("f", io.LimitReader(strings.NewReader("file"), 4))},
	} {
		c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			first, err := io.ReadAll(r.Body)
			if err != nil || len(first) == 0 {
				t.Errorf("%s: %q, %v", name, first, err)
			}
			again, err := r.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			if second, err := io.ReadAll(again); err != nil || !bytes.Equal(first, second) {
				t.Errorf("%s: sent %q, then %q, %v", name, first, second, err)
			}
			return answer(200, `{"ok":true,"result":true}`)(r)
		})}})
		if _, err := c.RequestWithContext(t.Context(), testToken, "x", params, nil); err != nil {
			t.Error(err)
		}
	}
}
