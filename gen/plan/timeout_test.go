package plan

import (
	"testing"
	"time"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// TestTimeout resolves each form of a handler's time-out beneath each form of the bot's.
func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		bot, handler string
		want         Timeout
	}{
		{"", "", Timeout{30 * time.Second, spec.TimeoutHold, 0}},
		{"", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutHold, 0}},
		{"timeout: 7s", "", Timeout{7 * time.Second, spec.TimeoutHold, 0}},
		{"timeout: {after: 7s, key: release}", "", Timeout{7 * time.Second, spec.TimeoutRelease, 0}},
		{"timeout: {after: 7s, key: release}", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutRelease, 0}},
		{"timeout: {after: 7s, key: release}", "timeout: {after: 3s, key: hold}", Timeout{3 * time.Second, spec.TimeoutHold, 0}},
		{"timeout: {after: 7s, key: release}", "timeout: none", Timeout{0, spec.TimeoutRelease, 0}},
		{"timeout: {after: 7s, hold: 2s}", "", Timeout{7 * time.Second, spec.TimeoutHold, 2 * time.Second}},
		{"timeout: {after: 7s, hold: 2s}", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutHold, 2 * time.Second}},
		{"timeout: {after: 7s, key: release}", "timeout: {after: 3s, hold: 1s}", Timeout{3 * time.Second, spec.TimeoutHold, time.Second}},
		{"timeout: none", "", Timeout{0, spec.TimeoutHold, 0}},
		{"timeout: none", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutHold, 0}},
	} {
		text := "version: 1\n" + c.bot + "\nhandlers:\n- name: A\n  command: a\n  " + c.handler + "\n"
		s, found := spec.Parse("spec.yaml", []byte(text))
		p, misfits := Resolve(Input{Spec: s, API: model.Gotgbot()})
		if len(found)+len(misfits) > 0 {
			t.Fatal(text, found, misfits)
		}
		if got := p.Handlers[0].Timeout; got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.bot, c.handler, got, c.want)
		}
	}
}
