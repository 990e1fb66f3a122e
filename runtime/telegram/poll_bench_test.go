package telegram

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/internal/pace"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// BenchmarkFetch fetches answers of 100 updates of 900 bytes over loopback. The figures are for one update. They include
// the work of the server, which is small: it only writes the ids into a prepared answer.
func BenchmarkFetch(b *testing.B) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		b.Run(map[Delivery]string{AtMostOnce: "at_most_once", AtLeastOnce: "at_least_once"}[delivery], func(b *testing.B) {
			benchmarkFetch(b, func(c *PollerConfig) { c.Delivery = delivery })
		})
	}
}

func benchmarkFetch(b *testing.B, change func(*PollerConfig)) {
	var body []byte
	var at []int
	body = append(body, `{"ok":true,"result":[`...)
	text := strings.Repeat("words and more ", 48)
	for i := range pace.FullBatch {
		if i > 0 {
			body = append(body, ',')
		}
		at = append(at, len(body)+len(`{"update_id":`))
		body = append(body, message(1e9, text)...)
	}
	body = append(body, `]}`...)
	b.SetBytes(int64(len(body) / pace.FullBatch))
	var next atomic.Int64
	next.Store(1e9)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for _, i := range at {
			strconv.AppendInt(body[i:i], next.Add(1), 10) // in place, since all ids have the same number of digits
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body)
	}))
	defer server.Close()
	p := newTestPoller(b, nil, func(c *PollerConfig) {
		c.APIURL, c.HTTPClient = server.URL, nil
		change(c)
	})
	defer p.own.CloseIdleConnections()
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		updates, err := p.Fetch(b.Context(), pace.FullBatch)
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range updates {
			p.Done(u, nil)
		}
		n += len(updates)
	}
}

// BenchmarkAccept measures what Fetch does with an answer that is split already: it copies and remembers the updates.
func BenchmarkAccept(b *testing.B) {
	b.Run("wanted", func(b *testing.B) { benchmarkAccept(b, wire.Kinds(wire.KindMessage), pace.FullBatch) })
	b.Run("unwanted", func(b *testing.B) { benchmarkAccept(b, wire.Kinds(wire.KindPoll), 0) })
}

func benchmarkAccept(b *testing.B, wanted wire.KindSet, want int) {
	p := newTestPoller(b, newBotServer(1), func(c *PollerConfig) { c.Kinds = wanted })
	text := strings.Repeat("words and more ", 48)
	updates := make([]wire.RawUpdate, pace.FullBatch)
	for i := range updates {
		raw := []byte(message(int64(i+1), text))
		header, err := wire.ScanHeader(raw)
		if err != nil {
			b.Fatal(err)
		}
		updates[i] = wire.RawUpdate{Header: header, Raw: raw}
	}
	b.ReportAllocs()
	offset := int64(1)
	for n := 0; n < b.N; n += pace.FullBatch {
		for i := range updates {
			updates[i].ID = offset + int64(i)
		}
		items, _ := p.accept(updates, offset, pace.FullBatch)
		if len(items) != want {
			b.Fatal(len(items))
		}
		offset += pace.FullBatch
	}
}

func BenchmarkDone(b *testing.B) {
	p := newTestPoller(b, newBotServer(1), nil)
	u := &Envelope{mark: &mark{id: 1}}
	for b.Loop() {
		p.Done(u, nil)
	}
}
