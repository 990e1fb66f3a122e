// Command jetstream shows and handles the dead letters of a queue.
//
//	jetstream dead list   [flags]          the letters, one a line
//	jetstream dead show   [flags] NUMBER   a letter with its data
//	jetstream dead replay [flags] NUMBER…  publish the messages of letters again
//	jetstream dead drop   [flags] NUMBER…  remove letters
//
// The flags say where the queue is. A folder can be opened only while no bot uses it.
//
//	-url URL      of the NATS servers
//	-dir DIR      of a server in the process (default data)
//	-prefix NAME  Config.Name of the bot's connection (default tggen)
//	-queue NAME   of the queue, such as bot7000000001
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "jetstream:", err)
		os.Exit(1)
	}
}

const usage = `usage: jetstream dead list|show|replay|drop [-url URL | -dir DIR] [-prefix NAME] -queue NAME [NUMBER…]`

// run runs a command.
func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "dead" || !strings.Contains(" list show replay drop ", " "+args[1]+" ") {
		return errors.New(usage)
	}
	command := args[1]
	flags := flag.NewFlagSet("jetstream dead "+command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	config := jetstream.Config{}
	flags.StringVar(&config.URL, "url", "", "of the NATS servers")
	flags.StringVar(&config.Dir, "dir", jetstream.DefaultDir, "of a server in the process")
	flags.StringVar(&config.Name, "prefix", "", "Config.Name of the bot's connection")
	name := flags.String("queue", "", "the name of the queue")
	if err := flags.Parse(args[2:]); err != nil {
		return fmt.Errorf("%w\n%s", err, usage)
	}
	var numbers []uint64
	for _, arg := range flags.Args() {
		n, err := strconv.ParseUint(arg, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not the number of a letter", arg)
		}
		numbers = append(numbers, n)
	}
	switch {
	case *name == "":
		return errors.New("-queue is missing\n" + usage)
	case command == "list" && len(numbers) > 0 || command == "show" && len(numbers) != 1 || command != "list" && len(numbers) == 0:
		return errors.New(usage)
	}
	if config.URL == "" { // do not make a folder that is not there
		if _, err := os.Stat(config.Dir); err != nil {
			return err
		}
	}
	connection, err := jetstream.Open(ctx, config)
	if err != nil {
		return err
	}
	defer connection.Close()
	letters, err := connection.DeadLetters(ctx, *name)
	if err != nil {
		return err
	}
	if command == "list" {
		return list(ctx, letters, out)
	}
	for _, n := range numbers {
		if err := handle(ctx, letters, command, n, out); err != nil {
			return fmt.Errorf("letter %d: %w", n, err)
		}
	}
	return nil
}

// list prints the letters, one a line.
func list(ctx context.Context, letters queue.DeadLetters, out io.Writer) error {
	const page = 100
	for after := uint64(0); ; {
		some, err := letters.List(ctx, after, page)
		if err != nil {
			return err
		}
		for _, l := range some {
			cause, _, _ := strings.Cut(l.Cause, "\n")
			fmt.Fprintf(out, "%d\t%s\tid %d\tpartition %d\tattempts %d\t%s\n",
				l.Number, l.Time.UTC().Format(time.RFC3339), l.ID, l.Partition, l.Attempts, cause)
			after = l.Number
		}
		if len(some) < page {
			return nil
		}
	}
}

// handle shows, replays or drops a letter.
func handle(ctx context.Context, letters queue.DeadLetters, command string, number uint64, out io.Writer) error {
	switch command {
	case "replay":
		return letters.Replay(ctx, number)
	case "drop":
		return letters.Drop(ctx, number)
	}
	l, err := letters.Show(ctx, number)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "number     %d\ntime       %s\nid         %d\npartition  %d\nseq        %d\nattempts   %d\ncause      %s\n\n%s\n",
		l.Number, l.Time.UTC().Format(time.RFC3339), l.ID, l.Partition, l.Seq, l.Attempts, l.Cause, l.Data)
	return nil
}
