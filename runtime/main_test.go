package runtime

import (
	"log/slog"
	"os"
	"testing"
)

// TestMain discards the log, because many tests provoke errors on purpose.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}
