package calls_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

// A flakyStore is a store in memory that counts its calls, and fails if it is told to.
type flakyStore struct {
	session.Store

	mu      sync.Mutex
	loads   int
	commits [][]session.Write
	load    func() error         // nil: succeeds
	before  func(n int) error    // of the nth commit; an error prevents it
	after   func(n int) error    // an error is the answer to a commit that has happened
	keys    map[string]time.Time // what was ever written, and when it expires
}

func newFlakyStore() *flakyStore {
	return &flakyStore{Store: session.NewMemory(session.MemoryConfig{}), keys: make(map[string]time.Time)}
}

func (s *flakyStore) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	if s.load != nil {
		if err := s.load(); err != nil {
			return nil, err
		}
	}
	return s.Store.Load(ctx, keys)
}

func (s *flakyStore) Commit(ctx context.Context, writes []session.Write) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits = append(s.commits, writes)
	n := len(s.commits)
	if s.before != nil {
		if err := s.before(n); err != nil {
			return err
		}
	}
	if err := s.Store.Commit(ctx, writes); err != nil {
		return err
	}
	for _, w := range writes {
		s.keys[w.Key] = w.Expires
	}
	if s.after != nil {
		return s.after(n)
	}
	return nil
}

// present returns how many of the records that were ever written there are.
func (s *flakyStore) present(t *testing.T) (n int) {
	t.Helper()
	for key := range s.keys {
		records, err := s.Store.Load(t.Context(), []string{key})
		if err != nil {
			t.Fatal(err)
		}
		if records[0].Rev != 0 {
			n++
		}
	}
	return n
}

type originKey struct{}

// A journaledBot makes calls through a journal. Its server answers each call with a number of its own.
type journaledBot struct {
	gotgbot.BotClient
	store *flakyStore
	log   *bytes.Buffer

	mu     sync.Mutex
	made   []string
	answer func(text string) (json.RawMessage, error) // nil: a number
}

func newJournaledBot() *journaledBot {
	b := &journaledBot{store: newFlakyStore(), log: new(bytes.Buffer)}
	server := calls.Wrap(nil, func(_ context.Context, _, method string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
		b.mu.Lock()
		b.made = append(b.made, fmt.Sprint(method, " ", params["text"]))
		n := len(b.made)
		b.mu.Unlock()
		if b.answer != nil {
			return b.answer(fmt.Sprint(params["text"]))
		}
		return json.RawMessage(fmt.Sprint(n)), nil
	})
	b.BotClient = calls.Journal(calls.JournalConfig{
		Store:  b.store,
		Logger: slog.New(slog.NewTextHandler(b.log, nil)),
		Origin: func(ctx context.Context) (calls.JournalOrigin, bool) {
			origin, ok := ctx.Value(originKey{}).(*calls.JournalOrigin)
			if !ok || origin.Page == nil {
				return calls.JournalOrigin{}, false
			}
			return *origin, true
		},
	})(server)
	return b
}

// update returns the context of a handler that handles an update, in a process that has not handled it before.
func update(ctx context.Context, id int) (context.Context, *calls.JournalOrigin) {
	origin := &calls.JournalOrigin{Page: calls.NewJournalPage(fmt.Sprint("7/journal/", id)), Handler: "Start"}
	return context.WithValue(ctx, originKey{}, origin), origin
}

// say sends texts and returns what the server answered.
func (b *journaledBot) say(t *testing.T, ctx context.Context, texts ...string) (answers []string) {
	t.Helper()
	for _, text := range texts {
		result, err := b.RequestWithContext(ctx, token, "sendMessage", map[string]any{"chat_id": int64(7), "text": text}, nil)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, string(result))
	}
	return answers
}

func wantEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: %s, want %s", what, g, w)
	}
}
