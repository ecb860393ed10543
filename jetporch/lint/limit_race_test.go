//go:build race

package lint_test

import "time"

// limit is longer with the race detector, which slows everything down.
const limit = 15 * time.Second
