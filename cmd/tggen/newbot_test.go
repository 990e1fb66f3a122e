package main

import (
	"bytes"
	"context"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/runtime/tgtest"
	"github.com/tggen/tggen/templates"
)

// toolsOnly are the modules and packages that the generator uses and no bot may contain.
var toolsOnly = []string{"dave/jennifer", "golang.org/x/tools", "go-internal", "yaml", "tggen/gen", "tggen/cmd", "tggen/templates"}

// TestNewBot does what a user does, outside of this module and for each template: it goes from an empty folder to a
// running bot.
func TestNewBot(t *testing.T) {
	talks := map[string][][2]string{
		"minimal": {{"/start Alice", "Hello, Alice! Send me something."}, {"Is anybody there?", "Is anybody there?"}},
		"full":    {{"/start gold", "Hello! You are in the team gold now."}, {"/vote tea 2", "Your team has 2 of tea."}},
	}
	for _, template := range templates.Names() {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			m := newModule(t)
			m.run("go", "tool", "tggen", "init", "-template", template)
			m.run("go", "generate", "./...")
			source := m.read(gen.Output)
			m.run("go", "generate", "./...")
			if again := m.read(gen.Output); !bytes.Equal(again, source) {
				t.Error("a second run generates another file")
			}
			if formatted, err := format.Source(source); err != nil || !bytes.Equal(formatted, source) {
				t.Errorf("gofmt would change the generated file: %v", err)
			}
			m.run("go", "vet", "./...")
			m.run("go", "test", "./...")
			m.run("go", "build", "-o", "mybot", ".")
			m.run("go", "tool", "tggen", "check")
			if out := m.run("go", "tool", "tggen", "stubs"); !strings.Contains(out, "bot has every method") {
				t.Errorf("stubs for a complete bot: %s", out)
			}
			for _, args := range [][]string{{"list", "-deps", "."}, {"version", "-m", "mybot"}} {
				out := m.run("go", args...)
				for _, tool := range toolsOnly {
					if strings.Contains(out, tool) {
						t.Errorf("the output of go %s contains %s:\n%s", strings.Join(args, " "), tool, out)
					}
				}
			}
			m.talk(talks[template], map[string]os.Signal{"minimal": os.Interrupt, "full": syscall.SIGTERM}[template])
			m.container()
			m.workflow()
			secondInterrupt(t, m.command(filepath.Join(m.dir, "mybot")))
			m.takenImports()
			m.withoutMethod()
			m.otherContract()
		})
	}
}

// A module is a user's module in a folder of its own.
type module struct {
	t   *testing.T
	dir string
}

// newModule makes a module with `go mod init` and `go get -tool`, with this source tree in place of a release. All
// dependencies are in the module cache, because this test is built from them, so no command here needs the network. `go mod
// tidy` would need it for the tests of dependencies; a new bot works without it.
func newModule(t *testing.T) *module {
	m := &module{t, t.TempDir()}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(here, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.write("go.sum", sums)
	m.run("go", "mod", "init", "example.com/mybot")
	m.run("go", "mod", "edit", "-replace=github.com/tggen/tggen="+here, "-require=github.com/tggen/tggen@v0.0.0")
	m.run("go", "get", "-tool", toolPath)
	return m
}

func (m *module) read(name string) []byte {
	content, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		m.t.Fatal(err)
	}
	return content
}

func (m *module) write(name string, content []byte) {
	if err := os.WriteFile(filepath.Join(m.dir, name), content, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *module) command(name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(m.t.Context(), 5*time.Minute)
	m.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "PWD="+m.dir, "GOFLAGS=", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
	return cmd
}

// run runs a command that must succeed.
func (m *module) run(name string, args ...string) string {
	m.t.Helper()
	out, err := m.command(name, args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fails runs a build that must fail.
func (m *module) fails() string {
	m.t.Helper()
	out, err := m.command("go", "build", ".").CombinedOutput()
	if err == nil {
		m.t.Fatalf("go build succeeds")
	}
	return string(out)
}

// talk runs the bot, sends each text and expects its answer, and stops the bot with a signal.
func (m *module) talk(talk [][2]string, stop os.Signal) {
	server := tgtest.NewServer(m.t)
	bot := m.command(filepath.Join(m.dir, "mybot"))
	bot.Env = append(bot.Env, "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	var printed bytes.Buffer
	bot.Stdout, bot.Stderr = &printed, &printed
	if err := bot.Start(); err != nil {
		m.t.Fatal(err)
	}
	alice := server.User("Alice")
	for _, say := range talk {
		alice.Send(say[0])
		alice.Expect(say[1])
	}
	if err := bot.Process.Signal(stop); err != nil {
		m.t.Fatal(err)
	}
	if err := bot.Wait(); err != nil {
		m.t.Errorf("the bot ended with %v:\n%s", err, &printed)
	}
	if strings.Contains(printed.String(), server.Token) {
		m.t.Errorf("the bot printed its token:\n%s", &printed)
	}
}

// takenImports declares names that the generated file would use for imports. The file must then import the packages under
// other names.
func (m *module) takenImports() {
	m.write("names.go", []byte("package main\n\nvar regexp, errors = 1, 2\n\nvar _, _ = regexp, errors\n"))
	m.run("go", "generate", ".")
	m.run("go", "vet", ".")
	if err := os.Remove(filepath.Join(m.dir, "names.go")); err != nil {
		m.t.Fatal(err)
	}
	m.run("go", "generate", ".")
}

// withoutMethod removes the method Start: the compiler must name it, and stubs must print it.
func (m *module) withoutMethod() {
	source := m.read("handlers.go")
	method := regexp.MustCompile(`(?ms)^func \(b \*bot\) Start\(.*?^}\n`)
	if !method.Match(source) {
		m.t.Fatal("handlers.go has no method Start")
	}
	m.write("handlers.go", append(method.ReplaceAll(source, nil), "\nvar _ = context.Background\n"...))
	if out := m.fails(); !strings.Contains(out, "missing method Start") {
		m.t.Errorf("the error of go build does not name the missing method:\n%s", out)
	}
	out, err := m.command("go", "tool", "tggen", "stubs").Output()
	const want = "func (b *bot) Start(ctx context.Context, in *StartInput) error {"
	if err != nil || !bytes.Contains(out, []byte(want)) || bytes.Count(out, []byte("func (")) != 1 {
		m.t.Errorf("stubs: error %v, output\n%s\nwant %s", err, out, want)
	}
	m.write("handlers.go", append(m.read("handlers.go"), out...))
	m.run("go", "vet", ".")
	m.write("handlers.go", source)
}

// otherContract changes the generated file so that it belongs to another version of the runtime, in both possible ways.
func (m *module) otherContract() {
	source := string(m.read(gen.Output))
	for old, other := range map[string]string{"V2 struct{}": "V1 struct{}", "disagree: ": "agree: "} {
		changed := strings.Replace(source, old, other, 1)
		if changed == source {
			m.t.Fatalf("the generated file has no %q", old)
		}
		m.write(gen.Output, []byte(changed))
		if out := m.fails(); !strings.Contains(out, "run go generate") {
			m.t.Errorf("the error of go build does not say what to do:\n%s", out)
		}
	}
	m.write(gen.Output, []byte(source))
}
