package wire

import (
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// BenchmarkDecode compares the decoder with encoding/json on the same updates: for each kind, and for the mix of kinds of a
// busy bot. An operation is an update.
func BenchmarkDecode(b *testing.B) {
	sets := []string{"mixed"}
	for _, name := range append(sets, corpus.Kinds()...) {
		updates := corpus.Updates(1, 2000)
		if name != "mixed" {
			updates = corpus.Of(name, 1, 200)
		}
		total := 0
		for _, u := range updates {
			total += len(u)
		}
		measure := func(decode func(string) (*gotgbot.Update, error)) func(*testing.B) {
			return func(b *testing.B) {
				b.SetBytes(int64(total / len(updates)))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					u, err := decode(updates[i%len(updates)])
					if err != nil {
						b.Fatal(err)
					}
					decoded = u
				}
			}
		}
		b.Run(name+"/tggen", measure(DecodeUpdate))
		b.Run(name+"/encoding-json", measure(decodeSlowly))
	}
}

// decoded keeps the compiler from leaving the decoding out.
var decoded *gotgbot.Update

// BenchmarkSplit measures SplitReply on replies of 100 updates. An operation is a reply.
func BenchmarkSplit(b *testing.B) {
	replies := corpus.Batches(corpus.Updates(1, 2000), 100)
	total := 0
	for _, r := range replies {
		total += len(r)
	}
	b.SetBytes(int64(total / len(replies)))
	b.ReportAllocs()
	var updates []RawUpdate
	for i := 0; b.Loop(); i++ {
		var err error
		if updates, _, err = SplitReply(replies[i%len(replies)], updates[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/update")
}
