package webhook

import "testing"

func TestQueues(t *testing.T) {
	const who = `"chat":{"id":-5},"from":{"id":7},"user":{"id":8},"old_chat_member":{"user":{"id":9}}`
	for kind, want := range map[string]int64{
		"message":                   -5,
		"edited_message":            -5,
		"channel_post":              -5,
		"edited_channel_post":       -5,
		"inline_query":              7 + 1<<33,
		"chosen_inline_result":      7 + 2<<33,
		"callback_query":            7 + 3<<33,
		"shipping_query":            7 + 4<<33,
		"pre_checkout_query":        7 + 4<<33,
		"my_chat_member":            -5 + 5<<33,
		"chat_member":               9 + 6<<33,
		"chat_join_request":         7 + 6<<33,
		"chat_boost":                -5 + 7<<33,
		"removed_chat_boost":        -5 + 7<<33,
		"message_reaction":          -5 + 8<<33,
		"message_reaction_count":    -5 + 9<<33,
		"business_connection":       8 + 10<<33,
		"business_message":          -5 + 11<<33,
		"edited_business_message":   -5 + 11<<33,
		"deleted_business_messages": -5 + 11<<33,
		"guest_message":             -5 + 12<<33,
		"purchased_paid_media":      7 + 12<<33,
		"managed_bot":               8 + 13<<33,
		"from_the_future":           0,
	} {
		if got := QueueOf([]byte(`"` + kind + `":{"id":"q",` + who + `}`)); got != want {
			t.Errorf("%s: queue %d, want %d", kind, got, want)
		}
		if got := QueueOf([]byte(`"` + kind + `":{}`)); got != 0 {
			t.Errorf("%s without ids: queue %d, want 0", kind, got)
		}
	}
	for body, want := range map[string]int64{
		`"poll":{"id":"123","question":"?"}`:              123,
		`"poll_answer":{"poll_id":"123","user":{"id":7}}`: 123,
		`"poll":{"id":"x"}`:                               0,
		`"poll":{"id":5}`:                                 5,
		`"message":{"chat":{"id":"x"}}`:                   0,
		`"message":7`:                                     0,
		``:                                                0,
	} {
		if got := QueueOf([]byte(body)); got != want {
			t.Errorf("%s: queue %d, want %d", body, got, want)
		}
	}
}
