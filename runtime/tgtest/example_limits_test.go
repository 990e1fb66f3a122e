package tgtest_test

import (
	"fmt"
	"log"
	"net/http"
	"net/url"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A server with Telegram's limits: one message a second in a chat, 20 a minute in a group, 30 a second in all. In a bubble
// of testing/synctest, with InMemory, waiting takes no time.
func ExampleLimits_tooManyMessages() {
	server, err := tgtest.Start(tgtest.WithLimits(tgtest.Limits{}))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	alice := server.User("Alice")
	alice.Send("/start")
	for _, text := range []string{"one", "two"} {
		answer, err := http.PostForm(server.URL+"/bot"+server.Token+"/sendMessage",
			url.Values{"chat_id": {fmt.Sprint(alice.ID)}, "text": {text}})
		if err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
		fmt.Printf("%s, Retry-After %q\n", answer.Status, answer.Header.Get("Retry-After"))
	}
	// Output:
	// 200 OK, Retry-After ""
	// 429 Too Many Requests, Retry-After "1"
}
