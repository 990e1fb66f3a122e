package script

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	annID, bobID = 11, 12
	teamID       = -1000000000001
)

// cast is who the recordings of the tests are of.
func cast(events ...Event) Recording {
	return Recording{
		People: []Person{{ID: annID, FirstName: "Ann", Username: "ann"}, {ID: bobID, FirstName: "Bob", Username: "bob"}, {ID: 13, FirstName: "Cy"}},
		Chats:  []Chat{{ID: teamID, Type: "supergroup", Title: "Shop team"}},
		Events: events,
	}
}

var menu = [][]Button{
	{{"Tea", "tea"}, {"Coffee", "coffee"}},
	{{"More", "green tea"}, {"More", "espresso"}, {"×", "delete"}},
}

// everything is a recording of the bot in testdata with all actions but those of the author.
var everything = cast(
	Event{Do: Send, Update: 1, Chat: annID, User: annID, Message: 1, Text: "/start"},
	Event{Do: Said, Update: 1, Chat: annID, Message: 2, Text: "What shall it be?", Buttons: menu},
	Event{Do: Press, Update: 2, Chat: annID, User: annID, Message: 2, Text: "Coffee", Data: "coffee", Query: "q1"},
	Event{Do: Answered, Update: 2, Query: "q1", Text: "You took coffee"},
	Event{Do: Changed, Update: 2, Chat: annID, Message: 2, Text: "Taken: coffee", Buttons: menu},
	Event{Do: Press, Update: 3, Chat: annID, User: annID, Message: 2, Text: "More", Data: "espresso", Query: "q2"},
	Event{Do: Answered, Update: 3, Query: "q2", Text: "You took espresso"},
	Event{Do: Changed, Update: 3, Chat: annID, Message: 2, Text: "Taken: espresso", Buttons: menu},
	Event{Do: Press, Update: 4, Chat: annID, User: annID, Message: 2, Text: "×", Data: "delete", Query: "q3"},
	Event{Do: Called, Update: 4, Method: "deleteMessage"},
	Event{Do: Answered, Update: 4, Query: "q3", Text: "Gone."},
	// Two people in a group, before the bot has answered the first one.
	Event{Do: Send, Update: 5, Chat: teamID, User: annID, Message: 1, Text: "/echo one"},
	Event{Do: Send, Update: 6, Chat: teamID, User: bobID, Message: 2, Text: "/echo two"},
	Event{Do: Said, Update: 6, Chat: teamID, Message: 3, Text: "two"},
	Event{Do: Said, Update: 5, Chat: teamID, Message: 4, Text: "one"},
	Event{Do: Send, Update: 7, Chat: teamID, User: bobID, Message: 5, Text: "really?", ReplyTo: 4},
	Event{Do: Said, Update: 7, Chat: teamID, Message: 6, Text: "An answer to: one"},
	Event{Do: Edit, Update: 8, Chat: teamID, User: annID, Message: 1, Text: "/echo three"},
	Event{Do: Said, Update: 8, Chat: teamID, Message: 7, Text: "Now it says /echo three"},
	Event{Do: React, Update: 9, Chat: teamID, User: annID, Message: 6, Text: "👍"},
	Event{Do: Said, Update: 9, Chat: teamID, Message: 8, Text: "Thank you, Ann."},
	Event{Do: React, Update: 10, Chat: teamID, User: annID, Message: 6},
	Event{Do: Said, Update: 10, Chat: teamID, Message: 9, Text: "Thank you, Ann."},
	Event{Do: Leave, Update: 11, Chat: teamID, User: bobID},
	Event{Do: Said, Update: 11, Chat: teamID, Message: 10, Text: "Somebody left"},
	Event{Do: Join, Update: 12, Chat: teamID, User: bobID},
	Event{Do: Said, Update: 12, Chat: teamID, Message: 11, Text: "Somebody member"},
	Event{Do: SendFile, Update: 13, Chat: bobID, User: bobID, Message: 1, Media: "photo", File: File{"tea.png", []byte("\x89PNG\x00")}, Text: "My \"tea\""},
	Event{Do: Said, Update: 13, Chat: bobID, Message: 2, Media: "photo", Text: "Again: My \"tea\""},
	Event{Do: SendLocation, Update: 14, Chat: bobID, User: bobID, Message: 3, Latitude: 52.5, Longitude: -13.25},
	Event{Do: Said, Update: 14, Chat: bobID, Message: 4, Text: "You are at 52.5, -13.2."},
	Event{Do: SendContact, Update: 15, Chat: bobID, User: bobID, Message: 5, Phone: "+49 30"},
	Event{Do: Said, Update: 15, Chat: bobID, Message: 6, Text: "I call +49 30"},
	Event{Do: Send, Update: 16, Chat: bobID, User: bobID, Message: 7, Text: "/buy"},
	Event{Do: Said, Update: 16, Chat: bobID, Message: 8, Media: "invoice"},
	Event{Do: Pay, Update: 17, Chat: bobID, User: bobID, Message: 8, Query: "q4"},
	Event{Do: Answered, Update: 17, Query: "q4"},
	Event{Do: Said, Update: 18, Chat: bobID, Message: 10, Text: "Paid."},
	Event{Do: Ask, Update: 19, User: annID, Query: "q5", Text: "cats"},
	Event{Do: Answered, Update: 19, Query: "q5"},
	Event{Do: Choose, Update: 20, Chat: teamID, User: annID, Query: "q5", Text: "1", Message: 12},
	Event{Do: Send, Update: 21, Chat: annID, User: annID, Message: 9, Text: "/id"},
	Event{Do: Said, Update: 21, Chat: annID, Message: 10, Text: "You are 11 in 11."},
	Event{Do: Block, Update: 22, Chat: annID, User: annID},
	Event{Do: Unblock, Update: 23, Chat: annID, User: annID},
)

// author is a recording of the bot in testdata with what only its author can do.
var author = cast(
	Event{Do: Fail, Method: "sendMessage", Fault: "429", RetryAfter: 1},
	Event{Do: Send, Update: 1, Chat: annID, User: annID, Message: 1, Text: "/echo one"},
	Event{Do: Said, Update: 1, Chat: annID, Message: 2, Text: "one"},
	Event{Do: Fail, Method: "sendMessage", Fault: "500", Times: -1},
	Event{Do: Send, Update: 2, Chat: annID, User: annID, Message: 3, Text: "/echo two"},
	Event{Do: Heal},
	Event{Do: Kill},
	Event{Do: Send, Update: 3, Chat: annID, User: annID, Message: 4, Text: "/echo three"},
	Event{Do: Start},
	Event{Do: Said, Update: 3, Chat: annID, Message: 5, Text: "three"},
	Event{Do: Restart},
	Event{Do: Stop},
	Event{Do: Start},
	Event{Do: Send, Update: 4, Chat: annID, User: annID, Message: 6, Text: "/echo four"},
	Event{Do: Said, Update: 4, Chat: annID, Message: 7, Text: "four"},
	Event{Do: Restart}, // the old process would recognize the update
	Event{Do: Redeliver, Update: 4, UpdateKind: "message"},
	Event{Do: Said, Update: 4, Chat: annID, Message: 8, Text: "four"},
	Event{Do: Fail, Method: "sendMessage", Fault: "timeout"},
	Event{Do: Send, Update: 5, Chat: annID, User: annID, Message: 9, Text: "/echo five"},
	Event{Do: Kill, Met: true}, // while the bot waits for the answer
)

// TestGolden compares the tests of some recordings with what is in testdata.
func TestGolden(t *testing.T) {
	for name, recording := range map[string]Recording{"everything": everything, "author": author} {
		t.Run(name, func(t *testing.T) {
			got := write(t, recording)
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(got) != string(want) {
				t.Errorf("the test is not that of %s (%v):\n%s", golden, err, got)
			}
			if again := write(t, recording); string(again) != string(got) {
				t.Error("the same recording makes another test")
			}
		})
	}
}

func write(t *testing.T, recording Recording) []byte {
	t.Helper()
	source, err := Write(recording)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// run runs a test as if it was in the folder of a package.
func run(t *testing.T, folder string, source []byte) (output string, err error) {
	t.Helper()
	folder, err = filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	test, overlay := filepath.Join(temp, "played_test.go"), filepath.Join(temp, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(folder, "played_test.go"): test}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{test: source, overlay: replace} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("go", "test", "-count=1", "-overlay", overlay, "-run", "^TestPlayed$", ".")
	command.Dir = folder
	out, err := command.CombinedOutput()
	return string(out), err
}

// TestPasses runs the tests of recordings.
func TestPasses(t *testing.T) {
	for _, c := range []struct {
		name, folder string
		recording    Recording
	}{
		{"everything", "testdata/bot", everything},
		{"author", "testdata/bot", author},
		{"shop", "../../../../../example/shop", shop},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := write(t, c.recording)
			if out, err := run(t, c.folder, source); err != nil {
				t.Errorf("the test fails with %v:\n%s\n%s", err, out, source)
			}
		})
	}
}

// TestFails changes what the bot answered, and the test must fail for each change.
func TestFails(t *testing.T) {
	wrong := cast(
		Event{Do: Send, Update: 1, Chat: annID, User: annID, Message: 1, Text: "/start"},
		Event{Do: Said, Update: 1, Chat: annID, Message: 2, Text: "What shall it be?", Buttons: menu},
		Event{Do: Press, Update: 2, Chat: annID, User: annID, Message: 2, Text: "Coffee", Data: "coffee", Query: "q1"},
		Event{Do: Answered, Update: 2, Query: "q1", Text: "You took tea"},
	)
	out, err := run(t, "testdata/bot", write(t, wrong))
	if err == nil || !strings.Contains(out, `the query "coffee" was answered "You took coffee", not "You took tea"`) {
		t.Errorf("the test ended with %v:\n%s", err, out)
	}
}

var shop = func() Recording {
	catalog := [][]Button{
		{{"Apples €2.50", "buy:1:1"}}, {{"Bread €3.20", "buy:2:1"}}, {{"Cheese €7.90", "buy:3:1"}}, {{"More »", "page:1"}},
	}
	second := [][]Button{
		{{"Dates €4.50", "buy:4:1"}}, {{"Eggs €3.90", "buy:5:1"}}, {{"« Back", "page:0"}, {"More »", "page:2"}},
	}
	return cast(
		Event{Do: Send, Update: 1, Chat: annID, User: annID, Message: 1, Text: "/start"},
		Event{Do: Said, Update: 1, Chat: annID, Message: 2, Text: "Welcome! Here is what we have.", Buttons: catalog},
		Event{Do: Press, Update: 2, Chat: annID, User: annID, Message: 2, Text: "More »", Data: "page:1", Query: "q1"},
		Event{Do: Changed, Update: 2, Chat: annID, Message: 2, Text: "Page 2 of 3", Buttons: second},
		Event{Do: Answered, Update: 2, Query: "q1"},
		Event{Do: Press, Update: 3, Chat: annID, User: annID, Message: 2, Text: "Eggs €3.90", Data: "buy:5:1", Query: "q2"},
		Event{Do: Answered, Update: 3, Query: "q2", Text: "Eggs is in the cart: €3.90"},
		Event{Do: Send, Update: 4, Chat: teamID, User: bobID, Message: 1, Text: "/order 2 2"},
		Event{Do: Send, Update: 5, Chat: teamID, User: annID, Message: 2, Text: "/order 1"},
		Event{Do: Said, Update: 4, Chat: teamID, Message: 3, Text: "2 × Bread is in the cart: €6.40"},
		Event{Do: Said, Update: 5, Chat: teamID, Message: 4, Text: "1 × Apples is in the cart: €6.40"},
		Event{Do: Send, Update: 6, Chat: annID, User: annID, Message: 3, Text: "/basket"},
		Event{Do: Said, Update: 6, Chat: annID, Message: 4, Text: "1 × Eggs  €3.90\n1 × Apples  €2.50\nTotal €6.40", Buttons: [][]Button{{{"Check out", "checkout"}}}},
		Event{Do: Press, Update: 7, Chat: annID, User: annID, Message: 4, Text: "Check out", Data: "checkout", Query: "q3"},
		Event{Do: Answered, Update: 7, Query: "q3", Text: "Thank you!"},
	)
}()

// TestUnknown records events whose people, chats or messages are not in the recording.
func TestUnknown(t *testing.T) {
	for want, events := range map[string][]Event{
		"message 2 is from before the recording began": {{Do: Press, Chat: annID, User: annID, Message: 2, Text: "Tea", Data: "tea"}},
		"message 3 is from before the recording began": {{Do: Send, Chat: annID, User: annID, Message: 4, Text: "Tea", ReplyTo: 3}},
		"does not know the person 99":                  {{Do: Send, Chat: 99, User: 99, Text: "hi"}},
		"does not know the chat -5":                    {{Do: Send, Chat: -5, User: annID, Text: "hi"}},
		"does not know the chat -6":                    {{Do: Said, Chat: -6, Text: "hi"}},
		"asked before the recording began":             {{Do: Choose, Chat: annID, User: annID, Query: "q"}},
		"came before the recording began":              {{Do: Redeliver, Update: 5}},
		`unknown fault "fire"`:                         {{Do: Fail, Fault: "fire"}},
		`unknown action "dance"`:                       {{Do: "dance", Chat: annID, User: annID}},
	} {
		if _, err := Write(cast(events...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

func TestPatience(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	recording := func(took time.Duration) Recording {
		return cast(
			Event{Do: Send, At: at, Chat: annID, User: annID, Message: 1, Text: "hi"},
			Event{Do: Said, At: at.Add(took), Chat: annID, Message: 2, Text: "hello"},
		)
	}
	if source := string(write(t, recording(2*time.Second))); strings.Contains(source, "WithPatience") {
		t.Errorf("a fast bot needs no patience:\n%s", source)
	}
	if source := string(write(t, recording(8*time.Second))); !strings.Contains(source, "tgtest.WithPatience(80*time.Second)") {
		t.Errorf("a bot that took 8 s needs patience:\n%s", source)
	}
}

func TestOptions(t *testing.T) {
	recording := cast(
		Event{Do: Send, Chat: annID, User: annID, Text: "/help@shop_bot"}, Event{Do: Send, Chat: bobID, User: bobID, Text: "hi"},
		Event{Do: SendFile, Chat: -5, User: annID, Media: "document", File: File{"long.bin", make([]byte, 5000)}},
	)
	recording.Package, recording.Test, recording.BotName, recording.BotUsername = "shop", "TestOptions", "Shop", "shop_bot"
	recording.People[1] = Person{ID: bobID, FirstName: "Ann", LastName: "Other", Username: "ann2", Language: "de"}
	recording.Chats = []Chat{{ID: -5, Type: "group", Title: "Town", Username: "town"}}
	source := string(write(t, recording))
	for _, want := range []string{
		"package shop\n", "func TestOptions(t *testing.T) {", `tgtest.NewServer(t, tgtest.WithBot("Shop", "shop_bot"))`,
		`ann := server.User("Ann")`, `ann2 := server.User("Ann", tgtest.LastName("Other"), tgtest.Username("ann2"), tgtest.Language("de"))`,
		`town := server.Group("Town", tgtest.Username("town"))`, `make([]byte, 5000)`, "// Blank pictures stand for the content of long photos, and zeros for that of other long files.",
	} {
		if !strings.Contains(source, want) {
			t.Errorf("the test has no %s:\n%s", want, source)
		}
	}
	recording.Events[0].Text = "/help"
	if without := string(write(t, recording)); !strings.Contains(without, "tgtest.NewServer(t)") {
		t.Errorf("no text holds the name of the bot, and the test sets it:\n%s", without)
	}
	if strings.Contains(source, "Cy") {
		t.Errorf("the test has somebody who does nothing:\n%s", source)
	}
}
