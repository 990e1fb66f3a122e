package bench

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
)

// memoryUpdates is how many updates the bot handles whose memory is measured.
const memoryUpdates = 200_000

// beBot is the life of a process with one bot whose handlers do nothing. It says how many kB it had resident at most.
func beBot(server string) {
	bot := startBot(server, func(c *contender, _ *telegram.Event) { c.handled() }, nil)
	bot.run(memoryUpdates)
	bot.stop()
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(peak)
}

// BenchmarkMemory is the most memory that the process of a bot has resident while it handles as many updates as it
// can, its program included. An operation is such a process.
func BenchmarkMemory(b *testing.B) {
	var most float64
	for b.Loop() {
		cmd, in, out := start("bot", serverVariable+"="+theServer())
		var kilobytes float64
		_, err := fmt.Fscan(out, &kilobytes)
		check(err)
		check(in.Close())
		check(cmd.Wait())
		most = max(most, kilobytes/1024)
	}
	b.ReportMetric(most, "peak-MB")
}
