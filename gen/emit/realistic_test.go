package emit_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/plan"
)

const realisticSpec = "testdata/realistic.yaml"

// watched are the handlers that run for every message with a sender, before any command.
const watched = "CountMessages RememberUser "

// realisticCases are updates, each with the handlers of realistic.yaml that run for it. User 8 is an admin.
var realisticCases = []struct{ update, want string }{
	// Commands. In a group, more watchers run for a user who is not an admin.
	{personal("/start"), watched + "Start"},
	{crowd("/start", 7), watched + "AntiFlood Blacklist StartHere"},
	{crowd("/start", 8), watched + "StartHere"},
	{personal("/help"), watched + "Help"},
	{personal("/commands"), watched + "Help"},
	{personal("/HELP"), watched + "Help"},
	{personal("/help@test_bot"), watched + "Help"},
	{personal("/maintenance"), watched + "Maintenance"},
	{personal("/tr de hello"), watched + "Translate"},
	{personal("/roll"), watched + "Roll"},
	{personal("!roll"), watched + "Roll"},
	{personal("!rank"), watched + "ApplyFilters Statistics PrivateText"},
	// Commands for admins. For others the next handler of the command runs, if there is one.
	{crowd("/ban 5 spam", 8), watched + "Ban"},
	{crowd(".block 5", 8), watched + "Ban"},
	{crowd("/ban 5", 7), watched + "AntiFlood Blacklist BanDenied"},
	{crowd("!kick 5", 7), watched + "AntiFlood Blacklist KickDenied"},
	{crowd("!punch 5", 8), watched + "Kick"},
	{personal("/ban 5"), watched + "ApplyFilters Statistics PrivateText"},
	{crowd("/setrules be nice", 8), watched + "Setrules"},
	{crowd("/setrules be nice", 7), watched + "AntiFlood Blacklist ApplyFilters Statistics"},
	{crowd("/fban 5", 8), watched + "Fban"},
	// Arguments that do not parse.
	{crowd("/ban", 8), watched + "OnUsage"},
	{crowd("/lock doors", 8), watched + "OnUsage"},
	{crowd("/lock links", 8), watched + "Lock"},
	{personal("/buy three"), watched + "OnUsage"},
	{personal("/buy 3"), watched + "Buy"},
	// Texts.
	{personal("#rules"), watched + "Hashtag"},
	{crowd("+1 well said", 8), watched + "Karma"},
	{crowd("thanks", 8), watched + "Thanks"},
	{crowd("good morning", 8), watched + "ApplyFilters Statistics"},
	// Buttons.
	{press("close"), "PressClose"},
	{press("menu:a:b"), "PressMenu"},
	{press("page:users:3"), "PressPage"},
	{press("vote:1:2"), "PressVote"},
	{press("vote:1"), ""},
	// Data of an older bot: texts without escapes, in any order. Data that the pattern would not write does not match.
	{press(`c:te:owner/re\\po:push:7`), "PressEvent"},
	{press("c:te:owner/repo:push:07"), ""},
	{press("c:te:owner/repo:push:100"), ""},
	{press("c:te:owner/repo:p.sh:7"), ""},
	{press("c:te:owner/repo:x:push:7"), ""},
	{press("c:te::push:0"), "PressEvent"},
	{press("mark:5-/~"), "PressMark"},
	{press("mark:5-ann/a:b~c/d"), "PressMark"},
	{press("mark:-5-ann/a~"), ""},
	{press("mark:5-ann/a~b~c:"), ""},
	{press("ban:5:24"), ""},
	{press("settings:-100:doors"), ""},
	// Inline queries.
	{inline("define word"), "InlineDefine"},
	{inline("anything"), "InlineSearch"},
	// Members, requests and payments.
	{member("administrator"), "AdminChanged"},
	{member("left"), "MemberLeft"},
	{member("member"), "MemberJoined"},
	{`{"update_id":1,"chat_join_request":{"chat":{"id":-100,"type":"supergroup","title":"T"},"from":` + person(false) + `,"user_chat_id":7,"date":1}}`, "JoinRequest"},
	{`{"update_id":1,"pre_checkout_query":{"id":"1","from":` + person(false) + `,"currency":"XTR","total_amount":1,"invoice_payload":"p"}}`, "PreCheckout"},
	{`{"update_id":1,"purchased_paid_media":{"from":` + person(false) + `,"paid_media_payload":"p"}}`, "Premium"},
}

// personal is a text in the private chat of a user who is not an admin.
func personal(text string) string { return private(text) }

// crowd is a text of a user in a group.
func crowd(text string, user int) string {
	return message(`{"id":-100,"type":"supergroup","title":"T"}`, `{"id":`+strconv.Itoa(user)+`,"is_bot":false,"first_name":"Ann"}`, "text", text)
}

func member(status string) string {
	who := `{"status":"%s","user":` + person(false) + `}`
	return `{"update_id":1,"chat_member":{"chat":{"id":-100,"type":"supergroup","title":"T"},"from":` + person(false) +
		`,"date":1,"old_chat_member":` + fmt.Sprintf(who, "restricted") + `,"new_chat_member":` + fmt.Sprintf(who, status) + `}}`
}

// realistic compiles the bot of realistic.yaml with handlers that record their names.
func realistic(t testing.TB, flags ...string) (binary string) {
	t.Helper()
	source, err := os.ReadFile(realisticSpec)
	if err != nil {
		t.Fatal(err)
	}
	p, found := gen.Plan(gen.Input{SpecFile: realisticSpec, Spec: source})
	if len(found) > 0 {
		t.Fatal(found)
	}
	var handlers strings.Builder
	handlers.WriteString("package main\n\nimport (\n\t\"context\"\n\n\t\"github.com/PaulSonOfLars/gotgbot/v2\"\n\t\"github.com/tggen/tggen/runtime/telegram\"\n)\n\n")
	for _, m := range p.Methods {
		name := m.Name.Value
		body := fmt.Sprintf("r.note(%q); return nil", name)
		parameters := "(ctx context.Context, in *" + name + "Input) error"
		switch m.Role {
		case plan.RoleConstraint:
			parameters, body = "(u *gotgbot.Update) []string", "return nil"
		case plan.RolePredicate:
			parameters, body = "(ctx context.Context, ev *telegram.Event) bool", fmt.Sprintf("return r.holds(%q, ev)", name)
		case plan.RoleMiddleware:
			parameters, body = "(ctx context.Context, ev *telegram.Event, next func(context.Context) error) error", "return next(ctx)"
		case plan.RoleOnError:
			parameters, body = strings.TrimPrefix(m.Signature(), "func"), fmt.Sprintf("r.note(%q)", name)
		case plan.RoleOnUsage:
			parameters = strings.TrimPrefix(m.Signature(), "func")
		}
		fmt.Fprintf(&handlers, "func (r *recorder) %s%s { %s }\n", name, parameters, body)
	}
	return build(t, string(source), handlers.String(), "testdata/realistic_main.go.txt", flags...)
}

// TestRealistic runs a bot as large as real ones on updates.
func TestRealistic(t *testing.T) {
	binary := realistic(t)
	t.Run("handlers", func(t *testing.T) {
		updates := make([]string, len(realisticCases))
		for i, c := range realisticCases {
			updates[i] = c.update
		}
		for i, got := range answers(t, binary, updates) {
			if c := realisticCases[i]; got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.update, got, c.want)
			}
		}
	})
	t.Run("explain", func(t *testing.T) { explainAgrees(t, binary) })
}

// answers runs the bot and returns the line that it prints for each update.
func answers(t *testing.T, binary string, updates []string) []string {
	t.Helper()
	command := exec.Command(binary)
	var failures strings.Builder
	command.Stdin, command.Stderr = strings.NewReader(strings.Join(updates, "\n")+"\n"), &failures
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failures.String())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(updates) {
		t.Fatalf("%d answers to %d updates", len(lines), len(updates))
	}
	return lines
}

// BenchmarkDispatch measures the time from a decoded update until its handler is called, in a bot with many handlers.
func BenchmarkDispatch(b *testing.B) {
	binary := realistic(b, "-trimpath")
	for _, c := range []struct{ name, update string }{
		{"button", press("join:5:1")},
		{"exact-button", press("checkout")},
		{"member", member("member")},
		{"last-command", personal("/maintenance")},
		{"no-command", personal("good morning")},
	} {
		b.Run(c.name, func(b *testing.B) {
			command := exec.Command(binary, strconv.Itoa(b.N))
			command.Stdin = strings.NewReader(c.update + "\n")
			out, err := command.Output()
			if err != nil {
				b.Fatal(err)
			}
			nanoseconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(nanoseconds, "ns/op") // without the start of the process
		})
	}
}
