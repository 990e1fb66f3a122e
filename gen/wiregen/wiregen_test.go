package wiregen_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/wiregen"
)

const runtimeDir = "../../runtime/telegram/wire"

// TestFilesAreCurrent fails if the committed files are not what the generator writes.
func TestFilesAreCurrent(t *testing.T) {
	files, err := wiregen.Files(model.Gotgbot())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(runtimeDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not current: run go generate ./runtime/telegram/wire", name)
		}
	}
	marked, err := filepath.Glob(filepath.Join(runtimeDir, "*_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range marked {
		if files[filepath.Base(path)] == nil {
			t.Errorf("the generator does not write %s", path)
		}
	}
}

// small is an API with a type of every shape.
func small() model.Table {
	return model.Table{
		Package: "github.com/PaulSonOfLars/gotgbot/v2", Version: "v2.0.0-test",
		Structs: []model.StructRow{
			{Name: "Chat", Fields: []model.FieldRow{{Name: "Id", JSON: "id", Type: "int64"}}},
			{Name: "Far", Fields: []model.FieldRow{
				{Name: "Chat", JSON: "chat", Type: "Chat"}, {Name: "Date", JSON: "date", Type: "int64"},
			}},
			{Name: "Message", Custom: true, Fields: []model.FieldRow{
				{Name: "Chat", JSON: "chat", Type: "Chat"}, {Name: "Date", JSON: "date", Type: "int64"}, {Name: "From", JSON: "from", Type: "*User"},
				{Name: "Thread", JSON: "message_thread_id", Type: "int64"}, {Name: "Shapes", JSON: "shapes", Type: "[]Shape"},
				{Name: "Sizes", JSON: "sizes", Type: "[][]float64"}, {Name: "Note", JSON: "note", Type: "*string"}, {Name: "Pinned", JSON: "pinned", Type: "MaybeFar"},
			}},
			{Name: "Press", Custom: true, Fields: []model.FieldRow{
				{Name: "From", JSON: "from", Type: "User"}, {Name: "Message", JSON: "message", Type: "MaybeFar"},
			}},
			{Name: "Round", Fields: []model.FieldRow{{Name: "Radius", JSON: "radius", Type: "float64"}}},
			{Name: "Point"},
			{Name: "Update", Fields: []model.FieldRow{
				{Name: "UpdateId", JSON: "update_id", Type: "int64"}, {Name: "Message", JSON: "message", Type: "*Message"}, {Name: "Press", JSON: "press", Type: "*Press"},
			}},
			{Name: "User", Fields: []model.FieldRow{{Name: "Id", JSON: "id", Type: "int64"}}},
		},
		Unions: []model.UnionRow{
			{Name: "MaybeFar", Key: "date", Variants: [][2]string{{"", "Message"}, {"", "Far"}}, Zero: "Far", Nonzero: "Message"},
			{Name: "Shape", Key: "type", Variants: [][2]string{{"round", "Round"}, {"point", "Point"}}},
		},
	}
}

// TestFilesOfAnotherAPI generates from an API other than gotgbot's, which shows that the generator does not depend on the
// types of gotgbot.
func TestFilesOfAnotherAPI(t *testing.T) {
	files, err := wiregen.Files(model.New(small()))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if _, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution); err != nil {
			t.Error(err)
		}
		again, err := wiregen.Files(model.New(small()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(content, again[name]) {
			t.Errorf("%s is different the second time", name)
		}
	}
	for name, lines := range map[string][]string{
		wiregen.DecoderFile: {
			`func (d *decoder) decodeRoundAsShape(i int, v *gotgbot.Round) int {`,
			`i = d.key(i, "round")`,
			`i = d.decodeFloat64SliceSlice(i, &v.Sizes)`,
			`i = d.decodeStringPointer(i, &v.Note)`,
			`if i = d.lastKey(i, "date", nil, &number); i < 0 {`,
		},
		wiregen.KindFile:   {"KindPress\n", `case "press":`},
		wiregen.HeaderFile: {`{name: "message_thread_id", head: 0x5f6567617373656d, slot: slotThread},`, "}, dated: true}"},
		wiregen.TypesFile:  {`{reflect.TypeFor[gotgbot.Round](), false, "Radius radius float64\n"},`, `const generatedFrom = "v2.0.0-test"`},
	} {
		for _, line := range lines {
			if !strings.Contains(string(files[name]), line) {
				t.Errorf("%s lacks %q", name, line)
			}
		}
	}
}

// TestFilesRefuse checks that a type that the decoder would not decode as gotgbot does is an error.
func TestFilesRefuse(t *testing.T) {
	for want, change := range map[string]func(*model.Table){
		"Message.Shapes holds a union in a way": func(t *model.Table) { t.Structs[2].Custom = false },
		`User.Id has the name "ID" in JSON`:     func(t *model.Table) { t.Structs[7].Fields[0].JSON = "ID" },
		`User.Id has the name "" in JSON`:       func(t *model.Table) { t.Structs[7].Fields[0].JSON = "" },
		`Round has a field of its own with the key "type"`: func(t *model.Table) {
			t.Structs[4].Fields[0].JSON = "type"
		},
	} {
		table := small()
		change(&table)
		if _, err := wiregen.Files(model.New(table)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, not %s", err, want)
		}
	}
}
