package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

const echo = "../../../example/echo"

func TestRunABot(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := Run(t, server.Bot, echo)
	if !server.State().Waiting {
		t.Error("Run has returned before the bot waits for updates")
	}
	ann := server.User("Ann")
	ann.Send("/start")
	ann.Expect("Hello! Send me something.")

	bot.Kill()
	ann.Send("Are you there?")
	bot.Start()
	ann.Expect("Are you there?")

	bot.Stop()
	if state := server.State(); state.Polling != 0 {
		t.Error("the bot was stopped, and still polls")
	}
	bot.Start()
	ann.Send("Again?")
	ann.Expect("Again?")
	if !strings.Contains(bot.Output(), "test_bot") {
		t.Errorf("the bot printed %q, want its name", bot.Output())
	}
}

// TestRunInANewFolder runs a bot that writes a file into its working directory.
func TestRunInANewFolder(t *testing.T) {
	server, work := tgtest.NewServer(t), t.TempDir()
	RunIn(t, server.Bot, "../../../example/payments", work)
	if files, err := os.ReadDir(work); err != nil || len(files) == 0 {
		t.Errorf("the bot's working directory has the files %v, %v", files, err)
	}
}

// fakeT is a test that is expected to fail.
type fakeT struct {
	TB
	failed   string
	cleanups []func()
}

func (f *fakeT) Helper()           {}
func (f *fakeT) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }
func (f *fakeT) Errorf(format string, args ...any) {
	f.failed += fmt.Sprintf(format, args...)
}

// Fatalf ends the test's function as testing.T does.
func (f *fakeT) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(f)
}

// end runs do as a test, and returns why the test failed.
func end(t *testing.T, do func(t TB)) string {
	t.Helper()
	f := &fakeT{TB: t}
	func() {
		defer func() {
			if value := recover(); value != nil && value != any(f) {
				panic(value)
			}
		}()
		do(f)
	}()
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
	return f.failed
}

func expectFailure(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("the test failed with %q, want %q in it", got, w)
		}
	}
}

func TestRunFailsWithoutABot(t *testing.T) {
	server := tgtest.NewServer(t)
	run := func(dir string) string { return end(t, func(t TB) { Run(t, server.Bot, dir) }) }

	dir := write(t, "package main\n\nimport \"os\"\n\nfunc main() {\n\tprintln(\"no configuration\")\n\tos.Exit(4)\n}\n")
	expectFailure(t, run(dir), "the bot ended before it received updates: exit status 4", "no configuration")
	expectFailure(t, run(write(t, "package main\n\nfunc main() { y := 1 }\n")), "main.go:3:15: declared and not used: y")
	expectFailure(t, run(filepath.Join(dir, "nothing")), "nothing")
}

func TestRunFailsIfTheBotEnds(t *testing.T) {
	failed := end(t, func(t TB) {
		bot := &Bot{t: t, output: new(output)}
		p, err := Start(Config{Binary: os.Args[0], Env: []string{childVariable + "=fails"}, Output: bot.output})
		if err != nil {
			t.Fatalf("%v", err)
		}
		p.Wait()
		bot.process = p
		bot.Stop()
	})
	expectFailure(t, failed, "the bot ended by itself: exit status 3", "It printed:\nno")
}

func TestRunPassesTheEnvironment(t *testing.T) {
	dir := write(t, "package main\n\nimport \"os\"\n\nfunc main() {\n\tprintln(os.Getenv(\"GREETING\"), os.Getenv(\"BOT_API_URL\"))\n\tos.Exit(4)\n}\n")
	server := tgtest.NewServer(t)
	expectFailure(t, end(t, func(t TB) { Run(t, server.Bot, dir, "GREETING=moin") }), "moin "+server.URL)
}
