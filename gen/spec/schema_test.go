package spec

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// beyondSchema are the codes of mistakes that a JSON Schema cannot find, or that a YAML reader finds first. The schema must
// find all other mistakes.
var beyondSchema = map[string]bool{
	CodeFewStates: true, CodeInitialState: true, CodeAfter: true, CodeDuplicateSession: true,
	CodeTooLarge: true, CodeNotUTF8: true, CodeBadCharacter: true, CodeTab: true, CodeTooDeep: true, CodeTooMany: true,
	CodeSyntax: true, CodeIndentation: true, CodeUnclosed: true, CodeEscape: true, CodeAnchor: true, CodeTag: true,
	CodeDirective: true, CodeSeveralDocuments: true, CodeDuplicateKey: true,

	// The form of numbers, and the length of durations.
	CodeBadNumber: true, CodeDurationRange: true,
	// Other files.
	CodeBadInclude: true, CodeInclude: true,
	// Contradictions between two places.
	CodeGroupPredicate: true,
	CodeNoneAlone:      true, CodeDuplicateHandler: true, CodeNameClash: true, CodeSmallBacklog: true, CodeFieldOrder: true,
	// The languages inside texts.
	CodeBadRegexp: true, CodeBadGroup: true, CodeDuplicateField: true, CodeBadCallback: true, CodeAdjacentFields: true,
	CodeBadSeparator: true, CodeBadDefault: true,
}

// onlyInArgs are the codes of mistakes that the schema finds in the arguments of commands, but not in callback patterns. Even
// in arguments it cannot find all wrong types, because a regular expression cannot.
var onlyInArgs = map[string]bool{CodeBadType: true, CodeBadField: true}

func TestSchemaAcceptsWhatIsValid(t *testing.T) {
	v := newValidator(t)
	for file := range validSpecs(t) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		document, _ := yaml.Read(src)
		if errs := v.validate(v.root, toJSON(document.Root), ""); len(errs) > 0 {
			t.Errorf("%s: %v", file, errs)
		}
	}
}

// TestSchemaAndParserAgree validates each golden spec with the schema. The schema must refuse it if one of its mistakes is
// one that a schema can find, and must accept it otherwise.
func TestSchemaAndParserAgree(t *testing.T) {
	v := newValidator(t)
	refused := 0
	for _, cases := range goldenCases(t) {
		for _, c := range cases {
			_, list := Parse("spec.yaml", c.src)
			readable, structural, unsure := true, false, false
			for _, d := range list {
				readable = readable && !strings.HasPrefix(d.Code, "yaml-")
				structural = structural || !beyondSchema[d.Code] && !onlyInArgs[d.Code]
				unsure = unsure || onlyInArgs[d.Code]
			}
			document, problems := yaml.Read(c.src)
			if len(problems) > 0 || !readable {
				continue
			}
			errs := v.validate(v.root, toJSON(document.Root), "")
			switch {
			case structural && len(errs) == 0:
				t.Errorf("%s: the parser refuses it, and the schema does not", c.name)
			case !structural && !unsure && len(errs) > 0:
				t.Errorf("%s: the schema refuses it: %v", c.name, errs)
			}
			if structural {
				refused++
			}
		}
	}
	if refused < 20 {
		t.Errorf("only %d specs were refused", refused)
	}
}

// TestEachMistakeAloneIsRefused makes one mistake at a time in a valid spec. The parser and the schema must both refuse it.
func TestEachMistakeAloneIsRefused(t *testing.T) {
	src, err := os.ReadFile("testdata/valid/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	v := newValidator(t)
	for _, change := range [][2]string{
		{"version: 1", "version: 2"}, {"version: 1", "version: one"}, {"version: 1\n", ""},
		{"workers: 4", "workers: 0"}, {"workers: 4", "workers: 1025"}, {"workers: 4", "workers: 1.5"}, {"workers: 4", "workers: [4]"},
		{"workers: 4", "worker: 4"}, {"concurrency: 600", "concurrency: 1000001"}, {"updates: 5000", "updates: 10000001"},
		{"{updates: 5000, bytes: 1.5MiB}", "10000001"}, {"{updates: 5000, bytes: 1.5MiB}", "{}"}, {"1.5MiB", "1572864"}, {"1.5MiB", "1.5MIB"},
		{"{updates: 5000, bytes: 1.5MiB}", "[5000]"}, {"attempts: 5, ", ""}, {"attempts: 5", "attempts: 101"}, {"backoff: 2s", "backoff: 2"},
		{"hold: 1m", "hold: for ever"}, {"retry: {attempts: 1}", "retry: 1"},

		{"sink: batch", "sink: bach"}, {"sink: batch", "sink: 1"}, {"key: release", "key: drop"}, {"after: 45s, ", ""},
		{"after: 45s", "after: 45"}, {"after: 45s", "after: none"}, {"stop_timeout: 0s", "stop_timeout: 0"}, {"at_least_once", "twice"},
		{"[message, callback_query]", "[]"}, {"[message, callback_query]", "[message, message]"}, {"[message, callback_query]", "all"},
		{"[message, callback_query]", "[Message]"}, {"0.25", "2"}, {"0.25", "-0.5"}, {"0.25", "x"}, {"interval: 1m30s", "interval: linear"},
		{"on_conflict: fail", "on_conflict: [fail]"}, {"poll: [TeamOf]", "poll: [teamOf]"}, {"poll: [TeamOf]", "poll: []"},
		{"callback_query: user", "callbackQuery: user"}, {"[Logged, Counted]", "[Logged, Logged]"}, {"[Logged, Counted]", "[logged]"},
		{"on_error: OnError", "on_error: on_error"}, {"match: all", "match: both"}, {"register_commands: true", "register_commands: yes"},
		{"name: Order\n", "name: order\n"}, {"name: Order\n", "name: 7\n"}, {"name: Order\n    ", ""}, {"description: Order a thing", `description: ""`},
		{"description: Order a thing", "description: " + strings.Repeat("x", 257)}, {"[order, buy_now]", "[/order]"}, {"[order, buy_now]", "Order"},
		{"[order, buy_now]", "[order, order]"}, {`prefixes: "/!"`, "prefixes: a"}, {`prefixes: "/!"`, `prefixes: "@"`}, {"edited: true", "edited: 1"},
		{"- item: int64", "- item: int65"}, {"- item: int64", "- item-id: int64"}, {"- item: int64", "- item: 1"}, {"- item: int64", "- item"},
		{"- item: int64", "- {item: int64, b: int}"}, {"- item: int64", "- item: string(20)"}, {"- item: int64", "- item: enum()"},
		{"in: [private, group]", "in: [privat]"}, {"in: [private, group]", "in: [group, group]"}, {`"!IsBanned"`, `"!!IsBanned"`},
		{"[note: Note,", "[note: 5,"}, {"[note: Note,", "[note: a.Note,"}, {"[note: Note,", "[2: Note,"}, {"[note: Note,", "[note,"},
		{`[note: Note, page: "*[]Page"]`, "[]"}, {`[note: Note, page: "*[]Page"]`, "Note"}, {`"*[]Page"`, `"map[string]Page"`},
		{`[IsOpen, "!IsBanned"]`, "isOpen"}, {"continue: true", "continue: maybe"}, {"inline: '^find (?P<query>.+)'", "inline: false"},
		{"inline: '^find (?P<query>.+)'", "inline: ''"}, {"{is: \"Hello, you\"}", "{is: \"\"}"}, {"{is: \"Hello, you\"}", "{}"},
		{"{is: \"Hello, you\"}", "{is: x, not: y}"}, {":text", "a:b:c:d"}, {":text", "message:"}, {":text", "Text"}, {":text", "me"},
		{"inline: '^find (?P<query>.+)'", "in: private"}, {"inline: '^find (?P<query>.+)'", "inline: true\n    text: x"},
		{"inline: '^find (?P<query>.+)'", "inline: true\n    edited: true"}, {"inline: '^find (?P<query>.+)'", "inline: true\n    args: [a: int]"},
	} {
		changed := strings.Replace(string(src), change[0], change[1], 1)
		if changed == string(src) {
			t.Errorf("%q is not in the spec", change[0])
		}
		if _, list := Parse("spec.yaml", []byte(changed)); len(list) == 0 {
			t.Errorf("the parser accepts %q", change[1])
		}
		document, problems := yaml.Read([]byte(changed))
		if len(problems) > 0 {
			t.Errorf("%q: %v", change[1], problems)
		}
		if len(v.validate(v.root, toJSON(document.Root), "")) == 0 {
			t.Errorf("the schema accepts %q", change[1])
		}
	}
}

// TestSchemaAndTypesAgree compares the keys of the schema with the fields of the types.
func TestSchemaAndTypesAgree(t *testing.T) {
	v := newValidator(t)
	definitions := v.root["definitions"].(map[string]any)
	for _, test := range []struct {
		schema any
		types  []reflect.Type
		// without are fields without a key. as holds the keys of fields that have another name than their key.
		without string
		as      map[string]string
	}{
		{v.root, []reflect.Type{reflect.TypeFor[Spec]()}, "File", nil},
		{definitions["group"], []reflect.Type{reflect.TypeFor[HandlerGroup]()}, "Pos", nil},
		{definitions["polling"], []reflect.Type{reflect.TypeFor[Polling]()}, "Pos", nil},
		{definitions["polling.retry"], []reflect.Type{reflect.TypeFor[Retry]()}, "Pos", nil},
		{definitions["retry"], []reflect.Type{reflect.TypeFor[HandlerRetry]()}, "Pos", nil},
		{definitions["backlog"], []reflect.Type{reflect.TypeFor[Backlog]()}, "", nil},
		{definitions["calls"], []reflect.Type{reflect.TypeFor[Calls]()}, "Pos", nil},
		{definitions["calls.retry"], []reflect.Type{reflect.TypeFor[CallRetry]()}, "Pos", nil},
		{definitions["timeout"], []reflect.Type{reflect.TypeFor[Timeout]()}, "Pos None", nil},
		{definitions["text trigger"], []reflect.Type{reflect.TypeFor[Text]()}, "Pos Pattern", nil},
		{definitions["handler"], []reflect.Type{reflect.TypeFor[Handler](), reflect.TypeFor[Command]()}, "Pos Command Group", map[string]string{"Names": "command"}},
	} {
		var want, got []string
		for key := range test.schema.(map[string]any)["properties"].(map[string]any) {
			// The handlers of all keys are in one field of the spec.
			if isGroup := slices.Contains(test.types, reflect.TypeFor[HandlerGroup]()); key != "include" && key != "groups" && (key != "handlers" || !isGroup) {
				want = append(want, key)
			}
		}
		for _, typ := range test.types {
			for i := range typ.NumField() {
				name := typ.Field(i).Name
				if strings.Contains(" "+test.without+" ", " "+name+" ") {
					continue
				}
				key := snakeCase(name)
				if other, ok := test.as[name]; ok {
					key = other
				}
				got = append(got, key)
			}
		}
		sort.Strings(want)
		sort.Strings(got)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v:\nfields %v\n  keys %v", test.types, got, want)
		}
	}
}

func TestSchemaIsReadable(t *testing.T) {
	first, second := Schema(), Schema()
	if string(first) != string(second) {
		t.Error("two calls have different results")
	}
	if !json.Valid(first) || !strings.HasSuffix(string(first), "}\n") {
		t.Error("the schema is not JSON")
	}
	// Every key has a description.
	var walkSchema func(path string, node map[string]any)
	keys := 0
	walkSchema = func(path string, node map[string]any) {
		for name, value := range node {
			child, ok := value.(map[string]any)
			if !ok {
				continue
			}
			if name == "properties" {
				for key, property := range child {
					keys++
					if text, _ := property.(map[string]any)["description"].(string); len(text) < 10 {
						t.Errorf("%s/%s has no description", path, key)
					}
				}
			}
			walkSchema(path+"/"+name, child)
		}
	}
	walkSchema("", newValidator(t).root)
	if keys < 40 {
		t.Errorf("only %d keys", keys)
	}
}

func snakeCase(name string) string {
	var out strings.Builder
	for i, letter := range name {
		if unicode.IsUpper(letter) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(letter))
	}
	return out.String()
}

// toJSON returns a document as encoding/json would decode it.
func toJSON(node *yaml.Node) any {
	switch node.Kind {
	case yaml.Mapping:
		object := make(map[string]any)
		for _, entry := range node.Entries {
			object[entry.Key.Text] = toJSON(entry.Value)
		}
		return object
	case yaml.Sequence:
		array := make([]any, 0)
		for _, item := range node.Items {
			array = append(array, toJSON(item))
		}
		return array
	case yaml.Null:
		return nil
	case yaml.Bool:
		return strings.EqualFold(node.Text, "true")
	case yaml.Int:
		number, err := strconv.ParseInt(node.Text, 0, 64)
		if err != nil {
			return 1e20
		}
		return float64(number)
	case yaml.Float:
		number, err := strconv.ParseFloat(node.Text, 64)
		if err != nil {
			return 1e20
		}
		return number
	}
	return node.Text
}
