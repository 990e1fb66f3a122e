package tgtest_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

func packed(t *testing.T, text string, writer func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var buf bytes.Buffer
	w := writer(&buf)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// TestRequestEncodings checks that the server reads the same parameters from every encoding of a request.
func TestRequestEncodings(t *testing.T) {
	srv := tgtest.NewServer(t)
	alice := srv.User("Alice")
	id := fmt.Sprint(alice.ID)
	form := url.Values{"chat_id": {id}, "text": {"a b&c=é +"}, "disable_notification": {"true"}}.Encode()
	object := `{"chat_id":` + id + `,"text":"a b&c=\u00e9 +","disable_notification":true}`
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for _, field := range [][2]string{{"chat_id", id}, {"text", "a b&c=é +"}, {"disable_notification", "true"}} {
		mw.WriteField(field[0], field[1])
	}
	mw.Close()
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	zl := func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
	raw := func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 5); return f }

	for _, test := range []struct {
		name, method, query, contentType, encoding, body string
		chunked                                          bool
	}{
		{name: "GET", method: "GET", query: form},
		{name: "POST with a query", method: "POST", query: form},
		{name: "JSON", method: "POST", contentType: "application/json", body: object},
		{name: "JSON with a charset", method: "POST", contentType: "application/json; charset=utf-8", body: object},
		{name: "JSON chunked", method: "POST", contentType: "application/json", body: object, chunked: true},
		{name: "JSON with strings", method: "POST", contentType: "application/json", body: `{"chat_id":"` + id + `","text":"a b&c=é +","disable_notification":"true"}`},
		{name: "urlencoded", method: "POST", contentType: "application/x-www-form-urlencoded", body: form},
		{name: "multipart", method: "POST", contentType: mw.FormDataContentType(), body: multi.String()},
		{name: "multipart chunked", method: "POST", contentType: mw.FormDataContentType(), body: multi.String(), chunked: true},
		{name: "query before body", method: "POST", query: form, contentType: "application/json", body: `{"text":"another"}`},
		{name: "JSON gzip", method: "POST", contentType: "application/json", encoding: "gzip", body: packed(t, object, gz)},
		{name: "JSON deflate", method: "POST", contentType: "application/json", encoding: "deflate", body: packed(t, object, zl)},
		{name: "JSON raw deflate", method: "POST", contentType: "application/json", encoding: "deflate", body: packed(t, object, raw)},
		{name: "urlencoded gzip chunked", method: "POST", contentType: "application/x-www-form-urlencoded", encoding: "gzip", body: packed(t, form, gz), chunked: true},
		{name: "multipart gzip", method: "POST", contentType: mw.FormDataContentType(), encoding: "gzip", body: packed(t, multi.String(), gz)},
	} {
		t.Run(test.name, func(t *testing.T) {
			var body io.Reader = strings.NewReader(test.body)
			if test.chunked {
				body = io.MultiReader(body) // the length is unknown
			}
			req, err := http.NewRequest(test.method, srv.URL+"/bot"+srv.Token+"/sendMessage?"+test.query, body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", test.contentType)
			if test.encoding != "" {
				req.Header.Set("Content-Encoding", test.encoding)
			}
			got := do(srv, req)
			if got.err != nil || got.status != 200 {
				t.Fatalf("%d %s %v", got.status, got.body, got.err)
			}
			calls := srv.Sent()
			c := calls[len(calls)-1]
			if c.ChatID() != alice.ID || c.Text() != "a b&c=é +" || !c.Params.Bool("disable_notification") || !c.OK() {
				t.Errorf("the server saw %v", c.Params)
			}
		})
	}
}

func TestRequestsWithoutParameters(t *testing.T) {
	srv := tgtest.NewServer(t)
	for _, test := range []struct{ contentType, body string }{
		{"application/json", `{"chat_id":1,`}, {"application/json", `[1]`}, {"application/json", ``}, {"text/plain", `chat_id=1`}, {"", `{}`},
	} {
		req, _ := http.NewRequest("POST", srv.URL+"/bot"+srv.Token+"/sendMessage", strings.NewReader(test.body))
		req.Header.Set("Content-Type", test.contentType)
		const want = `{"ok":false,"error_code":400,"description":"Bad Request: chat_id is empty"}`
		if got := do(srv, req); got.status != 400 || got.body != want {
			t.Errorf("%+v: %d %s", test, got.status, got.body)
		}
	}
}

func TestUnreadableRequests(t *testing.T) {
	srv := tgtest.NewServer(t)
	for _, test := range []struct {
		method, contentType, encoding, body string
		want                                int
	}{
		{method: "PUT", want: 501},
		{method: "POST", contentType: "multipart/form-data", body: "x", want: 400},
		{method: "POST", contentType: "multipart/form-data; boundary=b", body: "--b\r\nx", want: 400},
		{method: "POST", contentType: "application/json", encoding: "gzip", body: "\x1f\x8bnonsense", want: 400},
		{method: "POST", contentType: "application/json", encoding: "gzip", body: "", want: 400},
		{method: "POST", contentType: "application/json", encoding: "deflate", body: "\xff\xff\xff\xff", want: 400},
		{method: "POST", contentType: "application/json", body: strings.Repeat(" ", 50<<20) + "{}", want: 413},
	} {
		req, _ := http.NewRequest(test.method, srv.URL+"/bot"+srv.Token+"/sendMessage", strings.NewReader(test.body))
		req.Header.Set("Content-Type", test.contentType)
		if test.encoding != "" {
			req.Header.Set("Content-Encoding", test.encoding)
		}
		if got := do(srv, req); got.err != nil || got.status != test.want || got.body != "" || !got.closes {
			t.Errorf("%s %s: %d %q %v, want %d", test.method, test.contentType, got.status, got.body, got.err, test.want)
		}
	}
	if n := len(srv.Sent()); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestPathsAndTokens(t *testing.T) {
	srv := tgtest.NewServer(t)
	for _, test := range []struct {
		path string
		want string
	}{
		{"/bot" + srv.Token + "/getMe", `{"ok":true,`},
		{"/bot" + srv.Token + "/GETME", `{"ok":true,`},
		{"/bot" + srv.Token + "/?method=getMe", `{"ok":true,`},
		{"/bot" + srv.Token + "?method=getme", `{"ok":true,`},
		{"/bot" + srv.Token + "/getYou", `{"ok":false,"error_code":404,"description":"Not Found: method not found"}`},
		{"/bot" + srv.Token, `{"ok":false,"error_code":404,"description":"Not Found: method not found"}`},
		{"/bot" + tgtest.DefaultToken[:len(tgtest.DefaultToken)-1] + "X/getMe", `{"ok":false,"error_code":401,"description":"Unauthorized"}`},
		{"/bot8" + tgtest.DefaultToken[1:] + "/getMe", `{"ok":false,"error_code":401,"description":"Unauthorized"}`},
		{"/bot" + tgtest.DefaultToken[:len(tgtest.DefaultToken)-1] + "/getMe", `{"ok":false,"error_code":401,"description":"Unauthorized"}`},
		{"/bot" + tgtest.DefaultToken + "x/getMe", `{"ok":false,"error_code":401,"description":"Unauthorized"}`},
		{"/bot123:abc/getMe", `{"ok":false,"error_code":401,"description":"Unauthorized"}`},
		{"/botnonsense/getMe", `{"ok":false,"error_code":404,"description":"Not Found"}`},
		{"/bot/getMe", `{"ok":false,"error_code":404,"description":"Not Found"}`},
		{"/bot" + srv.Token + "/a/b", `{"ok":false,"error_code":404,"description":"Not Found"}`},
		{"/", `{"ok":false,"error_code":404,"description":"Not Found"}`},
		{"/control/state", `{"ok":false,"error_code":404,"description":"Not Found"}`},
	} {
		req, _ := http.NewRequest("GET", srv.URL+test.path, nil)
		got := do(srv, req)
		if got.err != nil || !strings.HasPrefix(got.body, test.want) {
			t.Errorf("%s: %s, want %s", test.path, got.body, test.want)
		}
		status := 200
		fmt.Sscanf(test.want, `{"ok":false,"error_code":%d`, &status)
		if got.status != status || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %v", test.path, got.status, got.header)
		}
	}
}

func TestUploadsArriveAndDownload(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	m, err := bot.SendDocument(alice.ID, fileNamed("list.txt", "tea, coffee"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Document == nil || m.Document.FileName != "list.txt" || m.Document.FileSize != 11 {
		t.Fatalf("document %+v", m.Document)
	}
	c := srv.SentBy("sendDocument")[0]
	if f := c.Files["document"]; f.Name != "list.txt" || string(f.Data) != "tea, coffee" {
		t.Errorf("files %v", c.Files)
	}
	file, err := bot.GetFile(m.Document.FileId, nil)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(context.Background(), "GET", file.URL(bot, nil), nil)
	if got := do(srv, req); got.status != 200 || got.body != "tea, coffee" {
		t.Errorf("download: %d %q", got.status, got.body)
	}
	req, _ = http.NewRequest("GET", srv.URL+"/file/bot"+srv.Token+"/documents/other", nil)
	if got := do(srv, req); got.status != 404 {
		t.Errorf("another file: %d", got.status)
	}
	// The bot can download a file that a user sends, and send it again by its id.
	alice.SendFile("photo", tgtest.File{Name: "p.jpg", Data: []byte("jpeg")}, "look /here")
	updates, err := bot.GetUpdates(nil)
	if err != nil || len(updates) != 1 || len(updates[0].Message.Photo) != 1 || updates[0].Message.CaptionEntities[0].Type != "bot_command" {
		t.Fatalf("%+v %v", updates, err)
	}
	photo := updates[0].Message.Photo[0].FileId
	if m, err = bot.SendPhoto(alice.ID, fileID(photo), nil); err != nil || m.Photo[0].FileId != photo {
		t.Errorf("%+v %v", m, err)
	}
	if _, err = bot.SendPhoto(alice.ID, fileID("nonsense"), nil); err == nil || !strings.Contains(err.Error(), "wrong file identifier") {
		t.Errorf("a file that does not exist: %v", err)
	}
}
