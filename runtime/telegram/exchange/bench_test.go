package exchange

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkCall makes a small call of JSON from many goroutines, and reports the processor time that this process took
// for one. The server is a process of its own. Its answers come at once, or after 20 ms.
func BenchmarkCall(b *testing.B) {
	plain, secure := startBenchServer(b)
	_, trust := certificates()
	for _, scheme := range []struct{ name, url string }{{"plain", plain}, {"tls", secure}} {
		for _, delay := range []string{"0s", "20ms"} {
			for _, transport := range []string{"exchange", "net-http"} {
				for _, calls := range []int{50, 500} {
					b.Run(fmt.Sprintf("%s/%s/%s/%d", scheme.name, delay, transport, calls), func(b *testing.B) {
						config := Config{TLS: trust}
						if transport == "net-http" {
							t := config.withDefaults().netHTTP()
							defer t.CloseIdleConnections()
							benchCalls(b, t, scheme.url+"/bot1:token/sendMessage?"+delay, calls)
							return
						}
						t := New(config)
						defer t.CloseIdleConnections()
						benchCalls(b, t, scheme.url+"/bot1:token/sendMessage?"+delay, calls)
					})
				}
			}
		}
	}
}

func benchCalls(b *testing.B, transport http.RoundTripper, url string, calls int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var left atomic.Int64
	run := func(n int) {
		left.Store(int64(n))
		var all sync.WaitGroup
		for range calls {
			all.Go(func() {
				var answer [1 << 10]byte
				for left.Add(-1) >= 0 {
					if err := benchCall(ctx, transport, url, answer[:]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	warmUp(b, ctx, transport, url, calls)
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime()
	run(b.N)
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/call")
}

// warmUp leaves as many connections as there will be calls at once: no call reads its answer before all have one.
func warmUp(b *testing.B, ctx context.Context, transport http.RoundTripper, url string, calls int) {
	var answered, all sync.WaitGroup
	answered.Add(calls)
	for range calls {
		all.Go(func() {
			response, err := transport.RoundTrip(request(b, ctx, http.MethodPost, url, benchRequest))
			answered.Done()
			if err != nil {
				b.Error(err)
				return
			}
			answered.Wait()
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		})
	}
	all.Wait()
}

const benchRequest = `{"chat_id":123456789,"text":"Here is what you said, and a little more."}`

// benchCall makes a call that is bounded by 30 s: with a deadline where the transport takes one, or else with a context.
func benchCall(ctx context.Context, transport http.RoundTripper, url string, answer []byte) error {
	const limit = 30 * time.Second
	roundTrip := transport.RoundTrip
	if t, ok := transport.(*Transport); ok {
		roundTrip = func(r *http.Request) (*http.Response, error) { return t.RoundTripBefore(r, time.Now().Add(limit)) }
	} else {
		bounded, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = bounded
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(benchRequest))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := roundTrip(r)
	if err != nil {
		return err
	}
	n, err := io.ReadFull(response.Body, answer[:response.ContentLength])
	if err == nil {
		_, err = response.Body.Read(answer[n:])
	}
	if err != io.EOF {
		return err
	}
	return response.Body.Close()
}

// startBenchServer starts this binary once more, as the server.
func startBenchServer(tb testing.TB) (plain, secure string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=server", "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Error(err)
		}
	})
	if _, err := fmt.Fscanln(bufio.NewReader(out), &plain, &secure); err != nil {
		tb.Fatal(err)
	}
	return "http://" + plain, "https://" + secure
}

// serveBench is the server's life, until its input is closed.
func serveBench() {
	config, _ := certificates()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	secure, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		panic(err)
	}
	for _, l := range []net.Listener{plain, secure} {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go benchAnswers(c)
			}
		}()
	}
	fmt.Println(plain.Addr(), secure.Addr())
	io.Copy(io.Discard, os.Stdin)
}

// benchAnswers answers the requests of one connection with as little work as can be.
func benchAnswers(c net.Conn) {
	defer c.Close()
	body := `{"ok":true,"result":{"message_id":4711,"from":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"},` +
		`"chat":{"id":123456789,"first_name":"Alice","type":"private"},"date":1700000000,"text":"Here is what you said, and a little more."}}`
	answer := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.18.0\r\nDate: Fri, 27 Nov 2026 20:00:00 GMT\r\nContent-Type: application/json\r\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\nConnection: keep-alive\r\n\r\n" + body)
	buf := make([]byte, 8<<10)
	for n := 0; ; {
		m, err := c.Read(buf[n:])
		if err != nil {
			return
		}
		n += m
		if !bytes.HasSuffix(buf[:n], []byte(benchRequest)) {
			continue
		}
		if bytes.Contains(buf[:n], []byte("?20ms")) {
			time.Sleep(20 * time.Millisecond) // the time that a call takes, in the process of the server
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
		n = 0
	}
}
