// Command demo shows the fleet without a network: it starts a Bot API server and a NATS server on this machine, runs three processes of the
// bot, lets many people write to it, kills a process every few seconds, and says whether every message was answered in order.
//
//	go run ./example/fleet/demo -bot bin/fleet
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/tggen/tggen/runtime/tgtest"
)

// people write to the bot, each a message in every round.
const people = 50

func main() {
	binary := flag.String("bot", "bin/fleet", "the binary of the bot")
	kills := flag.Int("kills", 4, "how many processes to kill")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *kills, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// A fleet is the processes of the bot.
type fleet struct {
	ctx       context.Context
	binary    string
	env       []string
	processes []*exec.Cmd
}

// start starts the process with a number, again if it was killed.
func (f *fleet) start(i int) error {
	f.processes[i] = exec.CommandContext(f.ctx, f.binary)
	f.processes[i].Env = f.env
	if err := f.processes[i].Start(); err != nil {
		return fmt.Errorf("starting the bot: %w", err)
	}
	return nil
}

// stop ends all processes with SIGTERM.
func (f *fleet) stop() (err error) {
	for _, p := range f.processes {
		err = errors.Join(err, p.Process.Signal(syscall.SIGTERM))
	}
	for _, p := range f.processes {
		err = errors.Join(err, p.Wait())
	}
	return err
}

func run(ctx context.Context, binary string, kills int, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // kills what still runs
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	nats, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return err
	}
	nats.Start()
	defer func() { nats.Shutdown(); nats.WaitForShutdown() }()
	if !nats.ReadyForConnections(time.Minute) {
		return errors.New("the NATS server is not ready")
	}
	api, err := tgtest.Start(tgtest.WithBot("The Fleet", "fleet_bot"), tgtest.WithPatience(time.Minute), tgtest.WithHistory(1_000_000))
	if err != nil {
		return err
	}
	defer api.Close()
	f := &fleet{ctx: ctx, binary: binary, processes: make([]*exec.Cmd, 3)}
	f.env = append(os.Environ(), "BOT_TOKEN="+api.Token, "BOT_API_URL="+api.URL, "NATS_URL="+nats.ClientURL())
	for i := range f.processes {
		if err := f.start(i); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Three processes of %s share a queue on %s. %d people write to the bot.\n", binary, nats.ClientURL(), people)
	rounds, err := write(ctx, api, f, kills, out)
	if err != nil {
		return err
	}
	if err := answered(ctx, api, rounds); err != nil {
		return err
	}
	if err := f.stop(); err != nil {
		return err
	}
	return audit(api, rounds, out)
}

// write lets all people write a message ten times a second, and kills a process every five seconds. It returns how many messages each of them
// has written.
func write(ctx context.Context, api *tgtest.Server, f *fleet, kills int, out io.Writer) (rounds int, err error) {
	const each, every = 50, 100 * time.Millisecond
	var users []*tgtest.User
	for i := range people {
		users = append(users, api.User("Person "+strconv.Itoa(i)))
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for rounds < each*(kills+1) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return rounds, ctx.Err()
		}
		rounds++
		for _, u := range users {
			u.Send(strconv.Itoa(rounds))
		}
		if rounds%each != 0 || rounds == each*(kills+1) {
			continue
		}
		i := rand.IntN(len(f.processes))
		fmt.Fprintf(out, "After %d messages: kill -9 %d\n", rounds*people, f.processes[i].Process.Pid)
		_ = f.processes[i].Process.Kill()
		_ = f.processes[i].Wait()
		if err := f.start(i); err != nil {
			return rounds, err
		}
	}
	return rounds, nil
}

// answers returns the texts that the bot has sent to each chat.
func answers(api *tgtest.Server) map[int64][]string {
	texts := make(map[int64][]string)
	for _, call := range api.SentBy("sendMessage") {
		if call.OK() {
			texts[call.ChatID()] = append(texts[call.ChatID()], call.Text())
		}
	}
	return texts
}

// answered waits until the last message of everybody is answered.
func answered(ctx context.Context, api *tgtest.Server, rounds int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	last := fmt.Sprintf(": %d", rounds)
	for {
		done := 0
		for _, texts := range answers(api) {
			if strings.HasSuffix(texts[len(texts)-1], last) {
				done++
			}
		}
		if done == people {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%d of %d people wait for an answer: %w", people-done, people, ctx.Err())
		}
	}
}

// audit says what was lost, sent again, or sent in another order.
func audit(api *tgtest.Server, rounds int, out io.Writer) error {
	lost, repeated, reordered := 0, 0, 0
	for _, texts := range answers(api) {
		next := 1
		for _, text := range texts {
			switch text {
			case fmt.Sprintf("%d: %d", next, next):
				next++
			case fmt.Sprintf("%d: %d", next-1, next-1):
				repeated++
			default:
				reordered++
			}
		}
		lost += rounds + 1 - next
	}
	fmt.Fprintf(out, "%d messages: %d answers lost, %d out of order or with a wrong count, %d sent twice\n", rounds*people, lost, reordered, repeated)
	if lost > 0 || reordered > 0 {
		return errors.New("the fleet does not keep its promise")
	}
	return nil
}
