package wire

import (
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// BenchmarkDecode measures both decoders on the same bytes, for each kind of update and for the mix of a busy bot.
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
					sink = u
				}
			}
		}
		b.Run(name+"/tggen", measure(DecodeUpdate))
		b.Run(name+"/encoding-json", measure(decodeSlowly))
	}
}

var sink *gotgbot.Update

// BenchmarkSplit measures the scan of replies of 100 updates.
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
