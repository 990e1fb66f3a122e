package docs_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/docs/internal/page"
)

// TestSnippets compiles and runs what the pages show. Of those below start, which TestStart plays, it takes the specs that have
// no file name. The README is checked, too.
//
// A block of YAML is a spec. If it is a part of one, the rest is added. The blocks of Go after it that have the name of a
// file belong to the same bot. They need no package clause and no imports, and methods that they leave out are added. Blocks
// with the same name are parts of one file. A block of Go without a name, or of YAML, may also stand in a file of the examples
// or the templates, word for word. The lines of a console block that begin with $ are run in the folder of the last bot; if
// they are followed by output, it is compared. All bots of all pages are packages of one module.
func TestSnippets(t *testing.T) {
	t.Parallel()
	s := &snippets{t: t, tool: buildTool(t), dir: t.TempDir(), examples: examples(t)}
	newModule(t, s.dir, "example.com/docs")
	for name, p := range readPages(t) {
		if strings.HasPrefix(name, "start/") {
			p.Blocks = slices.DeleteFunc(p.Blocks, func(b page.Block) bool { return b.Language != "yaml" || b.Name != "" })
		}
		s.page(p)
	}
	readme, err := page.Read(".", "../README.md")
	if err != nil {
		t.Fatal(err)
	}
	s.page(readme)
	for _, b := range s.bots {
		s.build(b)
	}
	if t.Failed() {
		return
	}
	s.run("", "go", "vet", "./...")
	args := []string{"test"}
	for _, b := range s.bots {
		if b.tested {
			folder, err := filepath.Rel(s.dir, b.dir)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, "./"+filepath.ToSlash(folder))
		}
	}
	s.run("", "go", args...)
	for _, b := range s.bots {
		for _, c := range b.commands {
			s.command(b, c)
		}
	}
}

type snippets struct {
	t         *testing.T
	tool, dir string
	examples  string
	bots      []*bot
}

// A bot is what is made of a spec and the blocks after it.
type bot struct {
	page  string
	line  int
	dir   string // of its package
	files map[string]string
	// tested is set if a file is a test.
	tested bool
	// commands are those of console blocks.
	commands []command
}

type command struct{ place, line, output string }

// page sorts the blocks of a page into bots.
func (s *snippets) page(p *page.Page) {
	var current *bot
	begin := func(line int) {
		name := strings.NewReplacer("/", "_", ".md", "", "-", "_", ".", "").Replace(p.Path)
		current = &bot{page: p.Path, line: line, files: make(map[string]string)}
		current.dir = filepath.Join(s.dir, name, "at"+itoa(line))
		s.bots = append(s.bots, current)
	}
	for _, block := range p.Blocks {
		place := p.Path + ":" + itoa(block.Line)
		switch block.Language {
		case "yaml":
			if block.Name == "" && strings.Contains(s.examples, block.Text) {
				continue
			}
			if block.Name == "" || block.Name == "spec.yaml" {
				begin(block.Line)
				current.files["spec.yaml"] = completeSpec(block.Text)
				continue
			}
			if current != nil {
				current.files[block.Name] = block.Text
			}
		case "json":
			if block.Name != "" {
				current.files[block.Name] = block.Text
			}
		case "go":
			if block.Name == "" {
				if !strings.Contains(s.examples, block.Text) {
					s.t.Errorf("%s: the block has no file name, and no example has it word for word", place)
				}
				continue
			}
			if current == nil {
				begin(block.Line)
			}
			current.files[block.Name] += block.Text + "\n"
			current.tested = current.tested || strings.HasSuffix(block.Name, "_test.go")
		case "console":
			if current == nil {
				s.t.Errorf("%s: there is no bot before this console", place)
				continue
			}
			current.commands = append(current.commands, commands(place, block.Text)...)
		case "", "text", "sh", "dockerfile", "ini", "mermaid":
		default:
			s.t.Errorf("%s: a block of the language %q is not checked", place, block.Language)
		}
	}
}

// commands splits the text of a console into commands and their output.
func commands(place, text string) []command {
	var all []command
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, command{place: place, line: strings.TrimSpace(rest)})
		} else if len(all) > 0 {
			all[len(all)-1].output += line
		}
	}
	return all
}

// completeSpec adds what a part of a spec lacks: the version, and handlers or the key handlers.
func completeSpec(text string) string {
	has := func(key string) bool { return strings.HasPrefix(text, key+":") || strings.Contains(text, "\n"+key+":") }
	if strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "  - ") || strings.HasPrefix(text, "  #") {
		return "version: 1\nhandlers:\n" + text
	}
	if !has("version") {
		text = "version: 1\n" + text
	}
	if !has("handlers") && !has("groups") && !has("include") {
		text += "handlers:\n  - {name: Start, command: start}\n"
	}
	return text
}

// build lays out a bot, adds what its blocks leave out, and generates.
func (s *snippets) build(b *bot) {
	_, generated := b.files["spec.yaml"]
	var code string
	for name, text := range b.files {
		if strings.HasSuffix(name, ".go") {
			code += text
			text = completeGo(text)
		}
		write(s.t, filepath.Join(b.dir, filepath.FromSlash(name)), text)
	}
	if !generated {
		return
	}
	rest := ""
	value := "&bot{}"
	if strings.Contains(code, "func newBot()") {
		value = "newBot()"
	}
	if !strings.Contains(code, "type bot ") {
		rest += "type bot struct{}\n"
	}
	if !strings.Contains(code, "func main()") {
		rest += "func main() { log.Fatal(Run(context.Background(), " + value + ")) }\n"
	}
	write(s.t, filepath.Join(b.dir, "rest.go"), completeGo(rest))
	s.runIn(b, s.tool)
	stubs := s.runIn(b, s.tool, "stubs")
	write(s.t, filepath.Join(b.dir, "stubs.go"), completeGo(stubs))
}

// runIn runs a command in the folder of a bot. It returns what the command prints to its standard output.
func (s *snippets) runIn(b *bot, name string, args ...string) string {
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	cmd.Dir, cmd.Env = b.dir, environment(b.dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		s.t.Errorf("%s:%d: %s %s: %v\n%s%s", b.page, b.line, filepath.Base(name), strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// run runs a command in the module.
func (s *snippets) run(dir, name string, args ...string) {
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	cmd.Dir, cmd.Env = filepath.Join(s.dir, dir), environment(filepath.Join(s.dir, dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// command runs a command of a console block, and compares its output if the page shows it.
func (s *snippets) command(b *bot, c command) {
	cmd := exec.CommandContext(s.t.Context(), "sh", "-c", strings.Replace(c.line, "go tool tggen", "tggen", 1))
	cmd.Dir = b.dir
	cmd.Env = append(environment(b.dir), "PATH="+filepath.Dir(s.tool)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if c.output == "" && err != nil || c.output != "" && string(out) != c.output {
		s.t.Errorf("%s: $ %s\ngot (%v)\n%s\nwant\n%s", c.place, c.line, err, out, c.output)
	}
}

// examples is the text of all specs and Go files of the examples and the templates.
func examples(t *testing.T) string {
	var all strings.Builder
	for _, pattern := range []string{"../example/*/*", "../example/*/*/*", "../templates/*/*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			name := strings.TrimSuffix(path, ".tmpl")
			if !slices.Contains([]string{".go", ".yaml"}, filepath.Ext(name)) {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
