package wire

import (
	"fmt"
	"strings"
)

// nasty returns texts for which encoding/json has a special rule.
func nasty() []string {
	list := []string{
		// Texts that are not updates.
		``, ` `, "\t\r\n", `{`, `}`, `[]`, `"x"`, `1`, `true`, `false`, `null`, `nul`, `nullx`, ` null `, `{} {}`, `{}x`, `{},`, `{"a"}`,
		`{"a":}`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{'a':1}`, "\uFEFF{}", "{\"a\":1\x00}", "{\x0b}", `{"update_id":1}`, ` { "update_id" : 1 } `,
		`{"":1}`, `{"update_id":1,"":{}}`, `<html></html>`,

		// Numbers.
		`{"update_id":-0}`, `{"update_id":00}`, `{"update_id":01}`, `{"update_id":-}`, `{"update_id":+1}`, `{"update_id":.5}`, `{"update_id":1.}`,
		`{"update_id":1.0}`, `{"update_id":1e0}`, `{"update_id":1E+2}`, `{"update_id":1e}`, `{"update_id":1e+}`, `{"update_id":0x10}`,
		`{"update_id":9223372036854775807}`, `{"update_id":9223372036854775808}`, `{"update_id":-9223372036854775808}`,
		`{"update_id":-9223372036854775809}`, `{"update_id":999999999999999999}`, `{"update_id":1000000000000000000}`,
		`{"update_id":00000000000000000001}`, `{"update_id":123456789012345678901234567890}`, `{"update_id":"1"}`, `{"update_id":true}`,
		`{"update_id":{}}`, `{"update_id":[]}`, `{"update_id":1 2}`, `{"update_id":1a}`, `{"update_id":NaN}`, `{"update_id":Infinity}`,
		`{"x":1e999}`, `{"x":-1e999}`, `{"x":1e-999}`, `{"x":00}`, `{"x":1.}`, `{"x":[1,-0.0e-0,2E5]}`,
	}
	location := func(number string) string {
		return `{"message":{"location":{"latitude":` + number + `,"longitude":1}}}`
	}
	for _, number := range []string{
		"1", "-0", "0.1", "1e400", "-1e400", "1e-400", "4.9e-324", "1.7976931348623157e308", "1.7976931348623159e308", "1e", "0.", "null", `"1"`,
		strings.Repeat("9", 400), "0." + strings.Repeat("9", 400), "1" + strings.Repeat("0", 308), "1" + strings.Repeat("0", 309),
	} {
		list = append(list, location(number))
	}
	text := func(inside string) string { return `{"message":{"text":"` + inside + `"}}` }
	for _, inside := range []string{
		``, `plain`, `12345678`, `1234567`, `123456789abcdefgh`, `\"`, `\\`, `\/`, `\b\f\n\r\t`, `\'`, `\x`, `\u`, `\u1`, `\u12`, `\u123`, `\u12g4`, `\u0000`,
		`\u001f`, `\u00e9`, `\u00E9`, `\ud83d\ude00`, `\uD83D\uDE00`, `\ud83d`, `\ude00`, `\ud83d\ud83d`, `\ud83d\ud83d\ude00`, `\ud83dx`, `\ud83d\n`,
		`\ud83d\u0041`, `\ud83d\u`, `\ude00\ud83d`, `\ud83d\\ude00`, `a\u0000b`, `\ufffd`, `\uffff`, "\x00", "\x1f", "\n", "\x7f", "é", "日本", "😀", "\xff", "\xc3",
		"\xc3\x28", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98", "ab\xffcd", "1234567\xff", "12345678\xff", `\`, `abcdefg\`, `\\\`, "\xe2\x80\xa8", `\u2028`,
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", `é\u00e9` + "\xff", `\u0430\u0431\u0432 \ud83d\ude02!`,
	} {
		list = append(list, text(inside), text("1234567"+inside), text(inside+"1234567890"), `{"message":{"`+inside+`":1,"text":"x"}}`)
	}
	for _, value := range []string{
		`null`, `true`, `false`, `0`, `1`, `1.5`, `"x"`, `""`, `[]`, `{}`, `[null]`, `[{}]`, `[[]]`, `{"type":"emoji"}`, `{"x":1e999}`, `nul`, `tru`, `falsy`, `[`, `[1`,
		`[1,]`, `[,]`, `{"type":null}`, `{"type":1}`, `{"date":0}`, `{"date":1}`, `{"date":null}`, `{"date":1.5}`, `{"date":"1"}`, `[{"type":"emoji"},null]`,
	} {
		for _, shape := range []string{
			`{"update_id":%s}`, `{"message":%s}`, `{"message":{"from":%s}}`, `{"message":{"chat":%s}}`, `{"message":{"text":%s}}`, `{"message":{"photo":%s}}`,
			`{"message":{"photo":[%s]}}`, `{"message":{"forward_origin":%s}}`, `{"message":{"pinned_message":%s}}`, `{"message":{"reply_to_message":%s}}`,
			`{"message":{"is_topic_message":%s}}`, `{"message":{"poll":{"options":%s}}}`, `{"message":{"forum_topic_closed":%s}}`,
			`{"message":{"rich_message":%s}}`, `{"message":{"rich_message":{"blocks":%s}}}`, `{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":%s}]}}}`,
			`{"message":{"rich_message":{"blocks":[{"type":"list","items":%s}]}}}`, `{"message":{"rich_message":{"blocks":[{"type":"table","cells":%s}]}}}`,
			`{"message":{"rich_message":{"blocks":[{"type":"table","cells":[%s]}]}}}`,
			`{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":[%s]}]}}}`,
			`{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":{"type":"bold","text":%s}}]}}}`,
			`{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":{"type":"bold","other":%s,"text":"x"}}]}}}`,
			`{"message":{"reply_markup":{"inline_keyboard":[[%s]]}}}`, `{"message":{"reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b","url":%s}]]}}}`,
			`{"message":{"reply_markup":{"inline_keyboard":[[{"switch_inline_query":%s}]]}}}`,
			`{"callback_query":{"message":%s}}`, `{"callback_query":{"message":{"date":1,"from":%s}}}`, `{"callback_query":{"message":{"date":0,"from":%s}}}`,
			`{"callback_query":{"message":{"from":%s,"date":0}}}`, `{"message_reaction":{"new_reaction":%s}}`, `{"message_reaction":{"new_reaction":[%s]}}`,
			`{"message_reaction_count":{"reactions":%s}}`, `{"message_reaction_count":{"reactions":[%s]}}`, `{"message_reaction_count":{"reactions":[{"type":%s}]}}`,
			`{"chat_member":{"old_chat_member":%s}}`, `{"chat_boost":{"boost":%s}}`, `{"chat_boost":{"boost":{"source":%s}}}`, `{"poll_answer":{"option_ids":[1,%s]}}`,
			`{"poll_answer":{"option_persistent_ids":["a",%s]}}`, `{"message":{"unknown":%s}}`, `{"unknown":%s}`,
		} {
			list = append(list, fmt.Sprintf(shape, value))
		}
	}
	return append(list, ambiguous()...)
}

// ambiguous returns updates in which a name comes twice, or is spelled in another way than gotgbot spells it.
func ambiguous() []string {
	list := []string{
		`{"update_id":1,"update_id":2}`, `{"update_id":1,"update_id":null}`, `{"UPDATE_ID":3}`, `{"update_id":1,"Update_Id":4}`, `{"update\u005fid":5}`,
		`{"update_id ":6}`, `{"update_ıd":7}`, `{"MEſſAGE":{"text":"long s"}}`, `{"me\u017f\u017fage":{"TEXT":"x"}}`, `{"message":{"lin\u212A_preview_options":{"url":"x"}}}`,
		`{"messagé":{}}`, "{\"message\xff\":{}}", `{"message":{"text":"a"},"message":{"caption":"b"}}`, `{"message":{"text":"a"},"message":null}`,
		`{"message":null,"message":{"text":"a"}}`, `{"poll":{"id":"a"},"poll":{"question":"b"}}`, `{"poll":{"id":"a","id":null}}`,
		`{"poll":{"options":[{"text":"a","voter_count":1},{"text":"b"}],"options":[{"voter_count":2}]}}`,
		`{"poll":{"options":[{"text":"a"},{"text":"b"},{"text":"c"}],"options":[{}],"options":[{},{},{},{},{}]}}`,
		`{"poll":{"options":[{"text":"a"}],"options":[],"options":[{}]}}`, `{"poll":{"options":[{"text":"a"}],"options":null,"options":[{}]}}`,
		`{"poll":{"options":[{"text":"a"}],"options":[null,null]}}`, `{"poll_answer":{"option_ids":[1,2,3],"option_ids":[null,7],"option_ids":[null,null,null]}}`,
		`{"poll_answer":{"option_persistent_ids":["a","b"],"option_persistent_ids":[null,"c"]}}`, `{"poll_answer":{"user":{"id":1},"user":{"first_name":"x"}}}`,
		`{"poll_answer":{"user":{"id":1},"user":null}}`, `{"message_reaction_count":{"reactions":[{"type":{"type":"emoji","emoji":"a"},"total_count":2}],"reactions":[{"total_count":3}]}}`,
		`{"message_reaction_count":{"reactions":[{"type":{"type":"emoji","emoji":"a"},"total_count":2}],"reactions":[null]}}`,
		`{"message_reaction":{"new_reaction":[{"type":"emoji","emoji":"a"}],"new_reaction":[]}}`,
		`{"message_reaction":{"new_reaction":[{"type":"bogus"}],"new_reaction":[]}}`, `{"message_reaction":{"new_reaction":[],"new_reaction":[{"type":"bogus"}]}}`,
		`{"message_reaction":{"new_reaction":5,"new_reaction":[{"type":"paid"}]}}`, `{"message_reaction":{"new_reaction":[{"type":"emoji","type":"paid"}]}}`,
		`{"message_reaction":{"new_reaction":[{"type":"paid","type":"emoji","emoji":"x"}]}}`, `{"message_reaction":{"new_reaction":[{"TYPE":"emoji","emoji":"x"}]}}`,
		`{"message_reaction":{"new_reaction":[{"type":"paid","Type":"emoji","emoji":"x"}]}}`, `{"message_reaction":{"new_reaction":[{"type":"emoji","type":null}]}}`,
		`{"message_reaction":{"new_reaction":[{"type":"emoji","type":5}]}}`, `{"message_reaction":{"new_reaction":[{"emoji":"x","t\u0079pe":"emo\u006ai"}]}}`,
		`{"message_reaction":{"new_reaction":[{"emoji":5,"type":"paid"}]}}`, `{"message_reaction":{"new_reaction":[{"emoji":[}],"type":"paid"}]}}`,
		`{"message":{"forward_origin":{"type":"user"},"forward_origin":null}}`, `{"message":{"forward_origin":null,"forward_origin":{"type":"user"}}}`,
		`{"message":{"forward_origin":5,"Forward_Origin":{"type":"user","date":7}}}`, `{"message":{"forward_origin":[1,2,"x\q"],"forward_origin":{"type":"user","date":7}}}`,
		`{"message":{"chat":{"id":1},"chat":{"title":"x"}}}`, `{"message":{"chat":{"id":1},"chat":null}}`, `{"message":{"from":{"id":1},"from":{"is_bot":true}}}`,
		`{"message":{"pinned_message":{"date":1,"text":"a"},"pinned_message":{"date":0,"message_id":4}}}`,
		`{"message":{"pinned_message":{"date":1,"date":0,"text":5}}}`, `{"message":{"pinned_message":{"date":0,"Date":1,"text":"a"}}}`,
		`{"message":{"pinned_message":{"date":1,"DATE":null,"text":"a"}}}`, `{"message":{"pinned_message":{"text":5,"date":0}}}`, `{"message":{"pinned_message":{"text":5,"date":1}}}`,
		`{"message":{"pinned_message":{"forward_origin":{"type":"bogus"},"date":0}}}`, `{"message":{"pinned_message":{"forward_origin":{"type":"bogus"},"date":1}}}`,
		`{"callback_query":{"message":{"date":1,"text":"a"},"message":null}}`, `{"callback_query":{"message":{"date":"x"},"message":{"date":1}}}`,
		`{"callback_query":{"id":"a"},"callback_query":{"data":"b"}}`, `{"chat_boost":{"boost":{"boost_id":"a"},"boost":{"add_date":1}}}`, `{"chat_boost":{"boost":{"boost_id":"a"},"boost":null}}`,
		`{"chat_boost":{"boost":{"source":{"user":{"id":1},"source":"premium"}}}}`, `{"chat_boost":{"boost":{"source":{"user":{"id":"x"},"source":"premium","source":"giveaway"}}}}`,
		`{"message":{"reply_markup":{"inline_keyboard":[[{"text":"a","url":"u"}],[{"text":"b"},{"text":"c"}]],"inline_keyboard":[[{}],[{},{},{}]]}}}`,
		`{"message":{"reply_markup":{"inline_keyboard":[[{"text":"a"}]],"inline_keyboard":[null,[]]}}}`,
		`{"message":{"reply_markup":{"inline_keyboard":[[{"switch_inline_query":"a"}]],"inline_keyboard":[[{"switch_inline_query":null}]]}}}`,
		`{"message":{"reply_markup":{"inline_keyboard":[[{"switch_inline_query":"a"}]],"inline_keyboard":[[{"switch_inline_query":"b"}]]}}}`,
		`{"message":{"rich_message":{"blocks":[{"type":"list","items":[{"label":"a","value":1},{"label":"b"}],"items":[{"value":2}]}]}}}`,
		`{"message":{"rich_message":{"blocks":[{"type":"table","cells":[[{"text":"a","colspan":2}]],"cells":[[{"rowspan":1}],[]]}]}}}`,
	}
	rich := func(text string) string {
		return `{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":` + text + `}]}}}`
	}
	return append(list,
		rich(`{"type":"bold","x":1e999,"text":"a"}`), rich(`{"type":"bold","text":{"type":"text_mention","user":{"id":1,"x":[1e999]},"text":"a"}}`),
		rich(`[1e999]`), rich(`["a",{"type":"code","text":"b","type":"bold"}]`), rich(`[[],[[]],""]`), rich(`[]`), rich(`[[null]]`),
		rich(`{"type":"bold","text":5,"text":"b"}`), rich(`{"type":"bold","text":1e999,"text":"b"}`), rich(`{"text":{"text":"deep","type":"italic"},"type":"bold"}`),
		rich(`"a","text":1e999,"text":["b"]`), rich(`{"type":"url","url":5,"text":"x","url":"y"}`), rich(`{"type":"unheard_of"}`), rich(`{"type":""}`), rich(`{}`),
	)
}
