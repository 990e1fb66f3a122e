//go:build race

package spec

// slowdown is what the race detector costs.
const slowdown = 10
