package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestReadme runs the commands of "Your first bot" in the README, word for word, after those with which the first page of the
// documentation makes a module that uses a local checkout. Only the home folder is another one.
func TestReadme(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a Unix shell")
	}
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := block(t, checkout, "docs/start/first-bot.md", "## Make the module", "console")
	for i, c := range commands {
		commands[i] = strings.TrimPrefix(c, "$ ")
	}
	first := block(t, checkout, "README.md", "## Your first bot", "")
	get := slices.Index(first, "go get -tool "+toolPath)
	if get < 0 {
		t.Fatalf("no go get -tool in %q", first)
	}
	rest := slices.Clone(first[get+1:])
	last := len(rest) - 1
	build, run, _ := strings.Cut(rest[last], " && ")
	if run != "BOT_TOKEN=... ./mybot" {
		t.Errorf("the last command runs %q", run)
	}
	rest[last] = build
	commands = append(commands, rest...)

	// All dependencies are in the module cache. The proxy has no version of tggen, and says so like one that is strict.
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not available", http.StatusForbidden)
	}))
	defer proxy.Close()
	home := t.TempDir()
	environment := append(os.Environ(), "GOFLAGS=", "GOPROXY="+proxy.URL, "GOSUMDB=off", "GOWORK=off", "GOTOOLCHAIN=local")
	for _, name := range []string{"GOPATH", "GOCACHE", "GOMODCACHE"} { // they are in the home folder by default
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		environment = append(environment, name+"="+strings.TrimSpace(string(value)))
	}
	shell := func(dir, script string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
		cmd.Dir, cmd.Env = dir, append(slices.Clone(environment), "PWD="+dir, "HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s\n%v\n%s", script, err, out)
		}
	}
	shell(checkout, strings.Join(commands, "\n"))
	bot := filepath.Join(home, "mybot")
	shell(bot, "go tool tggen check && go build -o serve "+readmeServe(t, checkout))
	if runtime.GOOS == "linux" && interpreter(t, filepath.Join(bot, "mybot")) {
		t.Errorf("%s makes a binary that is not static", build)
	}
}

// block returns the lines of the first block of a language after a heading of a page.
func block(t *testing.T, checkout, page, heading, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %s", page, heading)
	}
	_, block, _ := strings.Cut(section, "\n```"+language+"\n")
	block, _, found = strings.Cut(block, "\n```\n")
	if !found {
		t.Fatalf("there is no block of commands after %s", heading)
	}
	return strings.Split(block, "\n")
}

// readmeServe returns the package of the README's command that starts a server to try the bot.
func readmeServe(t *testing.T, checkout string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(checkout, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "\ngo run ./")
	if !found {
		t.Fatal("the README does not start a server")
	}
	path, _, _ := strings.Cut(rest, " ")
	return "github.com/tggen/tggen/" + path
}
