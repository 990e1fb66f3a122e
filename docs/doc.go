// Package docs holds the documentation, in Markdown. Its tests compile and run what the pages show, check their links, and check
// that the pages below reference are current.
package docs

//go:generate go run ./internal/reference/write
