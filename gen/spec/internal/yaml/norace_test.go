//go:build !race

package yaml_test

const slowdown = 1
