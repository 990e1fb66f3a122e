//go:build !race

package spec

// slowdown is 1 without the race detector.
const slowdown = 1
