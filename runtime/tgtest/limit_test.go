package tgtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// allowed sends n messages at once to each of the chats and returns how many were accepted, and the retry_after of the last
// refusal.
func allowed(t *testing.T, server *tgtest.Server, method, params string, n int, chats ...int64) (accepted, retryAfter int) {
	t.Helper()
	return allowedTo(t, server, server.Token, method, params, n, chats...)
}

func allowedTo(t *testing.T, server *tgtest.Server, token, method, params string, n int, chats ...int64) (accepted, retryAfter int) {
	t.Helper()
	for range n {
		for _, chat := range chats {
			body := strings.NewReader(fmt.Sprintf(`{"chat_id":%d,"text":"hello"%s}`, chat, params))
			response, err := server.Client().Post(server.URL+"/bot"+token+"/"+method, "application/json", body)
			if err != nil {
				t.Fatal(err)
			}
			var answer struct {
				OK         bool
				Parameters struct {
					RetryAfter int `json:"retry_after"`
				}
			}
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if answer.OK {
				accepted++
				continue
			}
			retryAfter = answer.Parameters.RetryAfter
			if response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") != fmt.Sprint(retryAfter) {
				t.Errorf("status %d, Retry-After %s, retry_after %d", response.StatusCode, response.Header.Get("Retry-After"), retryAfter)
			}
		}
	}
	return accepted, retryAfter
}

func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithLimits(tgtest.Limits{}))
		var people []int64
		for i := range 40 {
			user := server.User(fmt.Sprintf("User %d", i))
			user.Send("hello")
			people = append(people, user.ID)
		}
		group := server.Supergroup("Team").ID
		check := func(what string, accepted, retryAfter, wantAccepted, wantRetryAfter int) {
			t.Helper()
			if accepted != wantAccepted || retryAfter != wantRetryAfter {
				t.Errorf("%s: %d accepted, retry after %d; want %d and %d", what, accepted, retryAfter, wantAccepted, wantRetryAfter)
			}
		}
		a, r := allowed(t, server, "sendMessage", "", 3, people[0])
		check("one chat at once", a, r, 1, 1)
		time.Sleep(time.Second)
		a, r = allowed(t, server, "sendMessage", "", 1, people[0])
		check("the chat after a second", a, r, 1, 0)
		a, r = allowed(t, server, "sendMessage", "", 1, people[1:]...)
		check("many chats", a, r, 29, 1)
		time.Sleep(time.Second)
		for second := range 25 {
			a, r = allowed(t, server, "sendMessage", "", 1, group)
			if second < 20 {
				check(fmt.Sprintf("a group in second %d", second), a, r, 1, 0)
			} else {
				check(fmt.Sprintf("a group in second %d", second), a, r, 0, 60-second)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(35 * time.Second)
		a, r = allowed(t, server, "sendMessage", "", 1, group)
		check("a group after a minute", a, r, 1, 0)
		time.Sleep(2 * time.Second)
		a, r = allowed(t, server, "sendChatAction", `,"action":"typing"`, 5, people[0])
		check("typing", a, r, 5, 0)
		a, r = allowed(t, server, "sendDice", "", 2, people[0])
		check("what is not a text", a, r, 1, 1)
	})
}

// TestLimitsOff checks that a negative limit means no limit, and that a server without limits refuses nothing.
func TestLimitsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, opts := range [][]tgtest.Option{nil, {tgtest.WithLimits(tgtest.Limits{Chat: -1, Group: -1, All: -1})}} {
			server := tgtest.NewServer(t, append(opts, tgtest.InMemory())...)
			if a, _ := allowed(t, server, "sendMessage", "", 100, server.Group("Team").ID); a != 100 {
				t.Errorf("%d accepted", a)
			}
		}
		server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithLimits(tgtest.Limits{Chat: 5}))
		if a, _ := allowed(t, server, "sendMessage", "", 100, server.Group("Team").ID); a != 5 {
			t.Errorf("%d accepted, want 5", a)
		}
	})
}

// TestLimitsOfSeveralBots checks that each bot has limits of its own.
func TestLimitsOfSeveralBots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithLimits(tgtest.Limits{}))
		other := server.AddBot("", "Other Bot", "other_bot")
		group := server.Group("Team").ID
		for _, token := range []string{server.Token, other.Token} {
			if a, _ := allowedTo(t, server, token, "sendMessage", "", 3, group); a != 1 {
				t.Errorf("%d accepted, want 1", a)
			}
		}
	})
}
