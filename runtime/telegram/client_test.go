package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
)

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
		"empty":     {answer(200, ""), func(err error) bool { return errors.Is(err, botapi.ErrAnswerEmpty) }},
		"truncated": {answer(200, `{"ok":true,"result":{"a`), func(err error) bool { return strings.Contains(err.Error(), "the answer is not from a Bot API server") }},
		"no result": {answer(200, `{"ok":true}`), func(err error) bool { return strings.Contains(err.Error(), "no result") }},
		"network": {fail(fmt.Errorf("dial %s: %w", leak, io.ErrUnexpectedEOF)), func(err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && strings.Contains(err.Error(), "<token>")
		}},
		"time-out": {hang, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		"1 GB":     {failuresThatPass["1 GB"], func(err error) bool { return errors.Is(err, botapi.ErrAnswerTooLarge) }},
		"reset":    {failuresThatPass["reset in body"], func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(test.step)}})
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
	c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
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
			c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(hang)}, Timeout: test.config})
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

// An upload to a server that hangs ends with the time-out, and leaves no goroutine.
func TestClientUploadIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, ClientConfig{HTTPClient: &http.Client{Transport: roundTrip(hang)}})
		file := gotgbot.InputFileByReader("f", strings.NewReader(strings.Repeat("x", 4<<20)))
		start := time.Now()
		_, err := c.RequestWithContext(t.Context(), testToken, "x", map[string]any{"f": file}, nil)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != 30*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func TestClientURLs(t *testing.T) {
	c := newTestClient(t, ClientConfig{})
	if got := c.GetAPIURL(nil); got != gotgbot.DefaultAPIURL {
		t.Errorf("API URL %s", got)
	}
	c = newTestClient(t, ClientConfig{APIURL: "http://localhost:8081/"})
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

// newTestClient makes a client and fails the test if the configuration is invalid.
func newTestClient(t testing.TB, config ClientConfig) *Client {
	t.Helper()
	c, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewClientRefusesABadURL(t *testing.T) {
	for _, bad := range []string{"api.telegram.org", "ftp://api.telegram.org", "https://", "https://api.telegram.org?x=" + testToken, "https://" + testToken + "@[::1:80"} {
		_, err := NewClient(ClientConfig{APIURL: bad})
		if err == nil || !strings.HasPrefix(err.Error(), "making the client: API URL: ") {
			t.Errorf("error is %v", err)
			continue
		}
		noToken(t, err.Error())
	}
}
