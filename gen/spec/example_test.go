package spec_test

import (
	"fmt"
	"os"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

func ExampleParse() {
	src := []byte("version: 1\nhandlers:\n  - name: Buy\n    callback: 'buy:{item:int46}'\n  - name: Start\n    command: start\n")
	bot, mistakes := spec.Parse("spec.yaml", src)
	mistakes.Text(os.Stdout, diag.Sources{"spec.yaml": src})
	for _, handler := range bot.Handlers {
		trigger, at := handler.Trigger()
		fmt.Println(handler.Name.Value, trigger, at)
	}
	// Output:
	// spec.yaml:4:26: "int46" is not a type
	//   4 |     callback: 'buy:{item:int46}'
	//     |                          ^^^^^
	//   hint: did you mean int64?
	// Start command spec.yaml:6:14
}
