//go:build linux

package bench

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

const (
	// echoWork is the name of the work of the echo bots.
	echoWork = "echo"

	// echoCores is how many cores an echo bot has.
	echoCores = 2
)

// echoBots are the contenders: a bot that calls Event.Reply, one that calls gotgbot's own SendMessage, and a bot of gotgbot.
var echoBots = []string{"reply", "send", "gotgbot"}

// journalBots are the contenders that deliver at least once: a bot that calls Event.Reply, and the same with a journal in memory.
var journalBots = []string{"once", "journal"}

// A ratio tells which updates are answered: 60% of all, of those that belong to a chat.
type ratio struct{ seen, answered atomic.Int64 }

func (r *ratio) next(hasChat bool) bool {
	seen := r.seen.Add(1)
	if !hasChat || r.answered.Load()*10 >= seen*6 {
		return false
	}
	r.answered.Add(1)
	return true
}

// echoText is the answer to an update.
func echoText(u *gotgbot.Update) string {
	if u.Message == nil {
		return "Here is what you did."
	}
	return cmp.Or(u.Message.Text, u.Message.Caption, "Here is what you sent.")
}

// echo is handlers that call one function for every update.
type echo func(ctx context.Context, ev *telegram.Event) error

func (h echo) Message(ctx context.Context, in *messageInput) error { return h(ctx, &in.Event) }
func (h echo) Button(ctx context.Context, in *buttonInput) error   { return h(ctx, &in.Event) }
func (h echo) Other(ctx context.Context, in *otherInput) error     { return h(ctx, &in.Event) }

// startEcho starts a contender. Both kinds of bot may have 500 handlers at once and keep 500 connections.
func startEcho(name, server string) *contender {
	var r ratio
	if name == "gotgbot" {
		transport := http.DefaultTransport.(*http.Transport)
		transport.MaxIdleConns, transport.MaxIdleConnsPerHost = concurrency, concurrency
		return startGotgbot(server, func(c *contender, b *gotgbot.Bot, u *gotgbot.Update) {
			chat := chatOf(u)
			if r.next(chat != 0) {
				_, err := b.SendMessage(chat, echoText(u), nil)
				check(err)
			}
			c.handled()
		}, concurrency)
	}
	reply := func(ctx context.Context, ev *telegram.Event) error {
		_, err := ev.Reply(ctx, echoText(ev.Update), nil)
		return err
	}
	if name == "send" {
		reply = func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Bot.SendMessageWithContext(ctx, chatOf(ev.Update), echoText(ev.Update), nil)
			return err
		}
	}
	return startBot(server, nil, func(c *contender, config *telegram.Config) {
		config.Concurrency = concurrency
		if slices.Contains(journalBots, name) {
			config.Delivery, config.Concurrency = telegram.AtLeastOnce, 100
			config.Calls.Journal = name == "journal"
		}
		config.Dispatch = dispatch(echo(func(ctx context.Context, ev *telegram.Event) error {
			if r.next(chatOf(ev.Update) != 0) {
				check(reply(ctx, ev))
			}
			c.handled()
			return nil
		}))
	})
}

// chatOf returns the chat of an update that the bots answer, or 0.
func chatOf(u *gotgbot.Update) int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.Id
	case u.EditedMessage != nil:
		return u.EditedMessage.Chat.Id
	case u.CallbackQuery != nil && u.CallbackQuery.Message != nil:
		return u.CallbackQuery.Message.GetChat().Id
	}
	return 0
}

// BenchmarkEcho compares the processor time that an update takes if 60% of all are answered by a message. Each bot is a process
// with two cores; they take turns. The server answers a call at once, or after 20 ms, over plain HTTP or TLS 1.3. An operation is
// a turn of each.
func BenchmarkEcho(b *testing.B) {
	for _, secure := range []string{"plain", "tls"} {
		for _, delay := range []time.Duration{0, 20 * time.Millisecond} {
			b.Run(secure+"/"+delay.String(), func(b *testing.B) { benchmarkEcho(b, echoBots, secure == "tls", delay) })
		}
	}
}

// BenchmarkEchoJournal compares, in the same way, an echo bot with a journal in memory with one that has none.
func BenchmarkEchoJournal(b *testing.B) { benchmarkEcho(b, journalBots, false, 0) }

func benchmarkEcho(b *testing.B, bots []string, secure bool, delay time.Duration) {
	const turn = 4_000
	server := theServer()
	ask(server, "delay", url.Values{"ns": {strconv.FormatInt(int64(delay), 10)}})
	costs, peaks := map[string][]float64{}, map[string]float64{}
	processes := map[string]*process{}
	for _, name := range bots {
		processes[name] = startEchoProcess(b, name, secure)
		defer processes[name].stop()
		processes[name].run(warm)
	}
	for b.Loop() {
		for _, name := range bots {
			spent, peak := processes[name].run(turn)
			costs[name] = append(costs[name], spent.perUpdate())
			peaks[name] = max(peaks[name], peak)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, name := range bots {
		b.ReportMetric(median(costs[name])/1000, name+"-cpu-µs/update")
		b.ReportMetric(peaks[name], name+"-peak-MB")
	}
}

// startEchoProcess starts a contender in a process of its own.
func startEchoProcess(b *testing.B, name string, secure bool) *process {
	server, trusted := serverURL, filepath.Join(b.TempDir(), "certificate.pem")
	check(os.WriteFile(trusted, ask(serverURL, "certificate", nil), 0o600))
	if secure {
		server = secureURL
	}
	cmd, in, out := start("bot", echoCores, serverVariable+"="+server, botVariable+"="+name, workVariable+"="+echoWork, "SSL_CERT_FILE="+trusted)
	return &process{cmd, in, out}
}
