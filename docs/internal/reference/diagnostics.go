package reference

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/usercode"
)

const diagnosticsIntro = `tggen reports all mistakes at once, each with its place, the line, and a hint on what to write instead. It writes nothing then, and
exits with 1. The code of a mistake does not change: ` + "`tggen check -format json`" + ` prints it, and ` + "`-format github`" + ` makes annotations for pull
requests. Each code is here with an example.`

func diagnosticsPage(ctx context.Context, s Source) (string, error) {
	all, err := codes(s.Root)
	if err != nil {
		return "", err
	}
	examples, err := examples(ctx, s, all)
	if err != nil {
		return "", err
	}
	w := newPage("Diagnostics", diagnosticsIntro)
	var without []string
	for _, c := range all {
		if examples[c.name] == "" {
			without = append(without, c.name)
		}
		w.add("## `%s`\n\n%s.\n\n```text\n%s```\n", c.name, upper(prose(c.text)), examples[c.name])
	}
	if len(without) > 0 {
		return "", fmt.Errorf("no example of %s: add a case to gen/spec/testdata/diagnostics, or to "+
			"cmd/tggen/testdata/script a command with -format json that reports it", diag.And(without))
	}
	return strings.TrimRight(w.String(), "\n") + "\n", nil
}

// examples finds an example of each code: the shortest one that has a hint, among the cases of the tests.
func examples(ctx context.Context, s Source, all []code) (map[string]string, error) {
	best := make(map[string]string)
	archives, err := filepath.Glob(filepath.Join(s.Root, "gen/spec/testdata/diagnostics/*.txtar"))
	if err != nil {
		return nil, err
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return nil, err
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".yaml") {
				collect(best, gen.Input{SpecFile: "spec.yaml", Spec: file.Data}, nil, "")
			}
		}
	}
	scripts, err := filepath.Glob(filepath.Join(s.Root, "cmd/tggen/testdata/script/*.txtar"))
	if err != nil {
		return nil, err
	}
	for _, path := range scripts {
		if err := script(ctx, best, path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, spec := range hostile {
		collect(best, gen.Input{SpecFile: "spec.yaml", Spec: []byte(spec)}, nil, "")
	}
	for _, c := range all {
		if best[c.name] != "" {
			continue
		}
		if best[c.name], err = replayed(ctx, s, scripts, c.name); err != nil {
			return nil, err
		}
	}
	return best, nil
}

// hostile are specs with mistakes that cannot be written in an archive.
var hostile = []string{
	"version: 1\n# A bell:\a\nhandlers: [{name: Start, command: start}]\n",
	"version: 1\nhandlers: [{name: Start, command: start, description: Caf\xe9}]\n",
	"version: " + strings.Repeat("[", 30) + "\n",
	strings.Repeat("# A spec of two megabytes.\n", 80_000),
	manyMistakes(),
}

// manyMistakes is a spec with more mistakes than are reported.
func manyMistakes() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "handler_%d: Start\n", i)
	}
	return b.String()
}

// collect adds the diagnostics of a spec to the examples, where they are better than what is there. It removes the folder from
// the names of files.
func collect(best map[string]string, in gen.Input, sources diag.Sources, folder string) {
	_, found := gen.Plan(in)
	if sources == nil {
		sources = diag.Sources{}
	}
	sources[in.SpecFile] = in.Spec
	for _, d := range found {
		var text bytes.Buffer
		if err := (diag.List{d}).Text(&text, sources); err != nil {
			continue
		}
		one := text.String()
		if folder != "" {
			one = strings.ReplaceAll(one, folder, "")
		}
		old, ok := best[d.Code]
		if !ok || rank(one) < rank(old) || rank(one) == rank(old) && one < old {
			best[d.Code] = one
		}
	}
}

// rank is how little an example suits: a long one less than a short one, and one without a hint less than any other. An
// example that is too short says little.
func rank(text string) int {
	const enough = 160
	distance := len(text) - enough
	if distance < 0 {
		distance = -distance
	}
	if !strings.Contains(text, "  hint: ") {
		distance += 10_000
	}
	return distance
}

// script collects the diagnostics of the specs in a script of the command line.
func script(ctx context.Context, best map[string]string, path string) error {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tggen")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := lay(dir, archive); err != nil {
		return err
	}
	for _, file := range archive.Files {
		if filepath.Base(file.Name) != "spec.yaml" {
			continue
		}
		folder := filepath.Join(dir, filepath.Dir(file.Name))
		in := gen.Input{SpecFile: "spec.yaml", Spec: file.Data, Open: func(name string) ([]byte, error) {
			return os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		}}
		sources := diag.Sources{}
		if source, _ := filepath.Glob(filepath.Join(folder, "*.go")); len(source) > 0 {
			author, err := usercode.Load(ctx, usercode.Config{Dir: folder, Output: gen.Output, Header: gen.Header})
			if err != nil {
				continue
			}
			in.Author = author
			for name, text := range author.Sources {
				sources[name] = text
			}
		}
		collect(best, in, sources, filepath.ToSlash(folder)+"/")
	}
	return nil
}

// lay writes the files of an archive.
func lay(dir string, archive *txtar.Archive) error {
	for _, file := range archive.Files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
