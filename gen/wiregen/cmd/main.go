// Command cmd writes the generated files of runtime/telegram/wire into a directory:
//
//	go run ./gen/wiregen/cmd DIRECTORY
//
// "go generate ./runtime/telegram/wire" runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/wiregen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cmd DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(directory string) error {
	files, err := wiregen.Files(model.Gotgbot())
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(directory, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
