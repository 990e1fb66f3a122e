package jetstream

import (
	"cmp"
	"slices"
)

// A table says which process owns what. It is one message in the stream of the fleet. A process replaces it with an expected
// sequence, so that all changes come one after another, and each of them was made with the table before it in view.
type table struct {
	Members []member `json:"members"` // the living processes, in the order in which they came
	Leader  string   `json:"leader"`  // the member with the lease of the poller, or empty
	Slots   []slot   `json:"slots"`   // by partition
}

// A member is a process that has opened the queue.
type member struct {
	ID   string `json:"id"`   // chosen anew each time that the process joins
	Name string `json:"name"` // for a person
}

// A slot is what the table says of a partition.
type slot struct {
	Owner string `json:"owner,omitempty"` // a member, or empty
	Dirty bool   `json:"dirty,omitempty"` // the owner before has not left in order
}

// A wish is what a member would change in the table.
type wish struct {
	me      member
	leave   bool                 // the member goes
	lead    bool                 // it wants the lease, or has it
	taken   func(p int) bool     // whether it has seen to the marks of a dirty partition
	drained func(p int) bool     // whether it has nothing in hand of a partition
	dead    func(id string) bool // whether another member has died
}

// step returns the table as the member wants it, and whether that differs from the table. It drops the dead, takes the free
// partitions that are the member's share, and gives up what is more than its share once that is drained.
func (t table) step(w wish) (table, bool) {
	next := table{Leader: t.Leader, Slots: slices.Clone(t.Slots)}
	changed := false
	for _, m := range t.Members {
		if m.ID != w.me.ID && w.dead(m.ID) || m.ID == w.me.ID && w.leave {
			changed = true
			continue
		}
		next.Members = append(next.Members, m)
	}
	if !w.leave && !next.has(w.me.ID) {
		next.Members = append(next.Members, w.me)
		changed = true
	}
	for p, s := range next.Slots {
		if s.Owner != "" && !next.has(s.Owner) {
			inOrder := s.Owner == w.me.ID && (w.taken(p) || !s.Dirty)
			next.Slots[p] = slot{Dirty: !inOrder}
			changed = true
		}
	}
	if next.Leader != "" && !next.has(next.Leader) || next.Leader == w.me.ID && !w.lead {
		next.Leader = ""
		changed = true
	}
	if w.leave {
		return next, changed
	}
	if next.Leader == "" && w.lead {
		next.Leader = w.me.ID
		changed = true
	}
	for _, p := range next.surplus(w.me.ID) {
		if w.drained(p) && (w.taken(p) || !next.Slots[p].Dirty) {
			next.Slots[p] = slot{}
			changed = true
		}
	}
	for room := next.share(w.me.ID) - len(next.owned(w.me.ID)); room > 0; room-- {
		p := slices.IndexFunc(next.Slots, func(s slot) bool { return s.Owner == "" })
		if p < 0 {
			break
		}
		next.Slots[p].Owner = w.me.ID // it stays dirty, if it is
		changed = true
	}
	return next, changed
}

func (t table) has(id string) bool {
	return slices.ContainsFunc(t.Members, func(m member) bool { return m.ID == id })
}

// owned returns the partitions of a member, ascending.
func (t table) owned(id string) []int {
	var owned []int
	for p, s := range t.Slots {
		if s.Owner == id {
			owned = append(owned, p)
		}
	}
	return owned
}

// share returns how many partitions a member shall have. If they cannot be spread evenly, those that have the most keep one
// more, so that as few as possible move.
func (t table) share(id string) int {
	if len(t.Members) == 0 {
		return 0
	}
	count := make(map[string]int)
	for _, s := range t.Slots {
		count[s.Owner]++
	}
	order := slices.Clone(t.Members)
	slices.SortStableFunc(order, func(a, b member) int { return cmp.Compare(count[b.ID], count[a.ID]) })
	rank := slices.IndexFunc(order, func(m member) bool { return m.ID == id })
	if rank < 0 {
		return 0
	}
	n := len(t.Slots) / len(order)
	if rank < len(t.Slots)%len(order) {
		n++
	}
	return n
}

// surplus returns the partitions of a member that are more than its share.
func (t table) surplus(id string) []int {
	owned := t.owned(id)
	return owned[min(t.share(id), len(owned)):]
}
