package session_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

func BenchmarkMemory(b *testing.B) {
	const hot = 1000
	m := session.NewMemory(session.MemoryConfig{})
	keys := make([]string, hot)
	records := make([]session.Record, hot)
	data := make([]byte, 100)
	for i := range keys {
		keys[i] = "signup:" + strconv.Itoa(i)
		w := session.Record{Key: keys[i]}.Put(data, time.Now().Add(time.Hour))
		if err := m.Commit(b.Context(), []session.Write{w}); err != nil {
			b.Fatal(err)
		}
		records[i] = w.Record()
	}
	b.Run("Load", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			at := i % hot
			if _, err := m.Load(b.Context(), keys[at:at+1]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Load/parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				at := i % hot
				if _, err := m.Load(b.Context(), keys[at:at+1]); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("Commit", func(b *testing.B) {
		b.ReportAllocs()
		expires := time.Now().Add(time.Hour)
		writes := make([]session.Write, 1)
		for i := 0; b.Loop(); i++ {
			at := i % hot
			writes[0] = records[at].Put(data, expires)
			if err := m.Commit(b.Context(), writes); err != nil {
				b.Fatal(err)
			}
			records[at] = writes[0].Record()
		}
	})
}
