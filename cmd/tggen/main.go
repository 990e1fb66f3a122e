// Command tggen generates the dispatch code of a Telegram bot from its spec.yaml.
//
//	tggen generate    write bot.gen.go; what tggen does without a command
//	tggen help        all commands
//
// It exits with 0 if all is well, 1 if the spec or the output is wrong, and 2 if it could not run.
package main

import (
	"os"

	// What a bot is made of. It is not used here: imported it is part of the tool, so that `go get -tool` brings it, and
	// neither `go generate` nor `go build` finds anything missing in a new bot's go.mod.
	_ "github.com/tggen/tggen/runtime/telegram"
)

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
