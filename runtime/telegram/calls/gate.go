package calls

import (
	"container/heap"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A place is what a gate stands in front of: a chat, a method without a chat, or, if both are empty, the whole bot.
type place struct{ chat, method string }

// A gate holds calls back that the server would refuse. The zero time is in the past, so a gate with the zero until lets
// as many calls through at once as its window allows.
//
// A gate that closes starts a new epoch with a window of one: the first call that goes after until is the probe. Each call
// of the epoch that the server answers widens the window by one, so that after n answers n+1 calls are in flight. A gate
// exists only while it is closed or calls wait at it.
type gate struct {
	at     place
	until  time.Time // no call goes before
	why    *gotgbot.TelegramError
	epoch  int  // counts how often the gate was closed
	window int  // calls of this epoch that may be in flight at once
	flight int  // calls of this epoch that are in flight
	fixed  bool // the window does not change, and the gate stays
	gone   bool // the gate was removed
	queue  queue
	timer  *time.Timer // calls gates.opens at until
}

func newGate(at place) *gate { return &gate{at: at, window: 1} }

// open reports whether the gate lets a call through now.
func (g *gate) open(now time.Time) bool { return !now.Before(g.until) && g.flight < g.window }

// overtakes reports whether a call would leave the gate before one that waits at it. This can happen for a moment only: the
// time is up, and the timer has not let the others go yet.
func (g *gate) overtakes(t *ticket) bool { return len(g.queue) > 0 && g.queue[0].before(t) }

// A ticket is a call's place in the order of all calls, and its state at the gates. A call keeps its ticket when it is
// made again.
type ticket struct {
	call   call
	number uint64
	bulk   bool

	ready chan error // gets nil when the call may go, or the error to end with
	at    *gate      // where the call waits
	index int        // in the queue of that gate
	held  []passage  // the gates that the call is passing
}

// before reports whether t leaves a gate before other.
func (t *ticket) before(other *ticket) bool {
	if t.bulk != other.bulk {
		return other.bulk
	}
	return t.number < other.number
}

// A passage is a call's way through a gate, in one of the gate's epochs.
type passage struct {
	gate  *gate
	epoch int
}

// A queue is a heap of the tickets that wait at a gate: bulk calls last, otherwise in the order of their numbers.
type queue []*ticket

var _ heap.Interface = (*queue)(nil)

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool { return q[i].before(q[j]) }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements [heap.Interface].
func (q *queue) Push(x any) {
	t := x.(*ticket)
	t.index = len(*q)
	*q = append(*q, t)
}

// Pop implements [heap.Interface].
func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}
