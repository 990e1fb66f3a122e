// Package docs_test checks the documentation.
package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

var tool struct {
	once sync.Once
	dir  string
	path string
	err  error
	out  []byte
}

// TestMain removes the binary of tggen.
func TestMain(m *testing.M) {
	code := m.Run()
	if tool.dir != "" {
		_ = os.RemoveAll(tool.dir)
	}
	os.Exit(code)
}

// buildTool builds tggen once for all tests, and returns the path of the binary.
func buildTool(t *testing.T) string {
	t.Helper()
	tool.once.Do(func() {
		if tool.dir, tool.err = os.MkdirTemp("", "tggen-docs"); tool.err != nil {
			return
		}
		tool.path = filepath.Join(tool.dir, "tggen")
		if runtime.GOOS == "windows" {
			tool.path += ".exe"
		}
		tool.out, tool.err = exec.Command("go", "build", "-o", tool.path, "../cmd/tggen").CombinedOutput()
	})
	if tool.err != nil {
		t.Fatalf("building tggen: %v\n%s", tool.err, tool.out)
	}
	return tool.path
}

// environment is the environment for the go command in a module that uses this checkout. All that it needs is in the module
// cache, since the tests of this module are built from it.
func environment(dir string) []string {
	return append(os.Environ(), "PWD="+dir, "GOFLAGS=", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local", "GOSUMDB=off")
}

// newModule makes a module in the folder dir that uses this checkout.
func newModule(t *testing.T, dir, path string) {
	t.Helper()
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(checkout, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "go.mod" {
			text = []byte(strings.Replace(string(text), "module github.com/tggen/tggen", "module "+path, 1) +
				"\nrequire github.com/tggen/tggen v0.0.0\n\nreplace github.com/tggen/tggen => " + filepath.ToSlash(checkout) + "\n")
		}
		write(t, filepath.Join(dir, name), string(text))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
