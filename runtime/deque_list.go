package runtime

// list is a doubly linked list of entries. The links are fields of the entries, so a list allocates nothing.
type list[T any] struct {
	first, last *Entry[T]
	len         int
}

// push adds an entry at the end.
func (l *list[T]) push(e *Entry[T]) {
	e.prev = l.last
	if l.last == nil {
		l.first = e
	} else {
		l.last.next = e
	}
	l.last = e
	l.len++
}

// append moves all entries of other to the end of l.
func (l *list[T]) append(other *list[T]) {
	switch {
	case other.first == nil:
		return
	case l.last == nil:
		l.first = other.first
	default:
		l.last.next = other.first
		other.first.prev = l.last
	}
	l.last = other.last
	l.len += other.len
	*other = list[T]{}
}

// remove removes an entry, which must be in l.
func (l *list[T]) remove(e *Entry[T]) {
	if e.prev == nil {
		l.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		l.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
	l.len--
}
