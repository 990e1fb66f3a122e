package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// What a server reads of a call: the text of each parameter, as the Bot API server takes it from either form, and each
// file.
type sentCall struct {
	method string
	kind   string // media type
	length int64
	params map[string]string
	files  map[string]string // name in the form, to "name in the file system: content"
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
		if err == io.EOF { //nolint:errorlint // io.EOF itself
			delete(c.params, "_empty") // gotgbot's own
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

// The server reads of this client's calls what it reads of gotgbot's, and as JSON unless there is a file.
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
	ours := NewClient(ClientConfig{APIURL: server.URL + "/"})
	defer ours.CloseIdleConnections()
	theirs := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server.URL}}
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			// The result is true, which is no message; the error of that is gotgbot's and does not matter.
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

// A string of a type of its own is sent as its text in both forms.
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
	c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
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
	c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(answer(200, `{"ok":true,"result":1}`))}})
	//lint:ignore SA1012 gotgbot takes a nil context
	result, err := c.RequestWithContext(nil, testToken, "x", params, &gotgbot.RequestOpts{OverrideParams: map[string]any{"b": 2}})
	if err != nil || string(result) != "1" {
		t.Errorf("%s, %v", result, err)
	}
	if len(params) != 2 || params["a"] != (*string)(nil) || params["b"] != 1 {
		t.Errorf("params became %v", params)
	}
}

func TestClientErrors(t *testing.T) {
	leak := "no path /bot" + testToken + "/x"
	var telegramError *gotgbot.TelegramError
	var apiError *APIError
	for name, test := range map[string]struct {
		step  step
		check func(error) bool
	}{
		"400": {answer(400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`), func(err error) bool {
			return errors.As(err, &telegramError) && telegramError.Code == 400 && telegramError.Description == "Bad Request: chat not found" && telegramError.Method == "x" && telegramError.Params["chat_id"] == 5
		}},
		"429": {answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`), func(err error) bool {
			return errors.As(err, &telegramError) && telegramError.ResponseParams.RetryAfter == 5
		}},
		"migrated": {answer(400, `{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-100123}}`), func(err error) bool {
			return errors.As(err, &telegramError) && telegramError.ResponseParams.MigrateToChatId == -100123
		}},
		"no code": {answer(403, `{"ok":false}`), func(err error) bool { return errors.As(err, &telegramError) && telegramError.Code == 403 }},
		"echo":    {answer(404, `{"ok":false,"error_code":404,"description":"`+leak+`"}`), func(err error) bool { return strings.Contains(err.Error(), "no path /bot<token>/x") }},
		"HTML": {answer(502, "<html>"+leak), func(err error) bool {
			return errors.As(err, &apiError) && apiError.Code == 502 && apiError.Method == "x"
		}},
		"redirect": {func(r *http.Request) (*http.Response, error) {
			response, err := answer(307, "")(r)
			response.Header.Set("Location", "https://example.com/bot"+testToken)
			return response, err
		}, func(err error) bool { return errors.As(err, &apiError) && apiError.Code == 307 }},
		"empty":     {answer(200, ""), func(err error) bool { return errors.Is(err, errAnswerEmpty) }},
		"truncated": {answer(200, `{"ok":true,"result":{"a`), func(err error) bool { return strings.Contains(err.Error(), "not an answer of a Bot API server") }},
		"no result": {answer(200, `{"ok":true}`), func(err error) bool { return strings.Contains(err.Error(), "no result") }},
		"network": {fail(fmt.Errorf("dial %s: %w", leak, io.ErrUnexpectedEOF)), func(err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && strings.Contains(err.Error(), "<token>")
		}},
		"time-out": {hang, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		"1 GB":     {failuresThatPass["1 GB"], func(err error) bool { return errors.Is(err, errAnswerTooLarge) }},
		"reset":    {failuresThatPass["reset in body"], func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(test.step)}})
				result, err := c.RequestWithContext(t.Context(), testToken, "x", map[string]any{"chat_id": 5}, nil)
				if err == nil || result != nil || !test.check(err) {
					t.Fatalf("%s, %v", result, err)
				}
				for e := err; e != nil; e = errors.Unwrap(e) {
					noToken(t, fmt.Sprintf("%v %+v", e, e))
				}
			})
		})
	}
}

func TestClientRefusesWithoutARequest(t *testing.T) {
	asked := false
	c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = true
		return answer(200, "")(r)
	})}})
	for name, test := range map[string]struct {
		token  string
		params map[string]any
		opts   *gotgbot.RequestOpts
	}{
		"token":           {token: testToken + "\n"},
		"channel":         {token: testToken, params: map[string]any{"a": make(chan int)}},
		"channel, file":   {token: testToken, params: map[string]any{"a": make(chan int), "f": gotgbot.InputFileByReader("f", strings.NewReader("f"))}},
		"unreadable file": {token: testToken, params: map[string]any{"f": gotgbot.InputFileByReader("f", errReader{errors.New("I/O error")})}},
		"panicking file":  {token: testToken, params: map[string]any{"f": gotgbot.InputFileByReader("f", panicReader{})}},
		"URL":             {token: testToken, opts: &gotgbot.RequestOpts{APIURL: "http://[::1"}},
	} {
		_, err := c.RequestWithContext(t.Context(), test.token, "x", test.params, test.opts)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		noToken(t, err.Error())
	}
	if asked {
		t.Error("a request was made")
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("broken reader") }

func TestClientTimeout(t *testing.T) {
	for _, test := range []struct {
		config time.Duration
		opts   *gotgbot.RequestOpts
		want   time.Duration
	}{
		{0, nil, 30 * time.Second},
		{5 * time.Second, nil, 5 * time.Second},
		{5 * time.Second, &gotgbot.RequestOpts{}, 5 * time.Second},
		{5 * time.Second, &gotgbot.RequestOpts{Timeout: time.Minute}, time.Minute},
		{5 * time.Second, &gotgbot.RequestOpts{Timeout: -1}, time.Hour},
		{-1, nil, time.Hour},
		{-1, &gotgbot.RequestOpts{Timeout: time.Minute}, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(hang)}, Timeout: test.config})
			ctx, stop := contextFor(t, time.Hour)
			defer stop()
			start := time.Now()
			_, err := c.RequestWithContext(ctx, testToken, "x", nil, test.opts)
			if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != test.want {
				t.Errorf("%v, %+v: %v after %v", test.config, test.opts, err, took)
			}
		})
	}
}

// A hanging server does not keep an upload alive, and no goroutine is left.
func TestClientUploadIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(hang)}})
		file := gotgbot.InputFileByReader("f", strings.NewReader(strings.Repeat("x", 4<<20)))
		start := time.Now()
		_, err := c.RequestWithContext(t.Context(), testToken, "x", map[string]any{"f": file}, nil)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != 30*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func TestClientURLs(t *testing.T) {
	c := NewClient(ClientConfig{})
	if got := c.GetAPIURL(nil); got != gotgbot.DefaultAPIURL {
		t.Errorf("API URL %s", got)
	}
	c = NewClient(ClientConfig{APIURL: "http://localhost:8081/"})
	opts := &gotgbot.RequestOpts{APIURL: "http://other/"}
	for got, want := range map[string]string{
		c.GetAPIURL(nil):                          "http://localhost:8081",
		c.GetAPIURL(&gotgbot.RequestOpts{}):       "http://localhost:8081",
		c.GetAPIURL(opts):                         "http://other",
		c.FileURL(testToken, "photos/1.jpg", nil): "http://localhost:8081/file/bot" + testToken + "/photos/1.jpg",
		c.FileURL(testToken, "1.jpg", opts):       "http://other/file/bot" + testToken + "/1.jpg",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A hundred goroutines at once do not open a connection per call, and nothing is open after CloseIdleConnections.
func TestClientKeepsConnections(t *testing.T) {
	var opened, closed atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		switch r.Header.Get("Content-Type") {
		case "application/json":
			fmt.Fprint(w, `{"ok":true,"result":true}`)
		default:
			w.WriteHeader(400)
			fmt.Fprint(w, `{"ok":false,"error_code":400,"description":"no"}`)
		}
	}))
	allClosed := make(chan struct{})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateClosed:
			if closed.Add(1) == opened.Load() {
				close(allClosed)
			}
		}
	}
	server.Start()
	defer server.Close()
	c := NewClient(ClientConfig{APIURL: server.URL})
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			for i := range 50 {
				params := map[string]any{"i": i}
				if i%10 == 9 {
					params["f"] = gotgbot.InputFileByReader("f", strings.NewReader("f"))
				}
				_, err := c.RequestWithContext(t.Context(), testToken, "x", params, nil)
				if (err != nil) != (i%10 == 9) {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	if n := opened.Load(); n > 40 { // 1,000 calls by 20 goroutines; one may dial while another is finishing
		t.Errorf("%d connections", n)
	}
	c.CloseIdleConnections()
	<-allClosed
}

// A body that was put together in memory can be sent again, which net/http does when a connection that it kept turns out
// to be closed before anything was written.
func TestClientBodiesCanBeSentAgain(t *testing.T) {
	for name, params := range map[string]map[string]any{
		"JSON": {"a": 1},
		"file": {"f": gotgbot.InputFileByReader("f", io.LimitReader(strings.NewReader("file"), 4))},
	} {
		c := NewClient(ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
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

func TestClientFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, and told of %s", r.URL, r.Referer())
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := []int{301, 302, 303, 307, 308}[len(r.URL.Path)%5]
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
	}))
	defer server.Close()
	for _, client := range []*http.Client{nil, {}} {
		c := NewClient(ClientConfig{APIURL: server.URL, HTTPClient: client})
		for _, method := range []string{"a", "ab", "abc", "abcd", "abcde"} {
			if _, err := c.RequestWithContext(t.Context(), testToken, method, nil, nil); err == nil {
				t.Error("no error")
			} else {
				noToken(t, err.Error())
			}
		}
		c.CloseIdleConnections()
	}
}

func TestReadAnswer(t *testing.T) {
	for _, size := range []int{0, 1, 100, 4096, 5000, 1 << 20, maxAnswer} {
		data := bytes.Repeat([]byte("x"), size)
		for _, length := range []int{-1, size} {
			got, err := readAnswer(bytes.NewReader(data), int64(length), nil)
			if err != nil || !slices.Equal(got, data) {
				t.Errorf("%d bytes, length %d: %d bytes, %v", size, length, len(got), err)
			}
			again, err := readAnswer(bytes.NewReader(data[:size/2]), -1, got)
			if err != nil || len(again) != size/2 || cap(got) > 0 && &again[:1][0] != &got[:1][0] {
				t.Errorf("%d bytes, length %d: the buffer is not used again: %v", size, length, err)
			}
		}
	}
	for _, length := range []int64{-1, maxAnswer + 1} {
		if _, err := readAnswer(bytes.NewReader(make([]byte, maxAnswer+1)), length, nil); !errors.Is(err, errAnswerTooLarge) {
			t.Errorf("length %d: %v", length, err)
		}
	}
}
