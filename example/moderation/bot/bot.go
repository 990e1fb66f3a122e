// Package bot is what the moderation bot reacts to: the spec, and the code that is generated from it. It implements no
// handlers. The feature packages do, and import this package for the types of their inputs; package main joins them.
package bot

//go:generate go run github.com/tggen/tggen/cmd/tggen
