package telegram_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A pusher delivers updates to a webhook as a Bot API server does. It is written from the server's rules:
//
//   - of each queue, one update is in flight; messages queue by their chat, presses and inline queries by their user;
//   - at most max_connections deliveries are in flight;
//   - an answer with 2xx confirms the update;
//   - after any other answer, or none, the update is delivered again: after the time in Retry-After, up to an hour; else at
//     once after the first failure, and then after 2, 4, 8 s and so on up to 60 s.
type pusher struct {
	url, secret string
	client      *http.Client
	hurry       time.Duration // all waits are this many times shorter
	confirmed   func(id int64)
	ctx         context.Context // ends the deliveries

	slots chan struct{} // max_connections
	group sync.WaitGroup

	mu     sync.Mutex
	queues map[string][]pushed
	tries  map[int64][]time.Time
}

type pushed struct {
	id   int64
	body string
}

func newPusher(t testing.TB, url, secret string, maxConnections int) *pusher {
	transport := &http.Transport{MaxIdleConnsPerHost: maxConnections, MaxIdleConns: maxConnections}
	t.Cleanup(transport.CloseIdleConnections)
	return &pusher{
		url: url, secret: secret, client: &http.Client{Transport: transport}, hurry: 1, confirmed: func(int64) {}, ctx: t.Context(),
		slots: make(chan struct{}, maxConnections), queues: map[string][]pushed{}, tries: map[int64][]time.Time{},
	}
}

// push puts an update into a queue, such as "chat 7" or "user 7".
func (p *pusher) push(queue string, id int64, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	waiting, running := p.queues[queue]
	p.queues[queue] = append(waiting, pushed{id, body})
	if !running {
		p.group.Go(func() { p.run(queue) })
	}
}

// triesOf returns when an update was delivered.
func (p *pusher) triesOf(id int64) []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries[id]
}

// wait waits until every update is confirmed, or the deliveries have ended.
func (p *pusher) wait() { p.group.Wait() }

// run delivers the updates of a queue, one after the other.
func (p *pusher) run(queue string) {
	for {
		p.mu.Lock()
		waiting := p.queues[queue]
		if len(waiting) == 0 {
			delete(p.queues, queue)
			p.mu.Unlock()
			return
		}
		p.queues[queue] = waiting[1:]
		p.mu.Unlock()
		if !p.deliver(waiting[0]) {
			return
		}
		p.confirmed(waiting[0].id)
	}
}

// deliver delivers an update until it is confirmed. It returns false if the deliveries ended before.
func (p *pusher) deliver(u pushed) bool {
	for failures := 1; ; failures++ {
		select {
		case p.slots <- struct{}{}:
		case <-p.ctx.Done():
			return false
		}
		p.mu.Lock()
		p.tries[u.id] = append(p.tries[u.id], time.Now())
		p.mu.Unlock()
		status, retryAfter := p.try(u)
		<-p.slots
		if status/100 == 2 {
			return true
		}
		wait := min(time.Second<<(failures-1), time.Minute)
		switch {
		case retryAfter > 0:
			wait = min(retryAfter, time.Hour)
		case failures == 1:
			wait = 0
		}
		timer := time.NewTimer(wait / p.hurry)
		select {
		case <-timer.C:
		case <-p.ctx.Done():
			timer.Stop()
			return false
		}
	}
}

// try delivers an update once. The status is 0 if there is no answer.
func (p *pusher) try(u pushed) (status int, retryAfter time.Duration) {
	request, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.url, strings.NewReader(u.body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Telegram-Bot-Api-Secret-Token", p.secret)
	response, err := p.client.Do(request)
	if err != nil {
		return 0, 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return response.StatusCode, time.Duration(seconds) * time.Second
}

// toHandler is a transport that calls a handler, for tests with a fake clock.
type toHandler struct{ http.Handler }

func (h toHandler) RoundTrip(r *http.Request) (*http.Response, error) {
	w, ended := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(ended)
		h.ServeHTTP(w, r)
	}()
	select {
	case <-ended:
		return w.Result(), nil
	case <-r.Context().Done():
		<-ended
		return nil, r.Context().Err()
	}
}

// delivered returns a message as the body of a delivery.
func delivered(id int64, chat, seq int) string {
	return fmt.Sprintf(`{"update_id":%d,`+"\n"+`%s`, id, message(chat, seq)[1:])
}

// press returns the press of a button as the body of a delivery.
func press(id int64, user, chat, seq int) string {
	return fmt.Sprintf(`{"update_id":%d,`+"\n"+`"callback_query":{"id":"%d","from":{"id":%d,"is_bot":false,"first_name":"Ann"},"message":{"message_id":%d,`+
		`"date":1700000000,"chat":{"id":%d,"first_name":"Ann","type":"private"}},"chat_instance":"1","data":"x"}}`, id, id, user, seq, chat)
}
