package session_test

import (
	"testing"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sessiontest"
)

func TestMemory(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T, at sessiontest.Place) session.Store {
		return session.NewMemory(session.MemoryConfig{Now: at.Now})
	})
}
