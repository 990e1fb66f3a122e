package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/docs/internal/page"
)

// startPages are the pages below start in the order in which a reader follows them.
var startPages = []string{"start/first-bot.md", "start/testing.md", "start/deploy.md"}

// TestStart follows the pages below start, word for word, in one shell that begins in the checkout: it runs the commands of
// console blocks, and writes the blocks that have the name of a file. Only the home folder is another one. Output that a page
// shows must be what is printed. Blocks of sh are not run: they need a token, docker, or a server.
func TestStart(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a Unix shell")
	}
	t.Parallel()
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	home, outputs := t.TempDir(), t.TempDir()
	var script strings.Builder
	type shown struct {
		command
		file string
	}
	var all []shown
	for _, name := range startPages {
		p, err := page.Read(".", name)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range p.Blocks {
			place := fmt.Sprintf("%s:%d", name, block.Line)
			switch {
			case block.Language == "console":
				for _, c := range commands(place, block.Text) {
					file := filepath.Join(outputs, itoa(len(all)))
					all = append(all, shown{c, file})
					fmt.Fprintf(&script, "place='%s: %s'\n%s >'%s' 2>&1\n", place, strings.ReplaceAll(c.line, "'", ""), c.line, file)
				}
			case block.Name != "":
				fmt.Fprintf(&script, "place=%s\nmkdir -p \"$(dirname %[2]s)\"\ncat >%[2]s <<'END OF BLOCK'\n%[3]sEND OF BLOCK\n", place, block.Name, block.Text)
			case slices.Contains([]string{"sh", "text", "ini"}, block.Language):
			case block.Language == "yaml": // TestSnippets checks it
			case !strings.Contains(examples(t), block.Text):
				t.Errorf("%s: a block of %s without a file name is not checked", place, block.Language)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", "trap 'echo \"at $place\"' ERR\n"+script.String())
	cmd.Dir = checkout
	cmd.Env = append(environment(checkout), "HOME="+home)
	for _, name := range []string{"GOPATH", "GOCACHE", "GOMODCACHE"} { // they are in the home folder by default
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(value)))
	}
	if printed, err := cmd.CombinedOutput(); err != nil {
		last := ""
		for _, c := range all {
			if text, err := os.ReadFile(c.file); err == nil {
				last = string(text)
			}
		}
		t.Fatalf("%v\n%s%s", err, printed, last)
	}
	for _, c := range all {
		got, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if want := c.output; want != "" && !sameOutput(string(got), want) {
			t.Errorf("%s: $ %s\ngot\n%s\nwant\n%s", c.place, c.line, got, want)
		}
	}
}

// sameOutput compares an output with that of a page, apart from empty lines around them. A line of the page that holds … stands for any line that begins and ends like it.
func sameOutput(got, want string) bool {
	g, w := strings.Split(strings.Trim(got, "\n"), "\n"), strings.Split(strings.Trim(want, "\n"), "\n")
	if len(g) != len(w) {
		return false
	}
	for i := range w {
		before, after, open := strings.Cut(w[i], "…")
		if g[i] != w[i] && !(open && strings.HasPrefix(g[i], before) && strings.HasSuffix(g[i], after)) {
			return false
		}
	}
	return true
}
