// Command cmd writes the table of repeatable methods into a directory:
//
//	go run ./gen/callgen/cmd DIRECTORY
//
// "go generate ./runtime/telegram/calls" runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tggen/tggen/gen/callgen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cmd DIRECTORY")
		os.Exit(2)
	}
	source, err := callgen.Source()
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Args[1], callgen.File), source, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
