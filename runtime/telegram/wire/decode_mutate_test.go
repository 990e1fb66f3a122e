package wire

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// A mutator changes the JSON of an update in ways that a decoder may get wrong: it replaces, doubles, renames, drops and swaps
// members, and sometimes breaks the syntax. Random changes of bytes hardly ever make such a case.
type mutator struct {
	*rand.Rand
}

// pairs holds the members of an object or the elements of an array, as text.
type pairs struct {
	open, close string
	names       []string // with quotes; nil for an array
	values      []string
}

// parsePairs reads an object or array. It is not ok for other values. The text must be valid JSON.
func parsePairs(s string) (p pairs, ok bool) {
	i := skipSpace(s, 0)
	if s[i] != '{' && s[i] != '[' {
		return p, false
	}
	p.open, p.close = s[i:i+1], string(s[i]+2)
	for i = skipSpace(s, i+1); s[i] != p.close[0]; {
		if p.open == "{" {
			end := skipString(s, i+1)
			p.names = append(p.names, s[i:end])
			i = skipSpace(s, skipColon(s, end))
		}
		end := skipValue(s, i, noLimit)
		p.values = append(p.values, s[i:end])
		if i = skipSpace(s, end); s[i] == ',' {
			i = skipSpace(s, i+1)
		}
	}
	return p, true
}

func (p pairs) String() string {
	var b strings.Builder
	b.WriteString(p.open)
	for i, v := range p.values {
		if i > 0 {
			b.WriteByte(',')
		}
		if p.names != nil {
			b.WriteString(p.names[i])
			b.WriteByte(':')
		}
		b.WriteString(v)
	}
	b.WriteString(p.close)
	return b.String()
}

// value changes one thing within a value.
func (m *mutator) value(s string) string {
	p, ok := parsePairs(s)
	if !ok || len(p.values) == 0 {
		return m.leaf(s)
	}
	i := m.IntN(len(p.values))
	if m.IntN(8) > 0 {
		p.values[i] = m.value(p.values[i])
		return p.String()
	}
	switch m.IntN(9) {
	case 0:
		p.values[i] = m.strange()
	case 1, 2: // double it, mostly with a difference
		at := m.IntN(len(p.values) + 1)
		double := p.values[i]
		if m.IntN(3) > 0 {
			double = m.value(double)
		}
		p.values = insert(p.values, at, double)
		if p.names != nil {
			p.names = insert(p.names, at, p.names[i])
		}
	case 3:
		if p.names != nil {
			p.names[i] = m.name(p.names[i])
		}
	case 4: // drop it
		p.values = append(p.values[:i], p.values[i+1:]...)
		if p.names != nil {
			p.names = append(p.names[:i], p.names[i+1:]...)
		}
	case 5: // swap two
		j := m.IntN(len(p.values))
		p.values[i], p.values[j] = p.values[j], p.values[i]
		if p.names != nil && m.IntN(4) > 0 {
			p.names[i], p.names[j] = p.names[j], p.names[i]
		}
	case 6:
		if p.names != nil {
			p.names = insert(p.names, i, `"new_field"`)
		}
		p.values = insert(p.values, i, m.strange())
	case 7:
		space := []string{" ", "\n", "\t ", "\r\n  "}[m.IntN(4)]
		p.values[i] = space + p.values[i] + space
	case 8:
		text := p.String()
		at := m.IntN(len(text))
		switch m.IntN(3) {
		case 0:
			return text[:at] + text[at+1:]
		case 1:
			return text[:at] + string(`{}[],:"\0-. nte`[m.IntN(15)]) + text[at:]
		}
		return text[:at] + string(`{}[],:"\0-. nte`[m.IntN(15)]) + text[at+1:]
	}
	return p.String()
}

func insert(list []string, at int, s string) []string {
	return append(list[:at:at], append([]string{s}, list[at:]...)...)
}

// leaf changes a value without members or elements.
func (m *mutator) leaf(s string) string {
	if s[0] == '"' && m.IntN(2) == 0 {
		at := 1 + m.IntN(len(s)-1)
		return s[:at] + []string{`\u00e9`, `\ud83d`, `\ude00`, `\"`, "\xff", "é", "\x01", `\x`, `\`}[m.IntN(9)] + s[at:]
	}
	return m.strange()
}

// strange returns a value that is often of another type than the field, or a number at the end of its range.
func (m *mutator) strange() string {
	list := []string{
		"null", "null", "null", "true", "false", "0", "-1", "1.5", "1e2", "1e999", "9223372036854775808", "-9223372036854775808", `""`, `"x"`,
		"[]", "{}", "[null]", "[[]]", "[{}]", `{"type":"emoji","emoji":"x"}`, `{"date":0}`, `{"id":7}`, `{"type":5}`, `{"type":"bold","text":"x"}`,
	}
	return list[m.IntN(len(list))]
}

// name spells a name in another way, which may be equal for encoding/json.
func (m *mutator) name(s string) string {
	switch m.IntN(5) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.NewReplacer("s", "ſ", "k", "\u212a").Replace(s)
	case 2:
		return strings.Replace(s, "e", `\u0065`, 1)
	case 3:
		return strings.Replace(s, "_", "-", 1)
	}
	return strings.Replace(s, `"`, `"x`, 1)
}

// mutate makes 1 to 3 changes to an update.
func mutate(seed uint64, raw string) string {
	m := &mutator{rand.New(rand.NewPCG(seed, 3))}
	for range 1 + m.IntN(3) {
		if skipValue(raw, 0, noLimit) < 0 {
			break
		}
		raw = m.value(raw)
	}
	return raw
}

// TestDecodeMutated compares both decoders on mutations of lifelike updates.
func TestDecodeMutated(t *testing.T) {
	updates := corpus.Updates(5, 500)
	for seed := range uint64(6_000) {
		sameAsJSON(t, mutate(seed, updates[seed%uint64(len(updates))]))
	}
}

// FuzzDecode compares both decoders on any text and, if the text is JSON, on a mutation of it.
func FuzzDecode(f *testing.F) {
	for i, raw := range append(nasty(), corpus.Updates(6, 300)...) {
		f.Add(raw, uint64(i))
	}
	f.Fuzz(func(t *testing.T, raw string, seed uint64) {
		sameAsJSON(t, raw)
		if skipValue(raw, 0, noLimit) >= 0 {
			sameAsJSON(t, mutate(seed, raw))
		}
	})
}
