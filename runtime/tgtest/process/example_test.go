package process_test

import (
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

// A test of a bot that is killed while it works. The folder is that of the bot's main package: in most projects ".".
func ExampleRun() {
	_ = func(t *testing.T) {
		server := tgtest.NewServer(t)
		bot := process.Run(t, server.Bot, "../../../example/echo")

		ann := server.User("Ann")
		ann.Send("/start")
		ann.Expect("Hello! Send me something.")

		bot.Kill()
		ann.Send("Are you there?")
		bot.Start()
		ann.Expect("Are you there?")
	}
}
