package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/tggen/tggen/gen/model"
)

// read makes the table of a package with the given source. Function bodies are not checked, so they can use packages that
// the source does not import.
func read(t *testing.T, source string) (model.Table, error) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "source.go", "package fake\n"+source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := (&types.Config{IgnoreFuncBodies: true}).Check("fake", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Read(&packages.Package{PkgPath: "fake", Syntax: []*ast.File{file}, Types: checked})
}

const small = `
// Update (https://core.telegram.org/bots/api#update)
//
// This object represents an update. At most one of the
// optional parameters can be present.
type Update struct {
	// The update's identifier. It is a number.
	UpdateId int64 ` + "`json:\"update_id\"`" + `
	// Optional. What happened.
	Event Event ` + "`json:\"event,omitempty\"`" + `
	// Optional. State. Currently, can be "on" (e.g. x) or "off". Returned only in getMe. Not "this".
	State string ` + "`json:\"state,omitempty\"`" + `
	List Names ` + "`json:\"list\"`" + `
}

type Names []string

const (
	EventBTypeNew = "new"
	EventBTypeOld = "old"
	EventBTyped   = "no value of the field Type"
)

func (v *Update) UnmarshalJSON(b []byte) error {
	type tmp struct {
		UpdateId int64           ` + "`json:\"update_id\"`" + `
		Event    json.RawMessage ` + "`json:\"event\"`" + `
		State    string          ` + "`json:\"state\"`" + `
		List     Names           ` + "`json:\"list\"`" + `
	}
	t := tmp{}
	err := json.Unmarshal(b, &t)
	v.UpdateId = t.UpdateId
	v.Event, err = unmarshalEvent(t.Event)
	v.State = t.State
	v.List = t.List
	return err
}

type Event interface { event() }

type EventA struct{}
type EventB struct {
	Type string ` + "`json:\"type\"`" + `
}
type MergedEvent struct{}

func (EventA) event() {}
func (EventB) event() {}
func (MergedEvent) event() {}

func unmarshalEvent(d []byte) (Event, error) {
	if len(d) == 0 {
		return nil, nil
	}
	t := struct {
		Source string
	}{}
	err := json.Unmarshal(d, &t)
	switch t.Source {
	case "a":
		s := EventA{}
		err := json.Unmarshal(d, &s)
		return s, nil
	case "b":
		s := EventB{}
		err := json.Unmarshal(d, &s)
		return s, nil
	}
	return nil, fmt.Errorf("unknown")
}
`

func TestRead(t *testing.T) {
	got, err := read(t, small)
	if err != nil {
		t.Fatal(err)
	}
	want := model.Table{
		Package: "fake",
		Structs: []model.StructRow{
			{Name: "EventA"},
			{Name: "EventB", Fields: []model.FieldRow{{Name: "Type", JSON: "type", Type: "string", Values: []string{"new", "old"}}}},
			{Name: "Update", Custom: true, Fields: []model.FieldRow{
				{Name: "UpdateId", JSON: "update_id", Type: "int64"},
				{Name: "Event", JSON: "event", Type: "Event", Optional: true},
				{Name: "State", JSON: "state", Type: "string", Optional: true,
					Values: []string{"on", "off"}, OnlyIn: "getMe"},
				{Name: "List", JSON: "list", Type: "Names"},
			}},
		},
		Unions: []model.UnionRow{{
			Name: "Event", Key: "source", Variants: [][2]string{{"a", "EventA"}, {"b", "EventB"}},
		}},
		Names: [][2]string{{"Names", "[]string"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestReadRefuses checks that source that the loader does not understand is an error. Otherwise the decoder and the filters
// would be wrong in silence.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           string
	}{
		{"unsupported type", "type Names []string", "type Names []int", "does not support the type int"},
		{"tag option", "`json:\"update_id\"`", "`json:\"update_id,string\"`", "does not support the tag"},
		{"no tag", "UpdateId int64 `json:\"update_id\"`", "UpdateId int64", "does not support the tag"},
		{"embedded field", "type EventB struct {", "type EventB struct {\n\tEventA", "embedded"},
		{"optional without omitempty", "`json:\"state,omitempty\"`", "`json:\"state\"`", "does not support the tag"},
		{"field under another name", "State    string          `json:\"state\"`", "State    string          `json:\"status\"`",
			"it decodes State as status string"},
		{"field of another type", "State    string ", "State    []byte ", "it decodes State as state []byte"},
		{"field that is not set", "v.State = t.State", "v.State = strings.ToLower(t.State)", `it sets State to "strings.ToLower(t.State)"`},
		{"field that is added", "t := tmp{}", "t := tmp{}\n\tv.More = t.State", "fields that the struct does not have"},
		{"union by another function", "v.Event, err = unmarshalEvent(", "v.Event, err = unmarshalThing(", "it sets Event"},
		{"no type in UnmarshalJSON", "type tmp struct {\n\t\tUpdateId int64 ", "var tmp struct {\n\t\tUpdateId int64 ", "does not begin with a type"},
		{"union that nothing decodes", "func (v *Update) UnmarshalJSON", "func (v *Update) Unmarshal", "no UnmarshalJSON decodes it"},
		{"no function", "func unmarshalEvent(", "func unmarshalThing(", "there is no function unmarshalEvent"},
		{"variant that is never made", "case \"b\":\n\t\ts := EventB{}", "case \"b\":\n\t\ts := EventA{}", "it never returns a EventB"},
		{"case that is no text", `case "b":`, `case b:`, "not a text"},
		{"case of two texts", `case "b":`, `case "b", "c":`, "not one text"},
		{"discriminator with a tag", "Source string", "Source string `json:\"kind\"`", "without a tag"},
		{"no discriminator", "t := struct {\n\t\tSource string\n\t}{}", "t := probe()", "it reads no field"},
		{"number with texts", "\t\tSource string", "\t\tSource int64", "does not support the way it decides"},
		{"no switch", `switch t.Source {`, `for range t.Source { switch t.Source {`, "it chooses no struct"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := strings.Replace(small, c.old, c.new, 1)
			if source == small {
				t.Fatal("the source has not changed")
			}
			if c.name == "no switch" {
				source = strings.Replace(source, "return nil, fmt.Errorf", "}\nreturn nil, fmt.Errorf", 1)
			}
			_, err := read(t, source)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestLoadError(t *testing.T) {
	if _, err := read(t, "type Other struct{}"); err == nil || err.Error() != "there is no type Update" {
		t.Errorf("reading a package without Update: %v", err)
	}
	if _, err := Load(t.Context(), t.TempDir()); err == nil {
		t.Error("loading from a directory outside any module succeeded")
	}
}

func TestListed(t *testing.T) {
	for doc, want := range map[string][]string{
		`Poll type, currently can be "regular" or "quiz"`:                                    {"regular", "quiz"},
		`Type of the entity. Currently, can be "url" (https://t.org), "pre" (a.b). See "x".`: {"url", "pre"},
		`Origin. Currently, either "upgrade" for upgrades, or "offer".`:                      {"upgrade", "offer"},
		`One of "a", "b".`:                    {"a", "b"},
		`Optional. For "pre" only, the name.`: nil,
		`Currency code, or "XTR" for stars`:   nil,
	} {
		if got := listed(doc); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q", doc, got)
		}
	}
}
