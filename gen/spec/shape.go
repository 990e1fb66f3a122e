package spec

import (
	"iter"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A shape is the one description of a kind of value: how it is read, and its JSON Schema. Both follow from the same
// data, so that neither can say what the other does not.
type shape[T any] interface {
	// read stores what the node says, and is false when that was reported as wrong and nothing was stored.
	read(p *parser, node *yaml.Node, to *T) bool
	schema(defs *definitions) schema
}

// An object is a mapping with keys that are known.
type object[T any] struct {
	// name is what the mapping is, for messages and as a definition of the schema.
	name, doc string
	keys      []key[T]
	// check looks at the whole after its keys were read; there holds those that are there. It is false when the
	// whole is of no use.
	check func(p *parser, node *yaml.Node, to *T, there map[string]*yaml.Node) bool
	// rules are further members of the schema, which say what check does.
	rules schema
}

// A key is a key of an object.
type key[T any] struct {
	name, doc string
	required  bool
	// def is the value of a key that is absent, for the schema; nil when there is none.
	def    any
	read   func(p *parser, node *yaml.Node, to *T) bool
	schema func(defs *definitions) schema
}

// at describes a key, the shape of its value, and the field that the value goes to.
func at[T, V any](name string, value shape[V], field func(*T) *V, doc string) key[T] {
	return key[T]{
		name: name, doc: doc, schema: value.schema,
		read: func(p *parser, node *yaml.Node, to *T) bool {
			// A fresh value, so that the field is left alone when the node is wrong.
			var read V
			ok := value.read(p, node, &read)
			if ok {
				*field(to) = read
			}
			return ok
		},
	}
}

// needed makes the key a required one.
func (k key[T]) needed() key[T] {
	k.required = true
	return k
}

// or documents what an absent key means.
func (k key[T]) or(def any) key[T] {
	k.def = def
	return k
}

func (o *object[T]) names() []string {
	names := make([]string, len(o.keys))
	for i, key := range o.keys {
		names[i] = key.name
	}
	return names
}

func (o *object[T]) read(p *parser, node *yaml.Node, to *T) bool {
	if node.Kind != yaml.Mapping {
		p.wrongType(node, "a mapping", "")
		return false
	}
	there := make(map[string]*yaml.Node, len(node.Entries))
	for entry := range p.entries(node, there) {
		name := entry.Key.Text
		key := o.find(name)
		switch {
		case name == "<<":
			p.report(CodeAnchor, p.placeOf(entry.Key), "repeat the keys", "merge keys are not supported")
		case key == nil:
			p.report(CodeUnknownKey, p.placeOf(entry.Key), o.unknownHint(name), "%s has no key %s", o.name, shorten(name))
		case entry.Value.Kind == yaml.Null:
			p.report(CodeMissingValue, p.placeOf(entry.Key), "give it one, or delete the key", "the key %s has no value", name)
		default:
			key.read(p, entry.Value, to)
		}
	}
	if p.full {
		return false
	}
	for _, key := range o.keys {
		// Where something could not be read, the key may be in it.
		if key.required && there[key.name] == nil && !node.Broken {
			p.report(CodeMissingKey, p.start(node), "", "%s needs the key %s", o.name, key.name)
		}
	}
	return o.check(p, node, to, there)
}

// entries are those of a mapping whose key can be read, each key once: a second one is reported. there gets the keys. They
// end early when there is no room for another diagnostic.
func (p *parser) entries(node *yaml.Node, there map[string]*yaml.Node) iter.Seq[yaml.Entry] {
	return func(yield func(yaml.Entry) bool) {
		for _, entry := range node.Entries {
			if entry.Key.Kind == yaml.Invalid {
				continue
			}
			name := entry.Key.Text
			if first := there[name]; first != nil {
				d := p.report(CodeDuplicateKey, p.placeOf(entry.Key), "", "the key %s is here twice", shorten(name))
				relate(d, p.placeOf(first).pos, "the first is here")
				continue
			}
			there[name] = entry.Key
			if p.full || !yield(entry) {
				return
			}
		}
	}
}

// start is the place of the first key of a mapping, or of its brace.
func (p *parser) start(node *yaml.Node) place {
	if len(node.Entries) > 0 && node.Entries[0].Key.Start == node.Start {
		return p.placeOf(node.Entries[0].Key)
	}
	return p.place(node.Start, node.Start+1)
}

func (o *object[T]) find(name string) *key[T] {
	for i := range o.keys {
		if o.keys[i].name == name {
			return &o.keys[i]
		}
	}
	return nil
}

func (o *object[T]) unknownHint(name string) string {
	if hint := diag.DidYouMean(name, o.names()); hint != "" {
		return hint
	}
	if before, _, found := strings.Cut(name, ":"); found && o.find(before) != nil {
		return "put a space after the colon"
	}
	return "its keys: " + strings.Join(o.names(), ", ")
}

func (o *object[T]) schema(defs *definitions) schema {
	return defs.define(strings.TrimPrefix(strings.TrimPrefix(o.name, "the "), "a "), func() schema {
		var properties, required = schema{}, []any{}
		for _, key := range o.keys {
			property := schema{{"description", key.doc}}
			if key.def != nil {
				property = append(property, member{"default", key.def})
			}
			properties = append(properties, member{key.name, append(property, key.schema(defs)...)})
			if key.required {
				required = append(required, key.name)
			}
		}
		all := schema{{"description", o.doc}, {"type", "object"}, {"additionalProperties", false}}
		if len(required) > 0 {
			all = append(all, member{"required", required})
		}
		all = append(all, o.rules...)
		return append(all, member{"properties", properties})
	})
}

// A pointed shape reads into a pointer, which is nil when the key is absent or wrong.
type pointed[T any] struct{ shape[T] }

func (s pointed[T]) read(p *parser, node *yaml.Node, to **T) bool {
	value := new(T)
	if !s.shape.read(p, node, value) {
		return false
	}
	*to = value
	return true
}

// A list is a list of at least one element. Elements that are wrong are left out.
type list[T any] struct {
	item shape[T]
	// alone lets a single element stand for a list of one.
	alone bool
	// same is what makes two elements alike, which may not be; nil lets them be.
	same func(T) String
	// want says what should be here.
	want string
}

func (l list[T]) read(p *parser, node *yaml.Node, to *[]T) bool {
	nodes := node.Items
	switch {
	case node.Kind == yaml.Sequence && len(nodes) == 0:
		p.report(CodeEmptyList, p.placeOf(node), "", "an empty list, where %s should be", l.want)
		return false
	case node.Kind == yaml.Sequence:
	case l.alone && node.Kind != yaml.Mapping:
		nodes = []*yaml.Node{node}
	case l.alone:
		p.wrongType(node, l.want, "")
		return false
	default:
		p.wrongType(node, "a list", "begin each element with a dash and a space")
		return false
	}
	seen := make(map[string]String, len(nodes))
	for _, node := range nodes {
		if p.full {
			return false
		}
		var item T
		if !l.item.read(p, node, &item) {
			continue
		}
		if l.same != nil {
			text := l.same(item)
			if first, ok := seen[text.Value]; ok {
				d := p.report(CodeDuplicate, placeOfValue(text), "delete one of them", "%s is in the list twice", shorten(text.Value))
				relate(d, first.Pos, "the first is here")
				continue
			}
			seen[text.Value] = text
		}
		*to = append(*to, item)
	}
	return len(*to) > 0
}

func (l list[T]) schema(defs *definitions) schema {
	item := l.item.schema(defs)
	all := schema{{"type", "array"}, {"minItems", 1}}
	if l.same != nil {
		all = append(all, member{"uniqueItems", true})
	}
	all = append(all, member{"items", item})
	if !l.alone {
		return all
	}
	return schema{{"anyOf", []any{item, all}}}
}
