package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

const testToken = "123456789:AAsecretsecretsecretsecretsecret-_"

func TestText(t *testing.T) {
	const id, secret = "123456789", "AAsecretsecretsecretsecretsecret-_"
	for name, test := range map[string]struct{ token, text, want string }{
		"plain":                     {testToken, "GET /bot" + testToken + "/getMe", "GET /bot<token>/getMe"},
		"twice":                     {testToken, testToken + testToken, "<token><token>"},
		"upper case":                {testToken, "bot" + id + "%3A" + secret, "bot<token>"},
		"lower case":                {testToken, "bot" + id + "%3a" + secret, "bot<token>"},
		"encoded twice":             {testToken, "bot" + id + "%253a" + secret, "bot<token>"},
		"all encoded":               {testToken, id + "%3A%41%41secretsecretsecretsecretsecret%2d%5F.", "<token>."},
		"JSON":                      {testToken, `"` + id + `\u003a` + secret + `"`, `"<token>"`},
		"the secret half":           {testToken, "key=" + secret, "key=<token>"},
		"another number":            {testToken, "99:" + secret, "99:<token>"},
		"test environment":          {testToken + "/test", "/bot" + testToken + "/test/getMe", "/bot<token>/test/getMe"},
		"a short token":             {"1:AA", "1:AA AA 1%3aAA", "<token> AA <token>"},
		"no token in the text":      {testToken, "123456789:AAsecret", "123456789:AAsecret"},
		"no token":                  {"", "text", "text"},
		"cut short at the end":      {testToken, "%", "%"},
		"cut short within a letter": {testToken, strings.TrimSuffix(testToken, "_") + "%5", strings.TrimSuffix(testToken, "_") + "%5"},
	} {
		if got := Text(test.text, test.token); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// However the letters of a token are encoded, the token is found, and what is around it stays.
func TestTextFindsEveryEncoding(t *testing.T) {
	forms := []func(c byte) string{
		func(c byte) string { return string(c) },
		func(c byte) string { return fmt.Sprintf("%%%02x", c) },
		func(c byte) string { return fmt.Sprintf("%%%02X", c) },
		func(c byte) string { return fmt.Sprintf("%%2525%02x", c) },
		func(c byte) string { return fmt.Sprintf(`\u00%02X`, c) },
	}
	number := strings.Index(testToken, ":")
	for range 2000 {
		text := testToken[:number]
		for i := number; i < len(testToken); i++ {
			text += forms[rand.N(len(forms))](testToken[i])
		}
		if got := Text("a"+text+"z", testToken); got != "a<token>z" {
			t.Fatalf("%q becomes %q", text, got)
		}
	}
}

type (
	textValue  struct{}
	jsonValue  struct{ URL *string }
	panicValue struct{}
	logValue   struct{}
)

func (textValue) MarshalText() ([]byte, error)  { return []byte(testToken), nil }
func (panicValue) MarshalJSON() ([]byte, error) { panic("no") }
func (panicValue) String() string               { panic("no") }
func (logValue) LogValue() slog.Value           { return slog.GroupValue(slog.Any("e", errors.New(testToken))) }

// No attribute of any type shows the token, with either of slog's handlers. Others stay as they are.
func TestLogShowsNoToken(t *testing.T) {
	link := "https://api.telegram.org/file/bot" + testToken + "/a.jpg"
	failure := &url.Error{Op: "Get", URL: link, Err: errors.New("refused")}
	values := map[string]any{
		"string": link, "error": failure, "wrapped": fmt.Errorf("x: %w", failure), "joined": errors.Join(failure, failure),
		"bytes": []byte(link), "raw JSON": json.RawMessage(`"` + link + `"`), "text": textValue{}, "struct": struct{ A, B any }{failure, 1},
		"pointer": &jsonValue{&link}, "map": map[string]any{"e": failure}, "slice": []error{failure}, "log value": logValue{},
		"group": slog.GroupValue(slog.String("u", link), slog.Any("g", slog.GroupValue(slog.Any("e", failure)))),
		"url":   &url.URL{Scheme: "https", Host: "x", Path: "/bot" + testToken}, "panic": panicValue{},
	}
	for name, value := range values {
		for _, format := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var log bytes.Buffer
			logger := Logger(slog.New(format(&log)), testToken)
			logger.Error("at "+link, "value", value, link, 1)
			logger.With("value", value).WithGroup(testToken).Error("with", "value", value)
			noToken(t, log.String())
			if name == "panic" {
				continue
			}
			if n := strings.Count(log.String(), tokenMark) + strings.Count(log.String(), `\u003ctoken`); n < 6 {
				t.Errorf("%s: the token was replaced %d times: %s", name, n, &log)
			}
		}
	}

	var log bytes.Buffer
	Logger(slog.New(slog.NewJSONHandler(&log, nil)), testToken).Info("m", "n", 1, "s", "x", "v", map[string]int{"a": 1}, "e", errors.New("y"))
	if want := `"msg":"m","n":1,"s":"x","v":{"a":1},"e":"y"}`; !strings.Contains(log.String(), want) {
		t.Errorf("the log is %s, want %s", &log, want)
	}
}

// noToken fails the test if the text shows the token or the secret half of it.
func noToken(t testing.TB, text string) {
	t.Helper()
	if strings.Contains(text, testToken) || strings.Contains(text, testToken[10:]) {
		t.Errorf("the token is in %q", text)
	}
}
