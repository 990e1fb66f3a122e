package inbox

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

const usualHead = "POST /telegram?v=1 HTTP/1.1\r\nHost: bot.example.com:8443\r\nContent-Type: application/json\r\n" +
	"x-telegram-bot-api-secret-token: \t a-Secret_1 \r\nConnection: Keep-Alive\r\nContent-Length: 12\r\nX-Forwarded-For: 1.2.3.4, \x80\r\n\r\n"

func TestScanHead(t *testing.T) {
	h, found := scanHead([]byte(usualHead+`{"update_id":`), "/telegram")
	if found != usual || h.size != len(usualHead) || string(h.secret) != "a-Secret_1" || h.length != 12 {
		t.Errorf("%+v, %v", h, found)
	}
	for end := range len(usualHead) {
		if _, found := scanHead([]byte(usualHead[:end]), "/telegram"); found != partial {
			t.Errorf("the first %d bytes: %v", end, found)
		}
	}
	for _, c := range [][2]string{ // what is replaced, and by what
		{"POST", "PUT"}, {"POST", "post"}, {"POST ", "POST  "}, {"/telegram", "/Telegram"}, {"/telegram", "/telegram2"}, {"/telegram", "http://h/telegram"},
		{"?v=1", "/"}, {"?v=1", "?v= 1"}, {"?v=1", "?\x7f"}, {"HTTP/1.1", "HTTP/1.0"}, {"HTTP/1.1", "HTTP/1.1 "},
		{"Host: bot.example.com:8443\r\n", ""}, {"Host:", "Host: a\r\nHost:"}, {"bot.example.com:8443", ""}, {"bot.example.com", "a/b"},
		{"x-telegram", "X-Telegram-Bot-Api-Secret-Token: a\r\nx-telegram"}, {"x-telegram", "y-telegram"},
		{"x-telegram", "X-Telegram-Bot-Api-Secret-Token:\r\nx-telegram"}, {"Connection: Keep-Alive", "X-Telegram-Bot-Api-Secret-Token: "},
		{"Keep-Alive", "close"}, {"Keep-Alive", "upgrade"}, {"Keep-Alive", "keep-alive, close"},
		{"Content-Length", "Content-Length: 12\r\nContent-Length"}, {"Content-Length: 12\r\n", ""}, {": 12", ": +12"}, {": 12", ": -12"}, {": 12", ": 1_2"},
		{": 12", ": 12, 12"}, {": 12", ": 12345678901"}, {": 12", ":"}, {"Content-Length", "Content-Length "}, {"Content-Length", " Content-Length"},
		{"Content-Type", "Transfer-Encoding"}, {"Content-Type", "expect"}, {"Content-Type", "UPGRADE"}, {"Content-Type", "Trailer"}, {"Content-Type", ""},
		{"Content-Type", "Content@Type"}, {"json", "js\x00on"}, {"json", "js\ron"}, {"json\r\n", "json\n"}, {"json\r\n", "json\r\n folded\r\n"},
	} {
		text := strings.Replace(usualHead, c[0], c[1], 1)
		if h, found := scanHead([]byte(text), "/telegram"); text == usualHead || found != unusual {
			t.Errorf("%q in place of %q: %v, %+v", c[1], c[0], found, h)
		}
	}
}

func TestIsPlainPath(t *testing.T) {
	for path, plain := range map[string]bool{
		"/": true, "/telegram": true, "/a/B-9_.~": true, "": false, "telegram": false, "/a b": false, "/%61": false, "/ä": false, "/a?b": false, "/a;b": false,
	} {
		if isPlainPath(path) != plain {
			t.Errorf("%q: %v", path, !plain)
		}
	}
}

// FuzzScanHead compares scanHead with net/http: what is a usual head for the one means the same to the other.
func FuzzScanHead(f *testing.F) {
	f.Add([]byte(usualHead))
	f.Add([]byte("POST /telegram HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nX-Telegram-Bot-Api-Secret-Token:\r\n\r\n"))
	f.Add([]byte("POST /telegram HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 3\r\nX-Telegram-Bot-Api-Secret-Token: a b\r\n\r\nabc"))
	f.Fuzz(func(t *testing.T, from []byte) {
		h, found := scanHead(from, "/telegram")
		if found != usual {
			return
		}
		rest := bytes.NewReader(from)
		reader := bufio.NewReaderSize(rest, len(from)+16)
		r, err := http.ReadRequest(reader)
		if err != nil {
			t.Fatalf("%q: %v", from, err)
		}
		read := len(from) - rest.Len() - reader.Buffered()
		secrets := r.Header[secretHeader]
		if r.Method != http.MethodPost || r.URL.Path != "/telegram" || r.ProtoMinor != 1 || r.Host == "" || r.Close || r.ContentLength != h.length ||
			len(r.TransferEncoding) > 0 || len(secrets) != 1 || secrets[0] != string(h.secret) || read != h.size {
			t.Errorf("%q: %+v, and net/http has %+v after %d bytes", from, h, r, read)
		}
	})
}
