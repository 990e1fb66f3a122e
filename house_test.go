// Package tggen_test holds what is true of the module as a whole.
package tggen_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/tggen/tggen"

// mayImport lists, for each folder, the packages of this module that its code may import. A folder includes those below it,
// unless they have a line of their own. Tests may import what they like.
var mayImport = map[string][]string{
	"runtime":                            {},
	"runtime/telegram":                   {"runtime", "runtime/queue", "runtime/session", "runtime/telegram/calls", "runtime/telegram/exchange", "runtime/telegram/trace", "runtime/telegram/wire"},
	"runtime/telegram/calls":             {"runtime/session", "runtime/telegram/internal/direct"},
	"runtime/telegram/exchange":          {},
	"runtime/telegram/trace":             {},
	"runtime/telegram/wire":              {},
	"runtime/telegram/dispatch":          {"runtime", "runtime/telegram", "runtime/telegram/wire", "runtime/telegram/internal/state"},
	"runtime/telegram/internal":          {},
	"runtime/telegram/internal/state":    {"runtime/session"},
	"runtime/telegram/internal/feed":     {"runtime", "runtime/queue"},
	"runtime/telegram/internal/recorder": {"runtime/telegram/trace"},
	"runtime/telegram/internal/inbox":    {"runtime/telegram/internal/recent", "runtime/telegram/wire"},
	"runtime/queue":                      {"runtime/queue"},
	"runtime/session":                    {"runtime/session"},
	"runtime/session/sqlstore":           {"runtime/session"},
	"runtime/tgtest":                     {"runtime/tgtest"},
	"templates":                          {},
	"gen":                                {"gen"},
	"gen/explain":                        {"gen", "runtime", "runtime/telegram", "runtime/telegram/wire", "runtime/telegram/dispatch"},
	"docs":                               {"docs", "gen"},
	"cmd/tggen":                          {"gen", "templates", "runtime/telegram", "runtime/telegram/wire", "cmd/tggen/internal/dev", "cmd/tggen/internal/play"},
	"cmd/tggen/internal/play":            {"gen", "runtime/tgtest", "runtime/tgtest/process", "runtime/telegram/trace", "cmd/tggen/internal/play/script"},
	"cmd/tggen/internal/play/script":     {},
	"cmd/tggen/internal/dev":             {"gen", "cmd/tggen/internal/play", "runtime/tgtest/process"},
}

// TestArrows checks that the arrows of ARCHITECTURE.md run one way: cmd to gen, and generated code to dispatch to telegram to
// runtime, session, wire and calls.
func TestArrows(t *testing.T) {
	seen := make(map[string]bool)
	for _, p := range load(t, packages.NeedName|packages.NeedImports, "./runtime/...", "./templates/...", "./gen/...", "./cmd/...", "./docs/...") {
		path := strings.TrimPrefix(p.PkgPath, module+"/")
		folder := path
		for ; folder != "."; folder = parent(folder) {
			if _, ok := mayImport[folder]; ok {
				break
			}
		}
		allowed, ok := mayImport[folder]
		if !ok {
			t.Errorf("%s has no line in mayImport", path)
		}
		seen[folder] = true
		for imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours || strings.HasPrefix(to, folder+"/internal/") {
				continue
			}
			fine := slices.ContainsFunc(allowed, func(a string) bool {
				return to == a || a == "gen" && strings.HasPrefix(to, "gen/")
			})
			if !fine {
				t.Errorf("%s imports %s", path, to)
			}
		}
	}
	for folder := range mayImport {
		if !seen[folder] {
			t.Errorf("mayImport has a line for %s, which has no package", folder)
		}
	}
}

// TestBotLinks checks that a bot's binary holds no part of the generator: no jennifer, no x/tools, no YAML parser. It has no queue and
// no telemetry either, if it does not use them, and this module does not depend on NATS and OpenTelemetry.
func TestBotLinks(t *testing.T) {
	packages.Visit(load(t, packages.NeedName|packages.NeedImports|packages.NeedDeps, "./example/echo"), func(p *packages.Package) bool {
		for _, unwanted := range []string{module + "/gen", module + "/cmd", "github.com/dave/jennifer", "golang.org/x/tools", "yaml", "nats-io", "opentelemetry", "prometheus"} {
			if strings.Contains(p.PkgPath, unwanted) {
				t.Errorf("a bot links %s", p.PkgPath)
			}
		}
		return true
	}, nil)
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, unwanted := range []string{"nats-io", "opentelemetry", "prometheus"} {
		if strings.Contains(string(text), unwanted) {
			t.Errorf("go.mod names %s", unwanted)
		}
	}
}

// TestNoBuildProducts checks that no binary is committed: no tracked file is larger than the largest generated source needs.
func TestNoBuildProducts(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("not a checkout: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		const limit = 1 << 20
		if info, err := os.Stat(name); err == nil && info.Size() > limit {
			t.Errorf("%s has %d bytes, and a file of this repository has at most %d", name, info.Size(), limit)
		}
	}
}

func load(t *testing.T, mode packages.LoadMode, patterns ...string) []*packages.Package {
	t.Helper()
	found, err := packages.Load(&packages.Config{Mode: mode, Context: t.Context()}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(found) > 0 || len(found) == 0 {
		t.Fatal("the packages do not load")
	}
	return found
}

func parent(folder string) string {
	if i := strings.LastIndexByte(folder, '/'); i >= 0 {
		return folder[:i]
	}
	return "."
}
