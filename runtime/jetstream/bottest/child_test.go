// Package bottest has tests of bots whose queue and sessions are in JetStream: processes that are killed.
package bottest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// childVariable makes the test binary a bot. Its text is a child as JSON.
const childVariable = "TGGEN_TEST_BOT"

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		var c child
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			panic(err)
		}
		run := c.run
		if c.Port != 0 {
			run = c.serve
		}
		if err := run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A child is a process of its own: a bot, or a NATS server if it has a port. A bot appends a line to a journal for each message that it
// begins to handle, and counts the messages of each chat in a session.
type child struct {
	Port int // of a server, whose files are in Dir

	Token, API, Journal string
	Dir, URL            string // one of them: where JetStream is

	// Hold is a message that the bot does not finish before the file Release exists.
	Hold    int64
	Release string
}

// An observer writes a line for each message that a bot takes from the queue, and one when it is finished.
type observer struct{ telegram.NopObserver }

func (observer) Queued(*telegram.Envelope, int) { fmt.Fprintln(os.Stderr, taken) }

func (observer) Finished(*telegram.Envelope, int, time.Duration, error) {
	fmt.Fprintln(os.Stderr, finished)
}

// These are lines of a bot: those of its observer, and one when it has opened its queue.
const (
	taken    = "a message is taken"
	finished = "a message is finished"
	started  = "the bot runs"
)

// A tally is what the bot remembers of a chat.
type tally struct {
	Messages []int64 `json:"messages"`
}

func tallies() *dispatch.Session[tally] {
	return dispatch.NewSession(dispatch.SessionConfig[tally]{
		Name: "Tally", Key: dispatch.ChatKey,
		Encode: func(t tally) (int, []byte, error) {
			data, err := json.Marshal(t)
			return 0, data, err
		},
		Decode: func(_ int, data []byte) (t tally, err error) {
			if data != nil {
				err = json.Unmarshal(data, &t)
			}
			return t, err
		},
	})
}

// bot makes a bot on a connection.
func (c *child) bot(connection *jetstream.Connection, config telegram.Config) (*telegram.Bot, error) {
	store, err := connection.Store(context.Background())
	if err != nil {
		return nil, err
	}
	config.Constraints = func(u *telegram.Envelope, keys *telegram.Keys) error { keys.Chat(u.Header); return nil }
	config.Queue = telegram.QueueConfig{Partitions: 16, Attempts: 50} // the kills are more frequent than those of any real bot
	var observed telegram.Observer = telegram.NopObserver{}
	if c.Hold != 0 {
		observed = observer{}
	}
	return telegram.New(config, telegram.WithToken(c.Token), telegram.WithAPIURL(c.API), telegram.WithStore(store),
		telegram.WithQueue(connection.Queue()), telegram.WithObserver(observed), telegram.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
}

// exitWithTest ends the process with the test that started it.
func exitWithTest() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// serve runs a server until it is killed. Nothing syncs what it writes, which a kill of the process does not take back.
func (c *child) serve() error {
	go exitWithTest()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: c.Port, JetStream: true, StoreDir: c.Dir, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

func (c *child) run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go exitWithTest()
	journal, err := os.OpenFile(c.Journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	connection, err := jetstream.Open(ctx, jetstream.Config{Dir: c.Dir, URL: c.URL})
	if err != nil {
		return err
	}
	defer connection.Close()
	session := tallies()
	bot, err := c.bot(connection, telegram.Config{
		Sessions: []telegram.Session{session},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			value, _, err := session.Get(ctx, ev)
			if err != nil {
				return err
			}
			seq := ev.Update.Message.MessageId
			if _, err := fmt.Fprintf(journal, "%d %d\n", ev.Header.Chat, seq); err != nil { // one write survives a kill
				return err
			}
			if seq == c.Hold {
				for _, err := os.Stat(c.Release); err != nil; _, err = os.Stat(c.Release) {
					time.Sleep(10 * time.Millisecond) // another process makes the file
				}
			}
			time.Sleep(rand.N(4 * time.Millisecond))
			value.Messages = append(value.Messages, seq)
			return session.Set(ev, value)
		},
	})
	if err != nil {
		return err
	}
	go func() {
		for !bot.Running() {
			time.Sleep(10 * time.Millisecond) // nothing tells that it has started
		}
		fmt.Fprintln(os.Stderr, started)
	}()
	return bot.Run(ctx)
}

// A process is a child that runs.
type process struct {
	*exec.Cmd
	log   *log
	input io.WriteCloser
}

// A log is the output of a process.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (c *child) start(t *testing.T) *process {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(os.Args[0]), log: new(log)}
	// Without the first setting the race detector sleeps for a second before the process ends.
	p.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", childVariable+"="+string(text))
	p.Stdout, p.Stderr = p.log, p.log
	if p.input, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// kill ends the process with SIGKILL.
func (p *process) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// stop ends the process with SIGTERM.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the bot ended with %v:\n%s", err, p.log)
	}
}
