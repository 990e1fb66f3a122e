package telegram_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

var kills = flag.Int("kills", 20, "how many times TestG7_G8_Kill ends the bot")

// journalVariable names the environment variable with a file name. If it is set, the test binary runs a bot that writes a
// journal of the updates it handled to that file.
const journalVariable = "TGGEN_TEST_JOURNAL"

// hastyVariable names the environment variable that makes that bot's stop cancel its handlers at once.
const hastyVariable = "TGGEN_TEST_HASTY"

func TestMain(m *testing.M) {
	if path := os.Getenv(journalVariable); path != "" {
		if err := journalBot(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// journalBot handles each message in 0 to 2 ms, unless it is cancelled, and then appends a line to the journal. A single
// write survives kill -9.
func journalBot(path string) error {
	journal, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	stopTimeout := time.Duration(0) // the default
	if os.Getenv(hastyVariable) != "" {
		stopTimeout = -1
	}
	bot, err := telegram.New(telegram.Config{
		Delivery:    telegram.AtLeastOnce,
		StopTimeout: stopTimeout,
		Constraints: chatOrder,
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			select {
			case <-time.After(rand.N(2 * time.Millisecond)):
			case <-ctx.Done():
				return ctx.Err()
			}
			_, err := fmt.Fprintf(journal, "%d %d %d\n", ev.Header.ID, ev.Header.Chat, ev.Update.Message.MessageId)
			return err
		},
	})
	if err != nil {
		return err
	}
	return bot.Run(ctx)
}

// startJournalBot starts the bot in another process.
func startJournalBot(t *testing.T, server *tgtest.Server, journal string, env ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	command := exec.Command(os.Args[0])
	// Without this setting the race detector sleeps for a second before the process ends.
	command.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", journalVariable+"="+journal, "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	command.Env = append(command.Env, env...)
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, &log
}

// feed pushes messages of many chats, a few at a time, until end is called. end returns how many it pushed.
func feed(t *testing.T, server *tgtest.Server) (end func() int) {
	const chats = 37
	quit, pushed := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				pushed <- n
				return
			case <-ticker.C:
			}
			var batch []string
			for range rand.N(8) {
				batch = append(batch, message(1+n%chats, 1+n/chats))
				n++
			}
			push(t, server, batch...)
		}
	}()
	return func() int {
		close(quit)
		return <-pushed
	}
}

// waitConfirmed waits until every update is confirmed.
func waitConfirmed(t *testing.T, server *tgtest.Server, log *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.WaitPending(ctx, 0); err != nil {
		t.Fatalf("%d updates are not confirmed: %v\n%s", server.Pending(), err, log)
	}
}

// audit reads the journal. It fails the test unless every update was handled, and the first deliveries of each chat were
// handled in order. It returns how many times an update was handled again.
func audit(t *testing.T, path string, pushed int) (repeats int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	seen := map[int64]int{}
	last := map[int64]int64{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var id, chat, seq int64
		if _, err := fmt.Sscan(lines.Text(), &id, &chat, &seq); err != nil {
			t.Fatalf("journal line %q: %v", lines.Text(), err)
		}
		if seen[id]++; seen[id] > 1 {
			repeats++
			continue
		}
		if seq != last[chat]+1 {
			t.Errorf("chat %d: message %d was first handled after message %d", chat, seq, last[chat])
		}
		last[chat] = seq
	}
	if len(seen) != pushed {
		t.Errorf("%d of %d updates were handled", len(seen), pushed)
	}
	return repeats
}

// TestG7_G8_Kill ends the bot at random moments under load: with SIGKILL, or with SIGTERM and a stop that cancels its
// handlers at once. Every update must be handled at least once.
func TestG7_G8_Kill(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	journal := filepath.Join(t.TempDir(), "journal")
	end := feed(t, server)
	for i := range *kills {
		bot, _ := startJournalBot(t, server, journal, hastyVariable+"=1")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if err := server.WaitPolling(ctx); err != nil {
			t.Fatal(err)
		}
		cancel()
		time.Sleep(rand.N(150 * time.Millisecond)) // a random moment for the kill or the stop
		signal := syscall.SIGKILL
		if i%2 == 0 {
			signal = syscall.SIGTERM
		}
		if err := bot.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		bot.Wait() // fails, because of the signal or of unfinished updates
	}
	bot, log := startJournalBot(t, server, journal)
	pushed := end()
	if err := server.WaitPolling(t.Context()); err != nil { // a signal that comes earlier ends the process at once
		t.Fatal(err)
	}
	waitConfirmed(t, server, log)
	if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := bot.Wait(); err != nil {
		t.Errorf("the bot ended with %v\n%s", err, log)
	}
	repeats := audit(t, journal, pushed)
	t.Logf("%d kills, %d updates, %d handled again", *kills, pushed, repeats)
}

// TestG7_G8_Terminate restarts the bot with SIGTERM under load. Every update must be handled exactly once.
func TestG7_G8_Terminate(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	journal := filepath.Join(t.TempDir(), "journal")
	end := feed(t, server)
	const restarts = 8
	for i := range restarts {
		bot, log := startJournalBot(t, server, journal)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if err := server.WaitPolling(ctx); err != nil {
			t.Fatal(err)
		}
		cancel()
		time.Sleep(rand.N(150 * time.Millisecond)) // a random moment for the kill or the stop
		pushed := 0
		if i == restarts-1 {
			pushed = end()
			waitConfirmed(t, server, log)
		}
		if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := bot.Wait(); err != nil {
			t.Errorf("the bot ended with %v\n%s", err, log)
		}
		if i == restarts-1 {
			if repeats := audit(t, journal, pushed); repeats != 0 {
				t.Errorf("%d updates were handled again", repeats)
			}
		}
	}
}
