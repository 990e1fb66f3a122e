package yaml

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
)

// dump writes a node as a line: strings in quotes, scalars of other kinds as they are.
func dump(node *Node) string {
	switch node.Kind {
	case Invalid:
		return "invalid"
	case Null:
		return "null"
	case String:
		return strconv.Quote(node.Text)
	case Bool, Int, Float:
		return node.Text
	case Sequence:
		items := make([]string, len(node.Items))
		for i, item := range node.Items {
			items[i] = dump(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	entries := make([]string, len(node.Entries))
	for i, entry := range node.Entries {
		entries[i] = entry.Key.Text + ": " + dump(entry.Value)
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// accepted are documents and their dumps. The fuzz targets start from them.
var accepted = []struct{ src, want string }{
	{"", "null"},
	{"# nothing\n", "null"},
	{"---\n...\n", "null"},
	{"a: 1", "{a: 1}"},
	{"a: 1 # c\n\n# c\nb: x y  \n", `{a: 1, b: "x y"}`},
	{"---\na: 1\n...\n# c\n...\n", "{a: 1}"},
	{"a:\nb: ~\nc: null\nd: ''\n", `{a: null, b: null, c: null, d: ""}`},
	{"a: true\nb: false\nc: yes\nd: on\n", `{a: true, b: false, c: "yes", d: "on"}`},
	{"a: -1\nb: 0.5\nc: .5\nd: 1e3\ne: .inf\ng: 0x1F\nh: 1_000\ni: 1.2.3\nj: 30s\n",
		`{a: -1, b: 0.5, c: .5, d: 1e3, e: .inf, g: 0x1F, h: 1_000, i: "1.2.3", j: "30s"}`},
	{"a:\n  b:\n    c: x\n  d: y\ne: z\n", `{a: {b: {c: "x"}, d: "y"}, e: "z"}`},
	{"- a\n- b\n", `["a", "b"]`},
	{"a:\n- x\n- y\nb:\n  - z\n", `{a: ["x", "y"], b: ["z"]}`},
	{"-\n  a: 1\n- b: 2\n  c: 3\n-\n- - x\n  - y\n", `[{a: 1}, {b: 2, c: 3}, null, ["x", "y"]]`},
	{"a:\n- b:\n  - c\n- d\n", `{a: [{b: ["c"]}, "d"]}`},
	{"a: [x, 'y', \"z\", 1, ]\nb: []\nc: {}\nd: { }\n", `{a: ["x", "y", "z", 1], b: [], c: {}, d: {}}`},
	{"a: {b: 1, c: [d, {e: f}], \"g\": h, i: , j}\n", `{a: {b: 1, c: ["d", {e: "f"}], g: "h", i: null, j: null}}`},
	{"a: [ref: string?, qty: int = 1, note: rest?]\n", `{a: [{ref: "string?"}, {qty: "int = 1"}, {note: "rest?"}]}`},
	{"a: [\n  x, # one\n\n  y\n]\nb: {\n  c: 1,\n  d: 2}\n", `{a: ["x", "y"], b: {c: 1, d: 2}}`},
	{"a: {\"b\":1}\nc: [\"d\":2]\n", `{a: {b: 1}, c: [{d: 2}]}`},
	{"a: ::url\nb: :text\nc: message:text\nd: buy:{item:int64}:{qty:int}\ne: x#y\nf: a?b\ng: -x\n",
		`{a: "::url", b: ":text", c: "message:text", d: "buy:{item:int64}:{qty:int}", e: "x#y", f: "a?b", g: "-x"}`},
	{"a: x\n  y\n\n  z\nb: 1\n  2\n", `{a: "x y\nz", b: "1 2"}`},
	{"a:\n  x\n  y\nb: z\n", `{a: "x y", b: "z"}`},
	{"a: 'it''s'\nb: 'x\n  y\n\n\n  z'\n", `{a: "it's", b: "x y\n\nz"}`},
	{"a: \"\\t\\u00e9\\x41\\\\\\\"\\/\\e\"\nb: \"x \\\n  y\"\nc: \"\\U0001F600\\ud83d\\ude00\"\n",
		`{a: "\té` + "A\\\\\\\"/\\x1b" + `", b: "x y", c: "😀😀"}`},
	{"a: \"x  \n   y\\t\n  z\"\n", `{a: "x y\t z"}`},
	{"a: |\n  x\n    y\n\n  z\n\nb: |-\n  x\nc: |+\n  x\n\nd: y\n", `{a: "x\n  y\n\nz\n", b: "x", c: "x\n\n", d: "y"}`},
	{"a: >\n  x\n  y\n\n  z\n    w\n  v\n\nb: >-\n  x\n  y\n", `{a: "x y\nz\n  w\nv\n", b: "x y"}`},
	{"a: |2\n   x\n  y\nb: |\n\n  x\n", `{a: " x\ny\n", b: "\nx\n"}`},
	{"a: |\n  x", `{a: "x"}`},
	{"a: |\n   \nb: >-\n    \n\n  \n", `{a: "", b: ""}`},
	{"a: |+\n   \n    \n  ", `{a: "\n\n"}`},
	{"a: |\n\nb: |+\n\n\nc: >-\n", `{a: "", b: "\n\n", c: ""}`},
	{"- |\n x\n- y\n", `["x\n", "y"]`},
	{"a: |\n  # no comment\n# a comment\nb: 1\n", `{a: "# no comment\n", b: 1}`},
	{"a: !IsBanned\nb: [!A, B, !C]\nc:\n  - !D # c\n", `{a: "!IsBanned", b: ["!A", "B", "!C"], c: ["!D"]}`},
	{"\uFEFFa: é\r\nb: |\r\n  x\r\n  y\r\n", `{a: "é", b: "x\ny\n"}`},
	{"'a': 1\n\"b\": 2\nc d: 3\n", "{a: 1, b: 2, c d: 3}"},
	{"a :  1\nb\t:\t2\n", "{a: 1, b: 2}"},
	{"a: x\ty\nb: \"x\ty\"\n \t\nc: 1\t# c\n", `{a: "x\ty", b: "x\ty", c: 1}`},
	{"  a: 1\n  b: 2\n", "{a: 1, b: 2}"},
	{"a:\n\n  # c\n  - x\n# c\n  - y\n", `{a: ["x", "y"]}`},
	{"a: 'x'   # c\nb: [x]   # c\n", `{a: "x", b: ["x"]}`},
}

func TestAccepted(t *testing.T) {
	for _, test := range accepted {
		document, problems := Read([]byte(test.src))
		if got := dump(document.Root); got != test.want || len(problems) > 0 {
			t.Errorf("%q\n got %s\nwant %s\nproblems %v", test.src, got, test.want, problems)
		}
	}
}

// refused are documents, their dumps, and their problems as line:column code message.
var refused = []struct {
	src, want string
	problems  []string
}{
	{"a: b: c\nd: 1\n", "{a: invalid, d: 1}", []string{"1:5 yaml-syntax a colon and a space inside an unquoted text"}},
	{"a: - b\nd: 1\n", "{a: invalid, d: 1}", []string{"1:4 yaml-syntax a list may not begin on the line of its key"}},
	{"a: 'x\nb: 1\nc: \"y\n", "{a: invalid, b: 1, c: invalid}", []string{"1:4 unclosed the quote is never closed", "3:4 unclosed the quote is never closed"}},
	{"a: [x\nb: 1\n", "{a: invalid, b: 1}", []string{"1:4 unclosed the [ is never closed"}},
	{"a: {x: 1", "{a: invalid}", []string{"1:4 unclosed the { is never closed"}},
	{"a: {x: 'y\nb: 1\n", "{a: invalid, b: 1}", []string{"1:8 unclosed the quote is never closed"}},
	{"a: [x,,y]\nb: [x y: z w: v]\nc: [x}\nd: [x\n  y]\n", "{a: invalid, b: invalid, c: invalid, d: invalid}", []string{
		"1:7 yaml-syntax unexpected ,",
		"2:13 yaml-syntax a comma or a ] should be here",
		"3:6 yaml-syntax a comma or a ] should be here",
		"5:3 yaml-syntax a comma or a ] should be here",
	}},
	{"a: [\n  b: c: d,\n]\ne: 1\n", "{a: invalid, e: 1}", []string{"2:7 yaml-syntax a comma or a ] should be here"}},
	{"[a]: 1\n{b}: 2\n", "invalid", []string{"1:1 yaml-syntax a key must be a plain text", "2:1 yaml-syntax a key must be a plain text"}},
	{"a: [[b]: c]\n", "{a: invalid}", []string{"1:5 yaml-syntax a key must be a plain text"}},
	{"a: {[b]: c}\n", "{a: invalid}", []string{"1:5 yaml-syntax unexpected ["}},
	{"a: 1\n   b: 2\nc: 3\n", "{a: invalid, c: 3}", []string{"2:4 bad-indentation a key goes on with the text of line 1"}},
	{"a: 1\n   - b\nc: 3\n", "{a: invalid, c: 3}", []string{"2:4 bad-indentation a list item goes on with the text of line 1"}},
	{"a: 'x'\n   b: 2\nc: 3\n", "{a: \"x\", c: 3}", []string{"2:4 bad-indentation indented by 3, and the lines before it by 0"}},
	{"- x # c\n   - b\n- c\n", "[\"x\", \"c\"]", []string{"2:4 bad-indentation indented by 3, and the lines before it by 0"}},
	{"a:\n    b: 1\n  c: 2\nd: 3\n", "{a: {b: 1}, d: 3}", []string{"3:3 bad-indentation indented by 2, and the lines before it by 0"}},
	{"  a: 1\nb: 2\n", "{a: 1}", []string{"2:1 bad-indentation the line belongs to nothing before it"}},
	{"- a\nb: 1\n", `["a"]`, []string{"2:1 bad-indentation the line belongs to nothing before it"}},
	{"a: 1\n- b\nc: 2\n", "{a: 1, c: 2}", []string{"2:1 yaml-syntax a list item where a key should be"}},
	{"version 1\na: 1\nb:2\nc\n", "{a: 1}", []string{
		"1:1 yaml-syntax a key and a colon should be here",
		"3:1 yaml-syntax a key and a colon should be here",
		"4:1 yaml-syntax a key and a colon should be here",
	}},
	{"- a: 1\n- b 2\n  c: 3\n- d: 4\n", "[{a: 1}, invalid, {d: 4}]", []string{"2:3 yaml-syntax a key and a colon should be here"}},
	{"just text\n", "invalid", []string{"1:1 yaml-syntax a key and a colon should be here"}},
	{"a: 'x' y\nb: \"x\"#c\nc: [x] y\n", "{a: invalid, b: invalid, c: invalid}", []string{
		"1:8 yaml-syntax text after the value", "2:7 yaml-syntax text after the value", "3:8 yaml-syntax text after the value",
	}},
	{"a: | x\nb: 1\n", "{a: invalid, b: 1}", []string{"1:6 yaml-syntax text behind |"}},
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
		"1:4 yaml-syntax an unquoted text may not begin with @", "2:4 yaml-syntax an unquoted text may not begin with `",
		"3:4 yaml-syntax an unquoted text may not begin with %", "4:4 yaml-syntax unexpected ]",
	}},
	{"%YAML 1.2\n---\na: 1\n", "{a: 1}", []string{"1:1 yaml-directive directives are not supported"}},
	{"--- a\nb: 1\n", "{b: 1}", []string{"1:5 yaml-syntax text on the line of the marker ---"}},
	{"a: 1\n... b\n", "{a: 1}", []string{"2:5 yaml-syntax text behind the end marker ..."}},
	{"a: 1\n---\nb: 2\n", "{a: 1}", []string{"2:1 several-documents a second document starts here"}},
	{"a: 1\n...\nb: 2\n", "{a: 1}", []string{"3:1 several-documents a second document starts here"}},
	{"---\n---\n", "null", []string{"2:1 several-documents a second document starts here"}},
	{"a: \"\\d \\u12 \\ud800 \\x4\"\nb: 1\n", "{a: invalid, b: 1}", []string{
		`1:5 bad-escape \d is not an escape of YAML`, `1:8 bad-escape \u12 is not an escape of YAML`,
		`1:13 bad-escape \ud800 is not an escape of YAML`, `1:20 bad-escape \x4 is not an escape of YAML`,
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
		"1:4 bad-character the character U+0000 may not stand in YAML", "2:4 bad-character the character U+001B may not stand in YAML",
		"3:4 bad-character the character U+0085 may not stand in YAML", "4:4 bad-character a carriage return without a line feed",
	}},
	{strings.Repeat("x", MaxBytes+1), "invalid", []string{"- too-large the file has 1048577 bytes, and a spec may have 1048576"}},
}

func TestRefused(t *testing.T) {
	for _, test := range refused {
		document, problems := Read([]byte(test.src))
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
		if got := dump(document.Root); got != test.want {
			t.Errorf("%.80q\n got %s\nwant %s", test.src, got, test.want)
		}
	}
}

func TestTooManyProblemsEndWithOneThatSaysSo(t *testing.T) {
	_, problems := Read([]byte(strings.Repeat("a: @\n", 2*MaxProblems)))
	if len(problems) != MaxProblems+1 || problems[MaxProblems].Code != CodeTooMany {
		t.Errorf("%d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}

// TestPositions reads every letter of the content back from its place in the document.
func TestPositions(t *testing.T) {
	for _, test := range accepted {
		checkPositions(t, test.src)
	}
	document, _ := Read([]byte("é:\n  - \"\\u00e9x\\ny\"\n"))
	item := document.Root.Entries[0].Value.Items[0]
	for i, want := range map[int]int{0: 6, 2: 12, 3: 13, 4: 15} {
		if _, column := document.Position(item.Offset(i)); column != want {
			t.Errorf("byte %d of %q is at column %d, want %d", i, item.Text, column, want)
		}
	}
}

func checkPositions(t *testing.T, src string) {
	t.Helper()
	document, _ := Read([]byte(src))
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
	var walk func(node *Node)
	walk = func(node *Node) {
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
		if node.Kind != String {
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

// TestLikeGoccy reads the accepted documents with another reader.
func TestLikeGoccy(t *testing.T) {
	for _, test := range accepted {
		compareWithGoccy(t, test.src)
	}
}

// compareWithGoccy fails when this package accepts what goccy/go-yaml reads otherwise. Left out is where that reader
// is known to be wrong or undecided.
func compareWithGoccy(t *testing.T, src string) {
	t.Helper()
	document, problems := Read([]byte(src))
	if len(problems) > 0 || strings.ContainsAny(src, "\t\r!|>\"'~<%\uFEFF.") || document.Root.Kind != Mapping {
		return
	}
	var value goccy.MapSlice
	if err := goccy.UnmarshalWithOptions([]byte(src), &value, goccy.AllowDuplicateMapKey(), goccy.UseOrderedMap()); err != nil {
		t.Fatalf("%q: accepted as %s, and %v", src, dump(document.Root), err)
	}
	if got, want := flat(dump(document.Root)), flat(dumpValue(value)); got != want {
		t.Fatalf("%q:\n      %s\ngoccy %s", src, got, want)
	}
}

// flat leaves out what the two readers write differently: quotes, and the empty mapping.
func flat(text string) string { return strings.NewReplacer(`"`, "", "{}", "[]").Replace(text) }

func dumpValue(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case goccy.MapSlice:
		var entries []string
		for _, item := range value {
			entries = append(entries, fmt.Sprint(item.Key)+": "+dumpValue(item.Value))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case []any:
		var items []string
		for _, item := range value {
			items = append(items, dumpValue(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		return strconv.Quote(value)
	}
	return fmt.Sprint(value)
}

func FuzzRead(f *testing.F) {
	for _, test := range accepted {
		f.Add([]byte(test.src))
	}
	for _, test := range refused {
		if len(test.src) < 1000 {
			f.Add([]byte(test.src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		document, problems := Read(src)
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

// TestTimeGrowsWithLength reads fifty kilobytes (1 or 2 ms) of everything that once made some reader of YAML slow.
func TestTimeGrowsWithLength(t *testing.T) {
	for _, pattern := range []string{
		"x", "x\n", "x \n", "  x\n", "[", "{", "a: [\n", "a: {\n", "a: [\n\n\n", "- ", "-\n", "? ", ": ", ":", "#", " #", "# \n", "'", "'x\n", "\"", "a: \"\n",
		"\"\\", "\t", "\n", "\r\n", " ", "  \n", "&a ", "*a ", "! ", "!a\n", "!a ", "---\n", "...\n", "%\n", "@", "`", "<<: \n", "|\n", "a: |\n", "a: >\n",
		"- |\n", "a: b\n", "a: b\n  c\n", "a: 'b'\n  c\n", "a:\n  b\n c\n", "a: x\n\n", "a: [x,", "{a: b},", "x, ", "\u00e9", "\"\\u00e9", "a: 'x \n", "[x\n", "a: b: ",
	} {
		for _, prefix := range []string{"", "a: ", "a: [", "a: {", "a: '", "a: \"", "a: |\n  ", "a: >\n  x\n", "a: x\n  y\n", "- - - - ", "a: 'x\n  "} {
			src := prefix + strings.Repeat(pattern, 50_000/len(pattern))
			start := time.Now()
			Read([]byte(src))
			if took := time.Since(start); took > slowdown*time.Second {
				t.Errorf("%q and then %q: %v", prefix, pattern, took)
			}
		}
	}
}
