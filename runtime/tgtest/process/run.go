package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TB is the part of testing.TB that [Run] needs.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	TempDir() string
}

// Bounds of the waits of a [Bot]. They only end a test that would hang.
const (
	buildBound = 5 * time.Minute
	startBound = time.Minute
	stopBound  = time.Minute
)

// A Bot is a bot that runs as a process until the end of a test. Its methods are for the goroutine of the test.
type Bot struct {
	t       TB
	bot     *tgtest.Bot
	config  Config
	process *Process // nil if the bot does not run
	output  *output
}

// Run builds the main package in the folder dir, runs it as the given bot of a server, and waits until it receives updates. At the end
// of the test it stops the bot. A relative dir is relative to the folder of the test.
//
// The working directory of the bot is dir, too. The bot inherits the environment variables of the test. BOT_API_URL and BOT_TOKEN name the server and the bot, and env adds
// others, each as NAME=value.
//
// Run fails the test with the bot's output if the bot does not build, ends before it receives updates, or does not do so within a
// minute. The test also fails if the bot has ended by the end of the test, or does not exit with 0 when it is stopped.
func Run(t TB, bot *tgtest.Bot, dir string, env ...string) *Bot {
	t.Helper()
	return RunIn(t, bot, dir, dir, env...)
}

// RunIn does what [Run] does, but the bot's working directory is another folder. With t.TempDir() a bot that stores something in its
// working directory begins with nothing, and leaves nothing for the next test.
func RunIn(t TB, bot *tgtest.Bot, dir, work string, env ...string) *Bot {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bot.exe") // Windows needs the ending, and the others do not care
	ctx, cancel := context.WithTimeout(context.Background(), buildBound)
	defer cancel()
	if err := Build(ctx, dir, binary); err != nil {
		t.Fatalf("%v", err)
	}
	b := &Bot{t: t, bot: bot, output: new(output)}
	b.config = Config{Binary: binary, Dir: work, Env: append(bot.Environ(), env...), Output: b.output}
	t.Cleanup(func() {
		if b.process != nil {
			b.Stop()
		}
	})
	b.Start()
	return b
}

// Start starts the bot again after Kill or Stop, and waits until it receives updates.
func (b *Bot) Start() {
	b.t.Helper()
	if b.process != nil {
		b.t.Fatalf("the bot runs already")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), startBound)
	defer cancel()
	// The server may not have noticed yet that the last process has ended.
	if err := patiently(ctx, b.bot.WaitNotPolling); err != nil {
		b.t.Fatalf("%v", err)
		return
	}
	before := b.bot.State()
	p, err := Start(b.config)
	if err != nil {
		b.t.Fatalf("%v", err)
		return
	}
	b.process = p
	started, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-p.Done():
			stop(fmt.Errorf("the bot ended before it received updates: %s", status(p.Wait())))
		case <-started.Done():
		}
	}()
	if err := b.waitReady(started, before); err != nil {
		if ended := context.Cause(started); ended != nil && ctx.Err() == nil {
			err = ended
		}
		p.Kill()
		b.process = nil
		b.t.Fatalf("%v%s", err, b.output)
	}
}

// waitReady waits until the bot has made a request and is ready. A webhook that the last process has set makes it look ready before
// that.
func (b *Bot) waitReady(ctx context.Context, before tgtest.State) error {
	if before.Webhook != "" {
		err := patiently(ctx, func(ctx context.Context) error { return b.bot.WaitCount(ctx, "", before.Calls+1) })
		if err != nil {
			return err
		}
	}
	return patiently(ctx, b.bot.WaitReady)
}

// patiently waits until ctx ends, and not only as long as the server's patience.
func patiently(ctx context.Context, wait func(context.Context) error) error {
	for {
		if err := wait(ctx); err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// Kill ends the bot at once, with SIGKILL on Unix, as when the machine fails. Start starts it again.
func (b *Bot) Kill() {
	b.t.Helper()
	if b.process == nil {
		b.t.Fatalf("the bot does not run")
		return
	}
	b.process.Kill()
	b.process = nil
}

// Stop asks the bot to end and waits until it has. It fails the test if the bot does not exit with 0 within a minute. Start starts
// it again.
func (b *Bot) Stop() {
	b.t.Helper()
	if b.process == nil {
		b.t.Fatalf("the bot does not run")
		return
	}
	select {
	case <-b.process.Done():
		b.t.Errorf("the bot ended by itself: %s%s", status(b.process.Wait()), b.output)
	default:
		ctx, cancel := context.WithTimeout(context.Background(), stopBound)
		defer cancel()
		if err := b.process.Stop(ctx); err != nil {
			b.t.Errorf("the bot was stopped: %v%s", err, b.output)
		}
	}
	b.process = nil
}

// Output returns what the bot has printed so far, in all its runs.
func (b *Bot) Output() string {
	b.output.mu.Lock()
	defer b.output.mu.Unlock()
	return b.output.text.String()
}

func status(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// output keeps what a bot prints.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String returns the output for the end of a message.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.text.Len() == 0 {
		return "\nIt printed nothing."
	}
	return "\nIt printed:\n" + o.text.String()
}
