package telegram

import (
	"cmp"
	"slices"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// restartGap is how far an offset must be beyond the newest update for the server to ignore it.
const restartGap = 10

// accept processes the answer to a poll with the given offset. It returns the updates to hand out, at most limit, and the
// number of new updates, unwanted ones included.
func (p *Poller) accept(updates []wire.RawUpdate, offset int64, limit int) (items []*Envelope, fresh int) {
	w := &p.window
	p.settling.learn(w.before(offset))
	p.forget(w.before(offset))
	w.confirm(offset)
	now := time.Duration(p.now())
	sortByID(updates)
	if n := len(updates); n > 0 && updates[n-1].ID < offset-restartGap {
		// Ids so far below the offset mean that the server has restarted its numbering.
		w.restart()
	}
	var marks []mark // one allocation for the whole batch
	for i := range updates {
		u := &updates[i]
		if w.find(u.ID) != nil {
			p.stats.duplicates.Add(1)
			w.passed(u.ID)
			continue
		}
		if marks == nil {
			marks = make([]mark, len(updates)-i)
		}
		m := &marks[0]
		m.id = u.ID
		wanted := p.config.Kinds.Has(u.Kind)
		if wanted {
			m.sum = p.hash.Sum(u.Raw)
			if known := w.recall(u.ID, m.sum); known != nil {
				p.repeat(u.ID)
				w.add(known)
				continue
			}
		}
		switch {
		case !wanted:
			p.drop(u)
			m.finished.Store(true)
			fresh++
		case p.seen.has(u.ID, m.sum):
			p.repeat(u.ID)
			m.finished.Store(true)
		case len(items) == limit:
			return items, fresh // the server sent more than was asked for; the rest is not confirmed, so it comes again
		default:
			if items == nil {
				items = make([]*Envelope, 0, min(limit, len(updates)-i))
			}
			items = append(items, &Envelope{Header: u.Header, raw: string(u.Raw), mark: m})
			p.seen.add(u.ID, m.sum)
			m.handedOut, p.settling.newest = now, now
			fresh++
		}
		marks = marks[1:]
		w.add(m)
	}
	return items, fresh
}

// repeat counts an update that was handed out before. Those that the server repeats because they are unfinished do not come here.
func (p *Poller) repeat(id int64) {
	p.stats.duplicates.Add(1)
	if p.repeated != nil {
		p.repeated(id)
	}
}

// forget hands on the journal's pages of updates that are confirmed.
func (p *Poller) forget(confirmed []*mark) {
	if p.forgotten == nil {
		return
	}
	for _, m := range confirmed {
		if page := m.page.Swap(nil); page != nil {
			p.forgotten(page)
		}
	}
}

func sortByID(updates []wire.RawUpdate) {
	byID := func(a, b wire.RawUpdate) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(updates, byID) {
		slices.SortStableFunc(updates, byID)
	}
}

func (p *Poller) drop(u *wire.RawUpdate) {
	p.stats.dropped.Add(1)
	p.config.Observer.Dropped(u.Header)
}

// answered records a poll that succeeded.
func (p *Poller) answered(fresh int, took time.Duration) {
	p.pace.Record(fresh, took)
	p.stats.polls.Add(1)
	p.stats.fetched.Add(int64(fresh))
	p.pulse.Beat(p.silence())
	p.stats.lastAnswer.Store(time.Now().UnixNano())
	p.config.Observer.Fetched(fresh, took)
}
