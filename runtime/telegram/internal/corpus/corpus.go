// Package corpus makes lifelike updates of every kind for tests and benchmarks. Their JSON is written as the Bot API server
// writes it. The same seed always gives the same updates.
package corpus

import (
	"math/rand/v2"
	"slices"
	"strconv"
)

// Updates makes n updates with consecutive ids. The first ones are one of each kind. After those, each kind comes about as
// often as for a busy bot.
func Updates(seed uint64, n int) []string {
	g := newGenerator(seed)
	updates := make([]string, n)
	for i := range updates {
		kind := kinds[i%len(kinds)]
		if i >= len(kinds) {
			kind = g.kind()
		}
		updates[i] = g.update(kind)
	}
	return updates
}

// Of makes n updates of one kind, such as "callback_query".
func Of(name string, seed uint64, n int) []string {
	g := newGenerator(seed)
	kind := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })]
	updates := make([]string, n)
	for i := range updates {
		updates[i] = g.update(kind)
	}
	return updates
}

// Kinds returns the names of all kinds of update in the corpus.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// Reply returns the body of a reply to getUpdates that holds the updates.
func Reply(updates []string) []byte {
	b := []byte(`{"ok":true,"result":[`)
	for i, u := range updates {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = append(b, u...)
	}
	return append(b, `]}`...)
}

// Batches returns the bodies of replies that hold the updates, at most size in each.
func Batches(updates []string, size int) [][]byte {
	var replies [][]byte
	for len(updates) > 0 {
		n := min(size, len(updates))
		replies = append(replies, Reply(updates[:n]))
		updates = updates[n:]
	}
	return replies
}

// A generator makes updates. Its people, groups and channels are made once, so the same ones come again, as for a real bot.
type generator struct {
	*rand.Rand
	id      int64 // of the last update
	now     int64 // the time, in seconds since 1970
	message int64 // the id of the last message
	people  []person
	groups  []object
	channel []object
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), id: 731_400_000, now: 1_750_000_000, message: 4_000}
	for range 400 {
		g.people = append(g.people, g.person())
	}
	for i := range 60 {
		g.groups = append(g.groups, g.group(i))
	}
	for i := range 20 {
		g.channel = append(g.channel, g.channelChat(i))
	}
	return g
}

// kind picks a kind at random, by weight.
func (g *generator) kind() kind {
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	at := g.IntN(total)
	for _, k := range kinds {
		if at -= k.weight; at < 0 {
			return k
		}
	}
	panic("corpus: weights do not add up")
}

// update makes an update of a kind. As in the server's replies, there is a line feed after the id.
func (g *generator) update(k kind) string {
	g.id++
	g.now += int64(g.IntN(3))
	b := append([]byte(`{"update_id":`), strconv.FormatInt(g.id, 10)...)
	b = append(b, ",\n\""+k.name+"\":"...)
	b = appendValue(b, k.make(g))
	return string(append(b, '}'))
}

// chance is true in one of n cases, at random.
func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// pick returns one of the values, at random.
func pick[T any](g *generator, values []T) T { return values[g.IntN(len(values))] }
