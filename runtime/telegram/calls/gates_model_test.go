package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A modelCall is a call in the model.
type modelCall struct {
	number int
	at     place
	bulk   bool
	gates  map[place]int // the epochs of the gates that it went through
}

// A modelGate is a gate in the model. It exists from its first refusal to its end, and has no queue and no timer.
type modelGate struct {
	until         time.Time
	epoch, window int
}

// A model says which calls are in flight. It looks at all calls after each event, and lets those go that may.
type model struct {
	waiting []*modelCall // bulk calls last, then by number
	flying  map[int]*modelCall
	gates   map[place]*modelGate
	refused map[string][2]time.Time // when a chat was refused, and until when
}

func (m *model) inFlight(at place) int {
	n := 0
	for _, c := range m.flying {
		if epoch, ok := c.gates[at]; ok && epoch == m.gates[at].epoch {
			n++
		}
	}
	return n
}

func (m *model) mayGo(c *modelCall, now time.Time) bool {
	bulk := 0
	for _, other := range m.flying {
		if other.bulk {
			bulk++
		}
	}
	if c.bulk && bulk >= maxBulk {
		return false
	}
	for _, at := range []place{c.at, {}} {
		if g := m.gates[at]; g != nil && (now.Before(g.until) || m.inFlight(at) >= g.window) {
			return false
		}
	}
	return true
}

// tied reports whether two gates open at this moment, which happens if three chats close the gate of the bot. Either may be
// the first then, and the model cannot say which calls go.
func (m *model) tied(now time.Time) bool {
	opening := 0
	for _, g := range m.gates {
		if g.until.Equal(now) {
			opening++
		}
	}
	return opening > 1
}

// settle lets calls go, and removes the gates at which none waits.
func (m *model) settle(now time.Time) {
	slices.SortFunc(m.waiting, func(a, b *modelCall) int {
		if a.bulk != b.bulk {
			if a.bulk {
				return 1
			}
			return -1
		}
		return a.number - b.number
	})
	for i := 0; i < len(m.waiting); i++ {
		c := m.waiting[i]
		if !m.mayGo(c, now) {
			continue
		}
		m.waiting = slices.Delete(m.waiting, i, i+1)
		i--
		c.gates = map[place]int{}
		for _, at := range []place{c.at, {}} {
			if g := m.gates[at]; g != nil {
				c.gates[at] = g.epoch
			}
		}
		m.flying[c.number] = c
	}
	for at, g := range m.gates {
		if at == (place{}) && g.window == 1 && now.Before(g.until.Add(floodWithin)) {
			continue // the calls that were refused may come yet
		}
		held := slices.ContainsFunc(m.waiting, func(c *modelCall) bool { return c.at == at || at == place{} && m.waitsAtBot(c, now) })
		if !now.Before(g.until) && !(held && m.inFlight(at) >= g.window) && m.inFlight(at) < g.window {
			for _, c := range m.flying {
				delete(c.gates, at)
			}
			delete(m.gates, at)
		}
	}
}

// waitsAtBot reports whether nothing but the gate of the bot holds a call back.
func (m *model) waitsAtBot(c *modelCall, now time.Time) bool {
	g := m.gates[c.at]
	return g == nil || !now.Before(g.until) && m.inFlight(c.at) < g.window
}

func (m *model) close(c *modelCall, at place, until time.Time) {
	g := m.gates[at]
	epoch, went := c.gates[at]
	switch {
	case g == nil:
		m.gates[at] = &modelGate{until: until, window: 1}
		return
	case went && epoch == g.epoch:
		g.epoch++
		g.window = 1
	case m.inFlight(at) > 0:
		return
	}
	if until.After(g.until) {
		g.until = until
	}
}

// answer ends the flight of a call. wait is what the server asks; 0: it answers; negative: the answer is lost.
func (m *model) answer(c *modelCall, wait time.Duration, now time.Time) {
	delete(m.flying, c.number)
	if wait == 0 {
		for at, epoch := range c.gates {
			if g := m.gates[at]; g.epoch == epoch {
				g.window++
			}
		}
	}
	if wait <= 0 {
		return
	}
	m.waiting = append(m.waiting, c)
	until := now.Add(wait)
	if c.at.chat == "" {
		m.close(c, place{}, until)
		return
	}
	m.close(c, c.at, until)
	m.refused[c.at.chat] = [2]time.Time{now, until}
	maps.DeleteFunc(m.refused, func(_ string, r [2]time.Time) bool { return now.Sub(r[0]) > floodWithin })
	if len(m.refused) == floodChats {
		for _, r := range m.refused {
			if r[1].Before(until) {
				until = r[1]
			}
		}
		clear(m.refused)
		m.close(c, place{}, until)
	}
}

// A puppet is a client whose answers the test gives.
type puppet struct {
	gotgbot.BotClient
	mu     sync.Mutex
	flying map[int]chan error
}

func (p *puppet) RequestWithContext(ctx context.Context, _, _ string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	answer := make(chan error)
	p.mu.Lock()
	p.flying[params["number"].(int)] = answer
	p.mu.Unlock()
	select {
	case err := <-answer:
		return json.RawMessage("true"), err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *puppet) numbers() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.flying))
}

// TestGatesAgainstModel makes random calls, gives random answers, and checks after each event that exactly those calls are in
// flight that the model lets go, and that exactly the gates exist that the model has.
func TestGatesAgainstModel(t *testing.T) {
	const seeds = 300
	whole := 0
	for seed := range uint64(seeds) {
		synctest.Test(t, func(t *testing.T) {
			if againstModel(t, seed) {
				whole++
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d of %d runs came to their end", whole, seeds)
	if whole < seeds/5 {
		t.Errorf("only %d of %d runs came to their end", whole, seeds)
	}
}

// againstModel returns false if a tie ended the run before its end.
func againstModel(t *testing.T, seed uint64) (whole bool) {
	random := rand.New(rand.NewPCG(seed, 1))
	client := &puppet{flying: map[int]chan error{}}
	r := &retrier{config: RetryConfig{Attempts: 3, MaxWait: time.Hour}, next: client, gates: newGates(time.Hour, (&RetryConfig{}).stopping)}
	m := &model{flying: map[int]*modelCall{}, gates: map[place]*modelGate{}, refused: map[string][2]time.Time{}}
	var trace []string
	var calls sync.WaitGroup
	all, end := context.WithCancel(t.Context())
	defer calls.Wait()
	defer end()
	tied := false
	check := func(event string, args ...any) {
		synctest.Wait()
		if tied = tied || m.tied(time.Now()); tied {
			return
		}
		m.settle(time.Now())
		trace = append(trace, fmt.Sprintf(event, args...))
		want := slices.Sorted(maps.Keys(m.flying))
		if got := client.numbers(); !slices.Equal(got, want) {
			t.Fatalf("in flight are %v, and in the model %v, after %v", got, want, trace)
		}
		r.gates.mu.Lock()
		got := slices.Collect(maps.Keys(r.gates.all))
		r.gates.mu.Unlock()
		if len(got) != len(m.gates) || slices.ContainsFunc(got, func(at place) bool { return m.gates[at] == nil }) {
			t.Fatalf("the gates are %v, and in the model %v, with %v in flight, after %v", got, slices.Collect(maps.Keys(m.gates)), want, trace)
		}
	}
	start := func(number int) {
		c := &modelCall{number: number, bulk: random.IntN(4) == 0}
		ctx, params := all, map[string]any{"number": number}
		if chat := random.IntN(6); chat > 0 {
			c.at.chat = strconv.Itoa(chat)
			params["chat_id"] = int64(chat)
		} else {
			c.at.method = "sendSomething"
		}
		if c.bulk {
			ctx = Bulk(ctx)
		}
		m.waiting = append(m.waiting, c)
		calls.Go(func() {
			_, err := r.request(ctx, "", "sendSomething", params, nil)
			if err != nil && !errors.Is(err, context.DeadlineExceeded) && all.Err() == nil {
				t.Errorf("call %d: %v", number, err)
			}
		})
		check("start %d of %v, bulk %v", number, c.at, c.bulk)
	}
	advance := func(d time.Duration) {
		for end := time.Now().Add(d); ; {
			next := end
			for at, g := range m.gates {
				due := g.until
				if at == (place{}) && !due.After(time.Now()) {
					due = due.Add(floodWithin)
				}
				if due.After(time.Now()) && due.Before(next) {
					next = due
				}
			}
			time.Sleep(time.Until(next))
			check("until %v", next.Format("05.000000000"))
			if tied || next.Equal(end) {
				return
			}
		}
	}
	answer := func(number int, kind int) {
		advance(time.Duration(1 + random.IntN(1000))) // so that no two waits end at the same moment by chance
		client.mu.Lock()
		if tied {
			client.mu.Unlock()
			return
		}
		channel := client.flying[number]
		delete(client.flying, number)
		client.mu.Unlock()
		var wait time.Duration
		var err error
		switch {
		case kind < 5:
			seconds := 1 + random.Int64N(3)
			wait = time.Duration(seconds) * time.Second
			err = &gotgbot.TelegramError{Code: 429, ResponseParams: &gotgbot.ResponseParameters{RetryAfter: seconds}}
		case kind == 5:
			wait, err = -1, context.DeadlineExceeded // a lost answer ends the call, and tells a gate nothing
		}
		m.answer(m.flying[number], wait, time.Now())
		channel <- err
		check("answer %d, wait %v", number, wait)
	}
	for number := range 60 {
		if tied {
			return false
		}
		start(number)
		for range random.IntN(3) {
			if flying := client.numbers(); len(flying) > 0 && !tied {
				answer(flying[random.IntN(len(flying))], random.IntN(10))
			}
		}
		if random.IntN(3) == 0 {
			advance(time.Duration(1 + random.Int64N(int64(time.Second))))
		}
	}
	for len(m.waiting)+len(m.flying) > 0 { // from now on the server accepts everything
		if tied {
			return false
		}
		if flying := client.numbers(); len(flying) > 0 {
			answer(flying[random.IntN(len(flying))], 9)
		} else {
			advance(time.Second)
		}
	}
	calls.Wait()
	advance(4 * time.Second)
	if n := r.gates.closed.Load(); n != 0 || len(r.gates.all) != 0 || r.gates.bulk.flight != 0 || len(r.gates.bulk.queue) != 0 {
		t.Errorf("at the end there are %d gates: %v", n, r.gates.all)
	}
	return true
}
