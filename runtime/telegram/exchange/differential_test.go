package exchange

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An outcome is what a caller sees of an exchange.
type outcome struct {
	failed           bool // RoundTrip failed
	status, protocol string
	length           int64
	header, trailer  string
	encoding         []string
	closes           bool
	body             string
	bodyFailed       bool
}

// exchangeWith makes a request to a server that reads it, answers with the bytes given, and closes the connection.
func exchangeWith(t testing.TB, transport http.RoundTripper, method string) (o outcome) {
	_, ours := transport.(*Transport)
	quiet := func(err error) {
		if ours && err != nil && strings.Contains(err.Error(), testToken) { // an error of net/http may tell it
			t.Errorf("the error tells the URL: %v", err)
		}
	}
	body := testBody
	if method == http.MethodHead {
		body = ""
	}
	response, err := transport.RoundTrip(request(t, t.Context(), method, "http://api.example"+testPath, body))
	if err != nil {
		quiet(err)
		return outcome{failed: true}
	}
	defer response.Body.Close()
	o = outcome{
		status: response.Status, protocol: response.Proto, length: response.ContentLength,
		header: fmt.Sprint(response.Header), encoding: response.TransferEncoding, closes: response.Close,
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	o.body, o.bodyFailed, o.trailer = string(text), err != nil, fmt.Sprint(response.Trailer)
	quiet(err)
	return o
}

// compare holds an answer against net/http: the same outcome.
func compare(t testing.TB, method string, answer []byte) {
	serve := func(c net.Conn) {
		if _, err := readRequest(bufio.NewReader(c)); err == nil {
			c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			c.Write(answer)
		}
	}
	var s scripted
	s.serve = serve
	config := Config{Dial: s.dial, MaxHeaderBytes: 8 << 10, Proxy: noProxy}
	ours := New(config)
	theirs := config.withDefaults().netHTTP()
	got, want := exchangeWith(t, ours, method), exchangeWith(t, theirs, method)
	if method == http.MethodPost {
		comparePost(t, ours, "http://api.example", answer, want)
		compareSocket(t, answer, want)
	}
	ours.CloseIdleConnections()
	theirs.CloseIdleConnections()
	s.all.Wait()
	if strings.HasPrefix(want.status, "101") {
		// net/http hands the connection over to the caller; here it is an error.
		if !got.failed {
			t.Errorf("an answer 101 is taken: %+v", got)
		}
		return
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("%s, answer %.300q:\ngot  %.500s\nwant %.500s", method, answer, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}

// comparePost holds a Post against the outcome of the same request made by net/http.
func comparePost(t testing.TB, transport *Transport, url string, answer []byte, want outcome) {
	a, err := transport.Endpoint(url, nil).Post(t.Context(), time.Time{}, []byte(testBody), readAll, testPath)
	if err != nil && strings.Contains(err.Error(), testToken) {
		t.Errorf("the error tells the URL: %v", err)
	}
	switch {
	case strings.HasPrefix(want.status, "101"):
		want.failed = true
	case !want.failed && err == nil && a.StatusCode != http.StatusOK && fmt.Sprint(a.Header) != want.header:
		t.Errorf("Post, answer %.300q:\ngot  %.300s\nwant %.300s", answer, a.Header, want.header)
	}
	failed, got, wanted := want.failed || want.bodyFailed, "", ""
	if !failed {
		wanted = fmt.Sprintf("%.3s %s", strings.TrimSpace(want.status), want.body)
	}
	if err == nil {
		got = fmt.Sprintf("%03d %s", a.StatusCode, a.Body)
	}
	if got != wanted || want.failed && a.StatusCode != 0 {
		t.Errorf("Post, answer %.300q: %v\ngot  %.300q\nwant %.300q", answer, err, got, wanted)
	}
}

// compareSocket is comparePost on a TCP connection that has served a request before.
func compareSocket(t testing.TB, answer []byte, want outcome) {
	var s scripted
	s.serve = func(c net.Conn) {
		reader := bufio.NewReader(c)
		for _, next := range []string{okAnswer, string(answer)} {
			if _, err := readRequest(reader); err != nil {
				return
			}
			c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			io.WriteString(c, next)
		}
		c.(*net.TCPConn).CloseWrite() // so that what was not read yet is not lost
		io.Copy(io.Discard, c)
	}
	url, stop := s.listening(t)
	defer stop()
	transport := New(Config{MaxHeaderBytes: 8 << 10, Proxy: noProxy})
	defer transport.CloseIdleConnections()
	call(t, byPost{transport}, post(t, t.Context(), url))
	comparePost(t, transport, url, answer, want)
	if _, total := s.connections(); total != 1 {
		t.Errorf("answer %.300q: %d connections", answer, total)
	}
}

// strangeAnswers are answers of a server that is odd, broken or hostile, and a few that are right.
var strangeAnswers = []string{
	okAnswer,
	"",
	"\n",
	"\r\n\r\n",
	"HTTP",
	"HTTP/1.1 200",
	"HTTP/1.1 200\r\n\r\n",
	"HTTP/1.1 200 OK\r\n",
	"HTTP/1.1 200 OK\n\nhello",
	"HTTP/1.1 200 OK\r\n\r\nhello",
	"HTTP/1.1 2000 OK\r\n\r\n",
	"HTTP/1.1 -20 OK\r\n\r\n",
	"HTTP/1.1 000 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 999 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.11 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/0.9 200 OK\r\n\r\nhello",
	"HTTP/1.0 200 OK\r\n\r\nhello",
	"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nhello",
	"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"ICY 200 OK\r\n\r\nhello",
	"SSH-2.0-OpenSSH_9.6\r\n",
	"\x15\x03\x01\x00\x02\x02\x16",
	"POST " + testPath + " HTTP/1.1\r\nHost: api.example\r\n\r\n",
	"HTTP/1.1 " + testPath + " OK\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: y\r\n" + testPath + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + testPath + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: " + testPath + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\n" + testPath + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world",
	"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: " + strings.Repeat("y", 10_000) + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\n folded: y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX: \x00\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\n: y\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\nhello",
	"HTTP/1.1 100 Continue\r\n\r\n" + okAnswer,
	"HTTP/1.1 100 Continue\r\n\r\n",
	"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + okAnswer,
	"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n" + okAnswer,
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello",
	strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1000) + okAnswer,
	"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 20_000) + "\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 5_000) + "Content-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 " + strings.Repeat("x", 20_000),
	strings.Repeat("x", 20_000),
	strings.Repeat("\r\n", 10_000),
	okAnswer + okAnswer,
	"HTTP/1.1 200 OK\r\nServer: nginx/1.18.0\r\nConnection: keep-alive\r\ncontent-length: 5\r\nX-y_z: ~\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection:  close\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nconnection: close\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5 \r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length:5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 6\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTrailer: X\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\nhello",
	"HTTP/1.1 200\tOK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\x00\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX: \xc3\xbc\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 4070) + "\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("0123456789", 900),
	"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\nRetry-After: 7\r\n\r\nhello",
}

func TestAnswersAgainstNetHTTP(t *testing.T) {
	for _, answer := range strangeAnswers {
		for _, method := range []string{http.MethodPost, http.MethodHead} {
			compare(t, method, []byte(answer))
		}
	}
}

// Every answer that is cut off somewhere.
func TestTruncatedAnswersAgainstNetHTTP(t *testing.T) {
	for _, answer := range []string{
		okAnswer,
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
	} {
		for n := range answer {
			compare(t, http.MethodPost, []byte(answer[:n]))
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, answer := range strangeAnswers {
		f.Add([]byte(answer), false)
		f.Add([]byte(answer), true)
	}
	f.Fuzz(func(t *testing.T, answer []byte, head bool) {
		if len(answer) > 64<<10 {
			return
		}
		method := http.MethodPost
		if head {
			method = http.MethodHead
		}
		compare(t, method, answer)
	})
}
