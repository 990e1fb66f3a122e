//go:build !race

package yaml

const slowdown = 1
