//go:build unix

package bottest

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

var (
	kills = flag.Int("kills", 2, "how often each test kills or stops a process")
	rate  = flag.Int("rate", 400, "how many messages a second each test sends")
)

const chats = 40

// TestKillBot kills a bot with a server in its process at random moments.
func TestKillBot(t *testing.T) {
	t.Parallel()
	c := child{Dir: filepath.Join(t.TempDir(), "data")}
	run(t, c, 1)
}

// TestKillFleet kills bots at random moments, of three that share a server.
func TestKillFleet(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	server := child{Port: port, Dir: t.TempDir()}
	server.startServer(t)
	run(t, child{URL: natsAt(port)}, 3)
}

// startServer starts a server of NATS, and waits until it takes connections.
func (c *child) startServer(t *testing.T) *process {
	t.Helper()
	p := c.start(t)
	await(t, func() bool {
		conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", c.Port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, []*process{p})
	return p
}

// freePort returns a port that nobody uses now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func natsAt(port int) string { return fmt.Sprintf("nats://127.0.0.1:%d", port) }

// A stage is a server of Telegram with messages for bots, and what the bots have handled.
type stage struct {
	*child
	telegram *tgtest.Server
	each     int // how many messages each chat gets
	pushed   chan struct{}
}

// newStage sends messages for so many seconds, at the rate of the flag.
func newStage(t *testing.T, c child, seconds float64) *stage {
	t.Helper()
	s := &stage{
		child: &c, telegram: tgtest.NewServer(t, tgtest.WithPatience(time.Minute)),
		each: int(seconds * float64(*rate) / chats), pushed: make(chan struct{}),
	}
	c.Token, c.API, c.Journal = s.telegram.Token, s.telegram.URL, filepath.Join(t.TempDir(), "journal")
	go func() {
		defer close(s.pushed)
		ticks := time.NewTicker(time.Second * chats / time.Duration(*rate))
		defer ticks.Stop()
		for seq := 1; seq <= s.each; seq++ {
			for chat := 1; chat <= chats; chat++ {
				push(t, s.telegram, chat, seq)
			}
			<-ticks.C
		}
	}()
	return s
}

// progress waits until more is handled than before.
func (s *stage) progress(t *testing.T, processes []*process) {
	t.Helper()
	if before := lines(t, s.Journal); before < chats*s.each {
		await(t, func() bool { return lines(t, s.Journal) > before }, processes)
	}
}

// end waits until everything is handled, and stops the bots. Each message must be handled, those of a chat for the first time in order, and
// be counted once.
func (s *stage) end(t *testing.T, processes []*process) {
	t.Helper()
	<-s.pushed
	sent := time.Now()
	for n := -1; n < chats*s.each || !complete(t, s.Journal, s.each); {
		before := n
		await(t, func() bool { n = lines(t, s.Journal); return n > before }, processes)
	}
	late := time.Since(sent)
	for _, p := range processes {
		p.stop(t)
	}
	repeats := audit(t, s.Journal, s.each)
	s.check(t, s.each)
	t.Logf("%d messages, %d kills, %d repeats, the last %v after the last was sent", chats*s.each, *kills, repeats, late.Round(time.Second))
}

// run starts bots, sends them messages for a second and one more for each kill, and kills them at random moments.
func run(t *testing.T, c child, bots int) {
	s := newStage(t, c, float64(1+*kills))
	var processes []*process
	for range bots {
		processes = append(processes, s.start(t))
	}
	for range *kills {
		s.progress(t, processes)
		time.Sleep(rand.N(time.Second))
		i := rand.IntN(len(processes))
		processes[i].kill()
		processes[i] = s.start(t)
	}
	s.end(t, processes)
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
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(20 * time.Millisecond) { // other processes do the work
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
