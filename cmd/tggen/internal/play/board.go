package play

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxDeleted is how many deleted objects a board remembers, so that a client learns that they are gone.
const maxDeleted = 1000

// A board holds the State as encoded objects, each with the version of the board at which it changed. So a client needs no buffer: what
// it has not seen yet is what has a higher version than its own. The caller must synchronize its use.
type board struct {
	version uint64
	objects map[address]*object
	dirty   map[address]bool
	keep    int       // how many deletions it remembers
	deleted []address // oldest first; those that have been set again are in objects with data
	// forgotten is the version of the newest deletion that is no longer in objects. A client of an older version gets the
	// whole State.
	forgotten uint64
	render    func(address) any // returns the current value, or nil if the object does not exist
}

// An address names an object: a key of a map of the State, or a field that is not a map if the key is empty.
type address struct{ section, key string }

type object struct {
	version uint64
	data    []byte // nil if it is deleted
}

func newBoard(render func(address) any) *board {
	return &board{keep: maxDeleted, objects: make(map[address]*object), dirty: make(map[address]bool), render: render}
}

// touch notes that an object may have changed.
func (b *board) touch(section, key string) { b.dirty[address{section, key}] = true }

// flush encodes the objects that may have changed, and reports whether one has.
func (b *board) flush() (changed bool) {
	for at := range b.dirty {
		var data []byte
		if value := b.render(at); value != nil {
			var err error
			if data, err = json.Marshal(value); err != nil {
				panic(fmt.Sprintf("play: encoding %s %s: %v", at.section, at.key, err)) // the types of a State can be encoded
			}
		}
		old := b.objects[at]
		if old == nil && data == nil || old != nil && bytes.Equal(old.data, data) && (old.data == nil) == (data == nil) {
			continue
		}
		if !changed {
			changed = true
			b.version++
		}
		b.objects[at] = &object{b.version, data}
		if data == nil {
			b.deleted = append(b.deleted, at)
		}
	}
	clear(b.dirty)
	b.forget()
	return changed
}

// forget removes the oldest deletions.
func (b *board) forget() {
	for len(b.deleted) > b.keep {
		at := b.deleted[0]
		b.deleted = b.deleted[1:]
		if o := b.objects[at]; o != nil && o.data == nil {
			b.forgotten = max(b.forgotten, o.version)
			delete(b.objects, at)
		}
	}
}

// since returns what has changed after a version, as the event and its data. Version 0 means that the client has seen nothing. The data
// is nil if nothing has changed.
func (b *board) since(version uint64) (event string, data []byte) {
	if version == b.version && version != 0 {
		return "", nil
	}
	event = "patch"
	if version == 0 || version < b.forgotten {
		event, version = "state", 0
	}
	fields := make(map[string]any)
	if event == "state" {
		for _, section := range mapSections {
			fields[section] = make(map[string]json.RawMessage)
		}
	}
	for at, o := range b.objects {
		if o.version <= version || event == "state" && o.data == nil {
			continue
		}
		value := json.RawMessage(o.data)
		if value == nil {
			value = json.RawMessage("null")
		}
		if at.key == "" {
			fields[at.section] = value
			continue
		}
		objects, _ := fields[at.section].(map[string]json.RawMessage)
		if objects == nil {
			objects = make(map[string]json.RawMessage)
			fields[at.section] = objects
		}
		objects[at.key] = value
	}
	data, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("play: encoding the state: %v (%v)", err, slices.Sorted(maps.Keys(fields)))) // all values are JSON
	}
	return event, data
}
