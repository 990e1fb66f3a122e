package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

const (
	// journalLife is how long a record is valid. The server keeps an update for 24 hours, so afterwards none of its calls
	// is asked for, and its id may be that of another update: https://core.telegram.org/bots/api#getting-updates
	journalLife = 25 * time.Hour

	// chunkSize is the size of a record, in bytes, after which the next call gets a new one. Each commit writes a whole
	// record again.
	chunkSize = 16 << 10

	// chunksAtOnce is how many further records are loaded at once.
	chunksAtOnce = 8

	// commitPatience is how long a commit is tried again.
	commitPatience = 2 * time.Second

	// commitFirst and commitLast bound the wait between two tries.
	commitFirst = 10 * time.Millisecond
	commitLast  = 200 * time.Millisecond
)

// A JournalPage is the part of a journal that holds the calls of one work, such as the handling of one update. It is safe for
// concurrent use. Make one with [NewJournalPage].
type JournalPage struct {
	key string

	// access holds one token. Who holds it may load and commit.
	access  chan struct{}
	pending *journalCommit // a commit whose outcome is unknown; guarded by access

	mu     sync.Mutex
	loaded bool
	closed bool
	calls  []recordedCall
	chunks []journalChunk
}

// A recordedCall is a call whose result is known.
type recordedCall struct {
	callID
	result  json.RawMessage
	attempt int // the last one that got the result; 0: none in this process
}

// A journalChunk is a record of the store, with a part of the calls.
type journalChunk struct {
	data   []byte // is only appended to
	stored int    // how many bytes of data the store has
	rev    session.Rev
}

// A journalCommit is one or several chunks on their way to the store.
type journalCommit struct {
	writes []session.Write
	chunks []int // one for each write
}

// NewJournalPage returns the page of the work that key identifies. The page with the same key in another process has the same
// calls. Its records have the keys key/0, key/1 and so on, so key must be shorter than [session.MaxKey] by a few bytes.
func NewJournalPage(key string) *JournalPage {
	return &JournalPage{key: key, access: make(chan struct{}, 1)}
}

func (p *JournalPage) chunkKey(n int) string { return p.key + "/" + strconv.Itoa(n) }

// Close ends the journaling of a work that will not be done again. It returns the writes that delete the page from the store.
// Later calls of the work are made and not recorded. A page that is closed again has nothing to delete.
func (p *JournalPage) Close() []session.Write {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var deletes []session.Write
	for n, c := range p.chunks {
		if c.rev != 0 {
			deletes = append(deletes, session.Record{Key: p.chunkKey(n), Rev: c.rev}.Delete())
		}
	}
	p.calls, p.chunks = nil, nil
	return deletes
}

// load reads the page from the store, unless that was done before.
func (p *JournalPage) load(ctx context.Context, store session.Store) error {
	if p.isLoaded() {
		return nil
	}
	select {
	case p.access <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.access }()
	if p.isLoaded() {
		return nil
	}
	var chunks []journalChunk
	var calls []recordedCall
	for keys := []string{p.chunkKey(0)}; keys != nil; {
		records, err := store.Load(ctx, keys)
		if err != nil {
			return err
		}
		keys = nil
		for _, r := range records {
			if r.Rev == 0 {
				break
			}
			if calls, err = decodeCalls(calls, r.Data); err != nil {
				return fmt.Errorf("record %q: %w", r.Key, err)
			}
			chunks = append(chunks, journalChunk{data: slices.Clip(r.Data), stored: len(r.Data), rev: r.Rev})
		}
		if n := len(chunks); n > 0 && records[len(records)-1].Rev != 0 {
			for i := range chunksAtOnce {
				keys = append(keys, p.chunkKey(n+i))
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loaded = true
	if !p.closed {
		p.calls, p.chunks = calls, chunks
	}
	return nil
}

func (p *JournalPage) isLoaded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loaded || p.closed
}

// recall returns the result of a recorded call that this attempt has not got yet.
func (p *JournalPage) recall(id callID, attempt int) (json.RawMessage, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.calls {
		if c := &p.calls[i]; c.attempt < attempt && c.callID == id {
			c.attempt = attempt
			return slices.Clone(c.result), true // the caller may change it
		}
	}
	return nil, false
}

// record adds a call to the page and commits it.
func (p *JournalPage) record(ctx context.Context, store session.Store, id callID, result json.RawMessage, attempt int) error {
	chunk, end, err := p.add(id, result, attempt)
	if err != nil {
		return err
	}
	if ctx.Err() == nil {
		err := p.commit(ctx, store, chunk, end)
		if err == nil || isFinal(err) {
			return err
		}
	}
	// The handler may have been cancelled by a stop, so that its update comes again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	for wait := commitFirst; ; wait = min(2*wait, commitLast) {
		err := p.commit(ctx, store, chunk, end)
		if err == nil || isFinal(err) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// isFinal reports whether the same commit would always fail.
func isFinal(err error) bool {
	return errors.Is(err, session.ErrConflict) || errors.Is(err, session.ErrInvalid) || errors.Is(err, session.ErrClosed)
}

// add adds a call in memory. It returns the chunk that has it, and where it ends there.
func (p *JournalPage) add(id callID, result json.RawMessage, attempt int) (chunk, end int, err error) {
	size := id.size(result)
	if size > session.MaxData {
		return 0, 0, fmt.Errorf("the result has %d bytes, and a record at most %d", len(result), session.MaxData)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, 0, nil
	}
	chunk = len(p.chunks) - 1
	if chunk < 0 || len(p.chunks[chunk].data)+size > chunkSize {
		p.chunks = append(p.chunks, journalChunk{data: make([]byte, 0, size)})
		chunk++
	}
	c := &p.chunks[chunk]
	c.data = id.append(c.data, result)
	end = len(c.data)
	p.calls = append(p.calls, recordedCall{id, c.data[end-len(result) : end : end], attempt})
	return chunk, end, nil
}

// commit makes one try to store what the page has, at least up to the given end in the given chunk. A commit before whose
// outcome is unknown is repeated first, with the same revisions.
func (p *JournalPage) commit(ctx context.Context, store session.Store, chunk, end int) error {
	select {
	case p.access <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.access }()
	for {
		if p.pending == nil {
			p.pending = p.unstored(chunk, end)
		}
		if p.pending == nil {
			return nil
		}
		err := store.Commit(ctx, p.pending.writes)
		if err != nil && !isFinal(err) {
			return err
		}
		done := p.pending
		p.pending = nil
		if err != nil {
			return err
		}
		p.stored(done)
	}
}

// unstored returns the writes of all that is not stored. It returns nil if the given chunk is stored up to the given end, or
// the page is closed.
func (p *JournalPage) unstored(chunk, end int) *journalCommit {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.chunks[chunk].stored >= end {
		return nil
	}
	expires := time.Now().Add(journalLife)
	c := &journalCommit{}
	for n := range p.chunks {
		if at := &p.chunks[n]; at.stored < len(at.data) && len(c.writes) < session.MaxKeys {
			c.writes = append(c.writes, session.Record{Key: p.chunkKey(n), Rev: at.rev}.Put(slices.Clip(at.data), expires))
			c.chunks = append(c.chunks, n)
		}
	}
	return c
}

// stored notes that a commit has happened.
func (p *JournalPage) stored(c *journalCommit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	for i, n := range c.chunks {
		p.chunks[n].rev, p.chunks[n].stored = c.writes[i].Next, len(c.writes[i].Data)
	}
}
