package tgtest

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// kindBit returns a bit for each kind of update that gotgbot knows, in the order of the fields of gotgbot.Update. Bit 0
// stands for all unknown kinds.
var kindBit = sync.OnceValue(func() map[string]uint64 {
	bits := make(map[string]uint64)
	update := reflect.TypeFor[gotgbot.Update]()
	for i := range update.NumField() {
		name, _, _ := strings.Cut(update.Field(i).Tag.Get("json"), ",")
		if name != "update_id" {
			bits[name] = 1 << (len(bits) + 1)
		}
	}
	return bits
})

// optIn lists the kinds that a bot receives only if it asks for them.
var optIn = [...]string{"chat_member", "message_reaction", "message_reaction_count"}

// defaultAllowed returns the mask of all kinds that are not in optIn. It includes the unknown kinds. A bot with its own
// list of kinds never receives an unknown kind, because the server does not know its name.
func defaultAllowed() uint64 {
	mask := ^uint64(0)
	for _, kind := range optIn {
		mask &^= kindBit()[kind]
	}
	return mask
}

// parseAllowed reads the parameter allowed_updates. ok is false if it is not a JSON array of strings; the server then
// ignores it.
func parseAllowed(param string) (mask uint64, ok bool) {
	var elements []any
	if json.Unmarshal([]byte(param), &elements) != nil || elements == nil {
		return 0, false
	}
	for _, element := range elements {
		name, isString := element.(string)
		if !isString {
			return 0, false
		}
		mask |= kindBit()[strings.ToLower(name)]
	}
	if mask == 0 {
		return defaultAllowed(), true
	}
	return mask, true
}

// lifetime returns how long the official server keeps an update of the kind if the bot does not fetch it.
func lifetime(kind string) time.Duration {
	switch kind {
	case "inline_query":
		return 30 * time.Second
	case "callback_query", "shipping_query", "pre_checkout_query":
		return 150 * time.Second
	case "chosen_inline_result":
		return 600 * time.Second
	}
	return 24 * time.Hour
}

// allowedNames returns a mask as a JSON array of names, in the order of the bits.
func allowedNames(mask uint64) []byte {
	names := make([]string, 0, len(kindBit()))
	for name, bit := range kindBit() {
		if mask&bit != 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(kindBit()[a], kindBit()[b]) })
	list := []byte{'['}
	for i, name := range names {
		if i > 0 {
			list = append(list, ',')
		}
		list = appendString(list, name)
	}
	return append(list, ']')
}
