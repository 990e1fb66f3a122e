package telegram

import (
	"context"
	"sync"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// maxUnknownVariants is how many variants a bot remembers, so that its memory is bounded whatever the server sends. A release
// of the Bot API adds a few.
const maxUnknownVariants = 100

// unknownVariants are the variants of unions that the bot has logged.
type unknownVariants struct {
	mu   sync.Mutex
	seen map[wire.UnknownVariant]bool
}

// isNew reports whether a variant was not seen before, and remembers it.
func (s *unknownVariants) isNew(v wire.UnknownVariant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[v] || len(s.seen) >= maxUnknownVariants {
		return false
	}
	if s.seen == nil {
		s.seen = map[wire.UnknownVariant]bool{}
	}
	s.seen[v] = true
	return true
}

// logUnknown says once for each variant that this release does not know it. The update is handled without that part.
func (b *Bot) logUnknown(ctx context.Context, u *Envelope) {
	for _, v := range u.unknown {
		if b.unknown.isNew(v) {
			attrs := append(describe(u.Header, u.Handler()), "type", v.Union, "variant", v.Value)
			b.logger.WarnContext(ctx, "part of an update is of a variant that this release does not know, and is left out", attrs...)
		}
	}
}
