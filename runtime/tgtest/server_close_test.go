package tgtest_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TestCloseLeavesNoGoroutine relies on synctest: the test ends only when every goroutine in the bubble has ended.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, err := tgtest.Start(tgtest.InMemory())
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		answers := make(chan answer, 4)
		start := func(method, params string) {
			go func() { answers <- try(ctx, srv, method, params) }()
			synctest.Wait()
		}
		start("getUpdates", `{"timeout":50}`) // ended by the next one
		start("getUpdates", `{"timeout":50}`) // its 409 is held back
		start("getUpdates", `{"timeout":50}`) // waits
		srv.Fail("getMe", tgtest.Fault{Hang: true})
		start("getMe", ``)
		waited := make(chan error, 1)
		go func() { waited <- srv.WaitCount(ctx, "sendMessage", 1) }()
		synctest.Wait()
		if n := srv.Polling(); n != 2 {
			t.Errorf("%d polls under way", n)
		}
		srv.Close()
		srv.Close()
		for range 4 {
			if a := <-answers; a.err == nil && a.status != 409 {
				t.Errorf("answered %+v", a)
			}
		}
		if err := <-waited; err == nil {
			t.Error("waiting for a closed server ended without an error")
		}
		if a := try(ctx, srv, "getMe", ``); a.err == nil {
			t.Errorf("a closed server answered %+v", a)
		}
		if len(srv.Sent()) != 1 || len(srv.Polls()) != 3 {
			t.Errorf("the calls before Close are %v and the polls %v", srv.Sent(), srv.Polls())
		}
	})
}

// TestCloseOnAPort closes a server with an idle connection, half a request and a waiting poll.
func TestCloseOnAPort(t *testing.T) {
	before := runtime.NumGoroutine()
	srv, err := tgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	idle, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	half, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	half.Write([]byte("POST /bot" + srv.Token + "/getMe HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"))
	answers := make(chan answer, 1)
	go func() { answers <- try(context.Background(), srv, "getUpdates", `{"timeout":50}`) }()
	if err := srv.WaitPolling(context.Background()); err != nil {
		t.Fatal(err)
	}
	srv.Close()
	if a := <-answers; a.err == nil {
		t.Errorf("answered %+v", a)
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("Close left goroutines:\n%s", stacks[:runtime.Stack(stacks, true)])
		}
		runtime.Gosched()
	}
}

func TestStartRefuses(t *testing.T) {
	srv := tgtest.NewServer(t)
	for want, opts := range map[string][]tgtest.Option{
		"address already in use":    {tgtest.WithAddress(strings.TrimPrefix(srv.URL, "http://"))},
		"the token is not":          {tgtest.WithToken("secret")},
		"is not between 1 and":      {tgtest.WithFirstUpdateID(2_000_000_000)},
		"is not between 1 and 1999": {tgtest.WithFirstUpdateID(-1)},
	} {
		if _, err := tgtest.Start(opts...); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestOptions(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := tgtest.NewServer(t, tgtest.WithListener(l), tgtest.WithToken("42:secret"), tgtest.WithBot("Shop", "shop_bot"),
		tgtest.WithFirstUpdateID(7), tgtest.WithHistory(2))
	if srv.URL != "http://"+l.Addr().String() || srv.Token != "42:secret" {
		t.Errorf("%s %s", srv.URL, srv.Token)
	}
	const me = `{"ok":true,"result":{"id":42,"is_bot":true,"first_name":"Shop","username":"shop_bot","can_join_groups":true,`
	if got := call(t, srv, "getMe", ``); !strings.HasPrefix(got.body, me) {
		t.Errorf("getMe: %s", got.body)
	}
	if id := srv.Push(text(t, "x")); id != 7 {
		t.Errorf("the first id is %d", id)
	}
	for range 10 {
		call(t, srv, "getMe", ``)
	}
	if n := len(srv.Sent()); n < 2 || n > 4 {
		t.Errorf("%d calls are remembered", n)
	}
	if err := srv.WaitCount(context.Background(), "", 2); err != nil {
		t.Error(err)
	}
	if resp, err := http.Get(srv.URL + "/bot42:secret/getMe"); err != nil || resp.StatusCode != 200 {
		t.Errorf("getMe with the default client: %v %v", resp, err)
	} else {
		resp.Body.Close()
	}
}

// failing is a test whose failure is recorded.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.message = strings.TrimPrefix(fmt.Sprintf(format, args...), "tgtest: ")
	runtime.Goexit()
}

func TestMistakesFailTheTest(t *testing.T) {
	for name, test := range map[string]struct {
		mistake func(srv *tgtest.Server)
	}{
		"malformed update": {func(srv *tgtest.Server) { srv.Push(`{`) }},
		"id taken":         {func(srv *tgtest.Server) { srv.User("A", tgtest.ID(5)); srv.User("B", tgtest.ID(5)) }},
		"user name taken":  {func(srv *tgtest.Server) { srv.User("A"); srv.Group("B", tgtest.Username("A")) }},
		"no such button":   {func(srv *tgtest.Server) { a := srv.User("A"); a.Press(a.Send("x"), "Buy") }},
		"not theirs":       {func(srv *tgtest.Server) { a := srv.User("A"); srv.User("B").Edit(a.Send("x"), "y") }},
		"not a channel":    {func(srv *tgtest.Server) { srv.Group("A").Post("x") }},
		"a channel":        {func(srv *tgtest.Server) { srv.User("A").In(srv.Channel("B")).Send("x") }},
		"no such file":     {func(srv *tgtest.Server) { srv.User("A").SendFile("smell", tgtest.File{}, "") }},
		"no message":       {func(srv *tgtest.Server) { srv.User("A").Expect("hello") }},
		"no next message":  {func(srv *tgtest.Server) { srv.User("A").ExpectNext() }},
	} {
		t.Run(name, func(t *testing.T) {
			f := &failing{TB: t}
			srv := tgtest.NewServer(f, tgtest.WithPatience(time.Millisecond))
			done := make(chan struct{})
			go func() {
				defer close(done)
				test.mistake(srv)
			}()
			<-done
			if f.message == "" {
				t.Error("the test did not fail")
			}
		})
	}
}

func TestMistakesPanicOutsideATest(t *testing.T) {
	srv, err := tgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	srv.Push(`nonsense`)
}
