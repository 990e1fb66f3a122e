package main

import (
	"bytes"
	"regexp"
	"testing"
)

// TestCompletion checks that each script contains every command, flag and value.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var out, failed bytes.Buffer
		if code := run([]string{"completion", shell}, streams{out: &out, err: &failed}); code != exitOK {
			t.Fatalf("%s: exit code %d: %s", shell, code, &failed)
		}
		has := func(c, text string) {
			if !regexp.MustCompile(`[ '"(-]` + regexp.QuoteMeta(text) + `[ '":\[)]`).Match(out.Bytes()) {
				t.Errorf("the script for %s lacks %s of %s", shell, text, c)
			}
		}
		for _, c := range commands() {
			has("tggen", c.name)
			for _, f := range c.flagWords() {
				has(c.name, f.text[1:])
				for _, value := range f.values {
					has(c.name+" "+f.text, value)
				}
			}
			for _, argument := range c.argumentWords() {
				has(c.name, argument)
			}
		}
	}
}

// TestPanic checks that a bug in the tool is reported as a bug.
func TestPanic(t *testing.T) {
	var failed bytes.Buffer
	if code := run([]string{"schema"}, streams{err: &failed}); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	for _, want := range []string{"tggen: internal error: ", "print.go:", "Please report this"} {
		if !bytes.Contains(failed.Bytes(), []byte(want)) {
			t.Errorf("the message lacks %q: %s", want, &failed)
		}
	}
}
