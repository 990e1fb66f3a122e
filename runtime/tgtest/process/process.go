// Package process builds a bot and runs it as a process of its own, against a server of package tgtest.
//
// A test that kills the bot needs a process, and so does a test of everything that happens in main. [Run] does all that such a
// test needs:
//
//	func TestBot(t *testing.T) {
//		server := tgtest.NewServer(t)
//		bot := process.Run(t, server.Bot, ".")
//
//		ann := server.User("Ann")
//		ann.Send("/start")
//		ann.Expect("Hello!")
//
//		bot.Kill()
//		bot.Start()
//	}
//
// [Build] and [Start] are the parts of it, for programs that are not tests.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// A Config describes a process.
type Config struct {
	Binary string   // the file of the program
	Args   []string // the arguments after the name of the program
	// Dir is the folder that the process runs in. The default is that of this process.
	Dir string
	// Env are environment variables, each as NAME=value. They are added to those of this process, and replace those with the same
	// name.
	Env []string
	// Output receives what the process prints to its standard output and its standard error. Only one goroutine writes to it at a
	// time. The default is to discard it.
	Output io.Writer
}

// A Process is a running program, together with the processes that it starts. Start makes one. Any goroutine may call its methods.
type Process struct {
	command *exec.Cmd
	done    chan struct{} // closed when the process has ended and its output is written
	err     error         // set before done is closed
}

// Start starts a process. The caller must call Wait, Stop or Kill in the end, or the process goes on. On Linux it also ends when
// this process ends, however that happens.
//
// On Unix the process and the processes that it starts are a process group of their own, so a Ctrl-C in the terminal
// does not reach them. When the process has ended, what is left of the group is killed.
func Start(c Config) (*Process, error) {
	command := exec.Command(c.Binary, c.Args...)
	command.Dir = c.Dir
	command.Env = append(os.Environ(), c.Env...)
	command.SysProcAttr = attributes()
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Binary, err)
	}
	command.Stdout, command.Stderr = writer, writer
	p := &Process{command: command, done: make(chan struct{})}
	started := make(chan error)
	go p.run(reader, writer, c.Output, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Binary, err)
	}
	return p, nil
}

// lastOutput is how long the output may stay open after the end of the process and its group. A process that has left the group may
// hold it open.
const lastOutput = time.Second

// run starts the process and waits for its end.
func (p *Process) run(reader, writer *os.File, output io.Writer, started chan<- error) {
	// Linux ends the process together with the thread that started it: see attributes.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer reader.Close()
	err := p.command.Start()
	writer.Close()
	started <- err
	if err != nil {
		return
	}
	if output == nil {
		output = io.Discard
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		if _, err := io.Copy(output, reader); err != nil {
			io.Copy(io.Discard, reader) // if output fails, the process must still be able to write
		}
	}()
	p.err = p.command.Wait()
	killRest(p.command.Process)
	late := time.AfterFunc(lastOutput, func() { reader.Close() })
	<-copied
	late.Stop()
	close(p.done)
}

// PID returns the id of the process.
func (p *Process) PID() int { return p.command.Process.Pid }

// Done returns a channel that is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits until the process has ended and all its output is written. The error is nil if it exited with 0, or else an
// [*exec.ExitError].
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// ErrKilled reports a process that did not end in time after it was asked to.
var ErrKilled = errors.New("it did not stop in time, and was killed")

// Stop asks the process to end and waits until it has. If ctx ends first, Stop kills it and returns an error that is [ErrKilled].
// Otherwise it returns what Wait returns. On Unix the process receives SIGTERM, and on Windows a Ctrl-Break, which a Go program
// receives as os.Interrupt.
func (p *Process) Stop(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	default:
	}
	if err := terminate(p.command.Process); err != nil {
		select {
		case <-p.done: // it ended by itself
			return p.err
		case <-time.After(lastOutput):
		}
		p.Kill()
		return fmt.Errorf("%w: %w", ErrKilled, err)
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("%w: %w", ErrKilled, ctx.Err())
	}
}

// Kill ends the process and its children at once, with SIGKILL on Unix, and waits until they have ended. It does nothing if the
// process has ended.
func (p *Process) Kill() {
	select {
	case <-p.done:
		return
	default:
	}
	killGroup(p.command.Process)
	p.command.Process.Kill() // also if there is no group
	<-p.done
}
