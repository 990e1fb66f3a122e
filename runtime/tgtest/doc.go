// Package tgtest is a Bot API server for tests, and for trying a bot without a token.
//
// It is a real HTTP server on the loopback interface, like a server of net/http/httptest. A bot connects to [Server.URL]
// with [Server.Token] and talks to it as it would to Telegram. The test plays the people: it sends messages, presses
// buttons, and checks what the bot does.
//
// # A first test
//
// [NewServer] starts a server and closes it at the end of the test. Run is the function that tggen generates:
//
//	func TestBot(t *testing.T) {
//		server := tgtest.NewServer(t)
//		ctx, cancel := context.WithCancel(context.Background())
//		ended := make(chan error, 1)
//		go func() {
//			ended <- Run(ctx, &bot{}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
//		}()
//
//		alice := server.User("Alice")
//		alice.Send("/start")
//		menu := alice.Expect("What shall it be?")
//		alice.Press(menu, "Tea")
//		alice.Expect("One tea for Alice.")
//
//		cancel()
//		if err := <-ended; err != nil {
//			t.Errorf("the bot ended with %v", err)
//		}
//	}
//
// The test need not wait until the bot has started: the server keeps updates until the bot fetches them. A bot that was
// not made with tggen works too, if it lets you set the URL of the Bot API.
//
// # People and chats
//
// [Server.User] adds a person with a private chat. [Server.Group], [Server.Supergroup] and [Server.Channel] add other
// chats, and [User.In] returns a person as a [Member] of one of them. Everybody is a member of every chat.
//
//	team := server.Supergroup("Team", tgtest.Forum())
//	bob := server.User("Bob", tgtest.Language("de")).In(team)
//	bob.Send("/order 3")
//	bob.SetStatus(tgtest.StatusAdministrator)
//
// A member can send, reply, edit, send files and albums, press buttons, react ([Member.React]), pay an invoice
// ([Member.Pay]) and change a status. A user can also type an inline query ([User.Ask]), choose one of the bot's results
// ([Member.Choose]), and block the bot ([User.Block]). For all other updates, such as a poll_answer, write the update
// yourself and queue it with [Bot.Push].
//
// # Several bots
//
// A server has one bot, and [Server.AddBot] adds others, each with its own token and its own updates. They meet in the groups:
// each one receives what users write there, and none what another bot writes. [User.With] returns a user in the private chat
// with another bot. A method of [Bot] that is called on the server means the first bot.
//
//	helper := server.AddBot("", "Helper", "helper_bot")
//	alice.With(helper).Send("/start")
//	helper.WaitCount(ctx, "sendMessage", 1)
//
// # Waiting for what the bot says
//
// [Chat.Expect] waits for a message with exactly the given text, new or edited, and fails the test if it does not arrive
// within 10 seconds ([WithPatience]). [Chat.ExpectNext] takes the next message, whatever its text is. [Chat.ExpectNothing]
// lets the bot finish and fails the test if it wrote anything. [Chat.Wait] and [Chat.WaitFor] do the same as Expect with a
// context and an error, for other goroutines and for programs that are not tests. All of them read the chat from front to back and never return a message twice. [Query.Answer] waits for the answer to a
// button or to an inline query.
//
// No test needs a sleep or a loop. [Bot.WaitSent] waits for any call of the bot, [Bot.WaitPolling]
// until the bot waits for updates, and [Bot.WaitPending] until it has confirmed them. [Bot.Sent], [Bot.Polls],
// [Chat.Messages] and [Server.WriteTranscript] show what has happened so far.
//
// # Faults
//
// [Bot.Fail] makes the next calls of a method fail: with an error, after a delay, with half an answer, or never.
//
//	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
//	server.Fail("getUpdates", tgtest.Fault{Status: 502, Body: "<html>Bad Gateway</html>", Times: 5})
//	server.Fail("getMe", tgtest.Fault{Hang: true})
//
// # Webhooks
//
// A bot that calls setWebhook gets its updates by webhook, and everything else of this page works as with polling. The server
// connects to the URL, with or without TLS, if it is on this machine:
//
//	t.Setenv("BOT_WEBHOOK_URL", "http://127.0.0.1:8080/telegram")
//
// [Bot.DeliverTo] delivers to a handler in the same process instead, whatever the URL is. No port is needed, and it works in a
// bubble of testing/synctest:
//
//	server.DeliverTo(handler)
//
// [Bot.WaitReady] waits until the bot has started and has taken all updates. [Bot.Deliveries] shows each attempt, and
// [Bot.WaitDelivery] waits for one. An answer that is not 2xx is up to the bot. [Bot.FailDelivery] makes deliveries fail on the
// way: a time-out, half an update, a lost answer, or an update that comes twice.
//
//	server.FailDelivery("message", tgtest.DeliveryFault{LoseAnswer: true})
//	server.FailDelivery("", tgtest.DeliveryFault{Duplicate: true, Times: -1})
//
// Like the official server, this one delivers the messages of a chat one after another, and the queries of a user. It opens
// one connection until the webhook has confirmed an update. It retries at once, then after 2, 4, 8 seconds and so on, or when
// Retry-After says. It opens a closed connection again at once if the webhook has confirmed an update within the last 10
// seconds, and else only every 2 seconds.
//
// # Time and load
//
// With [InMemory], a server works in a bubble of testing/synctest. A test of an hour's back-off then takes no time. For a
// load test, encode updates once with [Encode] and queue them with [Bot.PushBatch], tens of thousands a second.
//
// # The server as a process
//
// The command serve runs the server on its own. Use it to try a bot by hand, or to test a bot that you kill:
//
//	go run github.com/tggen/tggen/runtime/tgtest/serve -as Alice
//
// It prints the environment variables for the bot. Then each line that you type is a message of Alice, and the server
// prints the conversation. Other processes control it over HTTP: see [Server.Control].
//
// # What it does like Telegram
//
// It follows the official server in these points:
//
//   - getUpdates: which offsets confirm updates, limits, how long it waits and for how many updates, 409 for a second
//     poller or a webhook, allowed_updates, at most 100,000 pending updates, and how long each kind is kept.
//   - Requests: JSON, form, multipart and query parameters, compressed or not, and the answers to malformed ones.
//   - Bytes: the order of fields, escapes and ids beyond 32 bits look like those of the official server.
//   - Messages: HTML, MarkdownV2 and Markdown, entities, lengths, inline keyboards, replies, edits, albums, copies,
//     forwards and files, with the official texts of errors.
//   - Webhooks: which updates wait for each other, the number of connections, retries, time-outs, Retry-After, dropped
//     updates, the end after 23 hours of 410, a method in the answer, the headers of the requests, getWebhookInfo, and, with
//     [WithPublicWebhooks], which URLs are refused.
//   - Members, and the menu of commands.
//
// # What it does not do
//
//   - It looks up no host and connects to no webhook on another machine, unless [WithWebhookDial] lets it.
//   - Every other method of the Bot API answers with a fixed value of its type and has no effect. The call is recorded.
//   - It has no rate limits, unless [WithLimits] sets them, and no permissions: the bot may write to every user and to
//     every chat that it is in, and sees every message in a group. Use [Bot.Fail] for the errors that you want to test.
//   - It does not download files by URL, and photos and videos have the size 1 × 1.
//   - Bots share message ids and file ids. On Telegram, private chats and basic groups have other message ids for each bot,
//     and a file_id is of use only to the bot that received it.
//   - A change of status does not make a service message. Send one with [Member.SendContent].
//
// Any goroutine may call any method at any time, unless its documentation says otherwise.
package tgtest
