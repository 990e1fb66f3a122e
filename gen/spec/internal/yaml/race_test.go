//go:build race

package yaml

// slowdown is what the race detector costs.
const slowdown = 10
