package operator

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sluicehq/sluice/client"
)

// view shows an update that is being followed.
type view interface {
	changed(client.Execution)                      // one has moved
	draw(client.Update, func() []client.Execution) // all of them, after some moved
	end(client.Update)                             // it is over
}

// newView is a live table on a terminal, and lines elsewhere.
func (o *operator) newView(w io.Writer) view {
	switch {
	case o.output == jsonForm:
		return jsonView{w}
	case isTerminal(w):
		return &liveView{w: w, size: func() (width, height int) {
			width, height, err := term.GetSize(int(w.(*os.File).Fd()))
			if err != nil {
				return 80, 24
			}
			return width, height
		}}
	}
	return lineView{w}
}

// lineView writes a line for each change.
type lineView struct{ w io.Writer }

func (v lineView) changed(e client.Execution) {
	line := fmt.Sprintf("%s: %s", e.Device.Key, word(e.State))
	if e.Reason != "" {
		line += ", " + e.Reason
	}
	fmt.Fprintln(v.w, clean(line))
}
func (lineView) draw(client.Update, func() []client.Execution) {}
func (v lineView) end(u client.Update)                         { fmt.Fprintf(v.w, "update %d: %s\n", u.ID, came(u)) }

// jsonView writes an object for each change, and the update at the end, a
// line each.
type jsonView struct{ w io.Writer }

func (v jsonView) changed(e client.Execution)                  { _ = writeJSON(v.w, e, "") }
func (jsonView) draw(client.Update, func() []client.Execution) {}
func (v jsonView) end(u client.Update)                         { _ = writeJSON(v.w, u, "") }

// liveView redraws a table in its place. Where the terminal is too low for
// it, executions that have not ended go first.
type liveView struct {
	w     io.Writer
	size  func() (width, height int)
	lines int // drawn last
}

func (*liveView) changed(client.Execution) {}

func (v *liveView) draw(u client.Update, all func() []client.Execution) {
	executions := all()
	width, height := v.size()
	room := max(height-4, 1)
	shown := executions
	if len(shown) > room {
		shown = nil
		for _, ended := range []bool{false, true} {
			for _, e := range executions {
				if e.Final == ended && len(shown) < room {
					shown = append(shown, e)
				}
			}
		}
	}
	var text bytes.Buffer
	executionColumns.write(&text, shown)
	ended := 0
	for _, e := range executions {
		if e.Final {
			ended++
		}
	}
	fmt.Fprintf(&text, "update %d: %d of %d ended\n", u.ID, ended, len(executions))
	v.clear()
	v.lines = 0
	for line := range strings.Lines(text.String()) {
		runes := []rune(strings.TrimSuffix(line, "\n"))
		fmt.Fprintln(v.w, string(runes[:min(len(runes), max(width-1, 1))])) // a line that wraps would be two
		v.lines++
	}
}

func (v *liveView) end(u client.Update) { fmt.Fprintf(v.w, "update %d: %s\n", u.ID, came(u)) }

func (v *liveView) clear() {
	if v.lines > 0 {
		fmt.Fprintf(v.w, "\x1b[%dA\x1b[J", v.lines)
	}
}
