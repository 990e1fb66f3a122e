// Package compat runs the shop against a Bot API server that nobody of this project wrote. It is a module of its own,
// so that the server is a dependency of this test and of nothing else.
package compat
