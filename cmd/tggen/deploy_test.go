package main

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// container runs the build of the Dockerfile that init wrote, in a shell instead of a container. The binary must be static,
// because the final image has no C library.
func (m *module) container() {
	m.t.Helper()
	dockerfile := string(m.read("Dockerfile"))
	build := regexp.MustCompile(`(?m)^RUN (.* go build .*)$`).FindStringSubmatch(dockerfile)
	if build == nil {
		m.t.Fatalf("the Dockerfile does not build the bot:\n%s", dockerfile)
	}
	if runtime.GOOS == "linux" { // the format of a binary and the shell are those of the image
		binary := filepath.Join(m.t.TempDir(), "bot")
		cmd := m.command("sh", "-c", strings.Replace(build[1], "-o /bot", "-o "+binary, 1))
		cmd.Env = append(cmd.Env, "BOT=.", "CGO_ENABLED=1") // the image's default, with its C compiler
		if out, err := cmd.CombinedOutput(); err != nil {
			m.t.Fatalf("%s: %v\n%s", build[1], err, out)
		}
		if interpreter(m.t, binary) {
			m.t.Errorf("%s makes a binary that is not static", build[1])
		}
	}
	_, final, _ := strings.Cut(dockerfile, "\nFROM scratch\n")
	for _, line := range []string{
		`^COPY --from=build /etc/ssl/certs/ca-certificates\.crt /etc/ssl/certs/$`,
		`^COPY --from=build /bot /bot$`,
		`^USER [1-9][0-9]*(:[1-9][0-9]*)?$`, // a number: an image without /etc/passwd knows no names
	} {
		if !regexp.MustCompile(`(?m)` + line).MatchString(final) {
			m.t.Errorf("the final image has no line %s:\n%s", line, dockerfile)
		}
	}
	_, entry, _ := strings.Cut(final, "\nENTRYPOINT ")
	var command []string // a list: with a shell in between, the bot would not receive SIGTERM
	if err := json.Unmarshal([]byte(entry), &command); err != nil || len(command) != 1 || command[0] != "/bot" {
		m.t.Errorf("ENTRYPOINT is %q, error %v", entry, err)
	}
	for _, file := range []string{".dockerignore", ".gitignore"} {
		if lines := strings.Split(string(m.read(file)), "\n"); !slices.Contains(lines, ".env") || !slices.Contains(lines, "/mybot") {
			m.t.Errorf("%s is %q, want .env and /mybot in it", file, lines)
		}
	}
}

// workflow runs the commands of the workflow that init wrote, without the race detector, which needs a C compiler.
func (m *module) workflow() {
	m.t.Helper()
	steps := regexp.MustCompile(`(?m)^ +- run: (.*)$`).FindAllSubmatch(m.read(".github/workflows/ci.yml"), -1)
	if len(steps) != 3 {
		m.t.Errorf("the workflow has %d commands, want 3", len(steps))
	}
	for _, step := range steps {
		command := strings.Fields(strings.Replace(string(step[1]), " -race", "", 1))
		m.run(command[0], command[1:]...)
	}
}

// interpreter reports whether a binary needs a dynamic linker.
func interpreter(t *testing.T, binary string) bool {
	t.Helper()
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			return true
		}
	}
	return false
}

// secondInterrupt runs a bot until a handler hangs, and presses Ctrl-C twice. The bot's stop_timeout is not over yet, but the
// second one must end the process. What the first one does is tested by module.talk.
func secondInterrupt(t *testing.T, bot *exec.Cmd) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // a process cannot send an interrupt to another one
	}
	server := tgtest.NewServer(t)
	server.Fail("sendMessage", tgtest.Fault{Hang: true, Times: -1})
	bot.Env = append(bot.Environ(), "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- bot.Wait() }()
	server.User("Alice").Send("/start")
	if err := server.WaitCount(t.Context(), "sendMessage", 1); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	bot.Process.Signal(os.Interrupt)
	// The bot may not have noticed the first interrupt yet. A person presses again, and so does this.
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for waiting := true; waiting; {
		bot.Process.Signal(os.Interrupt)
		select {
		case <-ended:
			waiting = false
		case <-again.C:
		}
	}
	status, ok := bot.ProcessState.Sys().(syscall.WaitStatus)
	if took := time.Since(start); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT || took > 5*time.Second {
		t.Errorf("after the second interrupt, the bot ended with %v after %v", bot.ProcessState, took)
	}
}

// TestExamplesInterrupt checks the main functions of the examples.
func TestExamplesInterrupt(t *testing.T) {
	for _, name := range []string{"echo", "shop"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			binary := filepath.Join(t.TempDir(), name)
			if out, err := exec.Command("go", "build", "-o", binary, "../../example/"+name).CombinedOutput(); err != nil {
				t.Fatalf("go build: %v\n%s", err, out)
			}
			secondInterrupt(t, exec.Command(binary))
		})
	}
}
