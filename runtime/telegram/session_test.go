package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
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

// TestSessionTTL checks what a store holds after a value was set, after its ttl, and after the state is the initial one again.
func TestSessionTTL(t *testing.T) {
	for _, test := range []struct {
		delivery           telegram.Delivery
		ttl                time.Duration
		held, after, later int // records after the handler, after the ttl, and after 25 hours
	}{
		{telegram.AtMostOnce, time.Hour, 1, 0, 0},
		{telegram.AtLeastOnce, time.Hour, 1, 1, 0}, // the number of the update is kept
		{telegram.AtLeastOnce, 48 * time.Hour, 1, 0, 0},
		{telegram.AtMostOnce, 0, 1, 1, 1},
	} {
		inBubble(t, fmt.Sprint(test.delivery, test.ttl), func(t *testing.T) {
			r := newSessionRig(t, newMemory(), nil)
			stop(t, r.bot)
			config := signupConfig()
			config.TTL = test.ttl
			r.signup = dispatch.NewSession(config)
			r.start(func(c *telegram.Config) { c.Delivery = test.delivery })
			held := func(when string, want int) {
				t.Helper()
				if got := storeRecords(t, r.store); len(got) != want {
					t.Errorf("%s, the store has %v, want %d records", when, got, want)
				}
			}
			r.send(7, "name")
			stop(t, r.bot)
			held("after the handler", test.held)
			if at := r.state(7); at != signupName {
				t.Errorf("state %d", at)
			}
			r.at(test.ttl + time.Minute)
			if at := r.state(7); (at == signupName) != (test.ttl == 0) {
				t.Errorf("after the ttl, the state is %d", at)
			}
			held("after the ttl", test.after)
			r.at(26*time.Hour + time.Minute)
			if test.ttl < 26*time.Hour {
				held("after 25 hours", test.later)
			}
		})
	}
	inBubble(t, "back to the initial state", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), func(c *telegram.Config) { c.Delivery = telegram.AtLeastOnce })
		r.send(7, "age", "idle")
		stop(t, r.bot)
		if held := storeRecords(t, r.store); len(held) != 1 || !strings.Contains(fmt.Sprint(held), " . 0 0 0 ") {
			t.Errorf("the store has %v, want a record that has only the number", held)
		}
		r.at(26 * time.Hour)
		if held := storeRecords(t, r.store); len(held) != 0 {
			t.Errorf("after 26 hours, the store has %v", held)
		}
	})
	inBubble(t, "a handler that changes nothing", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), func(c *telegram.Config) { c.Delivery = telegram.AtLeastOnce })
		r.send(7, "show", "idle", "fail")
		if held := storeRecords(t, r.store); len(held) != 0 {
			t.Errorf("the store has %v", held)
		}
		stop(t, r.bot)
	})
}

// TestSessionMigrate reads a value of an earlier version. It is stored in the new form when it is changed.
func TestSessionMigrate(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.send(7, "name")
		stop(t, r.bot)
		before := storeRecords(t, r.store)
		config := signupConfig()
		config.Version = 2
		config.States[signupName].Name = "AskName"
		config.Migrate = func(version int, state string, data json.RawMessage) (v signup, err error) {
			r.note("migrate %d %s %s", version, state, data)
			err = json.Unmarshal(data, &v)
			v.State = signupName
			v.Names = append(v.Names, "migrated")
			return v, err
		}
		r.forget()
		r.signup = dispatch.NewSession(config)
		r.start(nil)
		r.send(7, "show")
		if got := storeRecords(t, r.store); !maps.Equal(got, before) {
			t.Errorf("the store has %v, want %v", got, before)
		}
		r.send(7, "age", "show")
		r.saw(`1s: migrate 1 Name {"State":1}`, "1s: show 7 at 1", `2s: migrate 1 Name {"State":1}`, "2s: age 7 at 1", "3s: show 7 at 2")
		stop(t, r.bot)
	})
}

// TestSessionCopies checks that each Get returns a copy, and that a change is kept only by Set.
func TestSessionCopies(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		stop(t, r.bot)
		r.start(func(c *telegram.Config) {
			c.Dispatch = func(ctx context.Context, ev *telegram.Event) error {
				first, _, err := r.signup.Get(ctx, ev)
				if err != nil {
					return err
				}
				if len(first.Names) == 0 {
					return r.signup.Set(ev, signup{State: signupName, Names: []string{"Ann"}})
				}
				first.Names[0] = "Bob"
				second, _, err := r.signup.Get(ctx, ev)
				if second.Names[0] != "Ann" {
					t.Errorf("the second copy has %q", second.Names)
				}
				return err
			}
		})
		r.send(7, "x", "x", "x")
		stop(t, r.bot)
	})
}

// TestSessionSetFails checks that a value that cannot be encoded is an error, and that nothing that the handler has set is kept.
func TestSessionSetFails(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		stop(t, r.bot)
		config := prefsConfig()
		encode := config.Encode
		config.Encode = func(p prefs) (int, []byte, error) {
			if p.Lang == "bad" {
				return 0, nil, errors.New("a bad language")
			}
			return encode(p)
		}
		logs := dispatch.NewSession(config)
		r.start(func(c *telegram.Config) {
			c.Sessions = append(c.Sessions, logs)
			c.Dispatch = func(ctx context.Context, ev *telegram.Event) error {
				if _, err := r.signup.At(ctx, ev); err != nil {
					return err
				}
				if _, _, err := logs.Get(ctx, ev); err != nil {
					return err
				}
				if err := r.signup.Set(ev, signup{State: signupName}); err != nil {
					return err
				}
				return logs.Set(ev, prefs{Lang: ev.Update.Message.Text})
			}
		})
		r.send(7, "bad")
		r.saw(`0s: error 7 session Prefs of "7": encoding: a bad language`)
		if at := r.state(7); at != signupIdle {
			t.Errorf("state %d", at)
		}
		r.send(7, "id")
		if at := r.state(7); at != signupName {
			t.Errorf("state %d", at)
		}
		stop(t, r.bot)
	})
}
