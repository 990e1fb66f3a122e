package state

import (
	"container/heap"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// Timers knows when states time out. The records of the timers are in the store; Timers has only their keys in memory. Its methods
// may be called concurrently. The zero Timers is ready to use.
type Timers struct {
	mu     sync.Mutex
	alarms alarms
	index  map[string]*alarm
	wake   chan struct{} // holds a token when the first alarm has changed; nil until Run

	shared  bool // other processes set timers, too, and only one of all runs; see Config.Rescan
	running bool
}

// An alarm says when to look at the record of a timer.
type alarm struct {
	key   string
	at    int64 // in milliseconds since 1970; 0: there is no timer any more
	place int   // in the heap
}

// An Expiry is a state that has timed out.
type Expiry struct {
	Session string // the name of the session
	Key     string // the key of the session
	Due     int64  // when it timed out, in milliseconds since 1970
	Raw     string // the JSON of the update that entered the state

	after  time.Duration
	record string
}

// set sets or removes an alarm.
func (t *Timers) set(key string, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shared && !t.running {
		return // the process that runs reads it from the store
	}
	a := t.index[key]
	switch {
	case a == nil && at == 0:
		return
	case at == 0:
		delete(t.index, key)
		heap.Remove(&t.alarms, a.place)
	case a == nil:
		t.add(key, at)
	default:
		a.at = at
		heap.Fix(&t.alarms, a.place)
	}
	t.changed()
}

// setNew sets an alarm unless there is one.
func (t *Timers) setNew(key string, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.index[key] == nil {
		t.add(key, at)
		t.changed()
	}
}

// Again has a time-out handled again, because its handler has failed: after as long again as the state may last, and least at least. Another
// start of the bot handles it at once.
func (t *Timers) Again(x *Expiry, least time.Duration) {
	t.setNew(x.record, time.Now().Add(max(x.after, least)).UnixMilli())
}

// start notes that RunTimers runs.
func (t *Timers) start(shared bool) (wake chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shared, t.running = shared, true
	if t.wake == nil {
		t.wake = make(chan struct{}, 1)
	}
	return t.wake
}

// end notes that RunTimers has ended. What is shared is read again at the next start.
func (t *Timers) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running = false
	if t.shared {
		t.alarms, t.index = nil, nil
	}
}

// add adds an alarm. The caller holds mu.
func (t *Timers) add(key string, at int64) {
	if t.index == nil {
		t.index = make(map[string]*alarm)
	}
	a := &alarm{key: key, at: at}
	t.index[key] = a
	heap.Push(&t.alarms, a)
}

// changed wakes Run. The caller holds mu.
func (t *Timers) changed() {
	select {
	case t.wake <- struct{}{}:
	default: // it is awake already, or does not run
	}
}

// due removes and returns the keys whose time has come, at most session.MaxKeys. If there are none, it returns the time until the
// next.
func (t *Timers) due() (keys []string, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now().UnixMilli()
	for len(t.alarms) > 0 && len(keys) < session.MaxKeys {
		first := t.alarms[0]
		if first.at > now {
			return keys, time.Duration(min(first.at-now, time.Hour.Milliseconds())) * time.Millisecond
		}
		heap.Pop(&t.alarms)
		delete(t.index, first.key)
		keys = append(keys, first.key)
	}
	return keys, time.Hour
}

// RunTimers reads the timers in the store, and calls put with each state that has timed out, one after another, until ctx ends. put
// returns an error only if ctx has ended. Only one RunTimers runs at a time.
func (e *Engine) RunTimers(ctx context.Context, put func(context.Context, *Expiry) error) {
	t := e.Timers
	wake := t.start(e.Rescan > 0)
	defer t.end()
	var scan time.Time // when the timers in the store are read next
	for ctx.Err() == nil {
		if now := time.Now(); !scan.After(now) {
			if e.scan(ctx) != nil {
				return
			}
			if scan = now.Add(e.Rescan); e.Rescan == 0 {
				scan = now.AddDate(1000, 0, 0) // never
			}
		}
		keys, wait := t.due()
		if len(keys) > 0 {
			if e.expire(ctx, keys, put) != nil {
				return
			}
			continue
		}
		timer := time.NewTimer(min(wait, time.Until(scan)))
		select {
		case <-timer.C:
		case <-wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// scan reads the timers in the store. It fails only if ctx ends.
func (e *Engine) scan(ctx context.Context) error {
	for after := ""; ; {
		var records []session.Record
		err := e.insist(ctx, "scan", func(ctx context.Context) (err error) {
			records, err = e.Store.Scan(ctx, e.timerPrefix(), after, session.MaxKeys)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range records {
			if due, _, _, err := parseTimer(r.Data); err == nil {
				e.Timers.setNew(r.Key, due)
			}
		}
		if len(records) < session.MaxKeys {
			return nil
		}
		after = records[len(records)-1].Key
	}
}

// expire reads timers whose time has come, and calls put. It fails only if ctx ends.
func (e *Engine) expire(ctx context.Context, keys []string, put func(context.Context, *Expiry) error) error {
	var records []session.Record
	err := e.insist(ctx, "load", func(ctx context.Context) (err error) {
		records, err = e.Store.Load(ctx, keys)
		return err
	})
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	for _, r := range records {
		if r.Rev == 0 {
			continue // the state was left
		}
		due, after, raw, err := parseTimer(r.Data)
		name, key, ok := strings.Cut(strings.TrimPrefix(r.Key, e.timerPrefix()), "/")
		if err != nil || !ok {
			continue // not of this bot
		}
		if due > now { // the state was entered again
			e.Timers.setNew(r.Key, due)
			continue
		}
		if err := put(ctx, &Expiry{Session: name, Key: key, Due: due, Raw: raw, after: after, record: r.Key}); err != nil {
			return err
		}
	}
	return nil
}

// insist makes a call of the store until the store does not fail, or ctx ends.
func (e *Engine) insist(ctx context.Context, operation string, f func(context.Context) error) error {
	for failures := 1; ; failures++ {
		err := e.direct(ctx, operation, f)
		if err == nil {
			return nil
		}
		if !isTransient(err) { // the store was closed: there is nobody else who would say so
			e.Called(ctx, operation, 0, err)
		}
		if err := sleep(ctx, backoff(failures, firstWait, longestWait)); err != nil {
			return err
		}
	}
}

// alarms is a heap with the earliest alarm first. It implements heap.Interface.
type alarms []*alarm

func (a alarms) Len() int           { return len(a) }
func (a alarms) Less(i, j int) bool { return a[i].at < a[j].at }

func (a alarms) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].place, a[j].place = i, j
}

func (a *alarms) Push(x any) {
	added := x.(*alarm)
	added.place = len(*a)
	*a = append(*a, added)
}

func (a *alarms) Pop() any {
	last := len(*a) - 1
	removed := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return removed
}
