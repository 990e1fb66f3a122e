//go:build unix

package bottest

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDisturbedFleet has one bot, then three, then one, on a server of NATS. Meanwhile bots are killed, stopped in order, and held for
// some seconds, and the server is killed.
func TestDisturbedFleet(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	server := child{Port: port, Dir: t.TempDir()}
	served := server.startServer(t)
	s := newStage(t, child{URL: natsAt(port)}, float64(3+6**kills))
	processes := []*process{s.start(t)}
	s.progress(t, processes)
	processes = append(processes, s.start(t), s.start(t))
	for round := range *kills {
		s.progress(t, processes)
		time.Sleep(rand.N(time.Second))
		i := rand.IntN(len(processes))
		switch round % 4 {
		case 0:
			t.Log("killing the server")
			running(t, processes, processes...) // a bot that starts without a server ends
			served.kill()
			served = server.startServer(t)
		case 1:
			t.Log("holding a bot for 5 seconds")
			p := processes[i].Process
			_ = p.Signal(syscall.SIGSTOP)
			time.Sleep(5 * time.Second)
			_ = p.Signal(syscall.SIGCONT)
		case 2:
			t.Log("killing a bot")
			processes[i].kill()
			processes[i] = s.start(t)
		case 3:
			t.Log("stopping a bot in order")
			running(t, processes, processes[i]) // it may have just started
			processes[i].stop(t)
			processes[i] = s.start(t)
		}
	}
	s.progress(t, processes)
	running(t, processes, processes[0])
	processes[0].stop(t)
	processes[1].kill()
	s.end(t, processes[2:])
}

// running waits until bots have started.
func running(t *testing.T, all []*process, bots ...*process) {
	t.Helper()
	for _, p := range bots {
		await(t, func() bool { return strings.Contains(p.log.String(), started) }, all)
	}
}

// TestZombie stops the process of a bot while it handles a message of each chat. Another bot takes over and handles these messages and later
// ones. Then the first bot goes on. Its commits are refused: accepted, they would take back what the second bot has counted since.
func TestZombie(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	server := child{Port: port, Dir: t.TempDir()}
	server.startServer(t)
	const total, held = 8, 3
	s := newStage(t, child{URL: natsAt(port)}, total*chats/float64(*rate))
	zombie := *s.child
	zombie.Hold, zombie.Release = held, filepath.Join(t.TempDir(), "release")
	first := zombie.start(t)
	both := []*process{first}
	await(t, func() bool { return lines(t, s.Journal) == held*chats }, both) // every chat is held
	_ = first.Process.Signal(syscall.SIGSTOP)
	second := s.start(t)
	both = append(both, second)
	await(t, func() bool { return complete(t, s.Journal, s.each) && lines(t, s.Journal) == (total+1)*chats }, both)
	if err := os.WriteFile(zombie.Release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = first.Process.Signal(syscall.SIGCONT)
	await(t, func() bool {
		log := first.log.String()
		return strings.Count(log, finished) == strings.Count(log, taken) // the messages that it lost are dropped, and are finished, too
	}, both)
	s.end(t, both)
}
