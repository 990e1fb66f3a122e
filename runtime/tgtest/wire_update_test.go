package tgtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TestUpdatesOnTheWire compares the bytes that the bot receives for what users do.
func TestUpdatesOnTheWire(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Älice", tgtest.ID(7), tgtest.LastName("O\"Neil"), tgtest.Username("alice"), tgtest.Language("de"), tgtest.Premium())
		team := srv.Group("Team / 1")
		forum := srv.Supergroup("Forum", tgtest.Forum(), tgtest.Username("forum"))
		news := srv.Channel("News")
		const (
			from  = `"from":{"id":7,"is_bot":false,"first_name":"\u00c4lice","last_name":"O\"Neil","username":"alice","language_code":"de","is_premium":true}`
			chat  = `"chat":{"id":7,"first_name":"\u00c4lice","last_name":"O\"Neil","username":"alice","type":"private"}`
			group = `"chat":{"id":-4100000001,"title":"Team / 1","type":"group","all_members_are_administrators":false}`
			super = `"chat":{"id":-1002100000001,"title":"Forum","username":"forum","is_forum":true,"type":"supergroup"}`
			date  = `"date":946684800`
		)
		first := alice.Send("/start 😀")
		alice.In(team).Reply(first, "yes")
		alice.Edit(first, "hm")
		alice.In(forum).SendInTopic(3, "a/b")
		post := news.Post("#new")
		news.EditPost(post, "#old")
		alice.Ask("tea")
		menu := call(t, srv, "sendMessage", `{"chat_id":7,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"Té","callback_data":"t:1"}]]}}`)
		if menu.status != 200 {
			t.Fatal(menu.body)
		}
		alice.Press(alice.ExpectNext(), "Té")
		got := call(t, srv, "getUpdates", `{}`)
		want := []string{
			`"message":{"message_id":1,` + from + `,` + chat + `,` + date + `,"text":"/start \ud83d\ude00","entities":[{"offset":0,"length":6,"type":"bot_command"}]}`,
			`"message":{"message_id":2,` + from + `,` + group + `,` + date + `,"reply_to_message":{"message_id":1,` + from + `,` + chat + `,` + date +
				`,"text":"/start \ud83d\ude00","entities":[{"offset":0,"length":6,"type":"bot_command"}]},"text":"yes"}`,
			`"edited_message":{"message_id":1,` + from + `,` + chat + `,` + date + `,"edit_date":946684800,"text":"hm"}`,
			`"message":{"message_id":1,` + from + `,` + super + `,` + date + `,"message_thread_id":3,"text":"a/b","is_topic_message":true}`,
			`"channel_post":{"message_id":1,"sender_chat":{"id":-1002100000002,"title":"News","type":"channel"},"chat":{"id":-1002100000002,"title":"News","type":"channel"},` +
				date + `,"text":"#new","entities":[{"offset":0,"length":4,"type":"hashtag"}]}`,
			`"edited_channel_post":{"message_id":1,"sender_chat":{"id":-1002100000002,"title":"News","type":"channel"},"chat":{"id":-1002100000002,"title":"News","type":"channel"},` +
				date + `,"edit_date":946684800,"text":"#old","entities":[{"offset":0,"length":4,"type":"hashtag"}]}`,
			`"inline_query":{"id":"4000000000000000001",` + from + `,"chat_type":"sender","query":"tea","offset":""}`,
			`"callback_query":{"id":"4000000000000000002",` + from + `,"message":{"message_id":3,"from":{"id":7000000001,"is_bot":true,"first_name":"Test Bot","username":"test_bot"},` +
				chat + `,` + date + `,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"T\u00e9","callback_data":"t:1"}]]}},"chat_instance":"INSTANCE","data":"t:1"}`,
		}
		for i, u := range want {
			want[i] = fmt.Sprintf("{\"update_id\":%d,\n%s}", 1000+i, u)
		}
		all := `{"ok":true,"result":[` + strings.Join(want, ",") + `]}`
		before, after, _ := strings.Cut(all, "INSTANCE")
		if !strings.HasPrefix(got.body, before) || !strings.HasSuffix(got.body, after) {
			t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got.body, ",{", ",\n{"), strings.ReplaceAll(all, ",{", ",\n{"))
		}
	})
}
