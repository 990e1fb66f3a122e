package session

import (
	"cmp"
	"slices"
	"strings"
)

// A page collects what a Scan returns: the first records, by their keys, of those that are added in any order.
type page struct {
	prefix, after string
	limit         int
	records       []Record
	last          string // no key after this one is on the page; "" while it has room
}

// wants says whether the record of a key may be on the page.
func (p *page) wants(key string) bool {
	return key > p.after && strings.HasPrefix(key, p.prefix) && (p.last == "" || key < p.last)
}

// add adds a record that is wanted. The page holds up to twice the limit before it is sorted, so a record costs little.
func (p *page) add(r Record) {
	p.records = append(p.records, r)
	if len(p.records) == 2*p.limit {
		p.cut()
	}
}

// cut sorts the page and leaves out what exceeds the limit.
func (p *page) cut() {
	slices.SortFunc(p.records, func(a, b Record) int { return cmp.Compare(a.Key, b.Key) })
	if len(p.records) >= p.limit {
		clear(p.records[p.limit:])
		p.records = p.records[:p.limit]
		p.last = p.records[p.limit-1].Key
	}
}
