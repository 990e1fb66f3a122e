package jetstream

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A world is a model of processes that change one table, each with an older view of it, without NATS.
type world struct {
	*testing.T
	random  *rand.Rand
	table   table
	version int
	alive   map[string]bool
	views   map[string]view // what a process has read, and not changed yet
	running map[string]map[int]bool
	busy    map[int]bool // the owner has something in hand
	inOrder map[int]bool // the last owner has left in order, so nothing may be suspect
	names   int
}

type view struct {
	table   table
	version int
}

func (w *world) wish(id string, leave bool) wish {
	return wish{
		me: member{ID: id, Name: id}, leave: leave, lead: true,
		taken:   func(p int) bool { return w.running[id][p] },
		drained: func(p int) bool { return w.running[id][p] && !w.busy[p] },
		dead:    func(other string) bool { return !w.alive[other] },
	}
}

// change lets a process change the table by its view, which succeeds if the view is the newest.
func (w *world) change(id string, leave bool) (moved bool) {
	v, ok := w.views[id]
	if !ok {
		return false
	}
	delete(w.views, id)
	next, changed := v.table.step(w.wish(id, leave))
	if !changed || v.version != w.version {
		return false
	}
	for p, s := range next.Slots {
		before := v.table.Slots[p]
		if before.Owner == s.Owner {
			continue
		}
		switch {
		case before.Owner == id && !leave && w.busy[p]:
			w.Fatalf("%s gave up partition %d, and has something in hand", id, p)
		case before.Owner != "" && before.Owner != id && w.alive[before.Owner]:
			w.Fatalf("%s took partition %d from %s, which lives", id, p, before.Owner)
		case s.Owner != "" && s.Owner != id:
			w.Fatalf("%s gave partition %d to %s", id, p, s.Owner)
		}
		if before.Owner == id { // given up in order
			w.inOrder[p] = w.inOrder[p] || w.running[id][p]
		} else if before.Owner != "" {
			w.inOrder[p] = false
		}
		if before.Owner != "" && !s.Dirty != w.inOrder[p] {
			w.Fatalf("partition %d: dirty is %v, left in order is %v", p, s.Dirty, w.inOrder[p])
		}
	}
	if next.Leader != v.table.Leader && v.table.Leader != "" && v.table.Leader != id && w.alive[v.table.Leader] {
		w.Fatalf("%s took the lease of %s, which lives", id, v.table.Leader)
	}
	w.table = next
	w.version++
	return true
}

func (w *world) read(id string) { w.views[id] = view{w.table, w.version} }

// settle lets all processes act until nothing changes, and checks the result.
func (w *world) settle() {
	w.Helper()
	clear(w.busy)
	moves, before := 0, w.table
	for quiet := 0; quiet < 2; {
		quiet++
		for id := range w.alive {
			w.apply()
			w.read(id)
			if w.change(id, false) {
				quiet = 0
			}
		}
		if moves++; moves > 500 {
			w.Fatal("the table does not settle")
		}
	}
	w.apply()
	if len(w.alive) == 0 {
		return
	}
	n, m := len(w.table.Slots), len(w.alive)
	for id := range w.alive {
		if owned := len(w.table.owned(id)); owned < n/m || owned > (n+m-1)/m {
			w.Fatalf("%s has %d of %d partitions, with %d processes: %+v", id, owned, n, m, w.table)
		}
	}
	if len(w.table.Members) != m || !w.alive[w.table.Leader] {
		w.Fatalf("the table is %+v, alive are %v", w.table, w.alive)
	}
	same := len(before.Members) == m
	for _, member := range before.Members {
		same = same && w.alive[member.ID]
	}
	if !same {
		return
	}
	// If the processes are the same, only as many partitions move as must: the free ones, and what a process has above its share.
	moved, must, above := 0, 0, 0
	for p := range n {
		owner := before.Slots[p].Owner
		if owner != w.table.Slots[p].Owner {
			moved++
		}
		if owner == "" {
			must++
		}
	}
	big := n % m
	for _, rank := range []int{1, 0} { // the processes with more than n/m keep one more, as many as may
		for id := range w.alive {
			owned := len(before.owned(id))
			if rank == 1 && owned > n/m && big > 0 {
				big--
				above += owned - n/m - 1
			} else if rank == 1 && owned > n/m {
				above += owned - n/m
			}
		}
	}
	if moved > must+above {
		w.Fatalf("%d partitions moved, %d had to: before %+v, after %+v", moved, must+above, before, w.table)
	}
}

// apply lets each process own what the table says.
func (w *world) apply() {
	for id := range w.alive {
		for p, s := range w.table.Slots {
			if w.running[id] == nil {
				w.running[id] = make(map[int]bool)
			}
			w.running[id][p] = s.Owner == id
			if s.Owner == id {
				w.inOrder[p] = false
			}
		}
	}
}

// TestTable lets processes come, go and die at random, and act on old views. No two own a partition, nothing is taken from
// the living, the shares become even, and no more partitions move than must.
func TestTable(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			w := &world{
				T: t, random: random, table: table{Slots: make([]slot, 1+random.IntN(20))},
				alive: make(map[string]bool), views: make(map[string]view), running: make(map[string]map[int]bool),
				busy: make(map[int]bool), inOrder: make(map[int]bool),
			}
			for p := range w.table.Slots {
				w.inOrder[p] = true
			}
			for range 200 {
				var ids []string
				for i := range w.names {
					if id := fmt.Sprint("m", i); w.alive[id] {
						ids = append(ids, id)
					}
				}
				if len(ids) == 0 || len(ids) < 6 && random.IntN(25) == 0 {
					id := fmt.Sprint("m", w.names)
					w.names++
					w.alive[id] = true
					continue
				}
				id := ids[random.IntN(len(ids))]
				switch random.IntN(20) {
				case 0:
					delete(w.alive, id) // dies
				case 1: // leaves
					for w.read(id); w.table.has(id); w.read(id) {
						w.change(id, true)
					}
					delete(w.alive, id)
				case 2:
					w.settle()
				case 3, 4, 5, 6:
					p := random.IntN(len(w.table.Slots))
					w.busy[p] = !w.busy[p]
				case 7, 8, 9:
					w.apply()
				case 10, 11, 12, 13, 14:
					w.read(id)
				default:
					w.change(id, false)
				}
			}
			w.settle()
		})
	}
}
