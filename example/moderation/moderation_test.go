package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A group is a group with the bot, an admin and a member.
type group struct {
	*tgtest.Chat
	t      *testing.T
	server *tgtest.Server
	boss   *tgtest.Member
	joe    *tgtest.Member
	joeID  int64
}

func start(t *testing.T) *group {
	t.Helper()
	server := tgtest.NewServer(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- bot.Run(ctx, newHandlers(), telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
	})
	team, joe := server.Supergroup("Team"), server.User("Joe")
	g := &group{Chat: team, t: t, server: server, boss: server.User("Boss").In(team), joe: joe.In(team), joeID: joe.ID}
	g.boss.SetStatus(tgtest.StatusAdministrator)
	return g
}

// say lets a member write, and expects the answer.
func (g *group) say(who *tgtest.Member, text, want string) *tgtest.Message {
	g.t.Helper()
	who.Send(text)
	return g.Expect(want)
}

// called waits for a call of the bot.
func (g *group) called(method string) *tgtest.Call {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 10*time.Second)
	defer cancel()
	call, err := g.server.WaitSent(ctx, func(c *tgtest.Call) bool { return c.Method == method })
	if err != nil {
		g.t.Fatalf("%s: %v", method, err)
	}
	return call
}

func TestFeaturesAreJoined(t *testing.T) {
	commands := map[string]bool{}
	for _, menu := range bot.Menus() {
		for _, c := range menu.Commands {
			commands[c.Command] = true
		}
	}
	if n := len(commands); n < 40 {
		t.Errorf("%d commands, want at least 40", n)
	}
	g := start(t)
	g.say(g.joe, "/ping", "Pong.")
	g.say(g.joe, "/rules", "There are no rules.")
	g.say(g.joe, "/warns", "Joe has no warnings.")
	g.say(g.joe, "/locks", "Locked: nothing")
	ann := g.server.User("Ann")
	ann.Send("/start")
	ann.Expect("Hello Ann! Add me to a group and make me an admin there. /help lists what I can do.")
	ann.Send("/help")
	if help := ann.ExpectNext().Text; !strings.Contains(help, "/ban – ") || !strings.Contains(help, "/setflood – ") || !strings.Contains(help, "/save – ") {
		t.Errorf("the help is %q", help)
	}
}

func TestOnlyAdminsMayBan(t *testing.T) {
	g := start(t)
	bad := g.joe.Send("something bad")
	g.joe.Reply(bad, "/ban")
	g.say(g.joe, "/ping", "Pong.") // nothing else was said
	if bans := g.server.SentBy("banChatMember"); len(bans) != 0 {
		t.Fatalf("a member banned: %v", bans)
	}
	g.boss.Reply(bad, "/ban for spam")
	g.Expect("Joe is banned: for spam")
	if call := g.called("banChatMember"); call.Params.Int("user_id") != g.joeID {
		t.Errorf("banned %v", call)
	}
	g.boss.Reply(bad, "/unban")
	g.Expect("Joe may come back.")
	g.say(g.boss, "/ban", "Answer a message of the person with this command.")
	g.boss.Reply(g.boss.Send("mine"), "/ban")
	g.Expect("Boss is an admin.")

	g.boss.Reply(bad, "/mute 2h")
	g.Expect("Joe is silent for 2h0m0s.")
	if until := g.called("restrictChatMember").Params.Int("until_date"); until < time.Now().Add(time.Hour).Unix() {
		t.Errorf("muted until %d", until)
	}
	g.boss.Reply(bad, "/mute 2s")
	g.Expect("Between a minute and a year, please.")
}

func TestWarnings(t *testing.T) {
	g := start(t)
	g.say(g.boss, "/warnlimit 3", "3 warnings are a ban.")
	bad := g.joe.Send("something bad")
	g.boss.Reply(bad, "/warn rude words")
	first := g.Expect("Joe has 1 of 3 warnings: rude words")
	g.boss.Reply(bad, "/warn")
	second := g.Expect("Joe has 2 of 3 warnings: no reason given")
	g.say(g.joe, "/warns", "Joe has 2 of 3 warnings:\nrude words\nno reason given")

	g.joe.Press(second, "Take back") // a member may not
	answer := func(press *tgtest.Query) string {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		call, err := press.Answer(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return call.Text()
	}
	if got := answer(g.boss.Press(first, "Take back")); got != "This is not the last warning any more." {
		t.Errorf("the first warning: %q", got)
	}
	if got := answer(g.boss.Press(second, "Take back")); got != "" {
		t.Errorf("the second warning: %q", got)
	}
	g.Expect("The warning is taken back.")
	g.boss.Reply(bad, "/warn again")
	g.Expect("Joe has 2 of 3 warnings: again")
	g.boss.Reply(bad, "/warn again")
	g.Expect("Joe is banned after 3 warnings.")
	g.called("banChatMember")
}

func TestMessagesAreDeleted(t *testing.T) {
	g := start(t)
	first := g.joe.Send("one")
	g.joe.Send("two")
	g.boss.Reply(first, "/purge")
	g.Expect("3 messages are deleted.")
	g.boss.Reply(g.joe.Send("three"), "/pin")
	if call := g.called("pinChatMessage"); !call.Params.Bool("disable_notification") {
		t.Errorf("pinned with a sound: %v", call)
	}
}

func TestNotes(t *testing.T) {
	g := start(t)
	for i := range 7 {
		g.say(g.boss, fmt.Sprintf("/save note%d text %d", i, i), fmt.Sprintf("Saved #note%d.", i))
	}
	g.say(g.boss, "/save a:b text", "A name has at most 30 bytes, and no colon.")
	g.say(g.joe, "#NOTE3", "text 3")
	g.joe.Send("#nothing")
	g.say(g.joe, "/get note4", "text 4")

	list := g.say(g.joe, "/notes", "Notes, page 1 of 2")
	g.joe.Press(list, "More »")
	list = g.Expect("Notes, page 2 of 2")
	g.joe.Press(list, "#note6")
	note := g.Expect("text 6")
	if button, ok := note.Button("« Back"); !ok || button.CallbackData != "notes:1" {
		t.Errorf("the button is %+v", button)
	}
	// Data that the bot wrote long ago, and data that it did not write.
	g.joe.PressData(note, "note:note0:00")
	g.joe.PressData(note, "note:note0:0")
	g.Expect("text 0")
	g.say(g.boss, "/clearall", "7 notes are gone.")
}

func TestFloodControl(t *testing.T) {
	g := start(t)
	g.say(g.boss, "/setflood 3 1h", "3 messages within 1h0m0s are a flood.")
	g.say(g.boss, "/floodmode mute", "On a flood: mute.")
	for range 3 {
		g.joe.Send("spam")
	}
	g.Expect("Joe writes too much and is silent for ten minutes.")
	g.called("deleteMessage")
	g.called("restrictChatMember")
	for range 5 { // the admin may
		g.boss.Send("news")
	}
	g.say(g.boss, "/flood", "3 messages within 1h0m0s are a flood. On a flood: mute.")
	g.say(g.boss, "/floodoff", "Flood control is off.")

	g.say(g.boss, "/stats", "Messages since I started:\n10 Boss\n3 Joe")
}

func TestBlockedAndLocked(t *testing.T) {
	g := start(t)
	g.say(g.boss, "/block Casino", "Blocked: casino")
	g.say(g.boss, "/lock stickers", "Locked: stickers")
	g.say(g.boss, "/filter price Ask in private.", "I answer: price")
	g.joe.Send("Visit my CASINO!")
	g.called("deleteMessage")
	g.joe.SendContent(gotgbot.Message{Sticker: &gotgbot.Sticker{FileId: "x", FileUniqueId: "y", Type: "regular"}})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := g.server.WaitCount(ctx, "deleteMessage", 2); err != nil {
		t.Error(err)
	}
	g.say(g.joe, "What is the price?", "Ask in private.")
	g.say(g.boss, "casino is allowed for admins: price", "Ask in private.")
	g.say(g.boss, "/stop price", "I answer: nothing")
}

func TestWelcome(t *testing.T) {
	g := start(t)
	g.say(g.boss, "/setwelcome Hello {name}, this is {group}.", "The welcome is set.")
	g.joe.SendContent(gotgbot.Message{NewChatMembers: []gotgbot.User{{Id: 5, FirstName: "Kim"}, {Id: 6, FirstName: "Lea", LastName: "Li"}}})
	g.Expect("Hello Kim, this is Team.")
	g.Expect("Hello Lea Li, this is Team.")
}
