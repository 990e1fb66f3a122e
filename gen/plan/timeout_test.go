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
		{"", "", Timeout{30 * time.Second, spec.TimeoutHold}},
		{"", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutHold}},
		{"timeout: 7s", "", Timeout{7 * time.Second, spec.TimeoutHold}},
		{"timeout: {after: 7s, key: release}", "", Timeout{7 * time.Second, spec.TimeoutRelease}},
		{"timeout: {after: 7s, key: release}", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutRelease}},
		{"timeout: {after: 7s, key: release}", "timeout: {after: 3s, key: hold}", Timeout{3 * time.Second, spec.TimeoutHold}},
		{"timeout: {after: 7s, key: release}", "timeout: none", Timeout{0, spec.TimeoutRelease}},
		{"timeout: none", "", Timeout{0, spec.TimeoutHold}},
		{"timeout: none", "timeout: 3s", Timeout{3 * time.Second, spec.TimeoutHold}},
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
