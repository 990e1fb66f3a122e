package gen

import (
	"testing"
)

// FuzzPlan checks that every spec gives either diagnostics or source, and never a panic.
func FuzzPlan(f *testing.F) {
	f.Add("version: 1\nhandlers: [{name: A, command: a, args: [b: int = 1, c: rest?]}]\n")
	f.Add("version: 1\nhandlers: [{name: A, callback: 'a:{b:string(9)}:{c:enum(x|y)?}', where: '!B', in: private}]\n")
	f.Add("version: 1\nmatch: all\nconstraints: {default: [chat, T], poll: none}\nhandlers: [{name: A, on: ['::url', msg]}, {name: a}]\n")
	f.Add("version: 2\nhandlers: [{name: A, text: '(?P<x>a)?'}, {on: message}, {name: B, inline: true, constraints: none}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		result, found, err := Generate(Input{SpecFile: "spec.yaml", Spec: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		if (result == nil) == (len(found) == 0) {
			t.Errorf("there is a result: %v, and there are %d diagnostics", result != nil, len(found))
		}
	})
}

// TestTenMistakesAtOnce checks that mistakes of form and mistakes of meaning are reported together, in the order of the
// file.
func TestTenMistakesAtOnce(t *testing.T) {
	_, found := Plan(Input{SpecFile: "spec.yaml", Spec: []byte(`version: 1
wrokers: 4
concurrency: 0
timeout: 30
handlers:
- {name: Start, command: start}
- {name: start2, on: message}
- {name: Photo, on: "message:photoo"}
- {name: Buy, callback: "buy:{note:string}"}
- {name: All, on: message}
- {name: After, on: message:text}
- {name: Both, on: message, command: x}
- {name: Odd, on: poll, in: private}
- {name: Again, command: start}
`)})
	var lines []int
	for _, d := range found {
		lines = append(lines, d.Pos.Line)
	}
	if len(found) != 10 {
		t.Errorf("%d diagnostics, want 10: %v", len(found), found)
	}
	for i := 1; i < len(lines); i++ {
		if lines[i] < lines[i-1] {
			t.Errorf("the lines are %v, want them in order", lines)
		}
	}
}
