package plan

import (
	"testing"
	"time"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// TestRetry resolves each form of a handler's retry beneath each form of the bot's.
func TestRetry(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		bot, handler string
		want         Retry
		retries      bool
	}{
		{"", "", Retry{1, s, 60 * s}, false},
		{"", "retry: {attempts: 5}", Retry{5, s, 60 * s}, true},
		{"", "retry: {attempts: 1}", Retry{1, s, 60 * s}, false},
		{"", "retry: {attempts: 2, backoff: 3m}", Retry{2, 180 * s, 180 * s}, true},
		{"retry: {attempts: 5, backoff: 2s, max_backoff: 9s}", "", Retry{5, 2 * s, 9 * s}, true},
		{"retry: {attempts: 5, backoff: 2s, max_backoff: 9s}", "retry: {attempts: 1}", Retry{1, 2 * s, 9 * s}, true},
		{"retry: {attempts: 5, backoff: 2s, max_backoff: 9s}", "retry: {attempts: 3, backoff: 4s}", Retry{3, 4 * s, 9 * s}, true},
		{"retry: {attempts: 5, backoff: 2s, max_backoff: 9s}", "retry: {attempts: 3, backoff: 10s}", Retry{3, 10 * s, 10 * s}, true},
	} {
		text := "version: 1\n" + c.bot + "\nhandlers:\n- name: A\n  command: a\n  " + c.handler + "\n"
		parsed, found := spec.Parse("spec.yaml", []byte(text))
		p, misfits := Resolve(Input{Spec: parsed, API: model.Gotgbot()})
		if len(found)+len(misfits) > 0 {
			t.Fatal(text, found, misfits)
		}
		if got := p.Handlers[0].Retry; got != c.want || p.Retries() != c.retries {
			t.Errorf("%q and %q: %v, want %v; retries: %v", c.bot, c.handler, got, c.want, p.Retries())
		}
	}
}
