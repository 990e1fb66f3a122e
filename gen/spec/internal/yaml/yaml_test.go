package yaml_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
	"github.com/tggen/tggen/gen/spec/internal/yaml/yamltest"
)

func TestAccepted(t *testing.T) {
	for _, test := range yamltest.Accepted {
		document, problems := yaml.Read([]byte(test.Source))
		if got := yamltest.Dump(document.Root); got != test.Want || len(problems) > 0 {
			t.Errorf("%q\n got %s\nwant %s\nproblems %v", test.Source, got, test.Want, problems)
		}
	}
}

// refused are documents with problems: their dumps, and their problems as "line:column code message".
var refused = []struct {
	src, want string
	problems  []string
}{
	{"a: b: c\nd: 1\n", "{a: invalid, d: 1}", []string{"1:5 yaml-syntax a colon and a space inside an unquoted text"}},
	{"a: - b\nd: 1\n", "{a: invalid, d: 1}", []string{"1:4 yaml-syntax a list cannot begin on the line of its key"}},
	{"a: 'x\nb: 1\nc: \"y\n", "{a: invalid, b: 1, c: invalid}", []string{"1:4 unclosed the quote is never closed", "3:4 unclosed the quote is never closed"}},
	{"a: [x\nb: 1\n", "{a: invalid, b: 1}", []string{"1:4 unclosed the [ is never closed"}},
	{"a: {x: 1", "{a: invalid}", []string{"1:4 unclosed the { is never closed"}},
	{"a: {x: 'y\nb: 1\n", "{a: invalid, b: 1}", []string{"1:8 unclosed the quote is never closed"}},
	{"a: [x,,y]\nb: [x y: z w: v]\nc: [x}\nd: [x\n  y]\n", "{a: invalid, b: invalid, c: invalid, d: invalid}", []string{
		"1:7 yaml-syntax unexpected ,",
		"2:13 yaml-syntax expected a comma or ]",
		"3:6 yaml-syntax expected a comma or ]",
		"5:3 yaml-syntax expected a comma or ]",
	}},
	{"a: [\n  b: c: d,\n]\ne: 1\n", "{a: invalid, e: 1}", []string{"2:7 yaml-syntax expected a comma or ]"}},
	{"[a]: 1\n{b}: 2\n", "invalid", []string{"1:1 yaml-syntax a key must be a plain text", "2:1 yaml-syntax a key must be a plain text"}},
	{"a: [[b]: c]\n", "{a: invalid}", []string{"1:5 yaml-syntax a key must be a plain text"}},
	{"a: {[b]: c}\n", "{a: invalid}", []string{"1:5 yaml-syntax unexpected ["}},
	{"a: 1\n   b: 2\nc: 3\n", "{a: invalid, c: 3}", []string{"2:4 bad-indentation this key reads as a continuation of the text of line 1"}},
	{"a: 1\n   - b\nc: 3\n", "{a: invalid, c: 3}", []string{"2:4 bad-indentation this list item reads as a continuation of the text of line 1"}},
	{"a: 'x'\n   b: 2\nc: 3\n", "{a: \"x\", c: 3}", []string{"2:4 bad-indentation the line is indented by 3, and the lines before it by 0"}},
	{"- x # c\n   - b\n- c\n", "[\"x\", \"c\"]", []string{"2:4 bad-indentation the line is indented by 3, and the lines before it by 0"}},
	{"a:\n    b: 1\n  c: 2\nd: 3\n", "{a: {b: 1}, d: 3}", []string{"3:3 bad-indentation the line is indented by 2, and the lines before it by 0"}},
	{"  a: 1\nb: 2\n", "{a: 1}", []string{"2:1 bad-indentation the line does not belong to anything before it"}},
	{"- a\nb: 1\n", `["a"]`, []string{"2:1 bad-indentation the line does not belong to anything before it"}},
	{"a: 1\n- b\nc: 2\n", "{a: 1, c: 2}", []string{"2:1 yaml-syntax expected a key, found a list item"}},
	{"version 1\na: 1\nb:2\nc\n", "{a: 1}", []string{
		"1:1 yaml-syntax expected a key and a colon",
		"3:1 yaml-syntax expected a key and a colon",
		"4:1 yaml-syntax expected a key and a colon",
	}},
	{"- a: 1\n- b 2\n  c: 3\n- d: 4\n", "[{a: 1}, invalid, {d: 4}]", []string{"2:3 yaml-syntax expected a key and a colon"}},
	{"just text\n", "invalid", []string{"1:1 yaml-syntax expected a key and a colon"}},
	{"a: 'x' y\nb: \"x\"#c\nc: [x] y\n", "{a: invalid, b: invalid, c: invalid}", []string{
		"1:8 yaml-syntax text after the value", "2:7 yaml-syntax text after the value", "3:8 yaml-syntax text after the value",
	}},
	{"a: | x\nb: 1\n", "{a: invalid, b: 1}", []string{"1:6 yaml-syntax text after |"}},
	{"a: |\n    \n  x\nb: 1\n", "{a: \"  \\nx\\n\", b: 1}", []string{"3:3 bad-indentation an empty line before this one is indented deeper"}},
	{"a: &x b\nc: *x\n<<: *x\n&k d: 1\n*k : 2\n", "{a: invalid, c: invalid, <<: invalid}", []string{
		"1:4 yaml-anchor anchors are not supported", "2:4 yaml-anchor aliases are not supported",
		"3:5 yaml-anchor aliases are not supported", "4:1 yaml-anchor anchors are not supported",
		"5:1 yaml-anchor aliases are not supported",
	}},
	{"a: !!str x\nb: !x y\nc: [!!int 1]\n! d: 1\n", "{a: invalid, b: invalid, c: invalid}", []string{
		"1:4 yaml-tag tags are not supported", "2:4 yaml-tag tags are not supported",
		"3:5 yaml-tag tags are not supported", "4:1 yaml-tag tags are not supported",
	}},
	{"? a\n: b\nc: 1\n", "{c: 1}", []string{"1:1 yaml-syntax complex keys are not supported", "2:1 yaml-syntax unexpected :"}},
	{"a: @x\nb: `x`\nc: %x\nd: ]\n", "{a: invalid, b: invalid, c: invalid, d: invalid}", []string{
		"1:4 yaml-syntax an unquoted text cannot begin with @", "2:4 yaml-syntax an unquoted text cannot begin with `",
		"3:4 yaml-syntax an unquoted text cannot begin with %", "4:4 yaml-syntax unexpected ]",
	}},
	{"%YAML 1.2\n---\na: 1\n", "{a: 1}", []string{"1:1 yaml-directive directives are not supported"}},
	{"--- a\nb: 1\n", "{b: 1}", []string{"1:5 yaml-syntax text on the line of the marker ---"}},
	{"a: 1\n... b\n", "{a: 1}", []string{"2:5 yaml-syntax text after the end marker ..."}},
	{"a: 1\n---\nb: 2\n", "{a: 1}", []string{"2:1 several-documents a second document starts here"}},
	{"a: 1\n...\nb: 2\n", "{a: 1}", []string{"3:1 several-documents a second document starts here"}},
	{"---\n---\n", "null", []string{"2:1 several-documents a second document starts here"}},
	{"a: \"\\d \\u12 \\ud800 \\x4\"\nb: 1\n", "{a: invalid, b: 1}", []string{
		`1:5 bad-escape \d is not an escape sequence of YAML`, `1:8 bad-escape \u12 is not an escape sequence of YAML`,
		`1:13 bad-escape \ud800 is not an escape sequence of YAML`, `1:20 bad-escape \x4 is not an escape sequence of YAML`,
	}},
	{"\ta: 1\nb:\n\tc: 1\n  \td: 1\ne: 1\n", "{b: invalid, e: 1}", []string{
		"1:1 tab-indentation a tab in the indentation", "3:1 tab-indentation a tab in the indentation",
		"4:3 tab-indentation a tab in the indentation",
	}},
	{"-\ta\n- b\n", `[invalid, "b"]`, []string{"1:2 tab-indentation a tab after a dash"}},
	{"a: " + strings.Repeat("[", 30), "{a: invalid}", []string{"1:27 too-deep more than 24 levels of nesting"}},
	{strings.Repeat("- ", 30) + "x", strings.Repeat("[", 24) + "invalid" + strings.Repeat("]", 24), []string{"1:49 too-deep more than 24 levels of nesting"}},
	{"é: \xff\n", "invalid", []string{"1:4 not-utf8 the byte 0xFF is not UTF-8"}},
	{"\xff\xfea\x00", "invalid", []string{"- not-utf8 the file is UTF-16"}},
	{"a: \x00\nb: \x1b\nc: \u0085\nd: \r e", "invalid", []string{
		"1:4 bad-character YAML does not allow the character U+0000", "2:4 bad-character YAML does not allow the character U+001B",
		"3:4 bad-character YAML does not allow the character U+0085", "4:4 bad-character a carriage return without a line feed",
	}},
	{strings.Repeat("x", yaml.MaxBytes+1), "invalid", []string{"- too-large the file has 1048577 bytes; a spec can have at most 1048576"}},
}

func TestRefused(t *testing.T) {
	for _, test := range refused {
		document, problems := yaml.Read([]byte(test.src))
		var got []string
		for _, problem := range problems {
			place := "-"
			if problem.Start >= 0 {
				line, column := document.Position(problem.Start)
				place = fmt.Sprintf("%d:%d", line, column)
			}
			got = append(got, fmt.Sprintf("%s %s %s", place, problem.Code, problem.Message))
		}
		if strings.Join(got, "\n") != strings.Join(test.problems, "\n") {
			t.Errorf("%.80q\n got %s\nwant %s", test.src, strings.Join(got, "\n     "), strings.Join(test.problems, "\n     "))
		}
		if got := yamltest.Dump(document.Root); got != test.want {
			t.Errorf("%.80q\n got %s\nwant %s", test.src, got, test.want)
		}
	}
}

func TestTooManyProblemsEndWithOneThatSaysSo(t *testing.T) {
	_, problems := yaml.Read([]byte(strings.Repeat("a: @\n", 2*yaml.MaxProblems)))
	if len(problems) != yaml.MaxProblems+1 || problems[yaml.MaxProblems].Code != yaml.CodeTooMany {
		t.Errorf("%d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}

// TestPositions looks up the place of every letter of the content, and checks that the letter is there.
func TestPositions(t *testing.T) {
	for _, test := range yamltest.Accepted {
		checkPositions(t, test.Source)
	}
	document, _ := yaml.Read([]byte("é:\n  - \"\\u00e9x\\ny\"\n"))
	item := document.Root.Entries[0].Value.Items[0]
	for i, want := range map[int]int{0: 6, 2: 12, 3: 13, 4: 15} {
		if _, column := document.Position(item.Offset(i)); column != want {
			t.Errorf("byte %d of %q is at column %d, want %d", i, item.Text, column, want)
		}
	}
}

func checkPositions(t *testing.T, src string) {
	t.Helper()
	document, _ := yaml.Read([]byte(src))
	text := strings.ReplaceAll(strings.TrimPrefix(src, "\uFEFF"), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	at := func(offset int) string {
		line, column := document.Position(offset)
		letters := []rune(lines[line-1] + "\n")
		if column > len(letters) {
			t.Fatalf("%q: no column %d in line %d", src, column, line)
		}
		return string(letters[column-1:])
	}
	var walk func(node *yaml.Node)
	walk = func(node *yaml.Node) {
		if node.Start < 0 || node.End < node.Start || node.End > len(text) {
			t.Fatalf("%q: a node from %d to %d", src, node.Start, node.End)
		}
		for _, item := range node.Items {
			walk(item)
		}
		for _, entry := range node.Entries {
			walk(entry.Key)
			walk(entry.Value)
		}
		if node.Kind != yaml.String {
			return
		}
		for i, letter := range node.Text {
			there, _ := utf8.DecodeRuneInString(at(node.Offset(i)))
			switch there {
			case letter, '\\', '\n', ' ', '\t', '\'':
			default:
				if letter != ' ' && letter != '\n' {
					t.Fatalf("%q: letter %d of %q is at %q", src, i, node.Text, there)
				}
			}
		}
	}
	walk(document.Root)
}

func FuzzRead(f *testing.F) {
	for _, test := range yamltest.Accepted {
		f.Add([]byte(test.Source))
	}
	for _, test := range refused {
		if len(test.src) < 1000 {
			f.Add([]byte(test.src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		document, problems := yaml.Read(src)
		for _, problem := range problems {
			if problem.Start >= 0 {
				document.Position(problem.Start)
				if problem.End < problem.Start {
					t.Errorf("%q: a problem from %d to %d", src, problem.Start, problem.End)
				}
			}
		}
		if len(problems) == 0 {
			checkPositions(t, string(src))
		}
	})
}

// TestTimeGrowsWithLength reads 50 kB of each pattern that is known to make some reader of YAML slow. This reader takes 1 to
// 2 ms for it.
func TestTimeGrowsWithLength(t *testing.T) {
	for _, pattern := range []string{
		"x", "x\n", "x \n", "  x\n", "[", "{", "a: [\n", "a: {\n", "a: [\n\n\n", "- ", "-\n", "? ", ": ", ":", "#", " #", "# \n", "'", "'x\n", "\"", "a: \"\n",
		"\"\\", "\t", "\n", "\r\n", " ", "  \n", "&a ", "*a ", "! ", "!a\n", "!a ", "---\n", "...\n", "%\n", "@", "`", "<<: \n", "|\n", "a: |\n", "a: >\n",
		"- |\n", "a: b\n", "a: b\n  c\n", "a: 'b'\n  c\n", "a:\n  b\n c\n", "a: x\n\n", "a: [x,", "{a: b},", "x, ", "\u00e9", "\"\\u00e9", "a: 'x \n", "[x\n", "a: b: ",
	} {
		for _, prefix := range []string{"", "a: ", "a: [", "a: {", "a: '", "a: \"", "a: |\n  ", "a: >\n  x\n", "a: x\n  y\n", "- - - - ", "a: 'x\n  "} {
			src := prefix + strings.Repeat(pattern, 50_000/len(pattern))
			start := time.Now()
			yaml.Read([]byte(src))
			if took := time.Since(start); took > slowdown*time.Second {
				t.Errorf("%q and then %q: %v", prefix, pattern, took)
			}
		}
	}
}
