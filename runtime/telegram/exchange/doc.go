// Package exchange makes HTTP/1.1 exchanges in the goroutine of the caller.
//
// The transport of net/http runs two goroutines for each connection, and hands every request and every answer from one
// goroutine to the next. For a small JSON call that costs more than everything else in it. A [Transport] of this package
// takes an idle connection, writes the request with one Write, and reads the answer, all in the goroutine that called
// RoundTrip. It starts no goroutine for an exchange. With [Transport.RoundTripBefore], it takes half to two thirds of the
// processor time that net/http takes; most of the rest is the kernel's.
//
// It makes the requests that an API client makes all the time: http or https, no proxy, a body that is in memory and at
// most 64 KiB long, no header that changes how the connection is used. Every other request goes to [Config.Fallback],
// which is a transport of net/http: a request through a proxy, a body that is longer, comes from a stream or has an unknown
// length, trailers, Expect, Upgrade, a host that is not plain ASCII, a request that is invalid. So net/http
// decides what happens to everything unusual. Answers are parsed by [http.ReadResponse].
//
// An [Endpoint] makes the same exchanges without an [http.Request] and an [http.Response]. It parses the usual head of an answer
// itself, and leaves every other head to http.ReadResponse. On Unix, a TCP connection without TLS that has been idle serves a Post in
// one use of its file descriptor: look, write, wait, read.
//
// What differs from net/http in the requests made here: gzip is not asked for, HTTP/2 is not offered, httptrace is not
// called, an answer 101 is an error, and a dial belongs to one call and ends with it.
//
// # Connections that the server has closed
//
// A server may close an idle connection at any time. A transport of net/http notices because one of its goroutines is always
// reading. Here the connection is looked at before it is used again. On Unix that is one system call that
// does not wait (recv with MSG_PEEK). A connection that was closed, or on which the server has sent something unasked, is
// dropped, and the next one is tried. On other systems, and for a connection of [Config.Dial] that is not a
// [syscall.Conn], the look is a Read with a deadline of a millisecond. It costs that time in each call that uses an idle
// connection.
//
// A server over TLS 1.3 may send session tickets and key updates at any time. A connection where such bytes wait is read in
// the same way, by crypto/tls, and stays in use if nothing but those came.
//
// # What is sent twice
//
// A request is sent on a second connection in two cases, both also known from net/http, and both only when the first
// connection had been used before: no byte of the request was written; or the connection broke before the first byte of the
// answer, and the request has the method GET, HEAD, OPTIONS or TRACE, or the header Idempotency-Key.
package exchange
