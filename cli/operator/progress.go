package operator

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// progress shows how far a transfer is, on a terminal only.
type progress struct {
	w       io.Writer // nil where nobody looks
	what    string
	total   int64 // 0 or less where it is not known
	done    int64
	percent int64
}

func newProgress(w io.Writer, what string, total int64) *progress {
	p := &progress{what: clean(what), total: total, percent: -1}
	if isTerminal(w) {
		p.w = w
	}
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// at says that n bytes are done.
func (p *progress) at(n int64) {
	p.done = n
	if p.w == nil || p.total <= 0 {
		return
	}
	if now := n * 100 / p.total; now != p.percent {
		p.percent = now
		fmt.Fprintf(p.w, "\r%s %3d %%", p.what, now)
	}
}

// Write counts what passes.
func (p *progress) Write(b []byte) (int, error) {
	p.at(p.done + int64(len(b)))
	return len(b), nil
}

// end leaves the line empty for what comes next.
func (p *progress) end() {
	if p.w != nil && p.percent >= 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
