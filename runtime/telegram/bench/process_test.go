//go:build linux

package bench

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// A process is a bot in a process of its own, with one core. It shares neither heap nor scheduler with another bot.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startProcess starts the contender with a name.
func startProcess(bot string, w work) *process {
	cmd, in, out := start("bot", 1, serverVariable+"="+theServer(), botVariable+"="+bot, workVariable+"="+w.name)
	return &process{cmd, in, out}
}

// run makes the bot handle n updates. It returns their cost, and the most memory that the process has had resident so far, in
// MB.
func (p *process) run(n int) (spent cost, peak float64) {
	_, err := fmt.Fprintln(p.in, n)
	check(err)
	var wall, processor time.Duration
	var kilobytes float64
	_, err = fmt.Fscanln(p.out, &wall, &processor, &kilobytes)
	check(err)
	return cost{n, wall, processor}, kilobytes / 1024
}

func (p *process) stop() {
	check(p.in.Close())
	check(p.cmd.Wait())
}

// beBot is the main function of such a process.
func beBot(server, name, workName string) {
	var bot *contender
	if workName == echoWork {
		bot = startEcho(name, server)
	} else {
		bot = works[slices.IndexFunc(works, func(w work) bool { return w.name == workName })].contender(name, server)
	}
	for {
		var n int
		if _, err := fmt.Scanln(&n); err != nil {
			break // the input was closed
		}
		spent := bot.run(n)
		fmt.Println(int64(spent.wall), int64(spent.processor), peak())
	}
	bot.stop()
}

// peak returns the most memory that this process has had resident, in kB.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	return strings.Fields(peak)[0]
}
