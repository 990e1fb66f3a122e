//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
)

// patience bounds every wait of these tests. It only ends a test that would hang.
const patience = time.Minute

// A game is a tggen process that plays, seen through its page.
type game struct {
	t       *testing.T
	command *exec.Cmd
	url     string // of the page, with the token
	origin  string

	mu      sync.Mutex
	printed bytes.Buffer
	fields  map[string]map[string]json.RawMessage // the maps of the State
	plain   map[string]json.RawMessage            // and its other fields
	changed chan struct{}
}

// state is what a test looks at.
type state struct {
	Bot      play.Bot                 `json:"bot"`
	People   map[string]*play.Person  `json:"people"`
	Chats    map[string]*play.Chat    `json:"chats"`
	Messages map[string]*play.Message `json:"messages"`
	Queries  map[string]*play.Query   `json:"queries"`
	Updates  map[string]*play.Update  `json:"updates"`
	Faults   []play.Fault             `json:"faults"`
	Recorded int                      `json:"recorded"`
}

// ids of the people and the group that are there at the start.
const (
	ann     int64 = 7_100_000_001
	bob     int64 = 7_100_000_002
	friends int64 = -1_002_100_000_001
)

// startGame runs tggen with the arguments in a folder, and follows its page. This test binary is tggen if it has that name: see TestMain.
func startGame(t *testing.T, dir string, args ...string) *game {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	g := &game{t: t, changed: make(chan struct{})}
	g.command = &exec.Cmd{Path: self, Args: append([]string{"tggen", "play"}, args...), Dir: dir}
	g.command.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	out, err := g.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.command.Stderr = lockedWriter{g}
	if err := g.command.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	opened := make(chan string, 1)
	reading.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			fmt.Fprintln(lockedWriter{g}, lines.Text())
			if url, ok := strings.CutPrefix(lines.Text(), "Open "); ok {
				opened <- url
			}
		}
		close(opened)
	})
	t.Cleanup(func() {
		if g.command.ProcessState == nil {
			g.command.Process.Kill()
			g.command.Wait()
		}
		reading.Wait()
		if t.Failed() {
			g.mu.Lock()
			t.Logf("tggen printed:\n%s", &g.printed)
			g.mu.Unlock()
		}
	})
	url, ok := <-opened
	if !ok {
		t.Fatal("tggen ended without a page")
	}
	g.url, g.origin = url, url[:strings.Index(url[len("http://"):], "/")+len("http://")]
	g.follow()
	return g
}

type lockedWriter struct{ *game }

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.printed.Write(p)
}

// follow reads the events of the page until the end of the test.
func (g *game) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"events", nil)
	if err != nil {
		g.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		g.t.Errorf("the events have the content type %s", kind)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 64<<20)
		event := ""
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			} else if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				g.take(event, []byte(data))
			}
		}
	}()
	g.t.Cleanup(func() { cancel(); <-done })
}

// take takes over an event.
func (g *game) take(event string, data []byte) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		g.t.Errorf("%s: %v", data, err)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if event == "state" {
		g.fields, g.plain = make(map[string]map[string]json.RawMessage), make(map[string]json.RawMessage)
	}
	for name, value := range fields {
		switch name {
		case "people", "chats", "messages", "queries", "updates":
			var objects map[string]json.RawMessage
			if err := json.Unmarshal(value, &objects); err != nil {
				g.t.Errorf("%s: %v", value, err)
			}
			if g.fields[name] == nil {
				g.fields[name] = make(map[string]json.RawMessage)
			}
			for key, object := range objects {
				if g.fields[name][key] = object; string(object) == "null" {
					delete(g.fields[name], key)
				}
			}
		default:
			g.plain[name] = value
		}
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

// state returns the current state, and a channel that is closed when it changes.
func (g *game) state() (s state, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make(map[string]any)
	for name, value := range g.plain {
		all[name] = value
	}
	for name, value := range g.fields {
		all[name] = value
	}
	delete(all, "build")
	data, err := json.Marshal(all)
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		g.t.Errorf("the state cannot be read: %v", err)
	}
	return s, g.changed
}

// wait waits until the condition holds, and returns the state.
func (g *game) wait(what string, holds func(state) bool) state {
	g.t.Helper()
	late := time.After(patience)
	for {
		s, changed := g.state()
		if holds(s) {
			return s
		}
		select {
		case <-changed:
		case <-late:
			text, _ := json.MarshalIndent(s, "", " ")
			g.t.Fatalf("waiting for %s; the state is %s", what, text)
		}
	}
}

// says waits until the bot has said a text in a chat, and returns the message.
func (g *game) says(chat int64, text string) *play.Message {
	g.t.Helper()
	var found *play.Message
	g.wait(fmt.Sprintf("the bot to say %q", text), func(s state) bool {
		for _, m := range s.Messages {
			if m.Chat == chat && m.From == 0 && m.Text == text && (found == nil || m.ID > found.ID) {
				found = m
			}
		}
		return found != nil
	})
	return found
}

// over waits until the update of a message is over, and returns it.
func (g *game) over(chat int64, message float64) *play.Update {
	g.t.Helper()
	var found *play.Update
	g.wait("the update to be over", func(s state) bool {
		m := s.Messages[fmt.Sprintf("%d:%d", chat, int64(message))]
		if m == nil {
			return false
		}
		found = s.Updates[fmt.Sprint(m.Update)]
		return found != nil && found.Status != "queued" && found.Status != "waiting" && found.Status != "running"
	})
	return found
}

// act does an action, which must be possible.
func (g *game) act(format string, args ...any) map[string]any {
	g.t.Helper()
	status, answer := g.try(fmt.Sprintf(format, args...))
	if status != http.StatusOK || answer["ok"] != true {
		g.t.Fatalf("%s: %d %v", fmt.Sprintf(format, args...), status, answer)
	}
	return answer
}

// try does an action.
func (g *game) try(action string) (status int, answer map[string]any) {
	g.t.Helper()
	return g.post("act", "application/json", strings.NewReader(action), nil)
}

// post posts to the page, as the page itself does.
func (g *game) post(path, contentType string, body io.Reader, change func(*http.Request)) (status int, answer map[string]any) {
	g.t.Helper()
	request, err := http.NewRequest(http.MethodPost, g.url+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Origin", g.origin)
	if change != nil {
		change(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		g.t.Fatalf("%d %v", response.StatusCode, err)
	}
	return response.StatusCode, answer
}

// interrupt presses Ctrl-C and waits for the end, which must be in order. No process of the bot may be left.
func (g *game) interrupt() {
	g.t.Helper()
	s, _ := g.state()
	if err := g.command.Process.Signal(os.Interrupt); err != nil {
		g.t.Fatal(err)
	}
	if err := g.command.Wait(); err != nil {
		g.t.Errorf("tggen ended with %v", err)
	}
	if s.Bot.PID == 0 {
		return
	}
	if err := syscall.Kill(s.Bot.PID, 0); err != syscall.ESRCH {
		g.t.Errorf("the bot, process %d, still runs: %v", s.Bot.PID, err)
	}
}
