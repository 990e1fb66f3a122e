package wire

import (
	"encoding/json"
	"math"
	"math/bits"
	"strings"
)

// A Header is what can be told of an update without decoding it: enough to drop it, to put it in order and to
// confirm it. Each field is 0 if the update has none.
type Header struct {
	// ID is the update_id.
	ID int64

	// Kind is what the update is about: which of its fields is set. It is [KindUnknown] for an update that is
	// newer than this package. If several are set, which Telegram never does, it is the first in the order of the
	// fields of gotgbot.Update.
	Kind Kind

	// Chat is the chat where it happened. A business connection happens in the chat of its user; an inline query,
	// a payment and an answer to a poll in none.
	Chat int64

	// User is who did it: a user, or the chat that a message or a reaction was sent in the name of.
	User int64

	// Thread is the thread of the message, or of the message whose button was pressed.
	Thread int64
}

// A rawUpdate is an update as it came, and its header.
type RawUpdate struct {
	Header
	Raw []byte // JSON, a part of the reply's body
}

// slot is a number that the scan for a header looks for.
type slot uint8

const (
	slotChat slot = iota
	slotUser
	slotSender // instead of a user, if there is none
	slotThread
	slotDate // 0 for a message that the bot cannot see, which has no thread
	slotCount
)

// A place is a member of a JSON object in which the scan finds a number for a slot, or another object with places.
type place struct {
	name   string
	head   uint64 // the first eight bytes of the name, as load reads them
	slot   slot
	inside *places
}

// places are the places of an object.
type places struct {
	lengths uint64 // bit n is set if a name is n bytes long
	list    []place
	dated   bool // without slotDate there is no thread
}

// find returns the index of the place with the name s[start:end], or -1. If the name is one that encoding/json
// would take for a place's name only because it does not look at the case, odd is true.
func (p *places) find(s string, start, end int, head uint64) (index int, odd bool) {
	for k := range p.list {
		f := &p.list[k]
		if (head^f.head)&^(low*0x20) != 0 || end-start != len(f.name) {
			continue
		}
		if s[start:end] == f.name {
			return k, false
		}
		if strings.EqualFold(s[start:end], f.name) {
			return -1, true
		}
	}
	return -1, false
}

// headerScan is the state of the scan of one update.
type headerScan struct {
	slots [slotCount]int64
	odd   bool // seen a duplicate, or a name that matches in an unusual way: the decoder must say
}

// scanHeader finds the header of an update.
func ScanHeader(raw []byte) (Header, error) {
	var h Header
	s := textOf(raw)
	next, mistake := scanUpdate(s, skipSpace(s, 0), &h)
	if next >= 0 {
		if end := skipSpace(s, next); end < len(s) {
			next = ^end
		}
	}
	if next < 0 {
		return Header{}, syntaxError(s, next)
	}
	if mistake != "" {
		return Header{}, &SplitError{Problem: mistake}
	}
	return h, nil
}

// scanUpdate skips the value at i and, if it is an update, puts its header into h. If it is JSON but not an
// update, mistake says why.
func scanUpdate(s string, i int, h *Header) (next int, mistake string) {
	*h = Header{}
	if i >= len(s) {
		return ^i, ""
	}
	if s[i] != '{' {
		return skipValue(s, i, noLimit), "an update that is not an object"
	}
	start := i
	var scan headerScan
	i = skipSpace(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1, noID
	}
	for {
		if i >= len(s) || s[i] != '"' {
			return ^i, ""
		}
		name := i + 1
		end, plain, _ := scanName(s, name)
		if end < 0 {
			return end, ""
		}
		if i = skipColon(s, end+1); i < 0 {
			return i, ""
		}
		if i = skipSpace(s, i); i >= len(s) {
			return ^i, ""
		}
		if !plain {
			scan.odd = true
		}
		if s[name:end] == "update_id" {
			if c := s[i]; c == '-' || c-'0' <= 9 {
				h.ID, i, _ = scanInt(s, i)
			} else {
				if c != 'n' {
					h.ID = 0
				}
				i = skipValue(s, i, noLimit)
			}
		} else if kind := KindOf(s[name:end]); kind == KindUnknown {
			scan.odd = scan.odd || !plainName(s[name:end])
			i = skipValue(s, i, noLimit)
		} else if s[i] == 'n' {
			scan.odd = scan.odd || h.Kind == kind
			i = skipLiteral(s, i)
		} else {
			scan.odd = scan.odd || h.Kind != KindUnknown
			h.Kind = kind
			scan.slots = [slotCount]int64{}
			if places := kindPlaces[kind]; places != nil {
				i = scan.object(s, i, places)
			} else {
				i = skipValue(s, i, noLimit)
			}
		}
		if i < 0 {
			return i, ""
		}
		if i = skipSpace(s, i); i >= len(s) {
			return ^i, ""
		}
		if s[i] == '}' {
			i++
			break
		}
		if s[i] != ',' {
			return ^i, ""
		}
		i = skipSpace(s, i+1)
	}
	scan.fill(h)
	if scan.odd {
		oddHeader(s[start:i], h)
	}
	if h.ID <= 0 || h.ID == math.MaxInt64 {
		return i, noID
	}
	return i, ""
}

const noID = "an update without an update_id"

// object skips the value at i and, if it is an object, looks for numbers in its places.
func (h *headerScan) object(s string, i int, p *places) int {
	if s[i] != '{' {
		return skipValue(s, i, noLimit)
	}
	i = skipSpace(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1
	}
	var seen uint64
	for {
		if i >= len(s) || s[i] != '"' {
			return ^i
		}
		name := i + 1
		end, plain, head := scanName(s, name)
		if end < 0 {
			return end
		}
		if end+2 < len(s) && s[end+1] == ':' && s[end+2] > ' ' {
			i = end + 2
		} else {
			if i = skipColon(s, end+1); i < 0 {
				return i
			}
			if i = skipSpace(s, i); i >= len(s) {
				return ^i
			}
		}
		found := -1
		if !plain {
			h.odd = true
		} else if p.lengths>>uint(end-name)&1 != 0 {
			var odd bool
			found, odd = p.find(s, name, end, head)
			h.odd = h.odd || odd
		}
		if found < 0 {
			if s[i] == '"' {
				i = skipString(s, i+1)
			} else {
				i = skipValue(s, i, noLimit)
			}
		} else {
			h.odd = h.odd || seen>>found&1 != 0
			seen |= 1 << found
			if f := &p.list[found]; f.inside != nil {
				i = h.object(s, i, f.inside)
			} else if c := s[i]; c == '-' || c-'0' <= 9 {
				h.slots[f.slot], i, _ = scanInt(s, i)
			} else {
				i = skipValue(s, i, noLimit)
			}
		}
		if i < 0 {
			return i
		}
		if i >= len(s) {
			return ^i
		}
		if s[i] != ',' {
			if i = skipSpace(s, i); i >= len(s) {
				return ^i
			}
			if s[i] == '}' {
				return i + 1
			}
			if s[i] != ',' {
				return ^i
			}
		}
		if i++; i < len(s) && isSpace(s[i]) {
			i = skipSpace(s, i)
		}
	}
}

// fill moves what was found into the header.
func (h *headerScan) fill(to *Header) {
	to.Chat, to.User, to.Thread = h.slots[slotChat], h.slots[slotUser], h.slots[slotThread]
	if to.User == 0 {
		to.User = h.slots[slotSender]
	}
	if p := kindPlaces[to.Kind]; p != nil && p.dated && h.slots[slotDate] == 0 {
		to.Thread = 0
	}
}

// oddHeader sets the header of an update whose JSON encoding/json reads in a way that the scan does not know:
// a name written twice, or in capitals, or with escapes. Telegram sends no such thing. If the update does not
// decode either, only its id counts.
func oddHeader(raw string, h *Header) {
	if u, err := DecodeUpdate(raw); err == nil {
		*h = headerOf(u)
		return
	}
	var only struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal([]byte(raw), &only) != nil {
		only.ID = h.ID
	}
	h.ID = only.ID
}

// scanName returns the position of the closing quote of a name that starts at i, its first eight bytes as load
// reads them, with zeros after its end, and whether it is plain: without escapes and bytes outside ASCII.
func scanName(s string, i int) (end int, plain bool, head uint64) {
	start := i
	if i+16 <= len(s) {
		head = load(s, i)
		if m := special(head); m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; s[i] == '"' {
				head &= (m&-m)>>7 - 1
				return i, head&high == 0, head
			}
		} else {
			w := load(s, i+8)
			if m = special(w); m != 0 {
				if i += 8 + bits.TrailingZeros64(m)>>3; s[i] == '"' {
					return i, (head|w&((m&-m)-1))&high == 0, head
				}
			}
		}
	}
	end = skipString(s, start)
	if end < 0 {
		return end, false, 0
	}
	end--
	plain = true
	for k := start; k < end; k++ {
		plain = plain && s[k] != '\\' && s[k] < 0x80
	}
	if end-start < 8 {
		head = 0
		for k := end - 1; k >= start; k-- {
			head = head<<8 | uint64(s[k])
		}
	}
	return end, plain, head
}

// plainName reports whether no name that is spelled otherwise would be the same to encoding/json.
func plainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
