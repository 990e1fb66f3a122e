package emit_test

import (
	"bytes"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
)

const dispatchSpec = `
version: 1
constraints: {default: [chat], callback_query: [user], poll: none}
middleware: [Outer, Inner]
on_usage: OnUsage
handlers:
- {name: Watch, on: ":text", continue: true}
- {name: Ban, command: [ban, kick], in: [group, supergroup], where: IsAdmin, args: [user: int64, for: duration = 1h, why: rest?]}
- {name: BanHelp, command: ban}
- {name: Mode, command: mode, args: [mode: enum(on|off), level: float64?], constraints: [chat_user]}
- {name: Bang, command: roll, prefixes: "!.", args: [sides: int = 6]}
- {name: Shot, command: shot, caption: true, edited: true}
- {name: Reset, text: "(?i)^reset (?P<what>\\w+)(?: (?P<how>\\w+))?$", constraints: none}
- {name: Hello, text: {is: hello}, where: [IsAdmin, "!IsBanned"]}
- {name: Late, command: start, constraints: [user, TeamOf], timeout: {after: 5s, key: release}}
- {name: ShowNote, command: note, where: "!IsBanned", find: [note: Note, pages: "[]int64"], args: [title: string, from: int = 1]}
- {name: Peek, command: note, find: [note: Note], continue: true}
- {name: NoNote, command: note}
- {name: Solo, command: solo, find: [note: Note], constraints: [chat_user]}
- {name: NoSolo, command: solo, constraints: [user]}
- {name: Links, on: ["message:entities:url", "message:caption_entities:url"]}
- {name: Media, on: [":photo", ":video"]}
- {name: Exact, callback: ok}
- {name: Menu, callback: "menu:{path:rest}"}
- {name: Buy, callback: "buy:{note:string(10)}:{qty:int}:{fast:bool}"}
- {name: Pick, callback: "pick:{size:enum(small|big)}:{note:string(8)?}:{word:string(20) = x}"}
- {name: Find, inline: "^(?P<word>\\w+)"}
- {name: Any, inline: true}
- {name: Vote, on: poll}
`

// dispatchCases are updates, each with the line that the bot prints for it: the constraints, the middleware, and the
// handlers with their arguments. testdata/dispatch_main.go.txt prints the line.
var dispatchCases = []struct{ update, want string }{
	// A command in a group. The predicate holds, and all arguments are present.
	{group("/ban 42 2h spam and worse", true), "[-100] Outer Inner Watch Ban(42 2h0m0s spam and worse)"},
	{group("/kick@test_bot 42", true), "[-100] Outer Inner Watch Ban(42 1h0m0s -)"},
	{group("/ban@TEST_bot 42", true), "[-100] Outer Inner Watch Ban(42 1h0m0s -)"},
	{group("/ban@other_bot 42", true), "[-100] Outer Inner Watch"},
	// Case does not count in a command. Phones begin a message with a capital letter.
	{group("/Ban 42", true), "[-100] Outer Inner Watch Ban(42 1h0m0s -)"},
	{group("/KICK@Test_Bot 42", true), "[-100] Outer Inner Watch Ban(42 1h0m0s -)"},
	{private("!Roll 20"), "[7] Outer Inner Watch Bang(20)"},
	// The predicate does not hold, or the chat has another type: the next handler of the command runs.
	{group("/ban 42", false), "[-100] Outer Inner Watch BanHelp"},
	{private("/ban 42"), "[7] Outer Inner Watch BanHelp"},
	{group("/kick 42", false), "[-100] Outer Inner Watch"},
	// Arguments that do not parse.
	{group("/ban", true), "[-100] Outer Inner Watch usage(ban: user is missing)"},
	{group("/ban 42 soon", true), "[-100] Outer Inner Watch usage(ban: for)"},
	{private("/mode on 1.5"), "[7 7:7] Outer Inner Watch Mode(on 1.5)"},
	{private("/mode off"), "[7 7:7] Outer Inner Watch Mode(off -)"},
	{private("/mode maybe"), "[7 7:7] Outer Inner Watch usage(mode: mode)"},
	// A handler with constraints of its own. Watch continues, so its constraint, the chat, is added.
	{group("/mode on", false), "[-100 -100:7] Outer Inner Watch Mode(on -)"},
	{private("/start"), "[7 team 7] Outer Inner Watch Late"},
	// Other prefixes need no entity. Captions and edited messages match only commands that ask for them.
	{private("!roll 20"), "[7] Outer Inner Watch Bang(20)"},
	{private(".roll"), "[7] Outer Inner Watch Bang(6)"},
	{private("/roll 20"), "[7] Outer Inner Watch"},
	{caption("/shot"), "[7] Outer Inner Shot"},
	{strings.Replace(private("/shot"), `"message"`, `"edited_message"`, 1), "[7] Outer Inner Shot"},
	{caption("/mode on"), "[7] Outer Inner Media"},
	// Finds: both find something; the second one does not; the first one does not; one fails; one panics. The update goes on
	// to the next handler if nothing is found, and after a handler that continues.
	{private("/note full 2"), "[7] Outer Inner Watch FindNote FindPages ShowNote(full [1 2] 2)"},
	{private("/note full x"), "[7] Outer Inner Watch FindNote FindPages usage(note: from)"},
	{private("/note short"), "[7] Outer Inner Watch FindNote FindPages FindNote Peek(short) NoNote"},
	{private("/note none"), "[7] Outer Inner Watch FindNote FindNote NoNote"},
	{private("/note fail"), "[7] Outer Inner Watch FindNote error(no database in ShowNote)"},
	{private("/note later"), "[7] Outer Inner Watch FindNote FindNote NoNote error(Peek: no database in NoNote)"},
	// A predicate that does not hold is asked before the finds, and a chat of the wrong type before the predicates.
	// A find may find nothing, so the constraints of the handler after it are added, too.
	{group("/solo none", false), "[-100 -100:7 7] Outer Inner Watch FindNote NoSolo"},
	{group("/solo x", false), "[-100 -100:7 7] Outer Inner Watch FindNote Solo"},
	{private("/note banned"), "[7] Outer Inner Watch FindNote Peek(banned) NoNote"},
	// Regular expressions and exact texts.
	{private("RESET all"), "[7] Outer Inner Watch Reset(all -)"},
	{private("reset all hard"), "[7] Outer Inner Watch Reset(all hard)"},
	{private("reset"), "[7] Outer Inner Watch"},
	{private("hello"), "[7] Outer Inner Watch error(Watch: no in Watch)"},
	{group("hello", true), "[-100] Outer Inner Watch Hello error(Watch: no in Hello)"},
	// A handler that continues and fails, and a handler whose context has ended.
	{group("fail", true), "[-100] Outer Inner Watch error(Watch: no in Watch)"},
	{group("stop", true), "[-100] Outer Inner Watch error(context canceled in Watch)"},
	// A handler that continues and panics: the next one runs all the same. Its error goes to the hook with the others.
	{private("reset boom"), "[7] Outer Inner Watch Reset(boom -) error(Watch: panic: boom in Reset)"},
	{group("boom", false), "[-100] Outer Inner Watch error(Watch: panic: boom in Watch)"},
	// Middleware that calls next twice: the handlers run once.
	{private("reset twice"), "[7] Outer Inner Watch Reset(twice -) error(the middleware called next twice in Reset)"},
	{private("hello there"), "[7] Outer Inner Watch"},
	// Callback data: fixed, of a pattern, escaped, forged.
	{press("ok"), "[7] Outer Inner Exact"},
	{press("okay"), "[7] Outer Inner"},
	{press("menu:a:b"), "[7] Outer Inner Menu(a:b)"},
	{press(`buy:a\\:b\\\\:3:1`), `[7] Outer Inner Buy(a:b\ 3 true)`},
	{press("buy:a:3"), "[7] Outer Inner"},
	{press("buy:a:three:1"), "[7] Outer Inner"},
	{press("buy:much too long a note:3:1"), "[7] Outer Inner"},
	{press("other"), "[7] Outer Inner"},
	// Inline queries, polls, and an update that no handler gets.
	{inline("word and more"), "[] Outer Inner Find(word)"},
	{inline("?"), "[] Outer Inner Any"},
	{`{"update_id":1,"poll":{"id":"1","question":"?","options":[],"total_voter_count":0,"type":"regular"}}`, "[] Outer Inner Vote"},
	{`{"update_id":1,"shipping_query":{"id":"1","from":{"id":7,"is_bot":false,"first_name":"A"},"invoice_payload":"","shipping_address":{"country_code":"","state":"","city":"","street_line1":"","street_line2":"","post_code":""}}}`,
		"[] Outer Inner"},
}

// TestDispatch compiles a bot with every trigger, condition and type of argument, and runs it on updates.
func TestDispatch(t *testing.T) {
	bot := build(t, dispatchSpec, "package main\n", "testdata/dispatch_main.go.txt")
	var updates strings.Builder
	for _, c := range dispatchCases {
		updates.WriteString(c.update + "\n")
	}
	command := exec.Command(bot)
	command.Stdin = strings.NewReader(updates.String())
	var failures bytes.Buffer
	command.Stderr = &failures
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &failures)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(dispatchCases) {
		t.Fatalf("%d answers to %d updates", len(lines), len(dispatchCases))
	}
	for i, c := range dispatchCases {
		if lines[i] != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.update, lines[i], c.want)
		}
	}
}

// TestHandlerTimeout: a handler's time-out takes from the bot's what it leaves out.
func TestHandlerTimeout(t *testing.T) {
	result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: []byte(`
version: 1
timeout: {after: 7s, key: release}
handlers:
- {name: A, command: a, timeout: 3s}
- {name: B, command: b, timeout: {after: 4s, key: hold}}
- {name: B2, command: b2, timeout: {after: 5s, hold: 6s}}
- {name: C, command: c, timeout: none}
- {name: D, on: poll}
- {name: E, on: message, continue: true}
- {name: F, command: f}
`)})
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	for _, want := range []string{
		"dispatch.Limit(ctx, 3*time.Second, telegram.Release, 0)",
		"dispatch.Limit(ctx, 4*time.Second, telegram.Hold, 0)",
		"dispatch.Limit(ctx, 5*time.Second, telegram.Hold, 6*time.Second)",
		"dispatch.Limit(ctx, 0, telegram.Release, 0)",
		// F may run after E, which may have had another time-out.
		"ev.Enter(\"F\")\n\tdispatch.Limit(ctx, 7*time.Second, telegram.Release, 0)",
		"ev.Enter(\"D\")\n\treturn",
	} {
		if !bytes.Contains(result.Source, []byte(want)) {
			t.Errorf("the generated code lacks %s", want)
		}
	}
}

// TestDeterministic: the same spec gives the same bytes.
func TestDeterministic(t *testing.T) {
	var first []byte
	for i := range 5 {
		result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: []byte(dispatchSpec)})
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		if i == 0 {
			first = result.Source
		} else if !bytes.Equal(first, result.Source) {
			t.Fatal("two runs differ")
		}
	}
	if unwanted := regexp.MustCompile(`\b(any|reflect)\b|interface\{\}|\bmap\[`).Find(first); unwanted != nil {
		t.Errorf("the generated code has %q", unwanted)
	}
}

func message(chat, from, field, text string) string {
	entities := ""
	if word, _, _ := strings.Cut(text, " "); strings.HasPrefix(word, "/") {
		name := map[string]string{"text": "entities", "caption": "caption_entities"}[field]
		entities = `"` + name + `":[{"type":"bot_command","offset":0,"length":` + strconv.Itoa(len(word)) + `}],`
	}
	photo := ""
	if field == "caption" {
		photo = `"photo":[{"file_id":"1","file_unique_id":"1","width":1,"height":1}],`
	}
	return `{"update_id":1,"message":{"message_id":1,"date":1,"chat":` + chat + `,"from":` + from + `,` + entities + photo + `"` + field + `":"` + text + `"}}`
}

func person(admin bool) string {
	name := "Ann"
	if admin {
		name = "Admin"
	}
	return `{"id":7,"is_bot":false,"first_name":"` + name + `"}`
}

func group(text string, admin bool) string {
	return message(`{"id":-100,"type":"supergroup","title":"T"}`, person(admin), "text", text)
}

func private(text string) string {
	return message(`{"id":7,"type":"private","first_name":"Ann"}`, person(false), "text", text)
}

func caption(text string) string {
	return message(`{"id":7,"type":"private","first_name":"Ann"}`, person(false), "caption", text)
}

func press(data string) string {
	return `{"update_id":1,"callback_query":{"id":"1","chat_instance":"1","from":` + person(false) + `,"data":"` + data + `"}}`
}

func inline(query string) string {
	return `{"update_id":1,"inline_query":{"id":"1","offset":"","from":` + person(false) + `,"query":"` + query + `"}}`
}
