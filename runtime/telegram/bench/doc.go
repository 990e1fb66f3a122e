// Package bench measures a whole bot over HTTP on the loopback: from getUpdates to the first line of a handler, against
// gotgbot's own updater and dispatcher. It holds nothing but benchmarks, and the test of what they stand on.
//
// The server is a process of its own, this test binary started again, with one core. So what the kernel says this
// process used is what the client used:
//
//	go test -run '^$' -bench . -benchmem -count 6 ./runtime/telegram/bench
//
// The metrics: cpu-ns/update is the client's processor time, user and system, for an update; updates/cpu-s the same
// turned over; peak-MB the most memory that the process of a bot had resident.
package bench
