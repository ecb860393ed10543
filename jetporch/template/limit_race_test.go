//go:build race

package template_test

import "time"

// The race detector slows everything down; the figure is that of the build
// without it.
const (
	size  = 1 << 17
	limit = 5 * time.Second
)
