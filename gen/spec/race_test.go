//go:build race

package spec

// slowdown is how much more time the tests allow under the race detector.
const slowdown = 10
