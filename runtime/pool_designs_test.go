//go:build unix

package runtime

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"
)

// This file compares three designs of the sharded sink on the same work. The two that were not chosen do only what is
// needed to keep one key's order and the two bounds: they have no time-outs, errors, snapshots or stop. Only the first of
// them could handle items with several keys. ARCHITECTURE.md draws the conclusions.

const (
	designBacklog     = DefaultBacklog
	designConcurrency = DefaultConcurrency
)

// A design is a sink under comparison.
type design struct {
	put  func([]int64)
	wait func()
}

var designs = []struct {
	name string
	make func(b *testing.B, handle func(int64), key func(int64) Key) design
}{
	{"goroutine-per-item", goroutinePerItem},
	{"lane-per-key", lanePerKey},
	{"handing-on", handingOn},
}

// goroutinePerItem starts a goroutine for each item. It waits for the goroutine of the previous item with the same key, and
// then for a slot.
func goroutinePerItem(_ *testing.B, handle func(int64), key func(int64) Key) design {
	var (
		mu    sync.Mutex
		last  = make(map[Key]chan struct{})
		room  = make(chan struct{}, designBacklog)
		slots = make(chan struct{}, designConcurrency)
		all   sync.WaitGroup
	)
	put := func(items []int64) {
		for _, item := range items {
			room <- struct{}{}
			k, mine := key(item), make(chan struct{})
			mu.Lock()
			before := last[k]
			last[k] = mine
			mu.Unlock()
			all.Go(func() {
				if before != nil {
					<-before
				}
				slots <- struct{}{}
				handle(item)
				<-slots
				mu.Lock()
				if last[k] == mine {
					delete(last, k)
				}
				mu.Unlock()
				close(mine)
				<-room
			})
		}
	}
	return design{put, all.Wait}
}

// lanePerKey gives each key with unfinished items a queue and a goroutine.
func lanePerKey(_ *testing.B, handle func(int64), key func(int64) Key) design {
	var (
		mu    sync.Mutex
		lanes = make(map[Key]*[]int64)
		room  = make(chan struct{}, designBacklog)
		slots = make(chan struct{}, designConcurrency)
		all   sync.WaitGroup
	)
	run := func(k Key, lane *[]int64) {
		for {
			mu.Lock()
			if len(*lane) == 0 {
				delete(lanes, k)
				mu.Unlock()
				return
			}
			item := (*lane)[0]
			*lane = (*lane)[1:]
			mu.Unlock()
			slots <- struct{}{}
			handle(item)
			<-slots
			<-room
		}
	}
	put := func(items []int64) {
		for _, item := range items {
			room <- struct{}{}
			k := key(item)
			mu.Lock()
			lane, ok := lanes[k]
			if !ok {
				lane = new([]int64)
				lanes[k] = lane
			}
			*lane = append(*lane, item)
			mu.Unlock()
			if !ok {
				all.Go(func() { run(k, lane) })
			}
		}
	}
	return design{put, all.Wait}
}

// handingOn is the design that was chosen: the Pool, with all its features.
func handingOn(b *testing.B, handle func(int64), key func(int64) Key) design {
	s := NewSharded(SinkConfig[int64]{
		Timeout:     30 * time.Second,
		Constraints: func(item int64, keys []Key) []Key { return append(keys, key(item)) },
		Handle: func(_ context.Context, item int64) error {
			handle(item)
			return nil
		},
	})
	return design{func(items []int64) { put(b, s, items...) }, func() { drain(b, s) }}
}

// BenchmarkDesigns measures the cost per item.
func BenchmarkDesigns(b *testing.B) {
	chats := func(n int64) func(int64) Key { return func(item int64) Key { return KeyOfInt(item % n) } }
	for _, work := range []struct {
		name   string
		handle func(int64)
		key    func(int64) Key
	}{
		{"nothing", func(int64) {}, chats(1000)},
		{"one-chat", func(int64) {}, chats(1)},
		{"new-chats", func(int64) {}, KeyOfInt},
		{"sleep-1ms", func(int64) { time.Sleep(time.Millisecond) }, chats(10_000)},
		{"burn-20us", func(int64) { burn(20 * time.Microsecond) }, chats(10_000)},
	} {
		for _, d := range designs {
			b.Run(work.name+"/"+d.name, func(b *testing.B) {
				d := d.make(b, work.handle, work.key)
				feed(b, d.put, d.wait)
			})
		}
	}
}

// BenchmarkDesignsQueued measures the memory of one queued item, with a full backlog behind handlers that block.
func BenchmarkDesignsQueued(b *testing.B) {
	for _, d := range designs {
		b.Run(d.name, func(b *testing.B) {
			const n = designBacklog - 1 // one fewer, so that put does not wait for room
			items := make([]int64, n)
			for i := range items {
				items[i] = int64(i)
			}
			var bytes uint64
			for b.Loop() {
				release := make(chan struct{})
				d := d.make(b, func(int64) { <-release }, func(item int64) Key { return KeyOfInt(item % 100) })
				before := inUse()
				d.put(items)
				time.Sleep(10 * time.Millisecond) // until every goroutine blocks
				bytes += inUse() - before
				close(release)
				d.wait()
			}
			b.ReportMetric(float64(bytes)/float64(b.N)/n, "bytes/queued")
		})
	}
}

// inUse returns the bytes of heap and stacks after a garbage collection.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
