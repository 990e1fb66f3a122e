package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// started is a running command.
type started struct {
	lines chan string
	in    *io.PipeWriter
	url   string
	token string
	stop  func() error
}

func start(t *testing.T, args ...string) *started {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, outWriter := io.Pipe()
	in, inWriter := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in, outWriter, outWriter)
		outWriter.Close()
	}()
	s := &started{lines: make(chan string, 100), in: inWriter}
	go func() {
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
		close(s.lines)
	}()
	s.stop = func() error {
		cancel()
		inWriter.Close()
		return <-done
	}
	s.url, s.token = strings.TrimPrefix(s.line(t), "BOT_API_URL="), strings.TrimPrefix(s.line(t), "BOT_TOKEN=")
	return s
}

func (s *started) line(t *testing.T) string {
	t.Helper()
	select {
	case line := <-s.lines:
		return line
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was printed")
		return ""
	}
}

func (s *started) expect(t *testing.T, want string) {
	t.Helper()
	if line := s.line(t); line != want {
		t.Errorf("printed %q, want %q", line, want)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestServeATypedConversation(t *testing.T) {
	s := start(t, "-token", "42:secret", "-as", "Alice", "-at-once")
	if s.token != "42:secret" {
		t.Errorf("token %q", s.token)
	}
	io.WriteString(s.in, "/start\n\n")
	s.expect(t, "Alice      > /start")
	bot := s.url + "/bot" + s.token
	if got := get(t, bot+"/getUpdates?timeout=5"); !strings.Contains(got, `"text":"/start"`) {
		t.Errorf("getUpdates: %s", got)
	}
	get(t, bot+`/sendMessage?chat_id=@alice&text=Tea?&reply_markup={"inline_keyboard":[[{"text":"Yes","callback_data":"y"}]]}`)
	s.expect(t, "Alice      < Tea?  [Yes]")
	io.WriteString(s.in, "!Yes\n!No\n")
	first, second := s.line(t), s.line(t)
	if first == `no message has a button "No"` {
		first, second = second, first
	}
	if first != "Alice      > presses [Yes]" || second != `no message has a button "No"` {
		t.Errorf("printed %q and %q", first, second)
	}
	if got := get(t, s.url+"/control/state"); !strings.Contains(got, `"pending":2`) {
		t.Errorf("state: %s", got)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

func TestServeQuietly(t *testing.T) {
	s := start(t, "-quiet")
	http.Post(s.url+"/control/send", "application/json", strings.NewReader(`{"user":"Bob","text":"x"}`))
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	for line := range s.lines {
		t.Errorf("printed %q", line)
	}
}

func TestServeRefuses(t *testing.T) {
	for _, args := range [][]string{{"-addr", "nowhere"}, {"-token", "x"}, {"extra"}, {"-nonsense"}} {
		if err := run(t.Context(), args, nil, io.Discard, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	if err := run(t.Context(), []string{"-h"}, nil, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

func TestServeLimits(t *testing.T) {
	s := start(t, "-limits", "-quiet", "-as", "Alice", "-at-once")
	io.WriteString(s.in, "/start\n")
	bot := s.url + "/bot" + s.token
	_, id, _ := strings.Cut(get(t, bot+"/getUpdates?timeout=5"), `"chat":{"id":`)
	id, _, _ = strings.Cut(id, ",")
	get(t, bot+"/sendMessage?text=one&chat_id="+id)
	if got := get(t, bot+"/sendMessage?text=two&chat_id="+id); !strings.Contains(got, `"retry_after":1`) {
		t.Errorf("the second message got %s", got)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}
