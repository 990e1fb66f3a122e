package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A receiver collects the records of a traced bot.
type receiver struct {
	t      testing.TB
	server *httptest.Server

	mu      sync.Mutex
	records []trace.Record
	changed chan struct{} // has room for one signal
}

// newReceiver starts a receiver, and says in the environment that bots are to be traced there.
func newReceiver(t testing.TB) *receiver {
	r := &receiver{t: t, changed: make(chan struct{}, 1)}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	t.Setenv("BOT_TRACE_URL", r.server.URL+"/secret/trace")
	return r
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	if got := request.Method + " " + request.URL.Path + " " + request.Header.Get("Content-Type"); got != "POST /secret/trace application/x-ndjson" {
		r.t.Errorf("the receiver has got %s", got)
	}
	for decoder := trace.NewDecoder(request.Body); ; {
		record, err := decoder.Decode()
		if err == io.EOF {
			break
		}
		if err != nil {
			r.t.Error(err)
			break
		}
		r.mu.Lock()
		r.records = append(r.records, record)
		r.mu.Unlock()
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// all returns the records so far.
func (r *receiver) all() []trace.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.records)
}

// wait waits for a record.
func (r *receiver) wait(what string, match func(trace.Record) bool) trace.Record {
	r.t.Helper()
	patience := time.After(20 * time.Second)
	for {
		if all := r.all(); slices.ContainsFunc(all, match) {
			return all[slices.IndexFunc(all, match)]
		}
		select {
		case <-r.changed:
		case <-patience:
			r.t.Fatalf("no record of %s came, but\n%s", what, strings.Join(r.of(0), "\n"))
		}
	}
}

// waitFinished waits until an attempt of an update has ended so.
func (r *receiver) waitFinished(update int64, outcome trace.Outcome) trace.Record {
	r.t.Helper()
	return r.wait(fmt.Sprintf("update %d, %s", update, outcome), func(record trace.Record) bool {
		return record.Update == update && record.Outcome == outcome
	})
}

// of returns what the records of an update say, or of all updates for 0, without times.
func (r *receiver) of(update int64) (lines []string) {
	for _, record := range r.all() {
		if update == 0 || record.Update == update {
			lines = append(lines, line(record))
		}
	}
	return lines
}

func (r *receiver) want(update int64, want ...string) {
	r.t.Helper()
	if got := r.of(update); !slices.Equal(got, want) {
		r.t.Errorf("the records of update %d are\n%s\nwant\n%s", update, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func line(r trace.Record) string {
	s := string(r.Event)
	for _, part := range [...]string{r.Handler, r.Session, r.SessionKey, r.Method, string(r.Outcome), r.Expired} {
		if part != "" {
			s += " " + part
		}
	}
	for _, k := range r.Keys {
		s += " " + k.Constraint + ":" + k.Text
	}
	if r.Attempt > 0 {
		s += fmt.Sprintf(" attempt=%d", r.Attempt)
	}
	if r.Seq > 0 {
		s += fmt.Sprintf(" seq=%d requests=%d", r.Seq, r.Requests)
	}
	if r.Session != "" {
		s += " " + text(r.Before)
	}
	if r.Event == trace.Committed {
		s += " -> " + text(r.After)
	}
	if r.Wait > 0 {
		s += fmt.Sprintf(" wait=%v", r.Wait)
	}
	if r.Error != "" {
		s += " error=" + r.Error
	}
	return s
}

func text(v *trace.Value) string {
	if v == nil {
		return "none"
	}
	return v.State + string(v.Data)
}

// The records of an update say what its handlers did, in order.
func TestTraceOfAnUpdate(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	dialogue, settings := dispatch.NewSession(signupConfig()), dispatch.NewSession(prefsConfig())
	work := make(chan struct{})
	bot := newBot(t, server, telegram.Config{
		Workers:  4,
		Kinds:    wire.Kinds(wire.KindMessage, wire.KindCallbackQuery),
		Sessions: []telegram.Session{dialogue, settings},
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			keys.ChatUser(u.Header)
			keys.User(u.Header) // that of the chat, once more
			keys.Add("all")
			return nil
		},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if ev.Header.Kind == wire.KindCallbackQuery {
				return nil // no handler matches
			}
			ev.Enter("First")
			if _, _, err := settings.Get(ctx, ev); err != nil {
				return err
			}
			if err := settings.Set(ev, prefs{Lang: "de"}); err != nil {
				return err
			}
			if err := ev.Typing(ctx); err != nil {
				return err
			}
			ev.Enter("Second") // looks for what it needs
			if ev.Settled() {
				t.Error("Second is settled before it runs")
			}
			ev.Enter("First") // it has not found that
			ev.Enter("Third")
			ev.Enter("Third") // it has found that
			at, err := dialogue.At(ctx, ev)
			if err != nil {
				return err
			}
			if at == 0 {
				err = dialogue.Set(ev, signup{State: signupName, Count: 2})
			} else {
				err = dialogue.Set(ev, signup{})
			}
			if err != nil {
				return err
			}
			if _, err := ev.Bot.SendMessage(ev.Header.Chat, "hello", nil); err != nil { // without a context
				return err
			}
			ev.Go(func(ctx context.Context) error {
				<-work
				_, err := ev.Bot.SendMessageWithContext(ctx, ev.Header.Chat, "later", nil)
				return err
			})
			return nil
		},
	}, telegram.WithLogger(quiet))
	start(t, bot)
	ann := server.User("Ann", tgtest.ID(7))
	for i := range 2 {
		hello := ann.Send("hello")
		ann.Expect("hello")
		work <- struct{}{}
		ann.Expect("later")
		if i == 1 {
			ann.PressData(hello, "x")
			ann.Edit(hello, "hello!")
		}
	}
	r.waitFinished(1002, trace.Handled)
	r.wait("the edit", func(record trace.Record) bool { return record.Event == trace.Dropped })
	stop(t, bot)
	// The second call of Go may have ended before or after its handler.
	late := func(lines []string) []string {
		const call = "called sendMessage seq=3 requests=1"
		if n := len(lines); !slices.Contains(lines, call) {
			t.Errorf("there is no %s in %v", call, lines[:n])
		}
		return slices.DeleteFunc(lines, func(l string) bool { return l == call })
	}
	for update, want := range map[int64][]string{
		1000: {
			"taken chat:7 chat_user:7:7 :all", "started attempt=1", "entered First attempt=1",
			"loaded Prefs 7 none", "called sendChatAction seq=1 requests=1", "entered Second attempt=1", "passed Second attempt=1",
			"entered Third attempt=1", "loaded Signup 7 none", "called sendMessage seq=2 requests=1",
			`session Prefs 7 none -> {"lang":"de"}`, `session Signup 7 none -> Name{"State":1,"count":2}`, "finished handled attempt=1",
		},
		1001: {
			"taken chat:7 chat_user:7:7 :all", "started attempt=1", "entered First attempt=1",
			`loaded Prefs 7 {"lang":"de"}`, "called sendChatAction seq=1 requests=1", "entered Second attempt=1", "passed Second attempt=1",
			"entered Third attempt=1", `loaded Signup 7 Name{"State":1,"count":2}`, "called sendMessage seq=2 requests=1",
			`session Signup 7 Name{"State":1,"count":2} -> none`, "finished handled attempt=1",
		},
	} {
		if got := late(r.of(update)); !slices.Equal(got, want) {
			t.Errorf("the records of update %d are\n%s\nwant\n%s", update, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	r.want(1002, "taken chat:7 chat_user:7:7 :all", "started attempt=1", "finished handled attempt=1")
	r.want(1003, "dropped")
	for _, record := range r.all() {
		if record.At.IsZero() || record.Event == trace.Taken && (record.Workers != 4 || record.Shard != runtime.KeyOfInt(7).Shard(4)) {
			t.Errorf("the record %+v", record)
		}
	}
	for _, c := range server.Sent() {
		if c.ChatID() == 7 && (c.UpdateID != 1000 && c.UpdateID != 1001 || c.UpdateCall != map[string]int{"": 1, "hello": 2, "later": 3}[c.Text()]) {
			t.Errorf("%v is call %d of update %d", c, c.UpdateCall, c.UpdateID)
		}
	}
}

// The records say how each attempt ended, with the time that it took.
func TestTraceOfOutcomes(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	release := make(chan struct{})
	running := make(chan struct{}, 10)
	failed := errors.New("no luck, " + server.Token)
	bot := newBot(t, server, telegram.Config{
		Constraints: chatOrder,
		Retry:       telegram.Retry{Attempts: 2, Backoff: time.Millisecond},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			word := ev.Update.Message.Text
			ev.Enter(word)
			switch word {
			case "retry":
				if ev.Attempt == 1 {
					return failed
				}
			case "fail":
				return failed
			case "panic":
				panic("oh no")
			case "time-out":
				dispatch.Limit(ctx, 10*time.Millisecond, telegram.Hold, -1)
				<-release
				return errors.New("late")
			case "stop":
				running <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		},
		OnError:   func(context.Context, *telegram.Event, error) {},
		OnTimeout: func(context.Context, *telegram.Event) {},
	}, telegram.WithLogger(quiet))
	start(t, bot)
	ann := server.User("Ann", tgtest.ID(7))
	for _, word := range []string{"retry", "fail", "panic", "time-out"} {
		ann.Send(word)
	}
	timedOut := r.waitFinished(1003, trace.TimedOut)
	close(release)
	returned := r.waitFinished(1003, trace.Abandoned)
	if timedOut.Took < 10*time.Millisecond || returned.Took < timedOut.Took {
		t.Errorf("the time-out came after %v, and the return after %v", timedOut.Took, returned.Took)
	}
	ann.Send("stop")
	<-running
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := bot.Stop(ctx); err == nil {
		t.Error("nothing is unfinished")
	}
	r.want(1000, "taken chat:7", "started attempt=1", "entered retry attempt=1", "finished retried attempt=1 wait="+r.waitFinished(1000, trace.Retried).Wait.String()+" error=no luck, <token>",
		"started attempt=2", "entered retry attempt=2", "finished handled attempt=2")
	if wait := r.waitFinished(1000, trace.Retried).Wait; wait <= 0 || wait > time.Millisecond {
		t.Errorf("the wait of the retry is %v", wait)
	}
	if got := r.of(1001); len(got) != 7 || got[6] != "finished failed attempt=2 error=no luck, <token>" {
		t.Errorf("the records of the failure are %v", got)
	}
	if got := r.of(1002); len(got) != 4 || !strings.HasPrefix(got[3], "finished failed attempt=1 error=panic: oh no") {
		t.Errorf("the records of the panic are %v", got)
	}
	r.want(1003, "taken chat:7", "started attempt=1", "entered time-out attempt=1",
		"finished timed_out attempt=1 error="+runtime.ErrTimeout.Error(), "finished abandoned attempt=1 error=late")
	r.want(1004, "taken chat:7", "started attempt=1", "entered stop attempt=1", "finished stopped attempt=1 error=context canceled")
}

// An update that was handled before has a record for each time that it comes again.
func TestTraceOfRepeated(t *testing.T) {
	for _, hook := range []bool{false, true} {
		r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
		config := telegram.Config{
			Constraints: chatOrder, Delivery: telegram.AtLeastOnce,
			Dispatch: func(context.Context, *telegram.Event) error { return nil },
		}
		if hook {
			config.Source = telegram.SourceWebhook
			config.Webhook = telegram.WebhookSettings{URL: "http://bot.example.com", Listen: telegram.ListenNone}
		}
		bot := newBot(t, server, config, telegram.WithLogger(quiet))
		server.DeliverTo(bot.Webhook())
		start(t, bot)
		ann := server.User("Ann", tgtest.ID(7))
		for range 30 { // so that the first ones are far below the offset
			ann.Send("hello")
		}
		r.waitFinished(1029, trace.Handled)
		if err := server.WaitPending(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{1000, 1029, 1000} {
			repeats := func() int {
				return len(slices.DeleteFunc(r.of(id), func(l string) bool { return l != "repeated" }))
			}
			before := repeats()
			if err := server.Redeliver(id); err != nil {
				t.Fatal(err)
			}
			r.wait("the repetition", func(trace.Record) bool { return repeats() > before })
		}
		ann.Send("hello") // the bot goes on
		r.waitFinished(1030, trace.Handled)
		stop(t, bot)
		r.want(1000, "taken chat:7", "started attempt=1", "finished handled attempt=1", "repeated", "repeated")
		r.want(1029, "taken chat:7", "started attempt=1", "finished handled attempt=1", "repeated")
	}
}

// Another process has handled the update: its sessions say so.
func TestTraceOfAbsorbed(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	store, settings := session.NewMemory(session.MemoryConfig{}), dispatch.NewSession(prefsConfig())
	for range 2 {
		bot := newBot(t, server, telegram.Config{
			Constraints: chatOrder, Delivery: telegram.AtLeastOnce, Sessions: []telegram.Session{settings},
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				if _, _, err := settings.Get(ctx, ev); err != nil {
					return err
				}
				return settings.Set(ev, prefs{Lang: "de"})
			},
		}, telegram.WithLogger(quiet), telegram.WithStore(store))
		start(t, bot)
		if len(server.Updates(0)) == 0 {
			server.User("Ann", tgtest.ID(7)).Send("hello")
			r.waitFinished(1000, trace.Handled)
		} else {
			if err := server.Redeliver(1000); err != nil {
				t.Fatal(err)
			}
			r.wait("the repetition", func(record trace.Record) bool { return record.Event == trace.Repeated })
		}
		stop(t, bot)
	}
	r.want(1000, "taken chat:7", "started attempt=1", "loaded Prefs 7 none", `session Prefs 7 none -> {"lang":"de"}`, "finished handled attempt=1",
		"taken chat:7", "started attempt=1", "repeated", "finished handled attempt=1")
}

// The time-out of a state says so. A change outside of handlers is one of no update.
func TestTraceOfSessions(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	config := signupConfig()
	config.States[signupAge].After = 10 * time.Millisecond
	dialogue := dispatch.NewSession(config)
	bot := newBot(t, server, telegram.Config{
		Constraints: chatOrder, Sessions: []telegram.Session{dialogue},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if _, err := dialogue.At(ctx, ev); err != nil {
				return err
			}
			return dialogue.Set(ev, signup{State: signupAge})
		},
		Expire: func(ctx context.Context, ev *telegram.Event) error {
			ev.Enter("Forget")
			if _, err := dialogue.At(ctx, ev); err != nil {
				return err
			}
			return dialogue.Set(ev, signup{})
		},
	}, telegram.WithLogger(quiet))
	start(t, bot)
	server.User("Ann", tgtest.ID(7)).Send("hello")
	r.wait("the end of the time-out", func(record trace.Record) bool { return record.Event == trace.Committed && record.After == nil })
	err := dialogue.Update(t.Context(), bot, "8", func(signup) (signup, bool, error) { return signup{State: signupName}, true, nil })
	if err != nil {
		t.Fatal(err)
	}
	stop(t, bot)
	r.want(1000, "taken chat:7", "started attempt=1", "loaded Signup 7 none", `session Signup 7 none -> Age{"State":2}`, "finished handled attempt=1",
		"taken Signup chat:7", "started attempt=1", "entered Forget attempt=1", `loaded Signup 7 Age{"State":2}`, `session Signup 7 Age{"State":2} -> none`, "finished handled attempt=1")
	r.wait("the change", func(record trace.Record) bool {
		return record.Update == 0 && line(record) == `session Signup 8 none -> Name{"State":1}`
	})
}

// All HTTP requests of a call name its update and its number: those of package exchange, of net/http, with files, and those that are
// made again.
func TestTraceHeader(t *testing.T) {
	for _, own := range []bool{false, true} {
		r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
		opts := []telegram.Option{telegram.WithLogger(quiet)}
		if own {
			opts = append(opts, telegram.WithHTTPClient(server.Client()))
		}
		var bot *telegram.Bot
		bot = newBot(t, server, telegram.Config{
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				file := gotgbot.InputFileByReader("a.txt", strings.NewReader("text"))
				_, document := ev.Bot.SendDocumentWithContext(ctx, ev.Header.Chat, file, nil)
				_, message := ev.Reply(ctx, "hello", nil)
				_, api := bot.API().SendMessageWithContext(ctx, ev.Header.Chat, "through API", nil)
				_, nobody := bot.API().SendMessage(ev.Header.Chat, "of nobody", nil)
				return errors.Join(document, message, api, nobody)
			},
			OnError: func(ctx context.Context, ev *telegram.Event, err error) { t.Error(err) },
		}, opts...)
		server.Fail("sendDocument", tgtest.Fault{Code: 429, RetryAfter: 1})
		start(t, bot)
		server.User("Ann", tgtest.ID(7)).Send("hello")
		r.waitFinished(1000, trace.Handled)
		stop(t, bot)
		var got []string
		for _, c := range server.Sent() {
			if c.ChatID() == 7 {
				got = append(got, fmt.Sprintf("%s %s %d of %d: %d", c.Method, c.Text(), c.UpdateCall, c.UpdateID, c.Code))
			}
		}
		want := []string{
			"sendDocument  1 of 1000: 429", "sendDocument  1 of 1000: 200", "sendMessage hello 2 of 1000: 200", "sendMessage through API 3 of 1000: 200",
			"sendMessage of nobody 0 of 0: 200",
		}
		if !slices.Equal(got, want) {
			t.Errorf("an own HTTP client: %v: the calls are\n%s\nwant\n%s", own, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		r.want(1000, "taken", "started attempt=1", "called sendDocument seq=1 requests=2", "called sendMessage seq=2 requests=1",
			"called sendMessage seq=3 requests=1", "finished handled attempt=1")
	}
}

// A bot that is not traced sends no such header.
func TestNoTraceNoHeader(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := newBot(t, server, telegram.Config{Dispatch: func(ctx context.Context, ev *telegram.Event) error {
		_, err := ev.Reply(ctx, "hello", nil)
		return err
	}}, telegram.WithLogger(quiet))
	start(t, bot)
	ann := server.User("Ann")
	ann.Send("hello")
	ann.Expect("hello")
	stop(t, bot)
	for _, c := range server.Sent() {
		if c.UpdateID != 0 || c.UpdateCall != 0 {
			t.Errorf("%v is call %d of update %d", c, c.UpdateCall, c.UpdateID)
		}
	}
}

// A call whose result is in the journal takes no request.
func TestTraceOfJournal(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	bot := newBot(t, server, telegram.Config{
		Delivery: telegram.AtLeastOnce, Calls: telegram.CallsConfig{Journal: true}, Retry: telegram.Retry{Attempts: 2, Backoff: time.Millisecond},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if _, err := ev.Reply(ctx, "hello", nil); err != nil || ev.Attempt == 2 {
				return err
			}
			return errors.New("again")
		},
	}, telegram.WithLogger(quiet))
	start(t, bot)
	server.User("Ann").Send("hello")
	r.waitFinished(1000, trace.Handled)
	stop(t, bot)
	var called []string
	for _, l := range r.of(1000) {
		if strings.HasPrefix(l, "called") {
			called = append(called, l)
		}
	}
	if want := []string{"called sendMessage seq=1 requests=1", "called sendMessage seq=2 requests=0"}; !slices.Equal(called, want) {
		t.Errorf("the calls are %v, want %v", called, want)
	}
}

// The observer of an author is told all the same.
func TestTraceAndObserver(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	seen := &handledObserver{handled: make(chan int64, 10)}
	bot := newBot(t, server, telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithLogger(quiet), telegram.WithObserver(seen))
	start(t, bot)
	server.User("Ann").Send("hello")
	if id := <-seen.handled; id != 1000 {
		t.Errorf("the observer has seen update %d", id)
	}
	stop(t, bot)
	r.want(1000, "taken", "started attempt=1", "finished handled attempt=1")
}

type handledObserver struct {
	telegram.NopObserver
	handled chan int64
}

func (o *handledObserver) Finished(u *telegram.Envelope, _ int, _ time.Duration, _ error) {
	o.handled <- u.ID
}

// A receiver that never answers, or that is not there, blocks nothing. A stop waits a second for it at most.
func TestTraceWithoutReceiver(t *testing.T) {
	held := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-held
	}))
	defer slow.Close()
	defer close(held)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, url := range map[string]string{"slow": slow.URL, "gone": gone.URL} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BOT_TRACE_URL", url)
			server := tgtest.NewServer(t)
			bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }}, telegram.WithLogger(quiet))
			start(t, bot)
			const updates = 10_000 // more than can wait
			push(t, server, slices.Repeat([]string{message(7, 1)}, updates)...)
			if err := server.WaitPending(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			stop(t, bot)
			if took := time.Since(began); took > 10*time.Second { // a second, and what a busy machine adds
				t.Errorf("the stop took %v", took)
			}
			if n := bot.Stats().Sink.Finished; n != updates {
				t.Errorf("%d of %d updates were handled", n, updates)
			}
		})
	}
}

// A bot that is started again goes on to tell.
func TestTraceAfterRestart(t *testing.T) {
	r, server := newReceiver(t), tgtest.NewServer(t, tgtest.WithFirstUpdateID(1000))
	bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }}, telegram.WithLogger(quiet))
	ann := server.User("Ann")
	for id := range int64(3) {
		start(t, bot)
		ann.Send("hello")
		if err := server.WaitPending(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		stop(t, bot)
		r.want(1000+id, "taken", "started attempt=1", "finished handled attempt=1") // nothing is left after a stop
	}
}

// A bot may be traced only on this machine.
func TestTraceURL(t *testing.T) {
	for _, url := range []string{"http://example.com/trace", "http://10.0.0.1:80/", "ftp://127.0.0.1/", "127.0.0.1:8080", "http://", "http://[::2]/", ":"} {
		t.Setenv("BOT_TRACE_URL", url)
		_, err := telegram.New(telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }}, telegram.WithToken("1:abc"))
		if bad, ok := errors.AsType[*trace.URLError](err); !ok || !strings.Contains(err.Error(), "BOT_TRACE_URL") {
			t.Errorf("%s: %v (%v)", url, err, bad)
		}
	}
}
