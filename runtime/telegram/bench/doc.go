// Package bench measures a whole bot over HTTP on the loopback interface, and gotgbot's own updater and dispatcher for
// comparison. It holds only benchmarks, and a test of what they rely on:
//
//	go test -run '^$' -bench . -benchmem -count 6 ./runtime/telegram/bench
//
// The server is the same test binary, started again as a process with one core. So the processor time of the process that
// runs the benchmarks is that of the client. The metrics are:
//
//   - cpu-ns/update: the client's processor time for an update, in user and in system mode
//   - updates/cpu-s: how many updates the client handles in a second of processor time
//   - times: how many times as fast as what it is compared with
//   - p50-µs, p90-µs, p99-µs: the delay of an update, as percentiles
//   - refusals: how many messages the server has answered with 429
//   - peak-MB: the most memory that the process of a bot had resident
//
// The tests ask Linux for the figures of a process, so they are built for Linux only.
package bench
