package play

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

// stopBound is how long a bot has to stop in order. Then it is killed.
const stopBound = 15 * time.Second

// A Runner runs the bot as a process. Its methods may be called by any goroutine.
type Runner struct {
	run         bool // play runs the bot
	dir         string
	environment func() []string
	output      io.Writer
	server      func() tgtest.State
	changed     func()
	ended       func() // a process has ended
	log         *log
	running     sync.WaitGroup

	turn chan struct{} // holds one token: only one of Start, Stop, Restart and Replace works at a time

	mu      sync.Mutex
	binary  string // empty: not built yet
	process *process.Process
	asked   bool // the process was asked to end
	status  string
	since   time.Time
	exit    string
	over    chan struct{} // closed when the end of the process is noted
	polls   int           // of the server when the process was started
	closed  bool
}

func newRunner(cfg Config, p *Play) *Runner {
	changed := func() { p.touch(sectionBot, "") }
	r := &Runner{
		run: cfg.Dir != "", dir: cfg.Dir, environment: p.Environment, output: cfg.Output, server: p.api.State, changed: changed,
		ended: p.botEnded,
		turn:  make(chan struct{}, 1), status: statusWaiting, since: time.Now(),
	}
	if r.output == nil {
		r.output = io.Discard
	}
	r.log = &log{changed: changed}
	return r
}

var errByHand = refusal{"you have started the bot yourself, so play cannot start or stop it"}

// take waits for the turn of the caller.
func (r *Runner) take(ctx context.Context) (release func(), err error) {
	if !r.run {
		return nil, errByHand
	}
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Building shows that a build runs. The old process goes on.
func (r *Runner) Building() {
	r.mu.Lock()
	if r.process == nil {
		r.set(statusBuilding)
	}
	r.mu.Unlock()
	r.changed()
}

// notBuilt shows that a build has failed.
func (r *Runner) notBuilt() {
	r.mu.Lock()
	if r.status == statusBuilding {
		r.set(statusStopped)
	}
	r.mu.Unlock()
}

// Start starts the bot. It is refused if the bot runs.
func (r *Runner) Start(ctx context.Context) error {
	release, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	return r.start()
}

// Restart stops the bot in order if it runs, and starts it again.
func (r *Runner) Restart(ctx context.Context) error {
	release, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := r.end(ctx); err != nil {
		return err
	}
	return r.start()
}

// Replace stops the bot in order if it runs, and starts another binary. It does not wait until the new process is ready.
func (r *Runner) Replace(ctx context.Context, binary string) error {
	release, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := r.end(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	r.binary = binary
	r.mu.Unlock()
	return r.start()
}

// Stop stops the bot in order. It is refused if the bot does not run.
func (r *Runner) Stop(ctx context.Context) error {
	release, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if r.current() == nil {
		return refusal{"the bot does not run"}
	}
	return r.end(ctx)
}

// Kill ends the bot at once, also while it is stopped in order. It is refused if the bot does not run.
func (r *Runner) Kill() error {
	if !r.run {
		return errByHand
	}
	p, over := r.ask()
	if p == nil {
		return refusal{"the bot does not run"}
	}
	p.Kill()
	<-over
	return nil
}

// Close stops the bot in order. No process can be started from then on. It returns when no process runs.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.turn <- struct{}{}
	r.end(context.Background()) // it kills a process that does not stop
	<-r.turn
	r.running.Wait()
}

func (r *Runner) current() *process.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.process
}

// end stops the process, if there is one.
func (r *Runner) end(ctx context.Context) error {
	p, over := r.ask()
	if p == nil {
		return nil
	}
	// The stop goes on if the page that asked for it is closed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopBound)
	defer cancel()
	if err := p.Stop(ctx); errors.Is(err, process.ErrKilled) {
		r.log.add("tggen: the bot did not stop within " + stopBound.String() + ", and was killed")
	}
	<-over
	return nil
}

// ask notes that the process is asked to end, and returns it. It is nil if the bot does not run.
func (r *Runner) ask() (*process.Process, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = true
	return r.process, r.over
}

// start starts a process.
func (r *Runner) start() error {
	defer r.changed()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return refusal{"play is ending"}
	case r.process != nil:
		return refusal{"the bot runs already"}
	case r.binary == "":
		return refusal{"the bot is not built yet"}
	}
	polls := r.server().Polls
	p, err := process.Start(process.Config{
		Binary: r.binary, Dir: r.dir, Env: r.environment(), Output: io.MultiWriter(r.output, r.log),
	})
	if err != nil {
		r.exit = err.Error()
		r.set(statusCrashed)
		return refusal{err.Error()}
	}
	over := make(chan struct{})
	r.process, r.over, r.asked, r.exit, r.polls = p, over, false, "", polls
	r.set(statusStarting)
	r.running.Go(func() {
		defer close(over)
		r.wait(p)
	})
	return nil
}

// wait waits for the end of a process.
func (r *Runner) wait(p *process.Process) {
	err := p.Wait()
	r.mu.Lock()
	r.process = nil
	if err != nil {
		r.exit = err.Error()
	}
	if r.asked {
		r.set(statusStopped)
	} else {
		r.set(statusCrashed)
		if err == nil {
			r.exit = "it ended by itself, with exit code 0"
		}
	}
	r.mu.Unlock()
	r.ended()
}

// set sets the status. The lock must be held.
func (r *Runner) set(status string) { r.status, r.since = status, time.Now() }

// poll looks whether the bot receives updates by now. It reports whether that is new.
func (r *Runner) poll(server tgtest.State) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status != statusStarting || server.Polls == r.polls && server.Webhook == "" {
		return false
	}
	r.set(statusRunning)
	return true
}

// note adds a line of play's own to the log.
func (r *Runner) note(line string) { r.log.add("tggen: " + line) }

// shown returns the bot for the page, without what the server knows.
func (r *Runner) shown() Bot {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := Bot{Status: r.status, Run: r.run, Since: r.since, Exit: r.exit, Log: r.log.lines()}
	if r.process != nil {
		b.PID = r.process.PID()
	}
	return b
}
