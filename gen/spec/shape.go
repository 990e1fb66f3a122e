package spec

import (
	"cmp"
	"iter"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A shape describes a kind of value: how it is read, and its JSON Schema. Both follow from the same data, so that they
// cannot contradict each other.
type shape[T any] interface {
	// read stores the value of the node in to. If the value is wrong, read reports it, stores nothing and returns false.
	read(p *parser, node *yaml.Node, to *T) bool
	schema(defs *definitions) schema
}

// An object is a mapping with known keys.
type object[T any] struct {
	// name says what the mapping is, with an article, for messages. Without the article it names a definition of the
	// schema.
	name, doc string
	keys      []key[T]
	// example says how to write the mapping, for a text that stands in its place. It may be nil.
	example func(text string) string
	// check checks the mapping after its keys were read. present holds the keys that it has. check returns false if the
	// mapping cannot be used.
	check func(p *parser, node *yaml.Node, to *T, present map[string]*yaml.Node) bool
	// rules are further members of the schema, for what check checks.
	rules schema
	// elsewhere is the hint for an unknown key that has its place elsewhere, or empty. Nil: there are no such keys.
	elsewhere func(name string) string
}

// A key is a key of an object.
type key[T any] struct {
	name, doc string
	required  bool
	// need says what to write if the key is required and absent.
	need string
	// def is the default of the key, for the schema. Nil: the key has no default.
	def    any
	read   func(p *parser, node *yaml.Node, to *T) bool
	schema func(defs *definitions) schema
}

// at describes a key, the shape of its value, and the field of T in which the value is stored.
func at[T, V any](name string, value shape[V], field func(*T) *V, doc string) key[T] {
	return key[T]{
		name: name, doc: doc, schema: value.schema,
		read: func(p *parser, node *yaml.Node, to *T) bool {
			// read is a new value, so that the field stays unchanged if the node is wrong.
			var read V
			ok := value.read(p, node, &read)
			if ok {
				*field(to) = read
			}
			return ok
		},
	}
}

// more describes a key like at, for a list that several keys fill. The elements are in the order of the file.
func more[T, V any](name string, value shape[[]V], field func(*T) *[]V, doc string) key[T] {
	return key[T]{
		name: name, doc: doc, schema: value.schema,
		read: func(p *parser, node *yaml.Node, to *T) bool {
			var read []V
			ok := value.read(p, node, &read)
			*field(to) = append(*field(to), read...)
			return ok
		},
	}
}

// absent sets what to write if the key has no value.
func (k key[T]) absent(hint string) key[T] {
	k.need = hint
	return k
}

// needed makes the key required. The hint says what to write if it is absent.
func (k key[T]) needed(hint string) key[T] {
	k.required, k.need = true, hint
	return k
}

// or sets the default of the key.
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
		p.wrongType(node, "a mapping", o.mappingHint(node))
		return false
	}
	present := make(map[string]*yaml.Node, len(node.Entries))
	for entry := range p.entries(node, present) {
		name := entry.Key.Text
		key := o.find(name)
		switch {
		case name == "<<":
			p.report(CodeAnchor, p.placeOf(entry.Key), "repeat the keys", "merge keys are not supported")
		case key == nil:
			hint, means := o.unknownHint(name)
			p.report(CodeUnknownKey, p.placeOf(entry.Key), hint, "%s has no key %s", o.name, shorten(name))
			p.mean(node, means)
		case entry.Value.Kind == yaml.Null && key.need != "":
			p.report(CodeMissingValue, p.placeOf(entry.Key), key.need, "the key %s has no value", name)
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
		// If a part of the mapping could not be read, the key may be in that part.
		if key.required && present[key.name] == nil && !node.Broken && !p.meant(node, key.name) {
			p.report(CodeMissingKey, p.start(node), key.need, "%s needs the key %s", o.name, key.name)
		}
	}
	return o.check(p, node, to, present)
}

// entries returns the entries of a mapping whose keys could be read. It reports a key that appears twice, and leaves out the
// second one. It adds the keys to present. It ends early if the list of diagnostics is full.
func (p *parser) entries(node *yaml.Node, present map[string]*yaml.Node) iter.Seq[yaml.Entry] {
	return func(yield func(yaml.Entry) bool) {
		for _, entry := range node.Entries {
			if entry.Key.Kind == yaml.Invalid {
				continue
			}
			name := entry.Key.Text
			if first := present[name]; first != nil {
				d := p.report(CodeDuplicateKey, p.placeOf(entry.Key), "", "the key %s appears twice", shorten(name))
				relate(d, p.placeOf(first).pos, "the first is here")
				continue
			}
			present[name] = entry.Key
			if p.full || !yield(entry) {
				return
			}
		}
	}
}

// start is the place where a mapping begins: its first key, or its brace.
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

// unknownHint says what to write instead of a key that the mapping does not have. means is the key that was meant, or empty.
func (o *object[T]) unknownHint(name string) (hint, means string) {
	if o.elsewhere != nil {
		if hint := o.elsewhere(name); hint != "" {
			return hint, ""
		}
	}
	if h, ok := habitFor(o.name, name); ok {
		return h.hint, h.means
	}
	if before, _, found := strings.Cut(name, ":"); found && o.find(before) != nil {
		return "put a space after the colon", before
	}
	if near, ok := diag.Nearest(name, o.names()); ok {
		return "did you mean " + near + "?", near
	}
	if elsewhere := keysElsewhere(o.name, name); elsewhere != "" {
		return elsewhere, ""
	}
	if len(o.keys) <= fewKeys {
		return o.keysHint(), ""
	}
	if near := diag.Near(name, o.names()); len(near) > 0 {
		return "did you mean " + diag.Or(near) + "?", ""
	}
	return "no key resembles it; `tggen init -template full DIR` writes a spec that shows every key", ""
}

// fewKeys is how many keys a hint lists.
const fewKeys = 6

func (o *object[T]) keysHint() string { return "possible keys: " + strings.Join(o.names(), ", ") }

// mappingHint says how to write a mapping in the place of another value.
func (o *object[T]) mappingHint(node *yaml.Node) string {
	if before, _, found := strings.Cut(node.Text, ":"); found && o.find(before) != nil {
		return "put a space after the colon"
	}
	if o.example != nil {
		return o.example(node.Text)
	}
	if len(o.keys) <= fewKeys {
		return o.keysHint()
	}
	return "write keys and values, such as " + o.keys[0].name + ": and its value"
}

// mean notes that a mapping has a key that was meant by another name.
func (p *parser) mean(mapping *yaml.Node, key string) {
	if key == "" {
		return
	}
	if p.others == nil {
		p.others = make(map[meantKey]bool)
	}
	p.others[meantKey{mapping, key}] = true
}

// meant reports whether a mapping has the key by another name.
func (p *parser) meant(mapping *yaml.Node, key string) bool { return p.others[meantKey{mapping, key}] }

// A meantKey is a key that a mapping has by another name.
type meantKey struct {
	mapping *yaml.Node
	key     string
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

// A pointed shape reads a value into a pointer. The pointer is nil if the key is absent or wrong.
type pointed[T any] struct{ shape[T] }

func (s pointed[T]) read(p *parser, node *yaml.Node, to **T) bool {
	value := new(T)
	if !s.shape.read(p, node, value) {
		return false
	}
	*to = value
	return true
}

// A list is the shape of a list of at least one element. It leaves out elements that are wrong.
type list[T any] struct {
	item shape[T]
	// alone allows a single element without a list around it.
	alone bool
	// same returns a text that must be different for every element. Nil: elements may be equal.
	same func(T) String
	// want says what an element is, with an article.
	want string
}

func (l list[T]) read(p *parser, node *yaml.Node, to *[]T) bool {
	nodes := node.Items
	switch {
	case node.Kind == yaml.Sequence && len(nodes) == 0:
		p.report(CodeEmptyList, p.placeOf(node), "", "the list is empty; expected %s", l.want)
		return false
	case node.Kind == yaml.Sequence:
	case l.alone && node.Kind != yaml.Mapping:
		nodes = []*yaml.Node{node}
	case l.alone:
		l.item.read(p, node, new(T)) // it reports the mapping
		return false
	default:
		p.wrongType(node, "a list", l.listHint(node))
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

// listHint says how to write a list in the place of another value.
func (l list[T]) listHint(node *yaml.Node) string {
	if node.Kind == yaml.Mapping && len(node.Entries) > 0 {
		if first := node.Entries[0]; first.Value.Kind == yaml.Mapping {
			return "begin each element with a dash and its name: - name: " + cmp.Or(camelCase(first.Key.Text), "Start")
		}
	}
	return "begin each element with a dash and a space"
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
