package counter

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

var kills = flag.Int("kills", 25, "how many times TestKill kills the bot")

const (
	users = 20

	// waiting is how many updates wait for the bot at least, so that a kill always meets a busy one.
	waiting = 300
)

// dirVariable names the environment variable with a folder. If it is set, the test binary runs the bot, whose sessions are in that
// folder.
const dirVariable = "TGGEN_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirVariable); dir != "" {
		if err := beBot(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// beBot runs a bot whose handlers take up to 2 ms, and one of 50 of which fails.
func beBot(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	store, close, err := openStore(ctx, dir)
	if err != nil {
		return err
	}
	work := func() error {
		time.Sleep(rand.N(2 * time.Millisecond))
		if rand.N(50) == 0 {
			return errAtRandom
		}
		return nil
	}
	if err := Run(ctx, bot{work: work}, telegram.WithStore(store)); err != nil {
		return err
	}
	return close()
}

// A process is the bot in a process of its own.
type process struct {
	*exec.Cmd
	log bytes.Buffer
}

// startBot starts the bot and waits for its first poll.
func startBot(t *testing.T, server *tgtest.Server, dir string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0])}
	// Without this setting the race detector sleeps for a second before the process ends.
	p.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", dirVariable+"="+dir, "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	p.Stdout, p.Stderr = &p.log, &p.log
	before := server.State().Polls
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := server.WaitPoll(t.Context(), before); err != nil {
		p.Process.Kill()
		p.Wait()
		t.Fatalf("the bot does not start: %v\n%s", err, &p.log)
	}
	return p
}

// kill ends the bot at once, as a loss of power does. An error that it has logged before fails the test.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); p.ProcessState.ExitCode() != -1 {
		t.Fatalf("the bot ended by itself: %v\n%s", err, &p.log)
	}
	p.check(t)
}

// stop lets the bot handle all updates, and stops it.
func (p *process) stop(t *testing.T, server *tgtest.Server) {
	t.Helper()
	if err := server.WaitPending(t.Context(), 0); err != nil {
		t.Errorf("%v\n%s", err, &p.log)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the bot ended with %v\n%s", err, &p.log)
	}
	p.check(t)
}

func (p *process) check(t *testing.T) {
	t.Helper()
	if log := p.log.String(); strings.Contains(log, "level=ERROR") || strings.Contains(log, "panic") {
		t.Fatalf("the bot logged an error:\n%s", log)
	}
}

// A feeder sends the numbers 1, 2, 3 and so on as each user, so that updates always wait for the bot.
type feeder struct {
	server *tgtest.Server
	users  []*tgtest.User
	sent   int // by each user
	quit   chan struct{}
	ended  chan struct{}
}

func feed(server *tgtest.Server) *feeder {
	f := &feeder{server: server, quit: make(chan struct{}), ended: make(chan struct{})}
	for i := range users {
		f.users = append(f.users, server.User(fmt.Sprint("User", i)))
	}
	go func() {
		defer close(f.ended)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-f.quit:
				return
			case <-ticker.C:
			}
			for server.Pending() < waiting {
				f.sent++
				for _, u := range f.users {
					u.Send(fmt.Sprint(f.sent))
				}
			}
		}
	}()
	return f
}

// end stops sending.
func (f *feeder) end() {
	close(f.quit)
	<-f.ended
}

// killed starts the bot, and kills it at a random moment.
func killed(t *testing.T, server *tgtest.Server, dir string) {
	t.Helper()
	bot := startBot(t, server, dir)
	time.Sleep(rand.N(200 * time.Millisecond))
	bot.kill(t)
}

// finish lets the bot handle what is left, and checks the counts in its folder. It returns the first number that was counted, by
// user.
func (f *feeder) finish(t *testing.T, dir string) map[int64]int {
	t.Helper()
	f.end()
	startBot(t, f.server, dir).stop(t, f.server)
	store, close, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	tgbot, err := New(bot{}, telegram.WithToken(f.server.Token), telegram.WithStore(store))
	if err != nil {
		t.Fatal(err)
	}
	firsts := make(map[int64]int)
	for _, u := range f.users {
		first, count := counted(t, tgbot, u.ID)
		if first+count-1 != f.sent {
			t.Errorf("user %d: counted from %d to %d, but the last was %d", u.ID, first, first+count-1, f.sent)
		}
		firsts[u.ID] = first
	}
	if err := close(); err != nil {
		t.Error(err)
	}
	return firsts
}

// TestKill kills a busy bot with kill -9 at random moments. Afterwards each text of each user has been counted exactly once and in
// its order.
func TestKill(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	f, dir := feed(server), t.TempDir()
	for range *kills {
		killed(t, server, dir)
	}
	for user, first := range f.finish(t, dir) {
		if first != 1 {
			t.Errorf("user %d: the first number that was counted is %d", user, first)
		}
	}
	t.Logf("%d kills, %d updates of %d users", *kills, users*f.sent, users)
}

// TestKill_DatabaseGone starts the bot with an empty folder after each kill. It counts anew, in order, from the first update that
// Telegram sends again.
func TestKill_DatabaseGone(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	f := feed(server)
	for range max(*kills/5, 2) {
		killed(t, server, t.TempDir())
	}
	f.finish(t, t.TempDir())
}

// TestKill_Timeouts kills a bot with states that time out, before and while they do. Each of them times out nevertheless.
func TestKill_Timeouts(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	dir := t.TempDir()
	store, close, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := New(bot{}, telegram.WithToken(server.Token), telegram.WithStore(store))
	if err != nil {
		t.Fatal(err)
	}
	var people []*tgtest.User
	for i := range users {
		people = append(people, server.User(fmt.Sprint("User", i)))
	}
	for nap := range max(*kills/8, 2) {
		for _, u := range people {
			u.Send(fmt.Sprint("/sleep ", nap))
		}
		bot := startBot(t, server, dir)
		if err := server.WaitPending(t.Context(), 0); err != nil { // all are asleep
			t.Fatal(err)
		}
		time.Sleep(rand.N(1200 * time.Millisecond))
		bot.kill(t)
		bot = startBot(t, server, dir)
		for _, u := range people {
			u.Expect(fmt.Sprint("Nap ", nap, " is over."))
			waitAwake(t, reader, u.ID) // the bot that said so may be the one that was killed
		}
		bot.stop(t, server)
	}
	if err := close(); err != nil {
		t.Error(err)
	}
}

// waitAwake waits until the store says that a user is awake.
func waitAwake(t *testing.T, reader *telegram.Bot, user int64) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; <-time.After(10 * time.Millisecond) {
		nap, err := LoadNap(t.Context(), reader, user)
		if err != nil {
			t.Fatal(err)
		}
		if nap == (NapAwake{}) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("user %d: the state is %#v", user, nap)
		}
	}
}
