package script

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// imports are the packages that a test imports, with their types.
var imports = sync.OnceValues(func() (importer, error) {
	found, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile},
		"testing", "time", "github.com/PaulSonOfLars/gotgbot/v2", "github.com/tggen/tggen/runtime/tgtest", "github.com/tggen/tggen/runtime/tgtest/process")
	all := importer{}
	for _, p := range found {
		all[p.PkgPath] = p.Types
	}
	return all, err
})

type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) { return i[path], nil }

// compile checks the types of a test, and returns the texts in it.
func compile(t *testing.T, source []byte) (texts []string) {
	t.Helper()
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "played_test.go", source, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	info := types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	if _, err := (&types.Config{Importer: known}).Check("main", files, []*ast.File{file}, &info); err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if value := info.Types[literal].Value; value != nil {
				texts = append(texts, constant.StringVal(value))
			}
		}
		return true
	})
	return texts
}

// FuzzWrite makes tests of recordings with hostile names and texts. Each must compile, and hold the texts as they are.
func FuzzWrite(f *testing.F) {
	f.Add("Ann", "Bob", "Shop team", "/start", "Hello!", "Buy", "buy:1")
	f.Add("", "func", "nil", "`back`quotes", "\"quotes\"", "\x00", "\xff\xfe")
	f.Add("t", "server", "bot", "tgtest", "expectMedia", "process", "testing")
	f.Add("Ann", "ann", "ANN", "ann", "Ann", "ann2", "ann 2")
	f.Add("李小龍", "अन्ना", "مجموعة", strings.Repeat("😀", 4096), "\u202eright to left", "👩‍👩‍👧", "\ufeff")
	f.Add("İ", "ǅ", "ß", "*/ // /*", "line\nline\r\n\tline", "\u2028", "é")
	f.Add("_", "1st", "2", "%d %s %!", "\\n", "${x}", "{{.}}")
	f.Fuzz(func(t *testing.T, ann, bob, title, text, answer, label, data string) {
		r := Recording{
			BotName: answer, BotUsername: label,
			People: []Person{{ID: annID, FirstName: ann, LastName: label, Username: data, Language: title}, {ID: bobID, FirstName: bob}},
			Chats:  []Chat{{ID: teamID, Type: "supergroup", Title: title, Username: text}, {ID: -5, Type: "group", Title: title}, {ID: -6, Type: "channel", Title: ann}},
			Events: []Event{
				{Do: Fail, Method: text, Fault: "500"},
				{Do: Send, Update: 1, Chat: annID, User: annID, Message: 1, Text: text},
				{Do: Said, Update: 1, Chat: annID, Message: 2, Text: answer, Buttons: [][]Button{{{Text: label, Data: data}}}},
				{Do: Press, Update: 2, Chat: annID, User: annID, Message: 2, Text: label, Data: data, Query: "q"},
				{Do: Answered, Update: 2, Query: "q", Text: answer},
				{Do: Changed, Update: 2, Chat: annID, Message: 2, Text: text},
				{Do: Send, Update: 3, Chat: teamID, User: bobID, Message: 1, Text: text},
				{Do: Send, Update: 4, Chat: -5, User: bobID, Message: 1, Text: text},
				{Do: Said, Update: 4, Chat: -5, Message: 2, Text: answer, Media: data},
				{Do: Edit, Update: 5, Chat: -5, User: bobID, Message: 1, Text: answer},
				{Do: Press, Update: 6, Chat: -5, User: bobID, Message: 2, Text: label, Data: data, Query: "q2"},
				{Do: SendFile, Update: 7, Chat: -5, User: bobID, Message: 3, Media: "photo", Text: text, File: File{Name: label, Data: []byte(text)}},
				{Do: React, Update: 8, Chat: -5, User: annID, Message: 3, Text: label},
				{Do: Said, Update: 8, Chat: -6, Message: 1, Text: label},
				{Do: Answered, Update: 6, Query: "q2", Text: label},
				{Do: Ask, Update: 9, User: annID, Text: text, Query: "q3"},
				{Do: Redeliver, Update: 1, UpdateKind: "message"},
				{Do: Called, Method: data},
				{Do: Kill}, {Do: Start},
			},
		}
		source, err := Write(r)
		if err != nil {
			t.Fatal(err)
		}
		texts := compile(t, source)
		for _, want := range []string{ann, bob, title, text, answer, label, data} {
			if want != "" && !slices.Contains(texts, want) {
				t.Errorf("the test does not hold %q:\n%s", want, source)
			}
		}
	})
}

func TestNames(t *testing.T) {
	n := newNames()
	for _, c := range []struct {
		text  string
		words int
		want  string
	}{
		{"Ann", 2, "ann"}, {"Ann", 2, "ann2"}, {"Ann", 2, "ann3"}, {"Shop team of ours", 2, "shopTeam"}, {"O'Brien", 2, "obrien"},
		{"Welcome! Here is what we have.", 1, "welcome"}, {"An answer", 1, "anAnswer"}, {"2 × Eggs", 1, "eggs"}, {"Page2 of 3", 1, "page2"},
		{"Page 2", 1, "page"}, {"", 1, "message"}, {"👍", 1, "message2"}, {"type", 1, "typeMessage"}, {"len", 1, "lenMessage"}, {"t", 1, "t2"},
		{"李小龍", 2, "李小龍"}, {"अन्ना", 2, "अनन"}, {"Donaudampfschifffahrtsgesellschaft", 1, "donaudampfschifffahrtsge"},
	} {
		if got := n.pick(c.text, c.words, "message"); got != c.want {
			t.Errorf("%q is named %s, want %s", c.text, got, c.want)
		}
	}
}
