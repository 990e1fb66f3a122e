//go:build race

package yaml_test

// slowdown is how much more time the tests allow under the race detector.
const slowdown = 10
