//go:build !race

package yaml_test

// slowdown is 1 without the race detector.
const slowdown = 1
