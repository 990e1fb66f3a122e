//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
)

// TestDevInterrupt runs the command, and ends it with Ctrl-C while the bot runs. No process is left.
func TestDevInterrupt(t *testing.T) {
	m := newDevModule(t)
	command := m.command(os.Args[0], "dev", "-listen", "127.0.0.1:0")
	command.Args[0] = "tggen" // so that the test binary is the command: see TestMain
	command.Env = append(command.Env, "GORACE=atexit_sleep_ms=0")
	printed := new(lockedBuffer)
	command.Stderr = printed
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var url string
	for url == "" && lines.Scan() {
		if match := regexp.MustCompile(`^Open (http://\S+)$`).FindStringSubmatch(lines.Text()); match != nil {
			url = match[1]
		}
	}
	go func() { // what the bot prints must go somewhere
		for lines.Scan() {
		}
	}()
	pid := awaitBot(t, url)
	if syscall.Kill(pid, 0) != nil {
		t.Errorf("the bot does not run as process %d", pid)
	}
	command.Process.Signal(os.Interrupt)
	if err := command.Wait(); err != nil {
		t.Errorf("dev ended with %v:\n%s", err, printed)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Errorf("the bot still runs as process %d", pid)
	}
}

// awaitBot waits until the page shows a bot that runs, and returns the id of its process.
func awaitBot(t *testing.T, url string) int {
	t.Helper()
	client := http.Client{Timeout: 2 * time.Minute}
	response, err := client.Get(url + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := bufio.NewReader(response.Body)
	for {
		line, err := events.ReadString('\n')
		if err != nil {
			t.Fatalf("no bot runs: %v", err)
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var state struct{ Bot play.Bot }
		if err := json.Unmarshal([]byte(data), &state); err != nil {
			t.Fatal(err)
		}
		if state.Bot.Status == "running" {
			return state.Bot.PID
		}
	}
}
