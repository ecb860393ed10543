//go:build !race

package lint_test

import "time"

// limit is what one text of 1 MiB may take.
const limit = time.Second
