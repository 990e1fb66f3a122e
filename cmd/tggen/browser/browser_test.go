package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what must happen. The machine may be busy with other tests.
const patience = time.Minute

var (
	binary  string          // the tggen that is tested
	browser context.Context // of chromedp; each test has tabs of its own
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if !hasChromium() {
		if os.Getenv("CI") != "" {
			fmt.Println("no Chromium: make chromium installs it")
			return 1
		}
		fmt.Println("no Chromium: the tests of this module are skipped; make chromium installs it")
		return 0
	}
	folder, err := os.MkdirTemp("", "tggen-browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "tggen")
	build := exec.Command("go", "build", "-o", binary, "./cmd/tggen")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("build tggen: %v\n%s", err, out)
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.UserDataDir(filepath.Join(folder, "profile")))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // the sandbox of Chromium does not start as root
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	var end context.CancelFunc
	browser, end = chromedp.NewContext(allocator)
	defer end()
	if err := chromedp.Do(browser); err != nil {
		fmt.Printf("start Chromium: %v\n", err)
		return 1
	}
	return m.Run()
}

func hasChromium() bool {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}

// root is the folder of the repository.
func root() string {
	folder, err := filepath.Abs("../../..")
	if err != nil {
		panic(err) // there is no working directory
	}
	return folder
}

// A page is a tab of the browser. A test fails if its page logs an error or throws an exception.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	faults   []string
	refusals bool // errors are expected
}

// A look is how a page is seen.
type look struct {
	width, height int64
	scheme        string // light or dark
}

var (
	desk    = look{1440, 900, "light"}
	night   = look{1440, 900, "dark"}
	phone   = look{360, 740, "light"}
	picture = look{1200, 760, "light"} // of docs/pictures/play.png
)

// open opens an address in a tab with storage of its own.
func open(t *testing.T, address string, l look) *page {
	t.Helper()
	tab, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(tab, 3*patience)
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	go func() { // it ends with the context
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == "error" || m.Type == chromedp.ConsoleException {
				p.mu.Lock()
				if !p.refusals {
					p.faults = append(p.faults, m.Text)
				}
				p.mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, f := range p.faults {
			t.Errorf("the page says: %s", f)
		}
	})
	// Tests run at the same time, and each page shall think that it has the focus.
	if _, err := chromedp.Call(p.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	p.look(l)
	p.do(chromedp.Navigate(address))
	return p
}

// expectErrors tells that the page will log errors, which the browser may report at any later time.
func (p *page) expectErrors() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusals = true
}

// look changes the size and the colour scheme. Nothing moves: transitions would make screenshots differ.
func (p *page) look(l look) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(l.width, l.height))
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// value evaluates an expression of JavaScript.
func value[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression is true.
func (p *page) wait(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !value[bool](p, "Promise.resolve("+expression+").then(Boolean)") {
		if time.Now().After(deadline) {
			p.t.Fatalf("it is not so that %s\nThe page:\n%s", expression, value[string](p, "document.body.innerText"))
		}
		<-tick.C
	}
}

// find is an expression for the last element of a selector that contains a text and can be seen.
func find(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].filter(n => n.checkVisibility() && n.textContent.includes(%s)).at(-1)`, quote(selector), quote(text))
}

// see waits until an element with a text can be seen.
func (p *page) see(selector, text string) {
	p.t.Helper()
	p.wait(find(selector, text))
}

// click clicks on an element with a text, with the mouse, where it is. The element must be what the mouse hits, and stand still: the
// page may draw it once more, and scroll to a new message.
func (p *page) click(selector, text string) {
	p.t.Helper()
	p.see(selector, text)
	p.wait(fmt.Sprintf(`(async () => {
		const n = %s;
		if (!n || n.disabled) return false;
		n.scrollIntoView({block: "nearest"});
		const middle = () => {
			const box = n.getBoundingClientRect();
			return [box.left + box.width / 2, box.top + box.height / 2];
		};
		window.place = middle();
		await new Promise((done) => setTimeout(done, 100));
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		const hit = document.elementFromPoint(...window.place);
		return n.isConnected && String(middle()) === String(window.place) && hit && (n.contains(hit) || hit.contains(n));
	})()`, find(selector, text)))
	place := value[[]float64](p, "window.place")
	p.do(chromedp.MouseClickXY(place[0], place[1]))
}

// keys presses keys. What has the focus gets them. The driver would send the character of Enter and Tab also where the page has
// taken the key for itself, so these two are pressed by hand.
func (p *page) keys(keys string) {
	p.t.Helper()
	for _, key := range keys {
		name, code, text := "Enter", int64(13), "\r"
		switch key {
		case '\t':
			name, code, text = "Tab", 9, ""
		case '\r':
		default:
			p.do(chromedp.KeyEvent(string(key)))
			continue
		}
		for _, event := range []input.DispatchKeyEventParams{
			{Type: input.DispatchKeyEventTypeKeyDown, Key: name, Code: name, WindowsVirtualKeyCode: code, Text: text},
			{Type: input.DispatchKeyEventTypeKeyUp, Key: name, Code: name, WindowsVirtualKeyCode: code},
		} {
			if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, event); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}

// screenshot writes a picture of the page to the folder of TGGEN_SCREENSHOTS, or to the artifacts of the test.
func (p *page) screenshot(name string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	folder := os.Getenv("TGGEN_SCREENSHOTS")
	if folder == "" {
		folder = p.t.ArtifactDir()
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

var axe = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("testdata/axe/axe.min.js") })

// accessible checks the page as it is with axe-core.
func (p *page) accessible(what string) {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Fatal(err)
	}
	value[bool](p, "(window.axe || (0, eval)("+quote(string(source))+"), true)")
	// Styles are read from the page. To load them once more, as axe-core would, is forbidden for files.
	result := value[struct {
		Faults []string
		Passes int
	}](p, `axe.run({preload: false}).then(r => ({Passes: r.passes.length, Faults: r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + "\n    " + n.html.slice(0, 200) + "\n    " + n.failureSummary))}))`)
	for _, f := range result.Faults {
		p.t.Errorf("%s: %s", what, f)
	}
	if result.Passes < 10 {
		p.t.Errorf("%s: axe-core has checked %d rules only", what, result.Passes)
	}
}

// quote returns a text as a literal of JavaScript.
func quote(text string) string {
	literal, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string has a JSON form
	}
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(literal))
}
