package state

import (
	"bytes"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// A writer makes the writes of a commit.
type writer struct {
	engine *Engine
	now    time.Time
	id     int64
	raw    func() string
	keep   bool // what was absorbed stays as it is

	writes []session.Write
	timers []alarm // the timers that the commit changes
}

// changed reports whether a session has changed. It sets again what a handler has set in an earlier attempt that would not run
// again, and was not found this time.
func (u *Update) changed() (changed bool) {
	for i := range u.sets {
		if s := &u.sets[i]; !s.applied && !s.cell.changed {
			s.cell.set(s.value)
		}
	}
	for _, c := range u.cells {
		changed = changed || c.changed
	}
	return changed
}

// writer returns the writes of an update that has changed a session. The records of all its sessions are written, so that each
// knows that it has absorbed the update.
func (u *Update) writer() *writer {
	w := &writer{engine: u.engine, now: time.Now(), id: u.id, raw: func() string { return u.raw }, keep: u.expiry != nil}
	for _, c := range u.cells {
		if c.changed || !w.keep && u.engine.Numbers != NoNumbers {
			w.add(c)
		}
	}
	return w
}

// add adds the writes of one session.
func (w *writer) add(c *cell) {
	d, next := c.definition, c.stored
	if c.changed {
		w.enter(c, &next)
	}
	if next.state != noValue {
		next.version, next.data = d.Version, c.current.Data
		next.state = dataOnly
		if d.States != nil {
			next.state = d.States[c.current.State].Name
		}
	}
	switch {
	case w.engine.Numbers == NoNumbers:
		next.absorbed = absorbed{}
	case !w.keep:
		next.absorbed = next.absorbed.with(w.id, w.engine.Numbers == Ordered, w.now)
	}
	expires := next.absorbed.until()
	switch {
	case next.state == noValue && next.absorbed.when == 0:
		if c.record.Rev != 0 {
			w.writes = append(w.writes, c.record.Delete())
		}
		return
	case next.state != noValue && next.expires == 0:
		expires = time.Time{}
	case next.state != noValue && next.expires > expires.UnixMilli():
		expires = time.UnixMilli(next.expires)
	}
	w.writes = append(w.writes, c.record.Put(next.append(nil), expires))
}

// enter sets what the record says about a value that was set. It adds the write of the timer.
func (w *writer) enter(c *cell, next *stored) {
	d := c.definition
	before := session.Record{Key: w.engine.timerKey(d, c.key), Rev: session.Rev(c.stored.timer)}
	next.state, next.expires, next.due, next.timer, next.data = dataOnly, 0, 0, 0, nil
	if d.removable(c.current) {
		next.state, next.version = noValue, d.Version
	} else if d.TTL > 0 {
		next.expires = w.now.Add(d.TTL).UnixMilli()
	}
	after := d.after(c.current)
	switch {
	case after > 0:
		next.due = w.now.Add(after).UnixMilli()
		var expires time.Time
		if next.expires != 0 {
			expires = time.UnixMilli(next.expires)
		}
		put := before.Put(appendTimer(nil, next.due, after, w.raw()), expires)
		next.timer = int64(put.Next)
		w.writes = append(w.writes, put)
		w.timers = append(w.timers, alarm{key: before.Key, at: next.due})
	case before.Rev != 0:
		w.writes = append(w.writes, before.Delete())
		w.timers = append(w.timers, alarm{key: before.Key})
	}
}

// done is called when the commit has happened.
func (w *writer) done() {
	if t := w.engine.Timers; t != nil {
		for _, a := range w.timers {
			t.set(a.key, a.at)
		}
	}
}

// The record of a timer is a line with the due time in milliseconds since 1970 and the time from entering the state to then in
// milliseconds, and after it the JSON of the update that entered the state.
func appendTimer(b []byte, due int64, after time.Duration, raw string) []byte {
	b = strconv.AppendInt(b, due, 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, after.Milliseconds(), 10)
	b = append(b, '\n')
	return append(b, raw...)
}

func parseTimer(data []byte) (due int64, after time.Duration, raw string, err error) {
	line, rest, ok := bytes.Cut(data, []byte{'\n'})
	first, second, ok2 := bytes.Cut(line, []byte{' '})
	if !ok || !ok2 {
		return 0, 0, "", errFormat
	}
	if due, err = parseInt(first); err != nil {
		return 0, 0, "", err
	}
	millis, err := parseInt(second)
	return due, time.Duration(millis) * time.Millisecond, string(rest), err
}
