package telegram

import (
	"context"
	"strconv"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
)

type benchSession struct{ d *state.Definition }

func (s benchSession) Definition() *state.Definition { return s.d }

// BenchmarkHandleNoop handles updates with a handler that does nothing, in a sink without a source. With a session, the handler
// loads one that is in memory, and changes nothing; with a change, it sets it and the change is committed. In the run "others",
// the bot has a session, which the handler does not load.
func BenchmarkHandleNoop(b *testing.B) {
	var updates []string
	for _, raw := range corpus.Updates(1, 2000) {
		if u, err := NewEnvelope([]byte(raw)); err == nil && u.Chat != 0 {
			updates = append(updates, raw)
		}
	}
	s := benchSession{&state.Definition{
		Name: "Signup", Version: 1, States: []state.State{{Name: "Idle"}, {Name: "AskName"}},
		Read: func(_ int, _ string, data []byte) (state.Value, error) { return state.Value{State: 1, Data: data}, nil },
	}}
	measure := func(sessions []Session, delivery Delivery, dispatch func(ctx context.Context, ev *Event) error) func(*testing.B) {
		return func(b *testing.B) {
			bot, err := New(Config{Dispatch: dispatch, Sessions: sessions, Delivery: delivery,
				Constraints: func(u *Envelope, keys *Keys) error { keys.Chat(u.Header); return nil },
				OnError:     func(_ context.Context, _ *Event, err error) { b.Error(err) },
			}, WithToken("123:abc"))
			if err != nil {
				b.Fatal(err)
			}
			envelopes := make([]*Envelope, 0, 100)
			done := func(*Envelope, error) {}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				u, err := NewEnvelope([]byte(updates[i%len(updates)]))
				if err != nil {
					b.Fatal(err)
				}
				u.ID = int64(i) + 1
				if envelopes = append(envelopes, u); len(envelopes) < cap(envelopes) {
					continue
				}
				if _, err := bot.sink.Put(b.Context(), envelopes, done); err != nil {
					b.Fatal(err)
				}
				envelopes = envelopes[:0]
			}
			if err := bot.sink.Drain(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	load := func(ctx context.Context, ev *Event) error {
		_, _, err := ev.SessionUpdate().Get(ctx, s.d, strconv.FormatInt(ev.Header.Chat, 10))
		return err
	}
	change := func(ctx context.Context, ev *Event) error {
		if err := load(ctx, ev); err != nil {
			return err
		}
		return ev.SessionUpdate().Set(s.d, strconv.FormatInt(ev.Header.Chat, 10), state.Value{State: 1, Data: []byte(`{"name":"Ann"}`)})
	}
	nothing := func(context.Context, *Event) error { return nil }
	b.Run("without", measure(nil, AtMostOnce, nothing))
	b.Run("others", measure([]Session{s}, AtMostOnce, nothing))
	b.Run("loaded", measure([]Session{s}, AtMostOnce, load))
	b.Run("changed", measure([]Session{s}, AtLeastOnce, change))
}
