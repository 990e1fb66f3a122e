package tgtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

// kilobyte returns an update with a message of about 1 KB.
func kilobyte(b testing.TB) tgtest.Body {
	return text(b, strings.Repeat("lorem ipsum ", 75))
}

func BenchmarkEncode(b *testing.B) {
	raw := `{"update_id":1,"message":{"message_id":1,"from":{"id":7,"is_bot":false,"first_name":"A"},"chat":{"id":7,"first_name":"A","type":"private"},"date":1,"text":"` + strings.Repeat("lorem ipsum ", 75) + `"}}`
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tgtest.Encode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPushAndConfirm(b *testing.B) {
	srv := tgtest.NewServer(b)
	batch := slices.Repeat([]tgtest.Body{kilobyte(b)}, 100)
	b.ReportAllocs()
	for b.Loop() {
		first, _ := srv.PushBatch(batch...)
		srv.RestartIDs(first)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100), "ns/update")
}

// BenchmarkServe measures how updates of 1 KB travel over HTTP on the loopback interface, a hundred at a time, to a
// client that discards them. The result includes the work of both ends.
func BenchmarkServe(b *testing.B) {
	srv := tgtest.NewServer(b, tgtest.WithAnswerDelay(0), tgtest.WithHistory(1000))
	batch := slices.Repeat([]tgtest.Body{kilobyte(b)}, 100)
	first, _ := srv.PushBatch(batch...)
	b.ReportAllocs()
	for b.Loop() {
		srv.PushBatch(batch...)
		resp, err := srv.Client().Get(fmt.Sprintf("%s/bot%s/getUpdates?offset=%d&timeout=10", srv.URL, srv.Token, first))
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || n < 100_000 {
			b.Fatal(n, err)
		}
		first += 100
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100), "ns/update")
}

func BenchmarkSendMessage(b *testing.B) {
	srv := tgtest.NewServer(b, tgtest.WithHistory(1000))
	srv.User("Alice", tgtest.ID(7))
	b.ReportAllocs()
	for b.Loop() {
		if a := try(context.Background(), srv, "sendMessage", `{"chat_id":7,"text":"hello, how are you?"}`); a.status != 200 {
			b.Fatal(a)
		}
	}
}
