package filter_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
)

// meets says whether a decoded update meets the structured condition of a query: what generated code does, here by
// reflection, so that a wrong field or type in a condition shows.
func meets(t *testing.T, q filter.Query, update *gotgbot.Update) bool {
	t.Helper()
	payload := reflect.ValueOf(update).Elem().FieldByName(q.Kind.Field.Name)
	if payload.IsNil() {
		return false
	}
	if q.Field == nil {
		return true
	}
	value := payload.Elem().FieldByName(q.Field.Name)
	if got := strings.ReplaceAll(value.Type().String(), "gotgbot.", ""); got != q.Field.Type.String() {
		t.Fatalf("%s: the field is a %s, and the model says %s", q, got, q.Field.Type)
	}
	if !checked(t, q.Check, value) {
		return false
	}
	if q.Tests == nil {
		return true
	}
	elements := []reflect.Value{value}
	if q.Each {
		elements = nil
		for i := range value.Len() {
			elements = append(elements, value.Index(i))
		}
	}
	return slices.ContainsFunc(elements, func(v reflect.Value) bool {
		return slices.ContainsFunc(q.Tests, func(test filter.Test) bool { return passes(t, test, v) })
	})
}

func passes(t *testing.T, test filter.Test, v reflect.Value) bool {
	if test.Field != nil {
		v = reflect.Indirect(v).FieldByName(test.Field.Name)
	}
	switch test.Check {
	case filter.CheckEqual:
		return v.String() == test.Value
	case filter.CheckBot:
		return v.Int() == filtertest.Bot
	case filter.CheckVariant:
		if v.IsNil() || v.Elem().Type().Name() != test.Variant.Name {
			return false
		}
		return test.And == nil || passes(t, *test.And, v.Elem())
	}
	return checked(t, test.Check, v)
}

func checked(t *testing.T, check filter.Check, v reflect.Value) bool {
	switch check {
	case filter.CheckNone:
		return true
	case filter.CheckNotNil:
		return !v.IsNil()
	case filter.CheckNotEmpty:
		return v.Len() != 0
	case filter.CheckTrue:
		return v.Bool()
	case filter.CheckNotZero:
		if !v.Comparable() {
			t.Fatalf("a %s is to be compared", v.Type())
		}
		return !v.IsZero()
	}
	t.Fatalf("check %d", check)
	return false
}

func decode(t *testing.T, update map[string]any) *gotgbot.Update {
	t.Helper()
	data, err := json.Marshal(update)
	if err != nil {
		t.Fatal(err)
	}
	var u gotgbot.Update
	if err := json.Unmarshal(data, &u); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return &u
}

// Every query matches the updates made to match it and no near miss, by its condition and by an independent look
// at the JSON.
func TestEveryQuery(t *testing.T) {
	api := model.Gotgbot()
	for _, q := range filter.Valid(api) {
		matches := 0
		for _, c := range filtertest.Cases(api, q) {
			if got := filtertest.Match(q.String(), c.Update, filtertest.Bot); got != c.Match {
				t.Errorf("%s: the JSON of %q matches: %v", q, c.Name, got)
			}
			if got := meets(t, q, decode(t, c.Update)); got != c.Match {
				t.Errorf("%s: the update %q matches: %v", q, c.Name, got)
			}
			if c.Match {
				matches++
			}
		}
		if matches == 0 {
			t.Errorf("%s: no update was made to match", q)
		}
	}
}

// On the updates of all other queries, too, condition and JSON agree.
func TestEveryQueryOnOtherUpdates(t *testing.T) {
	api := model.Gotgbot()
	byKind := map[*model.Kind][]filter.Query{}
	for _, q := range filter.Valid(api) {
		byKind[q.Kind] = append(byKind[q.Kind], q)
	}
	for _, kind := range []string{"message", "callback_query", "message_reaction", "my_chat_member", "chat_boost", "poll"} {
		queries := byKind[api.Kind(kind)]
		for i, q := range queries {
			if i%5 != 0 {
				continue
			}
			for _, c := range filtertest.Cases(api, q) {
				update := decode(t, c.Update)
				for _, other := range queries {
					want := filtertest.Match(other.String(), c.Update, filtertest.Bot)
					if got := meets(t, other, update); got != want {
						t.Errorf("%s on the update %q of %s: %v, want %v", other, c.Name, q, got, want)
					}
				}
			}
		}
	}
}

func TestValid(t *testing.T) {
	api := model.Gotgbot()
	all := filter.Valid(api)
	for i, q := range all {
		parsed, err := filter.Parse(api, q.String())
		if err != nil || len(parsed) != 1 || parsed[0].String() != q.String() {
			t.Errorf("%s parses as %v, %v", q, parsed, err)
		}
		if i > 0 && all[i-1].String() >= q.String() {
			t.Errorf("%s comes after %s", q, all[i-1])
		}
	}
	if len(all) < 1900 {
		t.Errorf("%d queries", len(all))
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{"message", "message"},
		{"msg", "message channel_post"},
		{"edit", "edited_message edited_channel_post"},
		{":text", "message:text channel_post:text"},
		{"msg:file", "message:photo message:live_photo message:animation message:audio message:document message:video " +
			"message:video_note message:voice message:sticker channel_post:photo channel_post:live_photo " +
			"channel_post:animation channel_post:audio channel_post:document channel_post:video " +
			"channel_post:video_note channel_post:voice channel_post:sticker"},
		{"edit:media", "edited_message:photo edited_message:live_photo edited_message:video " +
			"edited_channel_post:photo edited_channel_post:live_photo edited_channel_post:video"},
		{"poll:media:photo", "poll:media:photo"},
		{":file:is_video", "message:sticker:is_video channel_post:sticker:is_video"},
		{"message::url", "message:entities:url message:caption_entities:url"},
		{"::email", "message:entities:email message:caption_entities:email " +
			"channel_post:entities:email channel_post:caption_entities:email"},
		{"edit::url", "edited_message:entities:url edited_message:caption_entities:url " +
			"edited_channel_post:entities:url edited_channel_post:caption_entities:url"},
		{"message_reaction_count:reactions:paid", "message_reaction_count:reactions:paid"},
		{"chat_member:new_chat_member:kicked", "chat_member:new_chat_member:kicked"},
		{"message:chat:supergroup", "message:chat:supergroup"},
		{"poll:type:quiz", "poll:type:quiz"},
		{"subscription:state:failed", "subscription:state:failed"},
	} {
		queries, err := filter.Parse(model.Gotgbot(), c.text)
		if err != nil {
			t.Error(err)
		}
		if got := join(queries); got != c.want {
			t.Errorf("%s is %s", c.text, got)
		}
	}
}

func TestParseError(t *testing.T) {
	for _, c := range []struct {
		text       string
		start, end int
		message    string
		suggestion string
	}{
		{"", 0, 0, "it is empty", ""},
		{":", 1, 1, "there is nothing after its last colon", ""},
		{"::", 2, 2, "there is nothing after its last colon", ""},
		{"message:", 8, 8, "there is nothing after its last colon", "message"},
		{"message::", 9, 9, "there is nothing after its last colon", "message"},
		{"message:sticker:", 16, 16, "there is nothing after its last colon", "message:sticker"},
		{"mesage:photo", 0, 6, `there is no update kind "mesage"`, "message:photo"},
		{"mesage:foto:x", 0, 6, `there is no update kind "mesage"`, "message"},
		{"größe:photo", 0, 5, `there is no update kind "größe"`, ""},
		{"photo", 0, 5, `there is no update kind "photo"`, "message:photo"},
		{"stiker:is_video", 0, 6, `there is no update kind "stiker"`, "message:sticker:is_video"},
		{"message:phoot", 8, 13, `message has no field "phoot"`, "message:photo"},
		{"message:url", 8, 11, `message has no field "url"`, "message::url"},
		{"msg:phto", 4, 8, `message or channel_post has no field "phto"`, "msg:photo"},
		{":fil", 1, 4, `message or channel_post has no field "fil"`, ":file"},
		{"poll:media_group", 5, 16, `poll has no field "media_group"`, ""},
		{"message:text:x", 13, 14, "there is no third level after text", "message:text"},
		{":media:x", 7, 8, "there is no third level after photo, live_photo or video", ":media"},
		{"message:sticker:is_vidoe", 16, 24, `there is no third level "is_vidoe" after sticker`, "message:sticker:is_video"},
		{"::urll", 2, 6, `there is no third level "urll" after entities or caption_entities`, "::url"},
		{"message:photo:a:b", 16, 17, "it has more than three levels", ""},
		{"user:from:can_join_groups", 0, 4, `there is no update kind "user"`, ""},
		{"message:from:can_join_groups", 13, 28, `there is no third level "can_join_groups" after from`, ""},
	} {
		queries, err := filter.Parse(model.Gotgbot(), c.text)
		e, ok := err.(*filter.Error)
		if !ok {
			t.Errorf("%q parses as %v, %v", c.text, queries, err)
			continue
		}
		want := filter.Error{Query: c.text, Start: c.start, End: c.end, Message: c.message, Suggestion: c.suggestion}
		if *e != want {
			t.Errorf("%q: got %+v", c.text, *e)
		}
	}
	_, err := filter.Parse(model.Gotgbot(), "message:phoot")
	if want := `filter query "message:phoot": message has no field "phoot" (did you mean message:photo?)`; err.Error() != want {
		t.Error(err)
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"message", "message", true},
		{"message", "message:photo", true},
		{"message", "message:entities:url", true},
		{"message:entities", "message:entities:url", true},
		{"message:entities:url", "message:entities:url", true},
		{"message:entities:url", "message:entities", false},
		{"message:entities:url", "message:entities:email", false},
		{"message:entities", "message:caption_entities:url", false},
		{"message:photo", "message", false},
		{"message", "edited_message:photo", false},
	} {
		if got := filter.Covers(parse(t, c.a)[0], parse(t, c.b)[0]); got != c.want {
			t.Errorf("%s covers %s: %v", c.a, c.b, got)
		}
	}
}

// Covers agrees with the updates made for the queries: none that b matches is one that a covering query does not.
func TestCoversUpdates(t *testing.T) {
	api := model.Gotgbot()
	for _, b := range filter.Valid(api) {
		if b.Field == nil {
			continue
		}
		for _, text := range []string{b.Kind.Name, b.Kind.Name + ":" + b.Field.JSON} {
			a := parse(t, text)[0]
			if !filter.Covers(a, b) {
				t.Errorf("%s does not cover %s", a, b)
			}
			for _, c := range filtertest.Cases(api, b) {
				if c.Match && !filtertest.Match(text, c.Update, filtertest.Bot) {
					t.Errorf("%s covers %s, but for its update %q", a, b, c.Name)
				}
			}
		}
	}
}

func TestShared(t *testing.T) {
	for _, c := range []struct {
		texts string
		want  string
	}{
		{"message", "Message *gotgbot.Message"},
		{"msg", "Message *gotgbot.Message"},
		{"message:photo", "Message *gotgbot.Message; Photo []gotgbot.PhotoSize"},
		{"message:text edited_message:text", "Message *gotgbot.Message; Text string"},
		{"message:text message:photo", "Message *gotgbot.Message"},
		{"edit:media", "Message *gotgbot.Message"},
		{"::url", "Message *gotgbot.Message; Entities []gotgbot.MessageEntity of Text, filtered"},
		{"message:caption_entities", "Message *gotgbot.Message; Entities []gotgbot.MessageEntity of Caption"},
		{"message:forward_origin:user", "Message *gotgbot.Message; ForwardOrigin gotgbot.MessageOriginUser"},
		{"message:forward_origin:chat", "Message *gotgbot.Message; ForwardOrigin gotgbot.MessageOrigin"},
		{"message:forward_origin:user message:forward_origin:channel", "Message *gotgbot.Message"},
		{"message:new_chat_members:me", "Message *gotgbot.Message; NewChatMembers []gotgbot.User, filtered"},
		{"message:left_chat_member:me", "Message *gotgbot.Message; LeftChatMember *gotgbot.User"},
		{"message:is_topic_message", "Message *gotgbot.Message"},
		{"message:chat:private", "Message *gotgbot.Message"},
		{"message_reaction:new_reaction:emoji",
			"MessageReaction *gotgbot.MessageReactionUpdated; NewReaction []gotgbot.ReactionTypeEmoji, filtered"},
		{"callback_query:data", "Query *gotgbot.CallbackQuery; Data string"},
		{"callback_query:data inline_query", ""},
		{"chat_member my_chat_member", "ChatMember *gotgbot.ChatMemberUpdated"},
		{"chat_member:new_chat_member:left my_chat_member:new_chat_member:left",
			"ChatMember *gotgbot.ChatMemberUpdated; NewChatMember gotgbot.ChatMemberLeft"},
		{"inline_query:query", "Query *gotgbot.InlineQuery"},
		{"subscription:state:active", "Subscription *gotgbot.BotSubscriptionUpdated"},
		{"poll:question_entities:bold", "Poll *gotgbot.Poll; Entities []gotgbot.MessageEntity of Question, filtered"},
	} {
		var queries []filter.Query
		for text := range strings.FieldsSeq(c.texts) {
			queries = append(queries, parse(t, text)...)
		}
		var parts []string
		for _, p := range filter.Shared(queries) {
			text := p.Name + " " + p.Type.Go("gotgbot")
			if p.Text != nil {
				text += " of " + p.Text.Name
			}
			if p.Filter != nil {
				text += ", filtered"
			}
			parts = append(parts, text)
		}
		if got := strings.Join(parts, "; "); got != c.want {
			t.Errorf("%s: %s", c.texts, got)
		}
	}
}

// No query proves two parts of one name, and none of the name that every input has by the event in it.
func TestPartNames(t *testing.T) {
	for _, q := range filter.Valid(model.Gotgbot()) {
		seen := map[string]bool{"Event": true, "Bot": true, "Update": true}
		for _, p := range q.Parts() {
			if seen[p.Name] {
				t.Errorf("%s has another part %s", q, p.Name)
			}
			seen[p.Name] = true
			if p.Field != nil && p.Type.Base().Struct != nil && p.Type.Base().Struct.Name == "MessageEntity" && p.Text == nil {
				t.Errorf("%s has entities of no text", q)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"message:text", "::url", "edit:media", ":", "a:b:c:d", "größe:\x00", "msg:file:is_video"} {
		f.Add(text)
	}
	api := model.Gotgbot()
	f.Fuzz(func(t *testing.T, text string) {
		queries, err := filter.Parse(api, text)
		if err == nil {
			if len(queries) == 0 {
				t.Fatal("neither a query nor an error")
			}
			for _, q := range queries {
				if again, err := filter.Parse(api, q.String()); err != nil || len(again) != 1 {
					t.Fatalf("%s parses as %v, %v", q, again, err)
				}
			}
			return
		}
		e := err.(*filter.Error)
		if e.Start < 0 || e.End < e.Start || e.End > len([]rune(text)) {
			t.Fatalf("the fault is at %d to %d", e.Start, e.End)
		}
		if e.Suggestion != "" {
			if _, err := filter.Parse(api, e.Suggestion); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func ExampleParse() {
	queries, err := filter.Parse(model.Gotgbot(), "message::url")
	if err != nil {
		fmt.Println(err)
	}
	for _, q := range queries {
		fmt.Println(q)
	}
	_, err = filter.Parse(model.Gotgbot(), "message:phoot")
	fmt.Println(err)
	// Output:
	// message:entities:url
	// message:caption_entities:url
	// filter query "message:phoot": message has no field "phoot" (did you mean message:photo?)
}

func parse(t *testing.T, text string) []filter.Query {
	t.Helper()
	queries, err := filter.Parse(model.Gotgbot(), text)
	if err != nil {
		t.Fatal(err)
	}
	return queries
}

func join(queries []filter.Query) string {
	texts := make([]string, len(queries))
	for i, q := range queries {
		texts[i] = q.String()
	}
	return strings.Join(texts, " ")
}
