package browser

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// copyBot copies a bot of the folder example into a module outside of the repository, which uses this source tree.
func copyBot(t *testing.T, name string) string {
	t.Helper()
	from := filepath.Join(root(), "example", name)
	to := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		base := filepath.Base(f)
		if info, err := os.Stat(f); err != nil || info.IsDir() || strings.HasSuffix(base, "_test.go") || strings.HasSuffix(base, ".db") {
			continue
		}
		write(t, filepath.Join(to, base), read(t, f))
	}
	if _, err := os.Stat(filepath.Join(to, "go.mod")); err == nil {
		mod := strings.ReplaceAll(read(t, filepath.Join(to, "go.mod")), "=> ../..", "=> "+root())
		write(t, filepath.Join(to, "go.mod"), mod)
		return to
	}
	// The bot is a package of tggen's module: its module needs what that one needs.
	mod := strings.Replace(read(t, filepath.Join(root(), "go.mod")), "module github.com/tggen/tggen", "module "+name, 1)
	mod += "\nrequire github.com/tggen/tggen v0.0.0\n\nreplace github.com/tggen/tggen => " + root() + "\n"
	write(t, filepath.Join(to, "go.mod"), mod)
	write(t, filepath.Join(to, "go.sum"), read(t, filepath.Join(root(), "go.sum")))
	return to
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// goCommand makes a command that runs in a module of its own, whatever module this test is in.
func goCommand(ctx context.Context, folder, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	return cmd
}

var address = regexp.MustCompile(`Open (http://\S+)`)

// start runs tggen play or tggen dev on the bot in a folder, and returns the address of the page.
func start(t *testing.T, command, folder string) string {
	t.Helper()
	cmd := goCommand(context.Background(), folder, binary, command, "-listen", "127.0.0.1:0", ".")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	var said strings.Builder
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(found)
		lines := bufio.NewReader(out)
		for open := true; ; {
			line, err := lines.ReadString('\n')
			said.WriteString(line)
			if m := address.FindStringSubmatch(line); m != nil && open {
				found <- m[1]
				open = false
			}
			if err != nil {
				io.Copy(io.Discard, out)
				return
			}
		}
	})
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("stop tggen %s: %v", command, err)
		}
		reader.Wait()
		if err := cmd.Wait(); err != nil {
			t.Errorf("tggen %s ends with %v", command, err)
		}
		if t.Failed() {
			t.Logf("tggen %s says:\n%s", command, said.String())
		}
	})
	url, ok := <-found
	if !ok {
		t.Fatalf("tggen %s shows no address", command)
	}
	return url
}

// play runs a copy of an example bot with tggen play and opens the page.
func play(t *testing.T, bot string, l look) (p *page, folder string) {
	t.Helper()
	folder = copyBot(t, bot)
	p = open(t, start(t, "play", folder), l)
	p.ready()
	return p, folder
}

// ready waits until the bot runs. From then on the page keeps the texts of notes, which go after a few seconds.
func (p *page) ready() {
	p.t.Helper()
	p.see(".botstate .word", "runs")
	value[bool](p, `(() => {
		window.notes ??= [];
		new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach((n) => window.notes.push(n.textContent)))).observe(document.getElementById("toasts"), {childList: true});
		return true;
	})()`)
}

// note waits until a note with a text has been shown.
func (p *page) note(text string) {
	p.t.Helper()
	p.wait(`window.notes.some((n) => n.includes(` + quote(text) + `))`)
}

const composer = "#chats [data-active] textarea"

// say writes a text in the active chat and sends it.
func (p *page) say(text string) {
	p.t.Helper()
	p.click(composer, "")
	p.keys(text + "\r")
	p.wait(`document.querySelector("` + composer + `").value === ""`)
}

// handled waits until the newest update has been handled by a handler, and shows its trail.
func (p *page) handled(handler string) {
	p.t.Helper()
	p.wait(`document.querySelector(".updates .update .outcome code")?.textContent === ` + quote(handler) +
		` && document.querySelector(".updates .update .outcome").classList.contains("good")`)
	p.see(".step.ran .name, .step.runs .name", handler)
}
