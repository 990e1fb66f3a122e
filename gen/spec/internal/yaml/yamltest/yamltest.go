// Package yamltest holds what several tests of package yaml share: documents that it accepts, and a way to write nodes.
// The comparison with another YAML library uses it too; that test is in a module of its own.
package yamltest

import (
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A Case is a document, and what [Dump] writes of it.
type Case struct{ Source, Want string }

// Accepted are documents that the reader accepts. The fuzz targets start from them.
var Accepted = []Case{
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

// Dump writes a node on one line: strings in quotes, scalars of other kinds as they are written.
func Dump(node *yaml.Node) string {
	switch node.Kind {
	case yaml.Invalid:
		return "invalid"
	case yaml.Null:
		return "null"
	case yaml.String:
		return strconv.Quote(node.Text)
	case yaml.Bool, yaml.Int, yaml.Float:
		return node.Text
	case yaml.Sequence:
		items := make([]string, len(node.Items))
		for i, item := range node.Items {
			items[i] = Dump(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	entries := make([]string, len(node.Entries))
	for i, entry := range node.Entries {
		entries[i] = entry.Key.Text + ": " + Dump(entry.Value)
	}
	return "{" + strings.Join(entries, ", ") + "}"
}
