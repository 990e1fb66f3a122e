package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// insert puts a text where the focus is, as the clipboard does.
func (p *page) insert(text string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatal(err)
	}
}

// TestHostileTexts sends texts that a page could take for more than texts. They are shown as they are, and nothing else happens.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "shop", desk)
	value[bool](p, "(window.clean = document.querySelectorAll('script, iframe, object, embed, base, meta').length, true)")
	for _, text := range []string{
		`<script>window.hacked = 1</script>`,
		`<img src=x onerror="window.hacked = 1"><svg onload=hacked=1>`,
		`"><a href="javascript:window.hacked=1">press</a>`,
		`</textarea></div><style>* { display: none }</style>`,
		`&lt;b&gt; &amp;amp; ${7*7} {{7*7}}`,
		"\u202eright to left\u202c שלום עולם مرحبا",
		strings.Repeat("🎉", 4096/2), // a message of Telegram has 4,096 UTF-16 units
		strings.Repeat("W", 4096),
	} {
		p.click(composer, "")
		p.insert(text)
		p.keys("\r")
		p.wait(`[...document.querySelectorAll(".msg.out .body")].at(-1)?.textContent === ` + quote(text))
		p.handled("Other")
	}
	if value[bool](p, "'hacked' in window") {
		t.Error("a text was run as a script")
	}
	p.wait("document.querySelectorAll('script, iframe, object, embed, base, meta').length === window.clean")
	p.wait("document.querySelectorAll('.msg .body img, .msg .body style, .msg .body svg, .msg .body a').length === 0")
	// Long words do not make the page wider than it is.
	p.wait("document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('.bubble')].every(b => b.getBoundingClientRect().right <= innerWidth)")
	p.accessible("hostile texts")
}

// TestOtherOrigin opens a page of another origin, which knows even the token. It reads nothing, and changes nothing.
func TestOtherOrigin(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "shop", desk)
	url := value[string](p, "location.href.split('#')[0]")
	p.say("a secret")
	p.handled("Other")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>evil</title>`)
	}))
	defer site.Close()
	evil := open(t, site.URL, desk)
	evil.expectErrors() // the browser says what it refuses
	user := value[float64](p, "Number(location.hash.slice(1).split('.')[0])")
	results := value[[]string](evil, fmt.Sprintf(`(async () => {
		const url = %s, act = JSON.stringify({do: "send", chat: %.0f, user: %.0f, text: "from elsewhere"});
		const get = async (what, options) => {
			try {
				const r = await fetch(url + what, options);
				return r.type === "opaque" ? "opaque" : r.status + await r.text();
			} catch { return "refused"; }
		};
		const events = () => new Promise((done) => {
			const source = new EventSource(url + "events");
			source.addEventListener("state", (e) => done(e.data));
			source.onerror = () => { source.close(); done("refused"); };
		});
		const frame = () => new Promise((done) => {
			const f = document.createElement("iframe");
			f.src = url;
			f.onload = () => done(f.contentDocument ? "read" : "refused");
			document.body.append(f);
		});
		return [
			await get(""), await get("events"), await get("test"), await events(), await frame(),
			await get("act", {method: "POST", headers: {"Content-Type": "application/json"}, body: act}),
			await get("act", {method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body: act}),
			await get("upload?chat=%.0f&user=%.0f&kind=photo", {method: "POST", mode: "no-cors", body: new FormData()}),
		];
	})()`, quote(url), user, user, user, user))
	for i, r := range results {
		if r != "refused" && r != "opaque" {
			t.Errorf("request %d of another origin gets %q", i, r)
		}
	}
	// What was refused has changed nothing: the next message stands behind the secret.
	p.say("the end")
	p.see(".msg.out .body", "the end")
	if value[bool](p, `document.body.innerText.includes("from elsewhere")`) {
		t.Error("a page of another origin has sent a message")
	}
	if n := value[int](p, `document.querySelectorAll(".msg.out").length`); n != 2 {
		t.Errorf("there are %d messages of Ann, want 2", n)
	}
}
