//go:build unix

package bottest

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

var kills = flag.Int("kills", 2, "how often each test kills a bot")

const chats = 40

// TestKillBot kills a bot with a server in its process at random moments.
func TestKillBot(t *testing.T) {
	t.Parallel()
	c := child{Dir: filepath.Join(t.TempDir(), "data")}
	run(t, c, 1, 1000*time.Millisecond)
}

// TestKillFleet kills bots at random moments, of three that share a server.
func TestKillFleet(t *testing.T) {
	t.Parallel()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server is not ready")
	}
	run(t, child{URL: s.ClientURL()}, 3, 1000*time.Millisecond)
}

// run starts bots and sends them 1,000 messages and as many more for each kill. Each message must be handled, those of a chat for the first
// time in order, and be counted once.
func run(t *testing.T, c child, bots int, pause time.Duration) {
	each := 25 * (*kills)
	telegramServer := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	c.Token, c.API, c.Journal = telegramServer.Token, telegramServer.URL, filepath.Join(t.TempDir(), "journal")
	var processes []*process
	for range bots {
		processes = append(processes, c.start(t))
	}
	pushed := make(chan struct{})
	go func() {
		defer close(pushed)
		for seq := 1; seq <= each; seq++ {
			for chat := 1; chat <= chats; chat++ {
				push(t, telegramServer, chat, seq)
			}
			time.Sleep(pause / 25)
		}
	}()
	for range *kills {
		before := lines(t, c.Journal)
		await(t, func() bool { return lines(t, c.Journal) > before }, processes)
		time.Sleep(rand.N(pause))
		i := rand.IntN(len(processes))
		processes[i].kill()
		processes[i] = c.start(t)
	}
	<-pushed
	await(t, func() bool { return lines(t, c.Journal) >= chats*each && complete(t, c.Journal, each) }, processes)
	for _, p := range processes {
		p.stop(t)
	}
	repeats := audit(t, c.Journal, each)
	c.check(t, each)
	t.Logf("%d messages, %d kills, %d repeats", chats*each, *kills, repeats)
}

// push sends a message of a chat to the bots.
func push(t *testing.T, s *tgtest.Server, chat, seq int) {
	body, err := tgtest.Encode(fmt.Sprintf(`{"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Ann"},`+
		`"chat":{"id":%d,"first_name":"Ann","type":"private"},"date":1700000000,"text":"hello"}}`, seq, chat, chat))
	if err != nil {
		t.Error(err)
		return
	}
	s.PushBatch(body)
}

// await waits until f returns true.
func await(t *testing.T, f func() bool, processes []*process) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !f(); time.Sleep(20 * time.Millisecond) { // other processes do the work
		if time.Now().After(end) {
			for _, p := range processes {
				t.Log(p.log)
			}
			t.Fatal("the bots do nothing any more")
		}
	}
}

// journal calls f for each line of the journal.
func journal(t *testing.T, path string, f func(chat, seq int)) {
	t.Helper()
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var chat, seq int
		if _, err := fmt.Sscan(scanner.Text(), &chat, &seq); err == nil { // the last line may be cut off
			f(chat, seq)
		}
	}
}

func lines(t *testing.T, path string) (n int) {
	journal(t, path, func(int, int) { n++ })
	return n
}

func complete(t *testing.T, path string, each int) bool {
	handled := make(map[[2]int]bool)
	journal(t, path, func(chat, seq int) { handled[[2]int{chat, seq}] = true })
	return len(handled) == chats*each
}

// audit checks the order of the journal, and returns how many messages were begun again.
func audit(t *testing.T, path string, each int) (repeats int) {
	t.Helper()
	handled := make(map[[2]int]bool)
	last := make(map[int]int)
	journal(t, path, func(chat, seq int) {
		if handled[[2]int{chat, seq}] {
			repeats++
			return
		}
		handled[[2]int{chat, seq}] = true
		if last[chat]++; seq != last[chat] {
			t.Errorf("chat %d: message %d was begun where %d was due", chat, seq, last[chat])
		}
	})
	return repeats
}

// check checks that the session of each chat has counted each message once.
func (c *child) check(t *testing.T, each int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	connection, err := jetstream.Open(ctx, jetstream.Config{Dir: c.Dir, URL: c.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	session := tallies()
	bot, err := c.bot(connection, telegram.Config{
		Sessions: []telegram.Session{session}, Dispatch: func(context.Context, *telegram.Event) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []int64
	for seq := range each {
		want = append(want, int64(seq+1))
	}
	for chat := 1; chat <= chats; chat++ {
		value, err := session.Load(ctx, bot, dispatch.FormatChat(int64(chat)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(value.Messages, want) {
			t.Errorf("chat %d counted %v, want each to %d once", chat, value.Messages, each)
		}
	}
}
