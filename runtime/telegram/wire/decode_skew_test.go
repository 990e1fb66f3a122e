package wire

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

func TestSkewWarning(t *testing.T) {
	if warning := SkewWarning(); warning != "" {
		t.Errorf("the decoder was generated from other types: %s", warning)
	}
}

func TestDifference(t *testing.T) {
	type plain struct {
		Name string `json:"name,omitempty"`
		Sub  *gotgbot.User
	}
	const fields = "Name name string\nSub  *User\n"
	for _, c := range []struct {
		generated generatedType
		want      string
	}{
		{generatedType{reflect.TypeFor[plain](), false, fields}, ""},
		{generatedType{reflect.TypeFor[plain](), true, fields}, "wire.plain is decoded in another way"},
		{generatedType{reflect.TypeFor[plain](), false, "Name name string\n"}, "wire.plain is different: the field Sub is new or has changed"},
		{generatedType{reflect.TypeFor[plain](), false, "Name name int64\nSub  *User\n"}, "wire.plain is different: the field Name is new or has changed"},
		{generatedType{reflect.TypeFor[plain](), false, fields + "Old old bool\n"}, "wire.plain is different: the field Old is gone"},
		{generatedType{reflect.TypeFor[plain](), false, "Sub  *User\nName name string\n"}, "wire.plain is different: its fields are in another order"},
	} {
		if got := difference([]generatedType{{reflect.TypeFor[struct{}](), false, ""}, c.generated}); got != c.want {
			t.Errorf("got %q, not %q", got, c.want)
		}
	}
}

const skewProgram = `package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

func main() {
	fmt.Println(wire.SkewWarning())
	_, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken("1:x"), telegram.WithLogger(slog.New(slog.NewTextHandler(os.Stdout, nil))))
	if err != nil {
		panic(err)
	}
	const raw = ` + "`" + `{"update_id":7,"message":{"message_id":1,"text":"a","brand_new":"found"}}` + "`" + `
	u, err := wire.DecodeUpdate(raw)
	if err != nil {
		panic(err)
	}
	fmt.Println(u.UpdateId, u.Message.Text, u.Message.BrandNew)
}
`

// TestSkew builds a program with a gotgbot whose Message has one more field, as a newer release may have. The program must
// decode that field, and print a warning.
func TestSkew(t *testing.T) {
	dir := t.TempDir()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	run := func(dir, name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	source := strings.TrimSpace(run(root, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/PaulSonOfLars/gotgbot/v2"))
	patched := filepath.Join(dir, "gotgbot")
	files, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources of gotgbot in %s: %v", source, err)
	}
	write := func(path, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, path := range append(files, filepath.Join(source, "go.mod")) {
		content := read(path)
		if filepath.Base(path) == "gen_types.go" {
			before := content
			const decode = "func (v *Message) UnmarshalJSON("
			content = replaceAfter(content, "type Message struct {\n", "type Message struct {\n\tBrandNew string `json:\"brand_new,omitempty\"`\n")
			content = replaceAfter(content, "type tmp struct {\n", "type tmp struct {\n\t\tBrandNew string `json:\"brand_new\"`\n", decode)
			content = replaceAfter(content, "\tv.MessageId = ", "\tv.BrandNew = t.BrandNew\n\tv.MessageId = ", decode)
			if strings.Count(content, "BrandNew") != 4 || len(content) <= len(before) {
				t.Fatal("gotgbot's source has changed: this test must be adapted")
			}
		}
		if !strings.HasSuffix(path, "_test.go") {
			write(filepath.Join(patched, filepath.Base(path)), content)
		}
	}
	mod := strings.Replace(read(filepath.Join(root, "go.mod")), "module github.com/tggen/tggen", "module example.com/skew", 1)
	mod += "\nrequire github.com/tggen/tggen v0.0.0\n" +
		"\nreplace github.com/tggen/tggen => " + root + "\n" +
		"\nreplace github.com/PaulSonOfLars/gotgbot/v2 => " + patched + "\n"
	write(filepath.Join(dir, "program", "go.mod"), mod)
	write(filepath.Join(dir, "program", "go.sum"), read(filepath.Join(root, "go.sum")))
	write(filepath.Join(dir, "program", "main.go"), skewProgram)

	got := strings.Split(strings.TrimSpace(run(filepath.Join(dir, "program"), "go", "run", ".")), "\n")
	if len(got) != 3 {
		t.Fatalf("got %q", got)
	}
	if !strings.Contains(got[1], "level=WARN") || !strings.Contains(got[1], "BrandNew") {
		t.Errorf("the bot logs %q", got[1])
	}
	for _, part := range []string{"encoding/json", "gotgbot " + generatedFrom, "gotgbot.Message is different: the field BrandNew is new"} {
		if !strings.Contains(got[0], part) {
			t.Errorf("the warning lacks %q: %s", part, got[0])
		}
	}
	for _, line := range got[2:] {
		if line != "7 a found" {
			t.Errorf("decoded %q", line)
		}
	}
}

// replaceAfter replaces the first old text after the places, which are searched for one after the other.
func replaceAfter(s, old, replacement string, places ...string) string {
	at := 0
	for _, place := range places {
		at += max(0, strings.Index(s[at:], place))
	}
	return s[:at] + strings.Replace(s[at:], old, replacement, 1)
}
