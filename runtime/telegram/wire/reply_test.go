package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// splitByJSON is what splitReply should do, done with encoding/json.
func splitByJSON(body []byte) (updates []RawUpdate, fail *Refusal, err error) {
	var reply map[string]json.RawMessage
	if err := json.Unmarshal(body, &reply); err != nil {
		return nil, nil, err
	}
	switch string(reply["ok"]) {
	case "true":
	case "false":
		fail = new(Refusal)
		fail.Code = int(intOf(reply["error_code"]))
		_ = json.Unmarshal(reply["description"], &fail.Description)
		var parameters map[string]json.RawMessage
		_ = json.Unmarshal(reply["parameters"], &parameters)
		fail.RetryAfter = intOf(parameters["retry_after"])
		return nil, fail, nil
	default:
		return nil, nil, errors.New("no ok")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(reply["result"], &list); err != nil || list == nil {
		return nil, nil, errors.New("no result")
	}
	for _, raw := range list {
		if raw[0] != '{' {
			return nil, nil, errors.New("not an object")
		}
		u := RawUpdate{Raw: raw}
		if decoded, err := decodeSlowly(string(raw)); err == nil {
			u.Header = headerByTable(decoded)
		} else {
			u.Header.Kind = anyKind
			var only struct {
				ID int64 `json:"update_id"`
			}
			if json.Unmarshal(raw, &only) != nil {
				only.ID = anyID
			}
			u.ID = only.ID
		}
		if u.ID != anyID && (u.ID <= 0 || u.ID == math.MaxInt64) {
			return nil, nil, errors.New("no id")
		}
		updates = append(updates, u)
	}
	return updates, nil, nil
}

// An update that does not decode has an id, if that can be told, and its kind, chat, user and thread do not
// matter. If the id cannot be told either, it may be an error.
const (
	anyKind = Kind(255)
	anyID   = math.MinInt64
)

func intOf(raw json.RawMessage) int64 {
	var n int64
	if json.Unmarshal(raw, &n) != nil {
		return 0
	}
	return n
}

// headerByTable is the header of an update by the table in the documentation of the Bot API, written down once more.
func headerByTable(u *gotgbot.Update) Header {
	h := Header{ID: u.UpdateId}
	place := func(kind string, chat, user, thread int64) Header {
		h.Kind, h.Chat, h.User, h.Thread = KindOf(kind), chat, user, thread
		return h
	}
	message := func(kind string, m *gotgbot.Message) Header {
		var user int64
		if m.From != nil {
			user = m.From.Id
		}
		if user == 0 && m.SenderChat != nil {
			user = m.SenderChat.Id
		}
		return place(kind, m.Chat.Id, user, m.MessageThreadId)
	}
	boost := func(kind string, chat int64, source gotgbot.ChatBoostSource) Header {
		var user int64
		switch s := source.(type) {
		case gotgbot.ChatBoostSourcePremium:
			user = s.User.Id
		case gotgbot.ChatBoostSourceGiftCode:
			user = s.User.Id
		case gotgbot.ChatBoostSourceGiveaway:
			if s.User != nil {
				user = s.User.Id
			}
		}
		return place(kind, chat, user, 0)
	}
	switch {
	case u.Message != nil:
		return message("message", u.Message)
	case u.EditedMessage != nil:
		return message("edited_message", u.EditedMessage)
	case u.ChannelPost != nil:
		return message("channel_post", u.ChannelPost)
	case u.EditedChannelPost != nil:
		return message("edited_channel_post", u.EditedChannelPost)
	case u.BusinessConnection != nil:
		return place("business_connection", u.BusinessConnection.UserChatId, u.BusinessConnection.User.Id, 0)
	case u.BusinessMessage != nil:
		return message("business_message", u.BusinessMessage)
	case u.EditedBusinessMessage != nil:
		return message("edited_business_message", u.EditedBusinessMessage)
	case u.DeletedBusinessMessages != nil:
		return place("deleted_business_messages", u.DeletedBusinessMessages.Chat.Id, 0, 0)
	case u.GuestMessage != nil:
		return message("guest_message", u.GuestMessage)
	case u.MessageReaction != nil:
		var user int64
		if u.MessageReaction.User != nil {
			user = u.MessageReaction.User.Id
		}
		if user == 0 && u.MessageReaction.ActorChat != nil {
			user = u.MessageReaction.ActorChat.Id
		}
		return place("message_reaction", u.MessageReaction.Chat.Id, user, 0)
	case u.MessageReactionCount != nil:
		return place("message_reaction_count", u.MessageReactionCount.Chat.Id, 0, 0)
	case u.InlineQuery != nil:
		return place("inline_query", 0, u.InlineQuery.From.Id, 0)
	case u.ChosenInlineResult != nil:
		return place("chosen_inline_result", 0, u.ChosenInlineResult.From.Id, 0)
	case u.CallbackQuery != nil:
		var chat, thread int64
		switch m := u.CallbackQuery.Message.(type) {
		case gotgbot.Message:
			chat, thread = m.Chat.Id, m.MessageThreadId
		case gotgbot.InaccessibleMessage:
			chat = m.Chat.Id
		}
		return place("callback_query", chat, u.CallbackQuery.From.Id, thread)
	case u.ShippingQuery != nil:
		return place("shipping_query", 0, u.ShippingQuery.From.Id, 0)
	case u.PreCheckoutQuery != nil:
		return place("pre_checkout_query", 0, u.PreCheckoutQuery.From.Id, 0)
	case u.PurchasedPaidMedia != nil:
		return place("purchased_paid_media", 0, u.PurchasedPaidMedia.From.Id, 0)
	case u.Poll != nil:
		return place("poll", 0, 0, 0)
	case u.PollAnswer != nil:
		var user int64
		if u.PollAnswer.User != nil {
			user = u.PollAnswer.User.Id
		}
		return place("poll_answer", 0, user, 0)
	case u.MyChatMember != nil:
		return place("my_chat_member", u.MyChatMember.Chat.Id, u.MyChatMember.From.Id, 0)
	case u.ChatMember != nil:
		return place("chat_member", u.ChatMember.Chat.Id, u.ChatMember.From.Id, 0)
	case u.ChatJoinRequest != nil:
		return place("chat_join_request", u.ChatJoinRequest.Chat.Id, u.ChatJoinRequest.From.Id, 0)
	case u.ChatBoost != nil:
		return boost("chat_boost", u.ChatBoost.Chat.Id, u.ChatBoost.Boost.Source)
	case u.RemovedChatBoost != nil:
		return boost("removed_chat_boost", u.RemovedChatBoost.Chat.Id, u.RemovedChatBoost.Source)
	case u.ManagedBot != nil:
		return place("managed_bot", 0, u.ManagedBot.User.Id, 0)
	case u.Subscription != nil:
		return place("subscription", 0, u.Subscription.User.Id, 0)
	}
	return h
}

// sameSplit fails the test if splitReply and splitByJSON do not agree on a body.
func sameSplit(t *testing.T, body []byte) {
	t.Helper()
	before := bytes.Clone(body)
	got, fail, err := SplitReply(body, nil)
	if !bytes.Equal(before, body) {
		t.Fatalf("the body was changed: %s", clip(string(before)))
	}
	want, wantFail, wantErr := splitByJSON(body)
	unsure := slices.ContainsFunc(want, func(u RawUpdate) bool { return u.ID == anyID })
	if unsure && err != nil {
		return
	}
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("on %s\nsplitReply says    %v\nencoding/json says %v", clip(string(body)), err, wantErr)
	}
	if err != nil {
		var where *SplitError
		if !errors.As(err, &where) || where.Offset < 0 || where.Offset > len(body) {
			t.Fatalf("on %s\nan error without a place in the body: %v", clip(string(body)), err)
		}
		if len(got) != 0 {
			t.Fatalf("on %s\n%d updates beside an error", clip(string(body)), len(got))
		}
		return
	}
	if (fail == nil) != (wantFail == nil) || fail != nil && *fail != *wantFail {
		t.Fatalf("on %s\nthe refusal is %+v, not %+v", clip(string(body)), fail, wantFail)
	}
	if len(got) != len(want) {
		t.Fatalf("on %s\n%d updates, not %d", clip(string(body)), len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if w.ID == anyID {
			w.ID = g.ID
		}
		if w.Kind == anyKind {
			w.Header = Header{ID: w.ID, Kind: g.Kind, Chat: g.Chat, User: g.User, Thread: g.Thread}
		}
		if g.Header != w.Header || !bytes.Equal(g.Raw, w.Raw) {
			t.Fatalf("on %s\nupdate %d is %+v %s\nnot %+v %s", clip(string(body)), i, g.Header, clip(string(g.Raw)), w.Header, clip(string(w.Raw)))
		}
	}
}

func TestSplitCorpus(t *testing.T) {
	for _, size := range []int{1, 7, 100} {
		for _, body := range corpus.Batches(corpus.Updates(7, 700), size) {
			sameSplit(t, body)
		}
	}
}

// TestSplitBodies compares with encoding/json on bodies that are not what they should be.
func TestSplitBodies(t *testing.T) {
	for _, body := range bodies() {
		sameSplit(t, []byte(body))
	}
}

func bodies() []string {
	list := []string{
		``, ` `, `{}`, `null`, `[]`, `true`, `"ok"`, `<html><body>502 Bad Gateway</body></html>`, `{"ok":true}`, `{"ok":true,"result":null}`, `{"ok":true,"result":{}}`,
		`{"ok":true,"result":true}`, `{"ok":true,"result":[]}`, `{"ok":true,"result":[]}x`, `{"ok":true,"result":[]} `, `{"ok":true,"result":[}`, `{"ok":true,"result":[]`,
		`{"ok":1,"result":[]}`, `{"ok":null,"result":[]}`, `{"ok":"true","result":[]}`, `{"result":[{"update_id":1}],"ok":true}`, `{"OK":true,"result":[]}`,
		`{"\u006fk":true,"result":[{"update_id":1}]}`, `{"ok":true,"ok":false}`, `{"ok":false,"ok":true,"result":[]}`, `{"ok":true,"result":[5],"result":[]}`,
		`{"ok":true,"result":[{"update_id":1}],"result":[{"update_id":2},{"update_id":3}]}`, `{"ok":true,"result":[{"update_id":1}],"result":5}`,
		`{"ok":false}`, `{"ok":false,"error_code":409}`, `{"ok":false,"error_code":"409"}`, `{"ok":false,"error_code":null,"description":null,"parameters":null}`,
		`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`,
		`{"ok":false,"error_code":400,"description":"\u0434\u0430 \ud83d","parameters":{"migrate_to_chat_id":-1001234567890}}`,
		`{"ok":false,"parameters":{"retry_after":1.5,"migrate_to_chat_id":"x","other":[1,{}]}}`, `{"ok":false,"parameters":{}}`, `{"ok":false,"parameters":[]}`,
		`{"ok":false,"parameters":{"retry_after":3},"parameters":{}}`, `{"ok":false,"parameters":{"retry_after":3,}}`, `{"ok":false,"parameters":{"retry_after"}}`,
		`{"ok":false,"result":[1,2]}`, `{"ok":false,"error_code":1e3}`, `{"ok":false,"error_code":12345678901234567890}`, `{"ok":false,"error_code":409,"error_code":null}`,
		`{"ok":true,"result":[{"update_id":1},]}`, `{"ok":true,"result":[,{"update_id":1}]}`, `{"ok":true,"result":[{"update_id":1} {"update_id":2}]}`,
		` { "ok" : true , "result" : [ { "update_id" : 1 , "message" : { "chat" : { "id" : 5 } , "from" : null } } , { "update_id" : 2 } ] } `,
		`{"ok":true,"result":[{"update_id":1,"message":{"text":"]}"}},{"update_id":2,"message":{"text":"\"}"}}]}`, "\xef\xbb\xbf{\"ok\":true,\"result\":[]}", "{\"ok\":true\x00}",
		`{"ok":true,"extra":{"a":[1,2,{"b":null}]},"result":[{"update_id":1}]}`, `{"ok":true,"result":[{"update_id":1}],"extra":tru}`,
	}
	for _, update := range []string{
		`null`, `1`, `"x"`, `[]`, `{}`, `{"message":{}}`, `{"update_id":null}`, `{"update_id":"1"}`, `{"update_id":1.5}`, `{"update_id":0}`, `{"update_id":-5}`,
		`{"update_id":9223372036854775807}`, `{"update_id":9223372036854775808}`, `{"update_id":01}`, `{"update_id":1,"update_id":2}`, `{"update_id":1,"update_id":null}`,
		`{"update_id":1,"update_id":"x"}`, `{"UPDATE_ID":4}`, `{"update_id":1,"Update_Id":2}`, `{"upd\u0061te_id":4}`, `{"update_id":1,"MESSAGE":{"chat":{"id":3}}}`,
		`{"update_id":1,"message":null}`, `{"update_id":1,"message":5}`, `{"update_id":1,"message":[{"chat":{"id":5}}]}`, `{"update_id":1,"unheard_of":{"chat":{"id":1}}}`,
		`{"update_id":1,"poll":{"id":"x"},"message":{"chat":{"id":5}}}`, `{"update_id":1,"message":{"chat":{"id":5}},"poll":{"id":"x"}}`,
		`{"update_id":1,"message":{"chat":{"id":5}},"message":{"from":{"id":6}}}`, `{"update_id":1,"inline_query":{"from":{"id":5}},"inline_query":{"query":"x"}}`,
		`{"update_id":1,"message":{"chat":{"id":5}},"message":null}`, `{"update_id":1,"message":null,"message":{"chat":{"id":5}}}`, `{"update_id":1,"message":null,"poll":null}`,
		`{"update_id":1,"message":{"chat":{"id":5},"chat":{"title":"x"}}}`, `{"update_id":1,"message":{"chat":{"id":5},"chat":{"id":6}}}`,
		`{"update_id":1,"message":{"chat":{"id":5,"id":null}}}`, `{"update_id":1,"message":{"chat":{"id":5,"ID":7}}}`, `{"update_id":1,"message":{"CHAT":{"id":5}}}`,
		`{"update_id":1,"message":{"ch\u0061t":{"id":5}}}`, `{"update_id":1,"message":{"chat":{"\u0069d":5}}}`, `{"update_id":1,"message":{"message_thread_ıd":5}}`,
		`{"update_id":1,"message":{"ſender_chat":{"id":5}}}`, `{"update_id":1,"message":{"chat":5}}`, `{"update_id":1,"message":{"chat":{"id":"5"}}}`, `{"update_id":1,"message":{"chat":{"id":5.0}}}`,
		`{"update_id":1,"message":{"from":{},"sender_chat":{"id":9}}}`, `{"update_id":1,"message":{"sender_chat":{"id":9},"from":{"id":8}}}`, `{"update_id":1,"message":{"from":null,"from":{"id":8}}}`,
		`{"message":{"message_thread_id":7,"text":"x","from":{"id":8},"chat":{"id":5}},"update_id":1}`, `{"update_id":1,"message":{"reply_to_message":{"chat":{"id":3},"from":{"id":4}},"chat":{"id":5}}}`,
		`{"update_id":1,"callback_query":{"message":{"date":0,"chat":{"id":5},"message_thread_id":7}}}`, `{"update_id":1,"callback_query":{"message":{"date":1,"chat":{"id":5},"message_thread_id":7}}}`,
		`{"update_id":1,"callback_query":{"message":{"message_thread_id":7,"date":1,"date":0}}}`, `{"update_id":1,"callback_query":{"message":{"message_thread_id":7}}}`,
		`{"update_id":1,"callback_query":{"message":null,"from":{"id":2}}}`, `{"update_id":1,"callback_query":{"from":{"id":2},"message":{"chat":{"id":1},"date":1},"message":{"date":1}}}`,
		`{"update_id":1,"chat_boost":{"chat":{"id":1},"boost":{"source":{"source":"giveaway","user":{"id":2}}}}}`, `{"update_id":1,"chat_boost":{"boost":{"source":{"source":"premium","user":null}}}}`,
		`{"update_id":1,"chat_boost":{"boost":{"source":{"user":{"id":2}}}}}`, `{"update_id":1,"removed_chat_boost":{"source":{"source":"gift_code","user":{"id":2}}}}`,
		`{"update_id":1,"business_connection":{"user":{"id":2},"user_chat_id":3}}`, `{"update_id":1,"poll_answer":{"voter_chat":{"id":3}}}`, `{"update_id":1,"managed_bot":{"bot":{"id":4},"user":{"id":5}}}`,
		`{"update_id":1,"message_reaction":{"actor_chat":{"id":4},"chat":{"id":5}}}`, `{"update_id":1,"message":{"x":]}}`, `{"update_id":1,"message":{"x":"}}`, `{"update_id":1,"message":{"x":01}}`,
		`{"update_id":1,"message":{"x":"\x"}}`, `{"update_id":1,"message":{"x":tru}}`, `{"update_id":1,"message":{"chat":{"id":5]}}`, `{"update_id":1,"":{}}`, `{"update_id":1,"m":{"":{}}}`,
		`{"update_id":1,"message":{"":5,"chat":{"":1,"id":2}}}`, `{"update_id":1,"message":{"chat":{"id":5}},"é":1}`, `{"update_id":1,"message":{"é":1,"chat":{"id":5}}}`,
		`{"update_id":1,"message":{"forward_origin":{"type":"bogus"},"chat":{"id":5}}}`, `{"update_id":1,"UPDATE_ID":7,"message":5}`,
	} {
		list = append(list, `{"ok":true,"result":[{"update_id":77,"poll":{"id":"x"}},`+update+`,{"update_id":78}]}`, `{"ok":true,"result":[`+update+`]}`)
	}
	return list
}

// TestSplitMutated compares with encoding/json on replies with something wrong in one of their updates, or around them.
func TestSplitMutated(t *testing.T) {
	updates := corpus.Updates(8, 400)
	for seed := range uint64(2_000) {
		at := int(seed) % (len(updates) - 2)
		three := []string{updates[at], mutate(seed, updates[at+1]), updates[at+2]}
		sameSplit(t, corpus.Reply(three))
		if seed%8 == 0 {
			sameSplit(t, []byte(mutate(seed, string(corpus.Reply(updates[at:at+2])))))
		}
	}
}

// TestSplitTruncated cuts a reply off at every byte, which must be an error each time.
func TestSplitTruncated(t *testing.T) {
	body := corpus.Reply(corpus.Updates(9, 30))
	for n := range body {
		updates, fail, err := SplitReply(body[:n:n], nil)
		if err == nil || fail != nil || len(updates) > 0 {
			t.Fatalf("cut off at %d: %d updates, %v, %v", n, len(updates), fail, err)
		}
	}
}

// TestSplitNesting puts an update between neighbours that is nested far too deeply: it alone must not decode.
func TestSplitNesting(t *testing.T) {
	for _, depth := range []int{63, 64, 65, 128, 129, 9_990, maxDepth, 100_000, 1_000_000} {
		for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}, {`[{"a":`, "}]"}} {
			deep := `{"update_id":2,"message":{"chat":{"id":5},"x":` + strings.Repeat(brackets[0], depth) + "1" + strings.Repeat(brackets[1], depth) + `}}`
			updates, _, err := SplitReply(corpus.Reply([]string{`{"update_id":1}`, deep, `{"update_id":3}`}), nil)
			if err != nil || len(updates) != 3 || updates[1].ID != 2 || updates[1].Chat != 5 || updates[2].ID != 3 {
				t.Fatalf("%d levels: %d updates, %v", depth, len(updates), err)
			}
			_, err = DecodeUpdate(string(updates[1].Raw))
			if want := depth*strings.Count(brackets[0]+brackets[1], "]")+depth*strings.Count(brackets[1], "}")+2 > maxDepth; (err != nil) != want {
				t.Errorf("%d levels of %s decode with %v", depth, brackets[0], err)
			}
		}
	}
	_, _, err := SplitReply(bytes.Repeat([]byte("["), 1<<20), nil)
	if err == nil {
		t.Error("no error")
	}
	_, _, err = SplitReply(append([]byte(`{"ok":true,"result":[`), bytes.Repeat([]byte("["), 1<<20)...), nil)
	if err == nil {
		t.Error("no error")
	}
}

// TestSplitAppends checks that updates are added to those that are there, and that an error takes none away.
func TestSplitAppends(t *testing.T) {
	before := make([]RawUpdate, 1, 10)
	before[0].ID = 42
	updates, _, err := SplitReply([]byte(`{"ok":true,"result":[{"update_id":1}]}`), before)
	if err != nil || len(updates) != 2 || updates[0].ID != 42 || updates[1].ID != 1 {
		t.Errorf("got %v, %v", updates, err)
	}
	for _, body := range []string{`{"ok":true,"result":[{"update_id":1}`, `{"ok":false}`, `{"ok":true,"result":[{"update_id":1},{}]}`} {
		updates, _, _ := SplitReply([]byte(body), before)
		if len(updates) == 2 || len(updates) == 1 && updates[0].ID != 42 {
			t.Errorf("%s leaves %v", body, updates)
		}
	}
	raw := updates[1].Raw
	if cap(raw) != len(raw) {
		t.Error("appending to a raw update would overwrite its neighbour")
	}
}

// TestSplitAllocates checks that a reply of lifelike updates is split without an allocation.
func TestSplitAllocates(t *testing.T) {
	body := corpus.Reply(corpus.Updates(10, 100))
	updates := make([]RawUpdate, 0, 100)
	if n := testing.AllocsPerRun(20, func() {
		var err error
		if updates, _, err = SplitReply(body, updates[:0]); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSplitErrorText(t *testing.T) {
	for body, want := range map[string]string{
		``:                                 "an empty body, at byte 0",
		`<html>`:                           "HTML instead of JSON, at byte 0",
		`[]`:                               "not a JSON object, at byte 0",
		`{"ok":true,"result":[`:            "JSON that ends too early, at byte 21",
		`{"ok":true,"result":[{"a":x}]}`:   "not JSON, at byte 26",
		`{"ok":true,"result":[{"a":"x"}]}`: "an update without an update_id, at byte 21",
		`{"ok":true,"result":[7]}`:         "an update that is not an object, at byte 21",
		`{"ok":true,"result":7}`:           "a result that is not an array, at byte 20",
		`{"ok":true}{`:                     "more after the end of the reply, at byte 11",
		`{"ok":true}`:                      "a reply without a result, at byte 0",
		`{"result":[]}`:                    "a reply without ok, at byte 0",
	} {
		if _, _, err := SplitReply([]byte(body), nil); fmt.Sprint(err) != want {
			t.Errorf("%s\ngives %v\nnot   %s", body, err, want)
		}
	}
}

// TestScanHeader compares the scan of a single update with that of a reply.
func TestScanHeader(t *testing.T) {
	for _, raw := range corpus.Updates(11, 300) {
		updates, _, err := SplitReply(corpus.Reply([]string{raw}), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{raw, " \n" + raw + "\t"} {
			h, err := ScanHeader([]byte(text))
			if err != nil || h != updates[0].Header {
				t.Errorf("%s\ngives %+v, %v\nnot %+v", text, h, err, updates[0].Header)
			}
		}
		for _, text := range []string{"", raw + "x", raw[:len(raw)-1], "[" + raw + "]", strings.Replace(raw, "update_id", "update-id", 1)} {
			if h, err := ScanHeader([]byte(text)); err == nil {
				t.Errorf("%s\ngives %+v", text, h)
			}
		}
	}
}

// FuzzSplit compares splitReply with encoding/json on any body, and on replies whose second update is any text.
func FuzzSplit(f *testing.F) {
	for _, body := range bodies() {
		f.Add([]byte(body), uint64(0))
	}
	for i, raw := range corpus.Updates(12, 100) {
		f.Add([]byte(raw), uint64(i))
	}
	f.Add(corpus.Reply(corpus.Updates(12, 5)), uint64(1))
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		sameSplit(t, body)
		sameSplit(t, corpus.Reply([]string{`{"update_id":5}`, string(body), `{"update_id":6,"poll":{}}`}))
		if skipValue(string(body), 0, noLimit) >= 0 {
			sameSplit(t, []byte(mutate(seed, string(body))))
		}
	})
}
