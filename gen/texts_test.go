package gen_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/tggen/tggen/gen"
)

// textPlaces are handlers with one place for a text, written as %s. The scalar that holds it is between « and ». If literal is
// set, the text has to be in a string of the generated code.
var textPlaces = []struct {
	name, spec string
	literal    bool
}{
	{"description", `{name: A, command: a, description: «%s»}`, false},
	{"description of a callback", `{name: A, callback: "a:{b:int}", description: «%s»}`, false},
	{"text is", `{name: A, text: {is: «%s»}}`, true},
	{"regular expression", `{name: A, text: «%s»}`, true},
	{"inline", `{name: A, inline: «%s»}`, true},
	{"callback", `{name: A, callback: «%s»}`, false},
	{"exact data", `{name: A, callback: {is: «%s»}}`, true},
	{"start of a pattern", `{name: A, callback: «%s{b:int}»}`, false},
	{"middle of a pattern", `{name: A, callback: «a:{b:string(2)}%s{c:int}»}`, false},
	{"end of a pattern", `{name: A, callback: «a:{b:string(2)}%s»}`, false},
	{"default of a string", `{name: A, command: a, args: [b: «string = %s»]}`, false},
	{"default of a rest", `{name: A, command: a, args: [b: «rest = %s»]}`, false},
	{"quoted default", `{name: A, command: a, args: [b: «string = "%s"»]}`, false},
	{"default of a callback", `{name: A, callback: «a:{b:string(20) = %s}:{c:int}»}`, false},
	{"default of a number", `{name: A, command: a, args: [b: «int64 = %s»]}`, false},
	{"default of a fraction", `{name: A, command: a, args: [b: «float64 = %s»]}`, false},
	{"value of an enum", `{name: A, command: a, args: [b: «enum(x|%s)»]}`, false},
	{"type", `{name: A, command: a, args: [b: «%s»]}`, false},
	{"argument", `{name: A, command: a, args: [«%s»: string]}`, false},
	{"field", `{name: A, callback: «a:{%s:int}»}`, false},
	{"group", `{name: A, text: «(?P<%s>a)»}`, false},
	{"command", `{name: A, command: «%s»}`, false},
	{"alias", `{name: A, command: [a, «%s»]}`, false},
	{"prefixes", `{name: A, command: a, prefixes: «%s»}`, false},
	{"query", `{name: A, on: «%s»}`, false},
	{"handler", `{name: «%s», command: a}`, false},
	{"predicate", `{name: A, command: a, where: «%s»}`, false},
	{"constraint", `{name: A, command: a, constraints: «%s»}`, false},
	{"kind of chat", `{name: A, command: a, in: «%s»}`, false},
	{"time-out", `{name: A, command: a, timeout: «%s»}`, false},
	{"key", `{name: A, command: a, «%s»: true}`, false},
	{"default of a session", "sessions: [{name: P, key: chat, fields: [a: «string = %s»]}]\nhandlers: [{name: B, command: a, session: P}]", false},
	{"field of a session", "sessions: [{name: P, key: chat, fields: [«%s»: string]}]\nhandlers: [{name: B, command: a, session: P}]", false},
	{"session", "sessions: [{name: «%s», key: chat, fields: [a: int]}]\nhandlers: [{name: B, command: a}]", false},
	{"key of a session", "constraints: [chat, A, X, Any]\nsessions: [{name: P, key: «%s», fields: [a: int]}]\nhandlers: [{name: B, command: a, session: P}]", false},
	{"state", "sessions: [{name: P, key: chat, ttl: 1h, states: [Idle, «%s»: {external: true}]}]\nhandlers: [{name: B, command: a, state: P.Idle}]", false},
}

// hostileTexts are texts that comments, strings and formats may treat in their own way.
var hostileTexts = []string{
	"\uFEFFMenu", "Me\uFEFFnu", "\x00", "a\x00b", "\x01\x1B[2J\x7F", "\u0085", "a\u2028b", "a\u2029b", "\uFFFE", "\uFFFF", "\uFFFD", "\U0010FFFF",
	"\u202Eevil\u2066", "\u200D", "👨\u200D👩", "e\u0301", "*/", "/* a */", "// a", "//go:build ignore", "/*", "a */ b", "`", "a`b`", "\"", "'", "\\", "\\\\",
	"%", "%s %d %!", "%%", "a\nb", "\n", "\r\n", "a\rb", "a\n\n# Heading\n\n- item\n", "\t", " a ", "a  b", "[a]: http://example.com",
	"import (\n\"fmt\"\n)", "}", "{", "{{", "}}", "{{}}", "${a}", "\\u0041", "\\x", "a\\", "(", "(?i)a", "a|b", "|", "=", "?", "!", "#", "- a", "& b", "<b>&amp;</b>",
	"nil", "true", "func", "type", "A", "Any", "X", "Handlers", "message", "private", "x", "y", "5s", "_", "-", "--", "1", "-1", "1e400", "0x1p-2", "-9223372036854775808", "9223372036854775807", "null", "~",
	strings.Repeat("ж", 32), strings.Repeat("a", 256), strings.Repeat("a ", 2000), strings.Repeat("\uFEFF", 100), strings.Repeat("x", 70000),
}

// TestTexts puts hostile texts into every place of a spec where a text can stand. Each spec gives diagnostics or code that
// compiles, that gofmt would not change, and that has the text as it was.
func TestTexts(t *testing.T) {
	checker := newChecker(t)
	texts := slices.Clone(hostileTexts)
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		var text strings.Builder
		for range 1 + random.IntN(6) {
			text.WriteString(hostileTexts[random.IntN(len(hostileTexts)-5)])
		}
		texts = append(texts, text.String())
	}
	for _, place := range textPlaces {
		accepted := 0
		for _, text := range texts {
			before, scalar, _ := strings.Cut(place.spec, "«")
			scalar, after, _ := strings.Cut(scalar, "»")
			head := "version: 1\n"
			if !strings.HasPrefix(before, "sessions:") && !strings.HasPrefix(before, "constraints:") {
				head += "handlers:\n- "
			}
			spec := head + before + quoteYAML(strings.ReplaceAll(scalar, "%s", text)) + after + "\n"
			result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: []byte(spec)})
			if err != nil {
				t.Errorf("%s: %+.40q: %v", place.name, text, err)
				continue
			}
			if len(found) > 0 {
				continue
			}
			accepted++
			values, err := checker.check(result.Source)
			if err != nil {
				t.Errorf("%s: %+.40q: %v", place.name, text, err)
			} else if place.literal && !slices.Contains(values, text) {
				t.Errorf("%s: %+.40q is not in the generated code", place.name, text)
			}
		}
		if accepted == 0 && !slices.Contains([]string{"key", "type"}, place.name) {
			t.Errorf("%s: no text was accepted, so the test checks nothing", place.name)
		}
	}
}

// quoteYAML writes a text in double quotes, with an escape for every letter that is not a simple one.
func quoteYAML(text string) string {
	var b strings.Builder
	for _, letter := range text {
		if letter > ' ' && letter < 0x7F && letter != '"' && letter != '\\' {
			b.WriteRune(letter)
		} else {
			fmt.Fprintf(&b, `\U%08X`, letter)
		}
	}
	return `"` + b.String() + `"`
}

// A checker type-checks generated files.
type checker struct {
	fset  *token.FileSet
	known map[string]*types.Package
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	c := &checker{fset: token.NewFileSet(), known: map[string]*types.Package{}}
	loaded, err := packages.Load(&packages.Config{Fset: c.fset, Mode: packages.LoadTypes},
		"context", "encoding/json", "errors", "fmt", "regexp", "time", "github.com/PaulSonOfLars/gotgbot/v2", "github.com/tggen/tggen/runtime/telegram/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loaded {
		c.known[p.PkgPath] = p.Types
	}
	return c
}

// Import is a method of types.Importer.
func (c *checker) Import(path string) (*types.Package, error) {
	if p := c.known[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("the package %s is not known", path)
}

// check reports why a file does not compile or is not formatted. It returns the strings in the file.
func (c *checker) check(source []byte) (values []string, err error) {
	file, err := parser.ParseFile(c.fset, gen.Output, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if _, err := (&types.Config{Importer: c}).Check("main", c.fset, []*ast.File{file}, nil); err != nil {
		return nil, err
	}
	if formatted, err := format.Source(source); err != nil || !bytes.Equal(formatted, source) {
		return nil, fmt.Errorf("gofmt would change it: %w", err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			value, err := strconv.Unquote(literal.Value)
			if err != nil {
				panic(err) // the file has been parsed
			}
			values = append(values, value)
		}
		return true
	})
	return values, nil
}

// TestNamesThatDifferInCase checks that handlers compile whose names differ only in the case of their letters.
func TestNamesThatDifferInCase(t *testing.T) {
	result := generate(t, gen.Input{SpecFile: "spec.yaml", Spec: []byte("version: 1\nhandlers: [{name: ID, text: (?P<a>a)}, {name: Id, text: (?P<a>b)}, {name: IDS, callback: 'a:{ab:enum(x)}'}, {name: Ids, callback: 'b:{aB:enum(x)}'}]\n")})
	if _, err := newChecker(t).check(result.Source); err != nil {
		t.Error(err)
	}
}
