package run

import (
	"fmt"
	"strings"
)

// MaxDiff bounds the diff in an event, all items together. The start of a
// longer one is kept; a last line says how much is left out.
const MaxDiff = 4 << 10

// maxLeftOut is room for that last line.
const maxLeftOut = 64

// diffs gathers what the items of a task would change.
type diffs struct {
	text    strings.Builder
	leftOut int // lines
}

func (d *diffs) add(diff string) {
	for line := range strings.Lines(diff) {
		if d.leftOut > 0 || d.text.Len()+len(line) > MaxDiff-maxLeftOut {
			d.leftOut++
		} else {
			d.text.WriteString(line)
		}
	}
}

func (d *diffs) String() string {
	if d.leftOut == 0 {
		return d.text.String()
	}
	return d.text.String() + fmt.Sprintf("… lines left out: %d\n", d.leftOut)
}
