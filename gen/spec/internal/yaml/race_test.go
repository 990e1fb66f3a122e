//go:build race

package yaml_test

// slowdown is what the race detector costs.
const slowdown = 10
