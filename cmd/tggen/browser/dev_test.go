package browser

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDev breaks the spec and a handler while the bot runs: the page shows what is wrong, and the old bot goes on. When the file is
// right again, the new bot answers.
func TestDev(t *testing.T) {
	t.Parallel()
	folder := copyBot(t, "shop")
	p := open(t, start(t, "dev", folder), desk)
	p.ready()
	spec := filepath.Join(folder, "spec.yaml")
	right := read(t, spec)
	write(t, spec, strings.Replace(right, "command: order", "comand: order", 1))
	p.see(".sheet h2", "The build failed")
	p.see(".diagnostics .place", "spec.yaml:")
	p.see(".diagnostics .snippet", "comand: order")
	p.see(".diagnostics .caret", "^")
	p.accessible("a failed build")
	p.screenshot("build")
	p.click(".sheet button[aria-label='Close']", "")
	p.say("/order 2")
	p.see(".msg.of-bot .body", "1 × Bread is in the cart")
	write(t, spec, right)
	p.wait(`document.querySelector(".buildstate").hidden`)
	handlers := filepath.Join(folder, "handlers.go")
	saved := time.Now()
	write(t, handlers, strings.Replace(read(t, handlers), "I know /start", "I am new and know /start", 1))
	p.note("Built in")
	p.ready()
	p.wait(`(() => { // the process changes soon after the build: ask until the new one answers
		if ([...document.querySelectorAll(".msg.of-bot .body")].some((n) => n.textContent.includes("I am new"))) return true;
		const area = document.querySelector("#chats [data-active] textarea");
		if (document.querySelector(".outcome.busy, .outcome.idle")) return false;
		area.value = "hello";
		area.form.requestSubmit();
		return false;
	})()`)
	t.Logf("from the save to the answer of the new bot: %v", time.Since(saved).Round(time.Millisecond))
}
