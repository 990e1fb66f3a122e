package telegram_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// The sessions of these tests are written by hand as the generator would. A signup is a dialogue: at signupIdle it has no fields.
type signup struct {
	State int
	Count int      `json:"count,omitempty"`
	Names []string `json:"names,omitempty"`
}

const (
	signupIdle = iota
	signupName
	signupAge // times out after signupAfter
)

const signupAfter = 10 * time.Minute

func signupConfig() dispatch.SessionConfig[signup] {
	return dispatch.SessionConfig[signup]{
		Name:   "Signup",
		TTL:    24 * time.Hour,
		Key:    dispatch.ChatKey,
		States: []dispatch.State{{Name: "Idle"}, {Name: "Name"}, {Name: "Age", After: signupAfter}},
		Encode: func(s signup) (int, []byte, error) {
			if s.State == signupIdle {
				return 0, nil, nil
			}
			data, err := json.Marshal(s)
			return s.State, data, err
		},
		Decode: func(state int, data []byte) (s signup, err error) {
			if data != nil {
				err = json.Unmarshal(data, &s)
			}
			s.State = state
			return s, err
		},
	}
}

// prefs is a session that has only data.
type prefs struct {
	Lang string `json:"lang"`
}

func prefsConfig() dispatch.SessionConfig[prefs] {
	return dispatch.SessionConfig[prefs]{
		Name: "Prefs",
		Key:  dispatch.UserKey,
		Encode: func(p prefs) (int, []byte, error) {
			data, err := json.Marshal(p)
			return 0, data, err
		},
		Decode: func(_ int, data []byte) (p prefs, err error) {
			p.Lang = "en"
			if data != nil {
				err = json.Unmarshal(data, &p)
			}
			return p, err
		},
	}
}

// storeRecords returns what a store holds, by key.
func storeRecords(t testing.TB, store session.Store) map[string]string {
	t.Helper()
	records, err := store.Scan(context.Background(), "", "", session.MaxKeys)
	if err != nil {
		t.Fatal(err)
	}
	held := make(map[string]string)
	for _, r := range records {
		held[r.Key] = string(r.Data)
	}
	return held
}

// TestSession goes through a dialogue of two states and back to the initial one.
func TestSession(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		t.Run(delivery.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				s := dispatch.NewSession(signupConfig())
				store := session.NewMemory(session.MemoryConfig{})
				var seen []string
				bot := newBot(t, server, telegram.Config{
					Constraints: chatOrder, Delivery: delivery, Sessions: []telegram.Session{s},
					Dispatch: func(ctx context.Context, ev *telegram.Event) error {
						at, err := s.At(ctx, ev)
						if err != nil {
							return err
						}
						v, _, err := s.Get(ctx, ev)
						if err != nil {
							return err
						}
						seen = append(seen, fmt.Sprint(at, v.Names))
						next := signup{State: (at + 1) % 3, Names: append(v.Names, ev.Update.Message.Text)}
						return s.Set(ev, next)
					},
				}, telegram.WithStore(store), telegram.WithHTTPClient(server.Client()))
				if err := bot.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				for i := range 4 {
					push(t, server, message(7, i))
					synctest.Wait()
					time.Sleep(time.Second)
				}
				v, err := s.Load(t.Context(), bot, dispatch.FormatChat(7))
				if err != nil || v.State != signupName {
					t.Errorf("loaded %+v, %v", v, err)
				}
				stop(t, bot)
				if got, want := fmt.Sprint(seen), "[0 [] 1 [number 0] 2 [number 0 number 1] 0 []]"; got != want {
					t.Errorf("seen %s, want %s", got, want)
				}
			})
		})
	}
}
