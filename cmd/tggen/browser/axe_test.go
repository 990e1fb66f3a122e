package browser

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAccessible checks the page with axe-core in light, dark and at the width of a phone, and takes the screenshots.
func TestAccessible(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "shop", desk)
	p.say("/start")
	p.handled("Start")
	p.click(".key", "Cheese")
	p.handled("Buy")
	p.say("/order 2 3")
	p.handled("Order")
	p.say("/cart")
	p.handled("Cart")
	p.wait(`!document.querySelector(".toast")`)
	p.accessible("light")
	p.screenshot("light")
	p.look(picture)
	p.screenshot("play")
	p.look(night)
	p.accessible("dark")
	p.screenshot("dark")
	p.click("#trouble-button", "")
	p.see("#trouble button", "Make it fail")
	p.accessible("the form for faults")
	p.click("#trouble-button", "")
	p.click("#top button[aria-label='Keys and help']", "")
	p.see("dialog h2", "Keys")
	p.accessible("help")
	p.click("dialog button", "")
	p.click("#tab-bot", "")
	p.see(".botpanel h3", "Log")
	p.accessible("the bot, dark")
	p.look(phone)
	for _, part := range []string{"Chats", "Chat", "Trail", "Bot"} {
		p.click("#tabs button", part)
		p.wait(`document.querySelector("#tabs [aria-current]")?.textContent === ` + quote(part))
		p.wait("document.documentElement.scrollWidth <= innerWidth")
		p.accessible("phone: " + part)
		p.screenshot("phone-" + part)
	}
}

// TestDocumentation checks the pages of the documentation's site, which are read from files.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	site := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "run", ".", "-docs", "..", "-out", site)
	build.Dir = filepath.Join(root(), "docs", "site")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make the site: %v\n%s", err, out)
	}
	p := open(t, "file://"+filepath.Join(site, "index.html"), desk)
	for _, name := range []string{"index.html", "start/first-bot.html", "reference/spec.html", "why/inside.html"} {
		for what, l := range map[string]look{"desk": desk, "dark": night, "phone": phone} {
			p.look(l)
			p.do(chromedp.Navigate("file://" + filepath.Join(site, filepath.FromSlash(name))))
			p.accessible(name + ", " + what)
			if !value[bool](p, "document.documentElement.scrollWidth <= innerWidth") {
				t.Errorf("%s, %s: the page is wider than the window", name, what)
			}
		}
	}
}
