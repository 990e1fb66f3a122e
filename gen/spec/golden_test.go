package spec

import (
	"bytes"
	"flag"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tggen/tggen/gen/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files with the present diagnostics")

// goldenCase is a spec with mistakes.
type goldenCase struct {
	name string
	src  []byte
	// want is the text of the diagnostics, each with its code.
	want string
}

// goldenCases reads the archives of testdata/diagnostics. A case is a pair of files, NAME.yaml and NAME.txt.
func goldenCases(t testing.TB) map[string][]goldenCase {
	files, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	cases := make(map[string][]goldenCase)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts := make(map[string]string)
		for _, part := range archive.Files {
			if name, ok := strings.CutSuffix(part.Name, ".txt"); ok {
				texts[name] = string(part.Data)
			}
		}
		for _, part := range archive.Files {
			if name, ok := strings.CutSuffix(part.Name, ".yaml"); ok {
				cases[file] = append(cases[file], goldenCase{name, part.Data, texts[name]})
			}
		}
	}
	return cases
}

// golden writes diagnostics as the command line does, and adds their codes.
func golden(t testing.TB, list diag.List, src []byte) string {
	var out bytes.Buffer
	for _, d := range list {
		if err := (diag.List{d}).Text(&out, diag.Sources{"spec.yaml": src}); err != nil {
			t.Fatal(err)
		}
		out.WriteString("  code: " + d.Code + "\n")
	}
	return out.String()
}

func TestDiagnostics(t *testing.T) {
	for file, cases := range goldenCases(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archive.Files = nil
		for _, c := range cases {
			_, list := Parse("spec.yaml", c.src)
			got := golden(t, list, c.src)
			archive.Files = append(archive.Files, txtar.File{Name: c.name + ".yaml", Data: c.src}, txtar.File{Name: c.name + ".txt", Data: []byte(got)})
			if len(list) == 0 {
				t.Errorf("%s: %s: no diagnostic", file, c.name)
			}
			if got != c.want && !*update {
				t.Errorf("%s: %s:\n--- got\n%s--- want\n%s", file, c.name, got, c.want)
			}
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTenMistakesAreTenDiagnostics(t *testing.T) {
	for _, c := range goldenCases(t)["testdata/diagnostics/ten.txtar"] {
		if _, list := Parse("spec.yaml", c.src); len(list) != 10 {
			t.Errorf("%d diagnostics", len(list))
		}
	}
}

// TestEveryCodeHasACase checks that each code in the source has a case in the golden files or in hostileCases.
func TestEveryCodeHasACase(t *testing.T) {
	seen := make(map[string]bool)
	for _, cases := range goldenCases(t) {
		for _, c := range cases {
			_, list := Parse("spec.yaml", c.src)
			for _, d := range list {
				seen[d.Code] = true
			}
		}
	}
	for _, c := range hostileCases {
		_, list := Parse("spec.yaml", []byte(c.src))
		for _, d := range list {
			seen[d.Code] = true
		}
	}
	codes := declaredCodes(t)
	for code := range codes {
		if !seen[code] {
			t.Errorf("no case for the code %s", code)
		}
	}
	for code := range seen {
		if !codes[code] {
			t.Errorf("the code %s is not among the constants", code)
		}
	}
}

// declaredCodes returns the values of the Code constants of this package and of package yaml.
func declaredCodes(t *testing.T) map[string]bool {
	codes := make(map[string]bool)
	for _, file := range []string{"codes.go", "internal/yaml/document.go"} {
		parsed, err := goparser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				codes[strings.Trim(literal.Value, `"`)] = true
			}
			return true
		})
	}
	if len(codes) < 40 {
		t.Fatalf("only %d codes found", len(codes))
	}
	return codes
}
