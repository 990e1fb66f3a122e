package telegram

import (
	"testing"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// BenchmarkFreshGoroutine decodes each update in a new goroutine, as happens with handlers that block. It compares a stack
// that growStack has grown with one that grows step by step.
func BenchmarkFreshGoroutine(b *testing.B) {
	updates := corpus.Updates(1, 2000)
	measure := func(grow bool) func(*testing.B) {
		return func(b *testing.B) {
			ended := make(chan error)
			for i := 0; b.Loop(); i++ {
				go func() {
					if grow {
						growStack(0)
					}
					_, err := wire.DecodeUpdate(updates[i%len(updates)])
					ended <- err
				}()
				if err := <-ended; err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("grown-at-once", measure(true))
	b.Run("grown-bit-by-bit", measure(false))
}
