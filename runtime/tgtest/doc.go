// Package tgtest is a Bot API server for tests, and for trying a bot without a token.
//
// It is a real HTTP server on the loopback interface, in the manner of net/http/httptest: a bot is pointed at
// [Server.URL] with [Server.Token] and talks to it as it would to Telegram. It follows the official server where
// a client can tell: which updates a getUpdates returns and confirms, when it waits and when it answers, what
// 409 ends, how a request may be encoded, and how an update looks on the wire.
//
//	srv := tgtest.NewServer(t)
//	alice := srv.User("Alice")
//	go run(ctx, srv.URL, srv.Token)
//
//	alice.Send("/start")
//	menu := alice.Expect("What shall it be?")
//	alice.Press(menu, "Tea")
//	alice.Expect("One tea for Alice.")
//
// What the bot did can be read back ([Server.Sent], [Chat.Messages], [Server.Polls]) and waited for without
// polling ([Chat.Wait], [Server.WaitSent], [Server.WaitPolling]). [Server.Fail] makes the server misbehave, and
// [Server.PushBatch] feeds it tens of thousands of updates a second. The command in the folder serve runs the
// server as a process of its own.
//
// A webhook can be set, which ends polling as it does on Telegram, but nothing is delivered to it.
//
// Every method of every type here may be called by any goroutine at any time, unless it says otherwise.
package tgtest
