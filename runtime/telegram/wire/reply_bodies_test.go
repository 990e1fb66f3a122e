package wire

// bodies returns replies that are wrong in some way, and replies with an update that is.
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
