// Command tggen generates the dispatch code of a Telegram bot from spec.yaml.
//
//	tggen generate    write bot.gen.go; the default
//	tggen help        list all commands
//
// It exits with 0 on success, with 1 if the spec or the generated file is wrong, and with 2 if it could not run.
package main

import (
	"os"

	// The tool does not use the runtime. The import makes it a dependency of the tool, so that `go get -tool` adds all that
	// a bot needs to its go.mod, and `go generate` and `go build` work in a new bot without `go mod tidy`.
	_ "github.com/tggen/tggen/runtime/telegram"
)

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
