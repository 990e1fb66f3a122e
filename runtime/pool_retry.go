package runtime

// retry parks a task whose handler failed, if the item is to be handled again, and returns true. A parked task keeps its
// keys and holds no slot, no goroutine and no timer of its own. It stays in the deque, as if it had never been started.
func (p *Pool[T]) retry(t *task[T], err error) bool {
	before := t.current()
	if p.config.Retry == nil {
		return false
	}
	attempts := t.attempts()
	wait, again := p.config.Retry(t.item, attempts, err)
	if !again {
		return false
	}
	took := p.deque.now() - t.entry.started
	if !p.deque.unstart(&t.entry, true) {
		return false // it timed out, so the source was told that the item is done
	}
	before.end(canceled)
	p.retried.Add(1)
	t.setHold(p.config.hold())
	t.later.Store(&attempt[T]{task: t, number: attempts + 1})
	if p.config.Observer != nil {
		p.config.Observer.Retrying(t.item, t.home.index, took, attempts, wait, err)
	}
	p.parked.set(t, wait)
	return true
}
