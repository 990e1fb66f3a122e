package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestShop plays the shop: commands, buttons, an edit, a photo, and two people in a group.
func TestShop(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "shop", desk)

	// A command is completed and sent.
	p.click(composer, "")
	p.keys("/or")
	p.see(".options [aria-selected='true']", "/order")
	p.keys("\t")
	p.wait(`document.querySelector("` + composer + `").value === "/order "`)
	p.keys("2 3\r")
	p.see(".msg.of-bot .body", "3 × Bread is in the cart")
	p.handled("Order")
	p.see(".step.no", "Start")
	p.see(".step.no", "the command is order")
	p.see(".calls summary", "sendMessage")
	p.see(".keychip", "user")

	// Buttons: one answers with a note, one edits its message.
	p.say("/start")
	p.handled("Start")
	p.click(".key", "Apples")
	p.note("Apples is in the cart")
	p.handled("Buy")
	p.click(".key", "More")
	p.see(".msg.of-bot", "Page 2 of")
	p.see(".msg.of-bot .meta", "edited")
	p.handled("Page")

	// A person edits: the arrow in an empty field takes the last message.
	p.say("hello")
	p.handled("Other")
	p.click(composer, "")
	p.keys(kb.ArrowUp)
	p.see(".composer .about", "Edit message")
	p.keys(" again\r")
	p.see(".msg.out .body", "hello again")
	p.see(".msg.out .meta", "edited")

	// A photo, by the button for files.
	photo := filepath.Join(t.TempDir(), "photo.png")
	picture := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 1200 {
		picture.Set(i%40, i/40, color.RGBA{uint8(6 * (i % 40)), uint8(8 * (i / 40)), 160, 255})
	}
	var content bytes.Buffer
	if err := png.Encode(&content, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(photo, content.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#chats [data-active] input[type=file]"), []string{photo}))
	p.wait(`document.querySelector(".msg.out .photo img")?.naturalWidth === 40`)

	// Two people in a group, in two columns: each sees the own messages on the right.
	p.click("#side .chatrow", "Friends")
	p.see("#chats [data-active] h2", "Friends")
	p.wait(`document.activeElement === document.querySelector("` + composer + `")`)
	p.say("/cart")
	p.handled("Cart")
	p.keys(kb.Escape) // no suggestion is open: nothing happens
	p.click("#chats [data-active] > header button", "")
	p.wait(`document.querySelectorAll(".pane").length === 2`)
	p.wait(`document.querySelector("` + composer + `").placeholder.includes("Bob")`)
	p.say("I am Bob")
	for pane, name := range []string{"/cart", "I am Bob"} {
		own := `[...document.querySelectorAll(".pane")[` + string(rune('0'+pane)) + `].querySelectorAll(".msg.out .body")].map(n => n.textContent).join()`
		p.wait(own + ` === ` + quote(name))
	}
}

// TestSignup plays a dialogue: its session is shown before and after each update. A bot that is killed gets its update again.
func TestSignup(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "signup", desk)
	p.say("/register")
	p.handled("Register")
	p.see(".session .state.is", "AskName")
	p.say("Ann Smith")
	p.handled("GotName")
	p.see(".session .state.was", "AskName")
	p.see(".session .state.is", "AskAge")
	p.see(".diff .added ins", `"Ann Smith"`)

	// The connection hangs while the bot answers, and the bot is killed. When it starts again, the update comes again.
	p.fail("Time-out", "sendMessage")
	p.say("41")
	p.see(".updates .update", "runs")
	p.click(".controls button[title*='SIGKILL']", "")
	p.see(".botstate .word", "stopped")
	p.click(".controls button[title='Start the bot']", "")
	p.ready()
	p.handled("GotAge")
	p.see(".updates .update", "delivered")
	p.see(".msg.of-bot .body", "Ann Smith, 41 years")
	p.click(".key", "Sign me up")
	p.handled("SignUp")
	p.see(".session", "Member")

	// The server delivers it once more: the bot knows it.
	p.click(".detail button", "Deliver again")
	p.see(".updates .update", "delivered")
	p.see(".detail", "repeated")
	p.screenshot("signup")
}

// fail makes the next call of a method fail, by the button for it.
func (p *page) fail(kind, method string) {
	p.t.Helper()
	p.click("#trouble-button", "")
	p.click("#trouble .choice", kind)
	p.wait(`(() => {
		const select = document.querySelector("#trouble select");
		select.value = ` + quote(method) + `;
		return select.value === ` + quote(method) + `;
	})()`)
	p.click("#trouble button", "Make it fail")
	p.wait(`document.querySelector("#trouble-button .badge:not([hidden])")`)
}

// TestTooManyRequests lets a call fail with 429: the bot makes it again, and the trail has both.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	p, _ := play(t, "shop", desk)
	p.fail("429", "sendMessage")
	p.say("/start")
	p.see(".msg.of-bot .body", "Welcome!")
	p.handled("Start")
	p.see(".calls summary", "429")
	p.wait(`document.querySelectorAll(".calls li").length === 2`)
	p.wait(`document.querySelector("#trouble-button .badge").hidden`)
}

// TestCopyAsTest writes what was clicked into the folder of the bot as a test, and runs it.
func TestCopyAsTest(t *testing.T) {
	t.Parallel()
	p, folder := play(t, "shop", desk)
	p.say("/start")
	p.handled("Start")
	p.click(".key", "Apples")
	p.handled("Buy")
	p.say("/cart")
	p.handled("Cart")
	p.click(".key", "Check out")
	p.see(".msg.of-bot .body", "Sold!")
	p.handled("Checkout")
	p.click("#top .test", "")
	p.see("dialog h2", "A test of what was clicked")
	source := value[string](p, `document.querySelector("dialog .source").textContent`)
	name := regexp.MustCompile(`func (Test\w+)`).FindStringSubmatch(source)
	if name == nil {
		t.Fatalf("this is no test:\n%s", source)
	}
	write(t, filepath.Join(folder, "copied_test.go"), source)
	out, err := goCommand(t.Context(), folder, "go", "test", "-v", "-run", "^"+name[1]+"$", ".").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+name[1])) {
		t.Errorf("the test does not pass: %v\n%s\n%s", err, out, source)
	}
}
