//go:build linux

package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"
	"github.com/tggen/tggen/runtime/telegram"
)

const (
	hookSecret      = "benchmark"
	hookConnections = 40
)

// BenchmarkWebhook compares the processor time of an update that is delivered to a webhook over 40 connections that are kept
// alive, with handlers that do nothing: in this project's bot, which decodes it, keeps the order of each chat and answers when
// the handler has returned; in a handler of net/http that reads the body and answers; and in gotgbot's webhook. Each is a
// process with one core. They take turns, so that a busy machine slows down all. An operation is a turn of each.
func BenchmarkWebhook(b *testing.B) {
	turns := map[string]int{"bare": 10_000, "tggen": 10_000, "gotgbot": 2_000} // updates in a turn
	bots, costs := map[string]*hooked{}, map[string][]float64{}
	for name := range turns {
		bots[name] = startHooked(name)
		defer bots[name].stop()
		bots[name].run(warm)
	}
	for b.Loop() {
		for name, n := range turns {
			costs[name] = append(costs[name], bots[name].run(n).perUpdate())
		}
	}
	bare := median(costs["bare"])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(bare, "bare-cpu-ns/update")
	for _, name := range []string{"tggen", "gotgbot"} {
		b.ReportMetric(median(costs[name]), name+"-cpu-ns/update")
		b.ReportMetric(median(costs[name])/bare, name+"-times-bare")
	}
}

// A hooked is a bot with a webhook in a process of its own, and the process that delivers to it.
type hooked struct {
	bot    *process
	pusher *process
}

func startHooked(name string) *hooked {
	cmd, in, out := start("hook", 1, serverVariable+"="+theServer(), botVariable+"="+name)
	url, err := out.ReadString('\n')
	check(err)
	h := &hooked{bot: &process{cmd, in, out}}
	cmd, in, out = start("pusher", 1, serverVariable+"="+strings.TrimSpace(url))
	h.pusher = &process{cmd, in, out}
	return h
}

// run delivers n updates and returns their cost.
func (h *hooked) run(n int) cost {
	_, err := fmt.Fprintln(h.bot.in, n)
	check(err)
	_, err = h.bot.out.ReadString('\n') // it is ready
	check(err)
	spent, _ := h.pusher.run(n)
	var processor time.Duration
	_, err = fmt.Fscanln(h.bot.out, &processor)
	check(err)
	return cost{n, spent.wall, processor}
}

func (h *hooked) stop() {
	h.pusher.stop()
	h.bot.stop()
}

// beHooked is the main function of the process of a bot with a webhook. It prints the URL of the webhook.
func beHooked(server, name string) {
	c := startWebhook(name, server)
	for {
		var n int
		if _, err := fmt.Scanln(&n); err != nil {
			break // the input was closed
		}
		c.expect(n)
		before := processor()
		fmt.Println("ready")
		c.wait()
		fmt.Println(int64(processor() - before))
	}
	c.stop()
}

// startWebhook starts the contender with that name.
func startWebhook(name, server string) *contender {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("http://%s/telegram\n", listener.Addr())
	var c *contender
	var handler http.Handler
	stop := func() {}
	switch name {
	case "bare":
		c = newContender(server)
		handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			check(err)
			c.handled()
		})
	case "tggen":
		// The bot listens itself, on the port of the listener.
		check(listener.Close())
		return startBot(server, func(c *contender, _ *telegram.Event) { c.handled() }, func(_ *contender, config *telegram.Config) {
			slog.SetDefault(slog.New(slog.DiscardHandler))
			config.Delivery, config.Source = telegram.AtLeastOnce, telegram.SourceWebhook
			config.Webhook = telegram.WebhookSettings{Listen: listener.Addr().String(), Secret: hookSecret, Register: telegram.RegisterNever}
		})
	case "gotgbot":
		c = newContender(server)
		client := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server, Timeout: time.Minute}}
		bot, err := gotgbot.NewBot(c.token, &gotgbot.BotOpts{BotClient: client})
		check(err)
		dispatcher := ext.NewDispatcher(&ext.DispatcherOpts{UnhandledErrFunc: check})
		dispatcher.AddHandler(gotgbotHandler(func(*gotgbot.Bot, *gotgbot.Update) { c.handled() }))
		updater := ext.NewUpdater(dispatcher, &ext.UpdaterOpts{UnhandledErrFunc: check})
		check(updater.AddWebhook(bot, "telegram", &ext.AddWebhookOpts{SecretToken: hookSecret}))
		handler = updater.GetHandlerFunc("/")
		stop = func() { check(updater.Stop()) }
	default:
		panic(name)
	}
	h := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go h.Serve(listener)
	c.stop = func() {
		check(h.Shutdown(context.Background()))
		stop()
	}
	return c
}

// bePusher is the main function of the process that delivers updates to a webhook. It does as little as possible for one.
func bePusher(url string) {
	address, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	all := updates()
	var next atomic.Int64
	next.Store(firstID)
	var conns []net.Conn
	for {
		var n int64
		if _, err := fmt.Scanln(&n); err != nil {
			break // the input was closed
		}
		for len(conns) < hookConnections {
			conn, err := dialUntil(address)
			check(err)
			conns = append(conns, conn)
		}
		begin := time.Now()
		end := next.Load() + n
		var pushers sync.WaitGroup
		for _, conn := range conns {
			pushers.Go(func() { deliver(conn, address, path, all, &next, end) })
		}
		pushers.Wait()
		next.Store(end)
		fmt.Println(int64(time.Since(begin)), 0, 0)
	}
}

// dialUntil connects to an address as soon as somebody listens there.
func dialUntil(address string) (conn net.Conn, err error) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if conn, err = net.Dial("tcp", address); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// deliver delivers updates over a connection, one after another, until the id end.
func deliver(conn net.Conn, address, path string, all []string, next *atomic.Int64, end int64) {
	const before = len(`{"update_id":`)
	answers := bufio.NewReader(conn)
	var request []byte
	for {
		id := next.Add(1) - 1
		if id >= end {
			return
		}
		update := all[id%int64(len(all))]
		request = fmt.Appendf(request[:0], "POST /%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: %s\r\n"+
			"Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n", path, address, hookSecret, len(update))
		start := len(request) + before
		request = append(request, update...)
		strconv.AppendInt(request[start:start], id, 10)
		_, err := conn.Write(request)
		check(err)
		line, err := answers.ReadString('\n')
		check(err)
		if !strings.HasPrefix(line, "HTTP/1.1 200 ") {
			fmt.Fprintln(os.Stderr, "the answer is", line)
			os.Exit(1)
		}
		for line != "\r\n" { // no answer has a body
			line, err = answers.ReadString('\n')
			check(err)
		}
	}
}
