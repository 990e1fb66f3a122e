package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/dev"
	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/runtime/tgtest"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

// devSpec and devHandlers are a bot whose answers a test can change.
const (
	devSpec = "version: 1\nconstraints: [chat]\nhandlers:\n  - {name: Start, command: start}\n  - {name: Echo, on: \"message:text\"}\n"

	devHandlers = `package main

import "context"

type bot struct{}

func (bot) Start(ctx context.Context, in *StartInput) error {
	_, err := in.Reply(ctx, "one", nil)
	return err
}

func (bot) Echo(ctx context.Context, in *EchoInput) error {
	_, err := in.Reply(ctx, in.Text, nil)
	return err
}
`
	devMain = `package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := Run(ctx, bot{}); err != nil {
		log.Fatal(err)
	}
}
`
)

// newDevModule makes a module with a bot that dev has not generated yet.
func newDevModule(t *testing.T) *module {
	t.Helper()
	for name, value := range map[string]string{"GOFLAGS": "", "GOPROXY": "off", "GOWORK": "off", "GOTOOLCHAIN": "local"} {
		t.Setenv(name, value)
	}
	m := newModule(t)
	m.write("spec.yaml", []byte(devSpec))
	m.write("handlers.go", []byte(devHandlers))
	m.write("main.go", []byte(devMain))
	return m
}

// A development is a run of dev against a server of a test.
type development struct {
	*module
	t       *testing.T
	server  *tgtest.Server
	ann     *tgtest.User
	builds  chan play.Build // each build that was shown
	starts  chan string     // the binary of each start
	printed *lockedBuffer

	mu      sync.Mutex
	process *process.Process
	plan    *plan.Plan
}

// startDev starts dev, and stops it at the end of the test.
func startDev(t *testing.T) *development {
	t.Helper()
	d := &development{
		module: newDevModule(t), t: t, server: tgtest.NewServer(t, tgtest.WithPatience(time.Minute)),
		builds: make(chan play.Build, 100), starts: make(chan string, 100), printed: new(lockedBuffer),
	}
	d.ann = d.server.User("Ann")
	p := &project{specFile: filepath.Join(d.dir, "spec.yaml"), format: &choice{value: "text"}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- dev.Run(ctx, dev.Config{Project: p.buildable(d.dir), Page: d, Bot: d, Output: d.printed, Temp: t.TempDir()})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("dev ended with %v", err)
		}
		if d.process != nil {
			if err := d.process.Stop(context.Background()); err != nil {
				t.Errorf("the bot ended with %v", err)
			}
		}
		if t.Failed() {
			t.Logf("dev printed:\n%s", d.printed)
		}
	})
	return d
}

// ShowBuild, SetPlan, Building and Replace are what dev asks of play.
func (d *development) ShowBuild(b play.Build) { d.builds <- b }

func (d *development) SetPlan(resolved *plan.Plan) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan = resolved
}

func (d *development) Building() {}

func (d *development) Replace(ctx context.Context, binary string) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.process != nil {
		if err := d.process.Stop(ctx); err != nil {
			d.t.Errorf("the old bot did not stop in order: %v", err)
		}
	}
	d.process, err = process.Start(process.Config{Binary: binary, Dir: d.dir, Env: d.server.Environ(), Output: d.printed})
	d.starts <- binary
	return err
}

// build waits for a build. It must be OK, or have one mistake with the given beginning.
func (d *development) build(mistake string) {
	d.t.Helper()
	select {
	case b := <-d.builds:
		switch {
		case mistake == "" && !b.OK:
			d.t.Fatalf("the build has mistakes: %v %s", b.Diagnostics, b.Output)
		case mistake != "" && (b.OK || len(b.Diagnostics) == 0):
			d.t.Fatalf("the build has no mistake, want %s: %s", mistake, b.Output)
		case mistake != "":
			first := b.Diagnostics[0]
			if got := place(first) + ": " + first.Message; got != mistake {
				d.t.Errorf("the mistake is %s, want %s", got, mistake)
			}
			if first.Source == "" || first.Severity != "error" {
				d.t.Errorf("the mistake lacks its line or its severity: %+v", first)
			}
		}
	case <-time.After(2 * time.Minute):
		d.t.Fatal("no build")
	}
}

func (d *development) started() {
	d.t.Helper()
	select {
	case <-d.starts:
	case <-time.After(2 * time.Minute):
		d.t.Fatal("the bot was not started")
	}
}

// answers sends /start and expects the answer.
func (d *development) answers(want string) {
	d.t.Helper()
	d.ann.Send("/start")
	if got := d.ann.ExpectNext().Text; got != want {
		d.t.Errorf("the bot answered %q, want %q", got, want)
	}
}

// replace changes a part of a file.
func (d *development) replace(name, old, new string) {
	d.t.Helper()
	content := d.read(name)
	if !bytes.Contains(content, []byte(old)) {
		d.t.Fatalf("%s does not contain %q", name, old)
	}
	d.put(name, bytes.Replace(content, []byte(old), []byte(new), 1))
}

// put writes a file as many editors do: it writes another file and renames it.
func (d *development) put(name string, content []byte) {
	d.t.Helper()
	d.write("new~", content)
	if err := os.Rename(filepath.Join(d.dir, "new~"), filepath.Join(d.dir, name)); err != nil {
		d.t.Fatal(err)
	}
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// place is the place of a diagnostic without the folder, which is another one each time.
func place(d play.Diagnostic) string {
	return filepath.Base(d.File) + ":" + strconv.Itoa(d.Line) + ":" + strconv.Itoa(d.Column)
}

// TestDev saves a bot's files as an author does, with and without mistakes.
func TestDev(t *testing.T) {
	d := startDev(t)
	d.build("")
	d.started()
	d.answers("one")

	// From the save to the new answer, as an author feels it. It is logged, as a machine may be busy.
	start := time.Now()
	d.replace("handlers.go", `"one"`, `"two"`)
	d.build("")
	d.started()
	d.answers("two")
	t.Logf("from the save to the new answer: %v", time.Since(start))

	d.replace("spec.yaml", "command: start", "comand: start")
	d.build("spec.yaml:4:19: a handler has no key comand")
	d.answers("two")
	d.replace("spec.yaml", "comand: start", "command: [start, hello]")
	d.build("")
	d.started()
	d.ann.Send("/hello")
	d.ann.Expect("two")
	if d.mu.Lock(); d.plan == nil {
		t.Error("dev set no plan")
	}
	d.mu.Unlock()

	d.replace("handlers.go", "\t_, err := in.Reply(ctx, in.Text", "\t_, err := in.Reply(ctx, in.Texxt")
	d.build("handlers.go:13:29: in.Texxt undefined (type *EchoInput has no field or method Texxt)")
	d.answers("two")

	// The mended bot is the one that runs, so it is not started anew.
	d.replace("handlers.go", "in.Texxt", "in.Text")
	d.build("")
	if !strings.Contains(d.printed.String(), "The bot is the same.") {
		t.Errorf("dev does not say that the bot is the same:\n%s", d.printed)
	}

	// A handler that the spec has and the author has not.
	d.replace("spec.yaml", "handlers:\n", "handlers:\n  - {name: Stop, command: stop}\n")
	d.build("main.go:13:21: cannot use bot{} (value of struct type bot) as Handlers value in argument to Run: " +
		"bot does not implement Handlers (missing method Stop)")
	d.answers("two")
	if printed := d.printed.String(); !strings.Contains(printed, "hint: `tggen stubs` prints the methods that your type is missing") ||
		!strings.Contains(printed, "The old bot goes on until this is mended.") {
		t.Errorf("dev printed no hint:\n%s", printed)
	}

	// An included file, and one that is not there yet.
	d.replace("spec.yaml", "handlers:\n  - {name: Stop, command: stop}\n", "include: [more.yaml]\nhandlers:\n")
	d.build("spec.yaml:3:11: there is no file more.yaml")
	d.put("more.yaml", []byte("handlers:\n  - {name: Echo2, comand: echo}\n"))
	d.build("more.yaml:2:19: a handler has no key comand")
	d.put("more.yaml", []byte("handlers: []\n"))
	d.build("more.yaml:1:11: the list is empty; expected a handler")
}

// TestDevBurst saves a file many times while a build may be under way.
func TestDevBurst(t *testing.T) {
	d := startDev(t)
	d.build("")
	d.started()
	for i := range 20 {
		d.replace("handlers.go", "package main\n", "package main\n\n// "+strings.Repeat("x", i+1)+"\n")
	}
	d.replace("handlers.go", `"one"`, `"many"`)
	// One build or two, as TestBurst of package dev shows. The machine may be so slow that the saves are no burst.
	for builds := 1; ; builds++ {
		if builds > 5 {
			t.Fatal("a burst of saves made more than five builds")
		}
		d.build("")
		d.started()
		d.ann.Send("/start")
		if answer := d.ann.ExpectNext().Text; answer == "many" {
			break
		}
	}
}
