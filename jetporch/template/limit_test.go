//go:build !race

package template_test

import "time"

// limit is what one hostile text of size bytes may take.
const (
	size  = 1 << 20
	limit = time.Second
)
