//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

// TestPlayTheShop plays with the example shop as two people on the page.
func TestPlayTheShop(t *testing.T) {
	g := startGame(t, ".", "-listen", "127.0.0.1:0", "../../example/shop")
	s := g.wait("the bot to run", func(s state) bool { return s.Bot.Status == "running" })
	if s.People[fmt.Sprint(ann)].Name != "Ann" || s.People[fmt.Sprint(bob)].Name != "Bob" || len(s.Chats) != 3 || !s.Bot.Run ||
		!slices.Equal(s.Chats[fmt.Sprint(friends)].Members, []int64{ann, bob}) {
		t.Errorf("the state begins with %+v", s)
	}
	if !slices.ContainsFunc(s.Bot.Commands, func(c play.Command) bool { return c.Command == "order" && c.Description != "" }) {
		t.Errorf("the commands are %v", s.Bot.Commands)
	}

	// A command, with its trail.
	sent := g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"/start"}`, ann)
	menu := g.says(ann, "Welcome! Here is what we have.")
	u := g.over(ann, sent["message"].(float64))
	if u.Status != "handled" || !slices.Equal(u.Handlers, []string{"Start"}) || u.Summary != "Ann: /start" || u.Attempt != 1 || u.Shard == nil || u.Workers != 4 {
		t.Errorf("the update is %+v", u)
	}
	if len(u.Keys) != 1 || u.Keys[0] != (play.ConstraintKey{Constraint: "user", Text: fmt.Sprint(ann)}) {
		t.Errorf("the keys are %v", u.Keys)
	}
	if s := u.Steps[0]; s.Handler != "Start" || s.Outcome != "ran" || u.Steps[1].Outcome != "not reached" {
		t.Errorf("the steps are %v", u.Steps)
	}
	if len(u.Calls) != 1 || u.Calls[0].Method != "sendMessage" || !u.Calls[0].OK || u.Calls[0].Params["text"] != menu.Text || u.Calls[0].Answer != fmt.Sprint("message ", menu.ID) {
		t.Errorf("the calls are %+v", u.Calls)
	}

	// Buttons: one is answered, the other one edits.
	pressed := g.act(`{"do":"press","chat":%d,"user":%[1]d,"message":%d,"row":0,"column":0}`, ann, menu.ID)
	g.wait("the answer", func(s state) bool {
		q := s.Queries[pressed["query"].(string)]
		return q != nil && q.Answered && strings.HasPrefix(q.Text, "Apples is in the cart") && q.Kind == "callback" && q.Message == menu.ID
	})
	g.act(`{"do":"press","chat":%d,"user":%[1]d,"message":%d,"row":3,"column":0}`, ann, menu.ID)
	g.wait("another page", func(s state) bool {
		m := s.Messages[fmt.Sprintf("%d:%d", ann, menu.ID)]
		return m.Edited && m.Buttons[0][0].Text != menu.Buttons[0][0].Text
	})

	// Two people in a group. Why earlier handlers did not run is told.
	sent = g.act(`{"do":"send","chat":%d,"user":%d,"text":"hello"}`, friends, bob)
	u = g.over(friends, sent["message"].(float64))
	if u.User != bob || u.Chat != friends || !slices.Equal(u.Handlers, []string{"Other"}) || u.Steps[0].Why != "the message is not a command" {
		t.Errorf("the update is %+v", u)
	}
	g.act(`{"do":"send","chat":%d,"user":%d,"text":"/cart","reply_to":%v}`, friends, ann, sent["message"])
	g.act(`{"do":"edit","chat":%d,"user":%d,"message":%v,"text":"hello!"}`, friends, bob, sent["message"])
	g.wait("the edit", func(s state) bool {
		m := s.Messages[fmt.Sprintf("%d:%v", friends, sent["message"])]
		return m.Edited && m.Text == "hello!"
	})

	// A fault hits the next call that is no poll, and is gone then.
	g.act(`{"do":"fault","method":"","kind":"500","times":1}`)
	g.wait("the fault", func(s state) bool {
		return slices.Equal(s.Faults, []play.Fault{{Kind: "500", Times: 1}})
	})
	sent = g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"/start"}`, bob)
	u = g.over(bob, sent["message"].(float64))
	if u.Status != "failed" || u.Error == "" || len(u.Calls) == 0 || u.Calls[0].OK || u.Calls[0].Code != 500 {
		t.Errorf("the update that failed is %+v", u)
	}
	g.wait("no fault", func(s state) bool { return len(s.Faults) == 0 })

	// Kill it, write meanwhile, start it.
	g.act(`{"do":"kill"}`)
	s = g.wait("the end of the bot", func(s state) bool { return s.Bot.Status == "stopped" })
	if s.Bot.PID != 0 || s.Bot.Exit != "signal: killed" {
		t.Errorf("the killed bot is %+v", s.Bot)
	}
	sent = g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"/cart"}`, bob)
	if status, answer := g.try(`{"do":"kill"}`); status != http.StatusConflict || answer["error"] != "the bot does not run" {
		t.Errorf("killing it again: %d %v", status, answer)
	}
	g.act(`{"do":"start"}`)
	u = g.over(bob, sent["message"].(float64))
	if u.Status != "handled" {
		t.Errorf("the update is %+v", u)
	}
	g.act(`{"do":"redeliver","update":%d}`, u.ID)
	g.wait("the second delivery", func(s state) bool { return s.Updates[fmt.Sprint(u.ID)].Deliveries == 2 })

	// What was clicked is a test.
	source := g.get("test", http.StatusOK)
	for _, want := range []string{`ann.Send("/start")`, `bot.Kill()`, `tgtest.Fault{Code: 500}`, "func TestPlayed("} {
		if !strings.Contains(source, want) {
			t.Errorf("the test has no %s:\n%s", want, source)
		}
	}
	g.act(`{"do":"forget"}`)
	g.wait("nothing recorded", func(s state) bool { return s.Recorded == 0 })

	// Stop in order, and start again. Ctrl-C ends everything.
	g.act(`{"do":"stop"}`)
	g.wait("the end of the bot", func(s state) bool { return s.Bot.Status == "stopped" && s.Bot.Exit == "" })
	g.act(`{"do":"restart"}`)
	g.wait("the bot to run", func(s state) bool { return s.Bot.Status == "running" })
	g.interrupt()
}

// get gets a file of the page.
func (g *game) get(path string, status int) string {
	g.t.Helper()
	response, err := http.Get(g.url + path)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		g.t.Errorf("%s: %d %v", path, response.StatusCode, err)
	}
	return string(body)
}

// TestPlayASignup plays the example signup: a dialogue with sessions that survives kill -9, and an update that comes again.
func TestPlayASignup(t *testing.T) {
	dir := copySignup(t)
	g := startGame(t, dir, "-listen", "127.0.0.1:0", ".")
	g.wait("the bot to run", func(s state) bool { return s.Bot.Status == "running" })
	g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"/register"}`, ann)
	sent := g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"Anna <b>"}`, ann)
	u := g.over(ann, sent["message"].(float64))
	session := u.Sessions[0]
	var before, after struct {
		State string         `json:"state"`
		Data  map[string]any `json:"data"`
	}
	if err := json.Unmarshal(session.Before, &before); err != nil {
		t.Fatalf("before: %v", err)
	}
	if err := json.Unmarshal(session.After, &after); err != nil {
		t.Fatalf("after: %v", err)
	}
	if u.Status != "handled" || !slices.Equal(u.Handlers, []string{"GotName"}) || session.Name != "Signup" || before.State != "AskName" || after.State != "AskAge" {
		t.Errorf("the update is %+v, the session %s", u, session.After)
	}
	for _, step := range u.Steps {
		if step.Handler == "GotAge" && step.Outcome != "not reached" {
			t.Errorf("the step of GotAge is %+v", step)
		}
	}

	// The dialogue goes on after kill -9, and the state decides which handler runs.
	g.act(`{"do":"kill"}`)
	g.act(`{"do":"start"}`)
	sent = g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"33"}`, ann)
	u = g.over(ann, sent["message"].(float64))
	if !slices.Equal(u.Handlers, []string{"GotAge"}) {
		t.Errorf("the update is %+v", u)
	}
	i := slices.IndexFunc(u.Steps, func(s play.Step) bool { return s.Handler == "GotName" })
	if step := u.Steps[i]; step.Outcome != "no" || step.Why != "Signup is in AskAge, and the handler is for Signup.AskName" {
		t.Errorf("the step of GotName is %+v", step)
	}

	// An update that comes again is recognized.
	g.act(`{"do":"redeliver","update":%d}`, u.ID)
	g.wait("the update to be recognized", func(s state) bool { return s.Updates[fmt.Sprint(u.ID)].Status == "repeated" })
	g.interrupt()
}

// copySignup copies the example signup, which writes its database into its folder.
func copySignup(t *testing.T) string {
	t.Helper()
	t.Setenv("GOWORK", "off")
	dir := filepath.Join(t.TempDir(), "signup")
	if err := os.CopyFS(dir, os.DirFS("../../example/signup")); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod = bytes.Replace(mod, []byte("=> ../.."), []byte("=> "+root), 1)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		t.Fatal(err)
	}
	databases, err := filepath.Glob(filepath.Join(dir, "signup.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range databases {
		os.Remove(file)
	}
	return dir
}

// TestPlayABotThatTellsNothing starts a bot by hand, without the address of the trace. The page shows what the server and the spec know.
func TestPlayABotThatTellsNothing(t *testing.T) {
	g := startGame(t, "../../example/echo", "-listen", "127.0.0.1:0")
	s := g.wait("the first state", func(s state) bool { return s.Bot.Status != "" })
	if s.Bot.Status != "waiting" || s.Bot.Run {
		t.Errorf("the bot is %+v", s.Bot)
	}
	if status, answer := g.try(`{"do":"start"}`); status != http.StatusConflict {
		t.Errorf("play starts a bot that it does not have: %v", answer)
	}
	g.mu.Lock()
	printed := g.printed.String()
	g.mu.Unlock()
	var environment []string
	for line := range strings.Lines(printed) {
		if variable, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok && !strings.HasPrefix(variable, "BOT_TRACE_URL=") {
			environment = append(environment, variable)
		}
	}
	if len(environment) != 2 || !strings.Contains(printed, "export BOT_TRACE_URL=http://127.0.0.1:") {
		t.Fatalf("printed %s", printed)
	}
	binary := filepath.Join(t.TempDir(), "echo")
	if err := process.Build(t.Context(), "../../example/echo", binary); err != nil {
		t.Fatal(err)
	}
	bot, err := process.Start(process.Config{Binary: binary, Env: environment})
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Stop(context.Background())
	g.wait("the bot to run", func(s state) bool { return s.Bot.Status == "running" })
	sent := g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":"hello"}`, ann)
	g.says(ann, "hello")
	u := g.over(ann, sent["message"].(float64))
	if u.Status != "handled" || len(u.Handlers) != 0 || u.Steps[0].Outcome != "no" || u.Steps[1].Outcome != "runs" || u.Keys[0].Text != fmt.Sprint(ann) {
		t.Errorf("the update is %+v", u)
	}
	bot.Stop(context.Background())
	g.wait("the bot to be gone", func(s state) bool { return s.Bot.Status == "waiting" })
	g.interrupt()
}

// TestPlayWithHostileTexts checks that texts, names and files are data on their way to the page and back.
func TestPlayWithHostileTexts(t *testing.T) {
	g := startGame(t, ".", "-listen", "127.0.0.1:0", "../../example/echo")
	const script = `<script>alert(1)</script>"'&` + "\u2028\u202e\x00\r\n]]>--></b>"
	for _, hostile := range []string{script, strings.Repeat("😀", 2000), "event: state\ndata: {}\n\n"} {
		quoted, err := json.Marshal(hostile)
		if err != nil {
			t.Fatal(err)
		}
		sent := g.act(`{"do":"send","chat":%d,"user":%[1]d,"text":%s}`, ann, quoted)
		g.over(ann, sent["message"].(float64))
		s, _ := g.state()
		m := s.Messages[fmt.Sprintf("%d:%v", ann, sent["message"])]
		if m.Text != hostile {
			t.Errorf("%q was shown as %q", hostile, m.Text)
		}
	}
	quoted, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	who := g.act(`{"do":"person","name":%s}`, quoted)["user"].(float64)
	group := g.act(`{"do":"group","title":%s,"type":"supergroup","members":[%d,%.0f]}`, quoted, ann, who)["chat"].(float64)
	g.wait("the person and the group", func(s state) bool {
		p, c := s.People[fmt.Sprintf("%.0f", who)], s.Chats[fmt.Sprintf("%.0f", group)]
		return p != nil && p.Name == script && c != nil && c.Title == script && len(c.Members) == 2
	})

	// A picture may be shown. A page may not, whatever its name is.
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind, name string
		data       []byte
		shown      string
		attached   bool
	}{
		{"photo", "../../x.png", picture.Bytes(), "image/png", false},
		{"document", "x.png", []byte("<!doctype html><script>alert(1)</script>"), "application/octet-stream", true},
		{"document", "\"a\r\nb\"\\..\\x.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "application/octet-stream", true},
	} {
		m := g.upload(ann, test.kind, test.name, test.data, script)
		if m.Kind != test.kind || m.Text != script || m.File == nil || m.File.Size != len(test.data) {
			t.Fatalf("the message is %+v", m)
		}
		response, err := http.Get(g.url + "file/" + m.File.ID)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		h := response.Header
		if h.Get("Content-Type") != test.shown || h.Get("X-Content-Type-Options") != "nosniff" || !bytes.Equal(body, test.data) ||
			strings.HasPrefix(h.Get("Content-Disposition"), "attachment") != test.attached {
			t.Errorf("%s: %v", test.name, h)
		}
	}
	if status, answer := g.uploading(ann, "photo", "x.png", []byte("no picture"), ""); status != http.StatusConflict {
		t.Errorf("a photo that is no picture: %d %v", status, answer)
	}
	g.get("file/none", http.StatusNotFound)
	g.interrupt()
}

// upload sends a file and returns its message.
func (g *game) upload(chat int64, kind, name string, data []byte, caption string) *play.Message {
	g.t.Helper()
	status, answer := g.uploading(chat, kind, name, data, caption)
	if status != http.StatusOK {
		g.t.Fatalf("%d %v", status, answer)
	}
	var m *play.Message
	g.wait("the file", func(s state) bool {
		m = s.Messages[fmt.Sprintf("%d:%v", chat, answer["message"])]
		return m != nil
	})
	return m
}

func (g *game) uploading(chat int64, kind, name string, data []byte, caption string) (int, map[string]any) {
	g.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		g.t.Fatal(err)
	}
	part.Write(data)
	w.Close()
	path := fmt.Sprintf("upload?chat=%d&user=%[1]d&kind=%s&caption=%s", chat, kind, url.QueryEscape(caption))
	return g.post(path, w.FormDataContentType(), &form, nil)
}
