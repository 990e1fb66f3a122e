// Command serve runs the Bot API server of package tgtest as a separate process: to try a bot without a token, for load
// tests, and for tests that kill the bot.
//
//	go run github.com/tggen/tggen/runtime/tgtest/serve -addr 127.0.0.1:8081
//
// Its first two lines of output are the environment variables of a bot that uses the server, BOT_API_URL and
// BOT_TOKEN. After that it prints the conversation as it happens, unless -quiet is set, until it is interrupted. With
// -as Alice, each line that you type is a message of the user Alice, and a line such as !Buy presses the newest
// button with the text Buy.
//
// Another process can control the server over HTTP under /control/: see [tgtest.Server.Control].
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/tggen/tggen/runtime/tgtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(errOut)
	address := flags.String("addr", "127.0.0.1:8081", "TCP `address` to listen on; port 0 means a free port")
	token := flags.String("token", tgtest.DefaultToken, "the bot's `token`")
	as := flags.String("as", "", "first `name` of a user; each line of standard input is a message of the user")
	quiet := flags.Bool("quiet", false, "do not print the conversation")
	history := flags.Int("history", tgtest.DefaultHistory, "`number` of calls, polls and messages of a chat to remember")
	atOnce := flags.Bool("at-once", false, "answer a waiting getUpdates at once, instead of a millisecond after the newest update")
	limits := flags.Bool("limits", false, "refuse messages that exceed Telegram's limits: 1 a second in a chat, 20 a minute in a group, 30 a second in all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %s", flags.Arg(0))
	}
	opts := []tgtest.Option{
		tgtest.WithAddress(*address),
		tgtest.WithToken(*token),
		tgtest.WithHistory(*history),
		tgtest.WithControl(),
	}
	if *atOnce {
		opts = append(opts, tgtest.WithAnswerDelay(0))
	}
	if *limits {
		opts = append(opts, tgtest.WithLimits(tgtest.Limits{}))
	}
	srv, err := tgtest.Start(opts...)
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Fprintf(out, "BOT_API_URL=%s\nBOT_TOKEN=%s\n", srv.URL, srv.Token)
	if *as != "" {
		// The goroutine ends with the process: a read of standard input cannot be interrupted.
		go talk(srv.User(*as), in, errOut)
	}
	if *quiet {
		<-ctx.Done()
		return nil
	}
	if err := srv.Follow(ctx, out); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// talk sends each line of in as a message of the user, or presses a button for a line that begins with !.
func talk(user *tgtest.User, in io.Reader, errOut io.Writer) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		button, press := strings.CutPrefix(line, "!")
		switch {
		case line == "":
		case !press:
			user.Send(line)
		case !pressNewest(user, button):
			fmt.Fprintf(errOut, "no message has a button %q\n", button)
		}
	}
}

// pressNewest presses the button in the newest message that has it. It returns false if no message has it.
func pressNewest(user *tgtest.User, button string) bool {
	for _, m := range slices.Backward(user.Messages()) {
		if b, ok := m.Button(button); ok && b.CallbackData != "" {
			user.Press(m, button)
			return true
		}
	}
	return false
}
