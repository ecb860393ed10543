package module

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a diff.
const (
	maxDiffable = 64 << 10 // bytes of each text
	maxEdits    = 500      // lines taken out and put in; the time and memory of the search grow with it
	around      = 3        // lines of context
	worldReads  = 0o004
	worldEnters = 0o001
)

// diffable reads a text that is short enough to be compared by lines.
func diffable(ctx context.Context, r io.Reader) (string, bool) {
	text, err := io.ReadAll(io.LimitReader(reader{ctx, r}, maxDiffable+1))
	s := string(text)
	return s, err == nil && len(s) <= maxDiffable && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

// unified is the difference of two texts in the unified format, "" when there
// is none.
func unified(from, to, a, b string) string {
	if a == b {
		return ""
	}
	edits, ok := compare(textLines(a), textLines(b))
	if !ok {
		return fmt.Sprintf("--- %s\n+++ %s\nthe content differs in more than %d lines\n", from, to, maxEdits)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, to)
	near := func(i int) bool {
		return slices.ContainsFunc(edits[max(i-around, 0):min(i+around+1, len(edits))], edit.changes)
	}
	oldLine, newLine := 1, 1
	for i := 0; i < len(edits); {
		end := i
		for end < len(edits) && near(end) {
			end++
		}
		if end == i {
			end++
		} else {
			hunk(&out, edits[i:end], oldLine, newLine)
		}
		m, n := count(edits[i:end])
		i, oldLine, newLine = end, oldLine+m, newLine+n
	}
	return out.String()
}

// hunk writes edits that begin at the given lines. A side without lines is
// named by the line before.
func hunk(out *strings.Builder, edits []edit, oldLine, newLine int) {
	m, n := count(edits)
	if m == 0 {
		oldLine--
	}
	if n == 0 {
		newLine--
	}
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n", oldLine, m, newLine, n)
	for _, e := range edits {
		out.WriteByte(e.op)
		out.WriteString(e.line)
		if !strings.HasSuffix(e.line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// textLines cuts a text after each end of a line.
func textLines(s string) []string {
	all := strings.SplitAfter(s, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// edit is a line that stays (' '), is taken out ('-') or put in ('+').
type edit struct {
	op   byte
	line string
}

func (e edit) changes() bool { return e.op != ' ' }

// count is how many lines of each text the edits stand for.
func count(edits []edit) (oldLines, newLines int) {
	for _, e := range edits {
		if e.op != '+' {
			oldLines++
		}
		if e.op != '-' {
			newLines++
		}
	}
	return oldLines, newLines
}

func each(op byte, lines []string) (edits []edit) {
	for _, line := range lines {
		edits = append(edits, edit{op, line})
	}
	return edits
}

// compare finds the fewest edits that make b of a, by the greedy search of
// Myers (An O(ND) Difference Algorithm, 1986). It is false when there are more
// than maxEdits, unless one of the texts is empty.
func compare(a, b []string) ([]edit, bool) {
	if len(a) == 0 || len(b) == 0 {
		return slices.Concat(each('-', a), each('+', b)), true
	}
	// reach[k] is how far in a one comes on the diagonal x-y = k; trail keeps
	// what it was before each step.
	const mid = maxEdits + 1
	reach := make([]int, 2*mid+1)
	var trail [][]int
	for d := 0; d <= maxEdits; d++ {
		trail = append(trail, slices.Clone(reach[mid-d:mid+d+1]))
		for k := -d; k <= d; k += 2 {
			x := reach[mid+k-1] + 1
			if k == -d || k != d && reach[mid+k-1] < reach[mid+k+1] {
				x = reach[mid+k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[mid+k] = x
			if x >= len(a) && x-k >= len(b) {
				return back(a, b, trail), true
			}
		}
	}
	return nil, false
}

// back walks the steps of compare from the end of both texts to the start.
func back(a, b []string, trail [][]int) []edit {
	var edits []edit
	x, y := len(a), len(b)
	for d := len(trail) - 1; d >= 0; d-- {
		before := func(k int) int { return trail[d][d+k] } // of -d … d
		k, beginX := x-y, 0
		down := k == -d || k != d && before(k-1) < before(k+1)
		if d > 0 && down {
			beginX = before(k + 1)
		} else if d > 0 {
			beginX = before(k-1) + 1
		}
		for ; x > beginX; x, y = x-1, y-1 {
			edits = append(edits, edit{' ', a[x-1]})
		}
		switch {
		case d == 0:
		case down:
			y--
			edits = append(edits, edit{'+', b[y]})
		default:
			x--
			edits = append(edits, edit{'-', a[x]})
		}
	}
	slices.Reverse(edits)
	return edits
}
