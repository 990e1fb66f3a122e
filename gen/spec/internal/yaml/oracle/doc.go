// Package oracle compares package yaml with goccy/go-yaml, an independent reader of YAML. It is a module of its own, so
// that a library that only this test needs is not a dependency of tggen.
package oracle
