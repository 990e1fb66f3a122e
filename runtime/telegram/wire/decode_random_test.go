package wire

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A filler fills values of gotgbot's types at random: every field, and every variant of each union in turn.
type filler struct {
	*rand.Rand
	variants map[reflect.Type][]reflect.Type // the variants of each union; the next to use comes first
	fields   map[string]int                  // how often each field was filled
	messages int                             // how many messages are being filled, one within another
}

func newFiller(seed uint64) *filler {
	f := &filler{Rand: rand.New(rand.NewPCG(seed, 1)), variants: map[reflect.Type][]reflect.Type{}, fields: map[string]int{}}
	structs := []reflect.Type{reflect.TypeFor[gotgbot.RichTextString](), reflect.TypeFor[gotgbot.RichTextArray]()}
	for _, t := range generatedTypes() {
		structs = append(structs, t.typ)
	}
	for _, t := range structs {
		if t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			union := t.Field(i).Type
			for union.Kind() == reflect.Slice {
				union = union.Elem()
			}
			if union.Kind() != reflect.Interface || f.variants[union] != nil {
				continue
			}
			for _, v := range structs {
				if v.Implements(union) {
					f.variants[union] = append(f.variants[union], v)
				}
			}
		}
	}
	return f
}

// maxFill is how deep pointers, slices and unions are nested.
const maxFill = 12

func (f *filler) fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(1 + f.Int64N(1<<f.IntN(62)))
	case reflect.Float64:
		v.SetFloat(1 + f.NormFloat64())
	case reflect.String:
		v.SetString(f.text())
	case reflect.Pointer:
		if depth < maxFill && (v.Type().Elem() != messageType || f.mayNest()) {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		n := 1 + f.IntN(2)
		if depth >= maxFill {
			// A nil union is encoded as null, which gotgbot does not decode.
			if n = 1; v.Type().Elem().Kind() != reflect.Interface {
				return
			}
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i), depth+1)
		}
	case reflect.Interface:
		f.union(v, depth)
	case reflect.Struct:
		if v.Type() == messageType {
			f.messages++
			defer func() { f.messages-- }()
		}
		for i := range v.NumField() {
			f.fields[v.Type().String()+"."+v.Type().Field(i).Name]++
			f.fill(v.Field(i), depth)
		}
		if inaccessible, ok := v.Addr().Interface().(*gotgbot.InaccessibleMessage); ok {
			inaccessible.Date = 0 // any other date makes it a Message
		}
	}
}

var messageType = reflect.TypeFor[gotgbot.Message]()

// mayNest reports whether a message may be filled here. A message within another is rare, and has no message within it.
func (f *filler) mayNest() bool { return f.messages == 0 || f.messages == 1 && f.IntN(6) == 0 }

// union fills a union with its next variant. At the deepest level it takes a variant that holds no union.
func (f *filler) union(v reflect.Value, depth int) {
	list := f.variants[v.Type()]
	i := 0
	if depth >= maxFill {
		i = slices.IndexFunc(list, func(t reflect.Type) bool { return !f.hasUnion(t) })
	}
	if list[i] == messageType && !f.mayNest() {
		i = len(list) - 1
	}
	if v.Type() == reflect.TypeFor[gotgbot.RichText]() && f.IntN(2) == 0 {
		i = slices.Index(list, reflect.TypeFor[gotgbot.RichTextString]()) // without this, texts would branch without end
	}
	variant := list[i]
	f.variants[v.Type()] = append(slices.Delete(list, i, i+1), variant)
	made := reflect.New(variant).Elem()
	f.fill(made, depth+1)
	v.Set(made)
}

// hasUnion reports whether a value of the type always holds a union.
func (f *filler) hasUnion(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return t.Kind() == reflect.Slice
	}
	for i := range t.NumField() {
		field := t.Field(i).Type
		for field.Kind() == reflect.Slice {
			field = field.Elem()
		}
		if field.Kind() == reflect.Interface || field.Kind() == reflect.Struct && f.hasUnion(field) {
			return true
		}
	}
	return false
}

func (f *filler) text() string {
	letters := []rune("abcdefgh \"\\/\n\t\x01éяش日😀\u2028\u007f")
	var b strings.Builder
	for range 1 + f.IntN(12) {
		b.WriteRune(letters[f.IntN(len(letters))])
	}
	return b.String()
}

// TestDecodeEveryField fills every type that an update reaches with random values, encodes the update, decodes it with both
// decoders, and compares. It fails if the decoder misses a field.
func TestDecodeEveryField(t *testing.T) {
	f := newFiller(1)
	update := reflect.TypeFor[gotgbot.Update]()
	const rounds = 6
	for round := range rounds {
		for field := 1; field < update.NumField(); field++ {
			if round > 0 && update.Field(field).Type.Elem() == messageType {
				continue // a message is large, and one of them has every field
			}
			want := new(gotgbot.Update)
			v := reflect.ValueOf(want).Elem()
			f.fill(v.Field(0), 0)
			f.fields["gotgbot.Update.UpdateId"]++
			f.fields["gotgbot.Update."+update.Field(field).Name]++
			f.fill(v.Field(field), 0)
			raw, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			if slow, err := decodeSlowly(string(raw)); err != nil {
				t.Fatalf("round %d: encoding/json does not decode what it encoded: %v\n%s", round, err, clip(string(raw)))
			} else if !reflect.DeepEqual(slow, want) {
				t.Fatalf("round %d: encoding/json lost something: %s", round, unequal("update", reflect.ValueOf(*slow), reflect.ValueOf(*want)))
			}
			got, _, err := decodeFast(string(raw))
			if err != nil {
				t.Fatalf("round %d: %v\n%s", round, err, clip(string(raw)))
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("round %d: the decoder lost something: %s", round, unequal("update", reflect.ValueOf(*got), reflect.ValueOf(*want)))
			}
		}
	}
	for _, typ := range generatedTypes() {
		for i := range typ.typ.NumField() {
			if name := typ.typ.String() + "." + typ.typ.Field(i).Name; f.fields[name] == 0 {
				t.Errorf("%s was never filled", name)
			}
		}
	}
}

// TestGeneratedTypesAreComplete checks by reflection that the decoder knows every struct that Update reaches.
func TestGeneratedTypesAreComplete(t *testing.T) {
	known := map[reflect.Type]bool{}
	for _, g := range generatedTypes() {
		known[g.typ] = true
	}
	var walk func(reflect.Type)
	seen := map[reflect.Type]bool{}
	walk = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(typ.Elem())
		case reflect.Struct:
			if !known[typ] {
				t.Errorf("the decoder does not know %v", typ)
			}
			for i := range typ.NumField() {
				walk(typ.Field(i).Type)
			}
		}
	}
	walk(reflect.TypeFor[gotgbot.Update]())
}
