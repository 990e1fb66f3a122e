package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// LayoutPrefix begins the line of the generated file that says how the data of a session looks like. The next run compares it with the
// spec: see [resolver.checkLayouts].
const LayoutPrefix = "//tggen:session "

// Layout is what determines whether stored data of a session can be read: its version, its key, its states and their fields.
// For the session Signup it is "Signup version=2 key=chat_user Idle AskAge(name:string)".
func (s *Session) Layout() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s version=%d key=%s", s.Name.Value, s.Version.Or(spec.DefaultSessionVersion), s.Key.Name.Value)
	if len(s.States) == 0 {
		b.WriteString(" " + fieldsLayout(s.Data))
	}
	for _, state := range s.States {
		b.WriteString(" " + state.Name.Value + fieldsLayout(state.Data))
	}
	return b.String()
}

func fieldsLayout(fields []SessionField) string {
	if len(fields) == 0 {
		return ""
	}
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.Field.Name.Value + ":" + f.TypeText()
	}
	return "(" + strings.Join(texts, ",") + ")"
}

// An oldLayout is a layout that was read from a generated file.
type oldLayout struct {
	name, key string
	version   int
	// states are the fields of each state, by the state's name. A session without states has one that is called "".
	states map[string]map[string]string
	first  string // the initial state
}

// oldLayouts are the layouts in a generated file. A line that cannot be read is left out: it may be of another version of tggen.
func oldLayouts(file []byte) []oldLayout {
	var all []oldLayout
	for line := range strings.Lines(string(file)) {
		text, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), LayoutPrefix)
		if !ok {
			continue
		}
		if layout, ok := readLayout(strings.Fields(text)); ok {
			all = append(all, layout)
		}
	}
	return all
}

func readLayout(words []string) (layout oldLayout, ok bool) {
	if len(words) < 4 {
		return layout, false
	}
	version, hasVersion := strings.CutPrefix(words[1], "version=")
	key, hasKey := strings.CutPrefix(words[2], "key=")
	number, err := strconv.Atoi(version)
	if !hasVersion || !hasKey || err != nil {
		return layout, false
	}
	layout = oldLayout{name: words[0], key: key, version: number, states: map[string]map[string]string{}}
	for i, word := range words[3:] {
		name, list, _ := strings.Cut(strings.TrimSuffix(word, ")"), "(")
		fields := map[string]string{}
		for field := range strings.SplitSeq(list, ",") {
			if name, typ, ok := strings.Cut(field, ":"); ok {
				fields[name] = typ
			}
		}
		if i == 0 {
			layout.first = name
		}
		layout.states[name] = fields
	}
	return layout, true
}

// checkLayouts finds sessions whose stored data would be lost or misread, compared with the file that was generated before: something
// was removed, renamed or changed, or a field was added that old data lacks, and the version is the same. A new state, and a new field
// with a default, change nothing for the data that is stored.
func (r *resolver) checkLayouts(file []byte) {
	for _, old := range oldLayouts(file) {
		s := r.plan.Session(old.name)
		if s == nil || !s.Key.Name.IsSet() {
			continue
		}
		version := s.Version.Or(spec.DefaultSessionVersion)
		at := s.Version
		if !at.IsSet() {
			at = spec.Value[int]{Pos: s.Name.Pos, End: s.Name.End}
		}
		switch change := s.change(old); {
		case version < old.version:
			fault(r, CodeSessionVersion, at, fmt.Sprintf("write version: %d, or a higher number; if no bot ran with that version, delete bot.gen.go", old.version),
				"the version of %s goes down from %d to %d, and stored data of version %[2]d could not be read", old.name, old.version, version)
		case version == old.version && change != "":
			fault(r, CodeSessionVersion, at, fmt.Sprintf("write version: %d, and turn data of version %d into the new form in Migrate%s; if no bot ran with that version, delete bot.gen.go",
				version+1, version, old.name), "%s, and the version is still %d", change, version)
		}
	}
}

// change says what is different from an old layout, so that data would be lost or misread. It is empty if there is nothing.
func (s *Session) change(old oldLayout) string {
	if old.key != s.Key.Name.Value {
		return fmt.Sprintf("the key of %s changed from %s to %s", s.Name.Value, old.key, s.Key.Name.Value)
	}
	_, hadFields := old.states[""]
	switch {
	case hadFields && len(s.States) > 0:
		return s.Name.Value + " had fields, and has states now"
	case !hadFields && len(s.States) == 0:
		return s.Name.Value + " had states, and has fields now"
	case hadFields:
		return changedFields(s.Name.Value, old.states[""], s.Data)
	}
	names := make([]string, 0, len(old.states))
	for name := range old.states {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare)
	for _, name := range names {
		if s.State(name) == nil {
			return fmt.Sprintf("%s lost the state %s", s.Name.Value, name)
		}
	}
	for _, state := range s.States {
		if fields, had := old.states[state.Name.Value]; had {
			if change := changedFields(s.Name.Value+"."+state.Name.Value, fields, state.Data); change != "" {
				return change
			}
		}
	}
	if first := s.States[0].Name.Value; first != old.first {
		return fmt.Sprintf("the initial state of %s changed from %s to %s", s.Name.Value, old.first, first)
	}
	return ""
}

// changedFields says how fields differ from old ones, so that data would be lost or misread.
func changedFields(what string, old map[string]string, fields []SessionField) string {
	kept := 0
	for _, f := range fields {
		typ, had := old[f.Field.Name.Value]
		switch {
		case had && typ != f.TypeText():
			return fmt.Sprintf("the type of %s in %s changed from %s to %s", f.Field.Name.Value, what, typ, f.TypeText())
		case had:
			kept++
		case f.Default == nil:
			return fmt.Sprintf("%s has the new field %s, which stored data lacks", what, f.Field.Name.Value)
		}
	}
	if kept == len(old) {
		return ""
	}
	names := make([]string, 0, len(old))
	for name := range old {
		if !slices.ContainsFunc(fields, func(f SessionField) bool { return f.Field.Name.Value == name }) {
			names = append(names, name)
		}
	}
	return fmt.Sprintf("%s lost the field %s", what, slices.Min(names))
}
