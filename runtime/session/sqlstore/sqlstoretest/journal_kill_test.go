package sqlstoretest

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session/sqlstore"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

var (
	botKills    = flag.Int("bot-kills", 30, "how many times TestKill_Journal kills a bot")
	botKillTime = flag.Duration("bot-kill-time", 6*time.Second, "after which time it kills that bot no more")
)

// botVariable names the environment variable with the folder of the database. If it is set, the test binary runs a bot. If the
// other variable is set, too, that bot handles one update at a time.
const (
	botVariable        = "TGGEN_TEST_BOT"
	sequentialVariable = "TGGEN_TEST_SEQUENTIAL"
)

// botChats is the number of chats that talk to the bot.
const botChats = 7

// answersTo are the messages that the bot sends for one message, in order. Two of them are equal.
func answersTo(chat int64, text string) []string {
	said := fmt.Sprintf("%d said %s", chat, text)
	return []string{said, said, "more on " + said, "the end of " + said}
}

// runJournaledBot runs a bot with a journal until it is killed, or told to stop.
func runJournaledBot(dir string, sequential bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := sql.Open(sqliteDrivers[0], sqliteDSN(dir))
	if err != nil {
		return err
	}
	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		return err
	}
	sink := telegram.Sharded
	if sequential {
		sink = telegram.Sequential
	}
	bot, err := telegram.New(telegram.Config{
		Sink:     sink,
		Delivery: telegram.AtLeastOnce,
		Calls:    telegram.CallsConfig{Journal: true},
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			for i, text := range answersTo(ev.Header.Chat, ev.Update.Message.Text) {
				var err error
				if i%2 == 0 {
					_, err = ev.Reply(ctx, text, nil)
				} else {
					_, err = ev.Bot.SendMessageWithContext(ctx, ev.Header.Chat, text, nil)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}, telegram.WithStore(store))
	if err != nil {
		return err
	}
	if err := bot.Run(ctx); err != nil {
		return err
	}
	return store.Close()
}

// startBot starts the bot in a process of its own, and waits until it polls.
func startBot(t *testing.T, server *tgtest.Server, dir string, env ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", botVariable+"="+dir, "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	command.Env = append(command.Env, env...)
	log := new(bytes.Buffer)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.WaitPolling(ctx); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	return command, log
}

// TestKill_Journal kills a bot with kill -9 at random moments while people talk to it. Each message gets its answers. A kill makes
// each handler that ran send at most one answer twice: the last one.
func TestKill_Journal(t *testing.T) {
	t.Run("one update at a time", func(t *testing.T) {
		twice, kills := killJournaledBot(t, sequentialVariable+"=1")
		all := 0
		for _, n := range twice {
			all += n
		}
		if all > kills {
			t.Errorf("%d answers were sent twice, with %d kills", all, kills)
		}
	})
	t.Run("all chats at the same time", func(t *testing.T) {
		twice, kills := killJournaledBot(t)
		for chat, n := range twice {
			if n > kills {
				t.Errorf("in chat %d, %d answers were sent twice, with %d kills", chat, n, kills)
			}
		}
	})
}

// killJournaledBot returns how many answers in each chat were sent twice, and how often the bot was killed.
func killJournaledBot(t *testing.T, env ...string) (twice map[int64]int, kills int) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	dir, start := t.TempDir(), time.Now()
	pushed := 0
	push := func() {
		chat := 1 + pushed%botChats
		server.Push(fmt.Sprintf(`{"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Ann"},`+
			`"chat":{"id":%d,"first_name":"Ann","type":"private"},"date":1700000000,"text":"number %d"}}`, 1+pushed, chat, chat, pushed))
		pushed++
	}
	for kills < *botKills && time.Since(start) < *botKillTime {
		bot, log := startBot(t, server, dir, env...)
		for range 1 + rand.N(3*botChats) {
			push()
		}
		time.Sleep(rand.N(100 * time.Millisecond)) // the moment of the kill
		if err := bot.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := bot.Wait(); err == nil {
			t.Fatalf("the bot ended by itself:\n%s", log)
		}
		kills++
	}
	bot, log := startBot(t, server, dir, env...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.WaitPending(ctx, 0); err != nil {
		t.Fatalf("%d updates are not confirmed: %v\n%s", server.Pending(), err, log)
	}
	if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := bot.Wait(); err != nil {
		t.Errorf("the bot ended with %v\n%s", err, log)
	}
	twice = auditAnswers(t, server, pushed)
	t.Logf("%d kills in %v, %d messages, sent twice in each chat: %v", kills, time.Since(start).Round(time.Millisecond), pushed, twice)
	return twice, kills
}

// auditAnswers checks that each message got its answers in order, once or, if one is sent twice, twice in a row. It returns how
// many answers of each chat were sent again.
func auditAnswers(t *testing.T, server *tgtest.Server, pushed int) (twice map[int64]int) {
	t.Helper()
	got := make(map[int64][]string)
	for _, call := range server.SentBy("sendMessage") {
		got[call.ChatID()] = append(got[call.ChatID()], call.Text())
	}
	want := make(map[int64][]string)
	for i := range pushed {
		chat := int64(1 + i%botChats)
		want[chat] = append(want[chat], answersTo(chat, fmt.Sprintf("number %d", i))...)
	}
	twice = make(map[int64]int)
	for chat := range maps.Keys(want) {
		sent, again := runsOf(got[chat]), 0
		for i, expected := range runsOf(want[chat]) {
			if i >= len(sent) || sent[i].text != expected.text || sent[i].times < expected.times {
				t.Fatalf("chat %d got\n%q\nwant\n%q", chat, got[chat], want[chat])
			}
			again += sent[i].times - expected.times
		}
		if len(sent) != len(slices.Compact(want[chat])) {
			t.Fatalf("chat %d got\n%q\nwant\n%q", chat, got[chat], want[chat])
		}
		twice[chat] = again
	}
	return twice
}

// A run is a text and how many times it follows itself.
type run struct {
	text  string
	times int
}

func runsOf(texts []string) (runs []run) {
	for _, text := range texts {
		if n := len(runs); n > 0 && runs[n-1].text == text {
			runs[n-1].times++
		} else {
			runs = append(runs, run{text, 1})
		}
	}
	return runs
}
