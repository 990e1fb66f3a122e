package dispatch

import (
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// commandEntity returns the entities of a message with one command.
func commandEntity(offset, length int64) []gotgbot.MessageEntity {
	return []gotgbot.MessageEntity{{Type: "bot_command", Offset: offset, Length: length}}
}

func TestParseCommand(t *testing.T) {
	for _, test := range []struct {
		about      string
		text       string
		entities   []gotgbot.MessageEntity
		name, args string
		ok         bool
	}{
		{about: "alone", text: "/start", entities: commandEntity(0, 6), name: "start", ok: true},
		{about: "with arguments", text: "/order 2  3", entities: commandEntity(0, 6), name: "order", args: "2  3", ok: true},
		{about: "white space around the arguments", text: "/order \n\u00a0 2 \t", entities: commandEntity(0, 6), name: "order", args: "2", ok: true},
		{about: "arguments beyond the first plane", text: "/order 😀 ok", entities: commandEntity(0, 6), name: "order", args: "😀 ok", ok: true},
		{about: "for this bot", text: "/start@Shop_Bot x", entities: commandEntity(0, 15), name: "start", args: "x", ok: true},
		{about: "for this bot in other case", text: "/start@sHOP_bOT x", entities: commandEntity(0, 15), name: "start", args: "x", ok: true},
		{about: "for another bot", text: "/start@other_bot x", entities: commandEntity(0, 16)},
		{about: "for a bot whose name begins alike", text: "/start@shop_bot2", entities: commandEntity(0, 16)},
		{about: "for no bot", text: "/start@", entities: commandEntity(0, 7)},
		{about: "a capital letter, as phones write it", text: "/Start", entities: commandEntity(0, 6), name: "start", ok: true},
		{about: "capital letters", text: "/START_2@Shop_Bot X", entities: commandEntity(0, 17), name: "start_2", args: "X", ok: true},
		{about: "a capital letter later on", text: "/newNote X", entities: commandEntity(0, 8), name: "newnote", args: "X", ok: true},
		{about: "the signs around the capital letters", text: "/[@]", entities: commandEntity(0, 2), name: "[", args: "@]", ok: true},
		{about: "no entity", text: "/start"},
		{about: "entity later on", text: "say /start", entities: commandEntity(4, 6)},
		{about: "entity later on, and a slash at the start", text: "/ /start", entities: commandEntity(2, 6)},
		{about: "another type of entity", text: "/start", entities: []gotgbot.MessageEntity{{Type: "bold", Length: 6}}},
		{about: "after another entity", text: "/start x", entities: append([]gotgbot.MessageEntity{{Type: "bold", Length: 8}}, commandEntity(0, 6)...), name: "start", args: "x", ok: true},
		{about: "the first of two", text: "/a /b", entities: append(commandEntity(3, 2), commandEntity(0, 2)...), name: "a", args: "/b", ok: true},
		{about: "no slash", text: "start", entities: commandEntity(0, 5)},
		{about: "a slash only", text: "/", entities: commandEntity(0, 1)},
		{about: "no name before the bot's", text: "/@shop_bot", entities: commandEntity(0, 10)},
		{about: "no text", entities: commandEntity(0, 6)},
		{about: "no length", text: "/start", entities: commandEntity(0, 0)},
		{about: "a negative length", text: "/start", entities: commandEntity(0, -1)},
		{about: "the least length", text: "/start", entities: commandEntity(0, math.MinInt64)},
		{about: "a negative offset", text: "/start", entities: commandEntity(-1, 6)},
		{about: "longer than the text", text: "/start", entities: commandEntity(0, 100), name: "start", ok: true},
		{about: "the greatest length", text: "/start", entities: commandEntity(0, math.MaxInt64), name: "start", ok: true},
		{about: "units of UTF-16", text: "/😀é x", entities: commandEntity(0, 4), name: "😀é", args: "x", ok: true},
		{about: "ends within a pair", text: "/😀 x", entities: commandEntity(0, 2), name: "😀", args: "x", ok: true},
		{about: "not UTF-8", text: "/a\xff\xfe x", entities: commandEntity(0, 4), name: "a\xff\xfe", args: "x", ok: true},
	} {
		name, args, ok := ParseCommand(test.text, test.entities, "shop_bot")
		if name != test.name || args != test.args || ok != test.ok {
			t.Errorf("%s: %q is %q, %q, %t", test.about, test.text, name, args, ok)
		}
	}
}

// TestParseCommandWithoutUsername checks that a bot that does not know its own name yet ignores commands that name a bot.
func TestParseCommandWithoutUsername(t *testing.T) {
	if name, _, ok := ParseCommand("/start@shop_bot", commandEntity(0, 15), ""); ok {
		t.Errorf("%q is read as a command for this bot", name)
	}
	if _, _, ok := ParseCommand("/start", commandEntity(0, 6), ""); !ok {
		t.Error("a command that names no bot is not read")
	}
}

func TestParsePrefixed(t *testing.T) {
	for _, test := range []struct {
		about, text, prefixes string
		name, args            string
		ok                    bool
	}{
		{about: "alone", text: "!ban", prefixes: "!", name: "ban", ok: true},
		{about: "any of several", text: ".ban x", prefixes: "/!.", name: "ban", args: "x", ok: true},
		{about: "the slash, without an entity", text: "/ban x", prefixes: "/!", name: "ban", args: "x", ok: true},
		{about: "another sign", text: "?ban", prefixes: "!"},
		{about: "a sign of two bytes", text: "¡ban x", prefixes: "!¡", name: "ban", args: "x", ok: true},
		{about: "a sign that shares its first byte", text: "¢ban", prefixes: "¡"},
		{about: "a sign beyond the first plane", text: "🤖ban x", prefixes: "🤖", name: "ban", args: "x", ok: true},
		{about: "a name ends at a line break", text: "!ban\nx\ny", prefixes: "!", name: "ban", args: "x\ny", ok: true},
		{about: "a name ends at wide white space", text: "!ban\u3000x", prefixes: "!", name: "ban", args: "x", ok: true},
		{about: "a capital letter", text: "!Ban X", prefixes: "!", name: "ban", args: "X", ok: true},
		{about: "for this bot", text: "!ban@SHOP_bot x", prefixes: "!", name: "ban", args: "x", ok: true},
		{about: "for another bot", text: "!ban@other_bot x", prefixes: "!"},
		{about: "not at the start", text: " !ban", prefixes: "!"},
		{about: "no name", text: "! ban", prefixes: "!"},
		{about: "the sign twice", text: "!!", prefixes: "!", name: "!", ok: true},
		{about: "the sign only", text: "!", prefixes: "!"},
		{about: "no name before the bot's", text: "!@shop_bot", prefixes: "!"},
		{about: "no text", prefixes: "!"},
		{about: "no prefixes", text: "!ban"},
		{about: "not UTF-8", text: "\xffban", prefixes: "!"},
		{about: "a name that is not UTF-8", text: "!b\xff x", prefixes: "!", name: "b\xff", args: "x", ok: true},
	} {
		name, args, ok := ParsePrefixed(test.text, test.prefixes, "shop_bot")
		if name != test.name || args != test.args || ok != test.ok {
			t.Errorf("%s: %q is %q, %q, %t", test.about, test.text, name, args, ok)
		}
	}
}

// FuzzParseCommand compares ParseCommand with its definition: the part of the text's UTF-16 that the entity marks.
func FuzzParseCommand(f *testing.F) {
	f.Add("/start@shop_bot x", int64(0), int64(15), "shop_bot")
	f.Add("/😀 é", int64(0), int64(3), "")
	f.Add("/a@b@c", int64(0), int64(math.MaxInt64), "B@C")
	f.Add("/\xff \xfe", int64(0), int64(2), "\xff")
	f.Add("/0@", int64(0), int64(2), "")
	f.Add("/start", int64(math.MinInt64), int64(math.MinInt64), "x")
	f.Fuzz(func(t *testing.T, text string, offset, length int64, username string) {
		name, args, ok := ParseCommand(text, commandEntity(offset, length), username)
		wellFormed := string([]rune(text)) // a byte that is not UTF-8 is one unit, like U+FFFD
		units := utf16.Encode([]rune(wellFormed))
		end := min(max(length, 0), int64(len(units)))
		if splits(units, end) {
			return
		}
		var wantName, wantArgs string
		marked := string(utf16.Decode(units[:end]))
		command, bot, addressed := strings.Cut(strings.TrimPrefix(marked, "/"), "@")
		wantOK := offset == 0 && marked != "" && text[0] == '/' && command != "" &&
			(!addressed || strings.EqualFold(bot, string([]rune(username))))
		if wantOK {
			lower := func(r rune) rune {
				if 'A' <= r && r <= 'Z' {
					return unicode.ToLower(r)
				}
				return r
			}
			wantName, wantArgs = strings.Map(lower, command), strings.TrimSpace(string(utf16.Decode(units[end:])))
		}
		if strings.ContainsRune(username+text, 0xfffd) && ok != wantOK {
			return // in the model all bytes that are not UTF-8 become the same letter
		}
		if string([]rune(name)) != wantName || string([]rune(args)) != wantArgs || ok != wantOK {
			t.Errorf("%q marked from %d for %d, for %q: %q, %q, %t, want %q, %q, %t",
				text, offset, length, username, name, args, ok, wantName, wantArgs, wantOK)
		}
		// If the entity ends at the first white space, ParsePrefixed must read the same command.
		if wellFormed == text && offset == 0 && marked != "" && text[0] == '/' && strings.IndexFunc(text+" ", unicode.IsSpace) == len(marked) {
			if n, a, o := ParsePrefixed("!"+text[1:], ".!", username); n != name || a != args || o != ok {
				t.Errorf("%q for %q: %q, %q, %t with a sign, %q, %q, %t as a command", text, username, n, a, o, name, args, ok)
			}
		}
	})
}

func BenchmarkParseCommand(b *testing.B) {
	entities := commandEntity(0, 15)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := ParseCommand("/order@shop_bot 2 3 a note", entities, "Shop_Bot"); !ok {
			b.Fatal("not a command")
		}
	}
}

func BenchmarkParsePrefixed(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := ParsePrefixed("!order@shop_bot 2 3 a note", "/!.", "Shop_Bot"); !ok {
			b.Fatal("not a command")
		}
	}
}
