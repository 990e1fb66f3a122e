package filter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
)

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
		{"", 0, 0, "the query is empty", ""},
		{":", 1, 1, "nothing follows the last colon", ""},
		{"::", 2, 2, "nothing follows the last colon", ""},
		{"message:", 8, 8, "nothing follows the last colon", "message"},
		{"message::", 9, 9, "nothing follows the last colon", "message"},
		{"message:sticker:", 16, 16, "nothing follows the last colon", "message:sticker"},
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
		{"message:photo:a:b", 16, 17, "a query has at most three levels", ""},
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

func FuzzParse(f *testing.F) {
	for _, text := range []string{"message:text", "::url", "edit:media", ":", "a:b:c:d", "größe:\x00", "msg:file:is_video"} {
		f.Add(text)
	}
	api := model.Gotgbot()
	f.Fuzz(func(t *testing.T, text string) {
		queries, err := filter.Parse(api, text)
		if err == nil {
			if len(queries) == 0 {
				t.Fatal("there is neither a query nor an error")
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
			t.Fatalf("the error is at %d to %d", e.Start, e.End)
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
