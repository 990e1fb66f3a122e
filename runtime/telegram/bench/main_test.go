//go:build linux

package bench

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Environment variables that give a copy of this binary its role.
const (
	roleVariable   = "TGGEN_BENCH_ROLE"
	serverVariable = "TGGEN_BENCH_SERVER" // for a bot: the URL of its server; for a pusher: that of the webhook
	botVariable    = "TGGEN_BENCH_BOT"    // for a bot: the name of the contender
	workVariable   = "TGGEN_BENCH_WORK"   // for a bot: the name of what its handlers do
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "server":
		serve()
	case "bot":
		beBot(os.Getenv(serverVariable), os.Getenv(botVariable), os.Getenv(workVariable))
	case "hook":
		beHooked(os.Getenv(serverVariable), os.Getenv(botVariable))
	case "pusher":
		bePusher(os.Getenv(serverVariable))
	default:
		code := m.Run()
		stopServer()
		os.Exit(code)
	}
}

// check panics if there is an error. No error is expected in the benchmarks.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// start starts this binary again, in a role and with some cores. The process ends when its input is closed.
func start(role string, cores int, variables ...string) (cmd *exec.Cmd, in io.WriteCloser, out *bufio.Reader) {
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), variables...), roleVariable+"="+role, fmt.Sprintf("GOMAXPROCS=%d", cores))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	check(err)
	stdout, err := cmd.StdoutPipe()
	check(err)
	check(cmd.Start())
	return cmd, in, bufio.NewReader(stdout)
}

var (
	serverStart   sync.Once
	serverProcess *exec.Cmd
	serverInput   io.Closer
	serverURL     string
	secureURL     string // of the same server, over TLS
)

// theServer returns the URL of the server of all benchmarks. The first call starts it.
func theServer() string {
	serverStart.Do(func() {
		cmd, in, out := start("server", 1)
		line, err := out.ReadString('\n')
		check(err)
		serverProcess, serverInput = cmd, in
		_, err = fmt.Sscan(line, &serverURL, &secureURL)
		check(err)
	})
	return serverURL
}

func stopServer() {
	if serverProcess != nil {
		check(serverInput.Close())
		check(serverProcess.Wait())
	}
}

// ask makes a request to the server that is not of the Bot API.
func ask(server, what string, values url.Values) []byte {
	response, err := http.PostForm(server+"/"+what, values)
	check(err)
	body, err := io.ReadAll(response.Body)
	check(err)
	check(response.Body.Close())
	if response.StatusCode != http.StatusOK {
		panic(fmt.Sprintf("%s: %s", what, response.Status))
	}
	return body
}

// grant makes n more updates available to a bot.
func grant(server, token string, n int) {
	ask(server, "grant", url.Values{"token": {token}, "n": {strconv.Itoa(n)}})
}

// processor returns the processor time that this process has used so far, in user and in system mode.
func processor() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
