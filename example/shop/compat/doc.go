// Package compat tests the shop against a Bot API server from another project. It is a separate module, so that only this
// test depends on the server.
package compat
