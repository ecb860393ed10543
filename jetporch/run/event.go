package run

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Status is how a task ended.
type Status string

// The statuses. In check mode changed means that it would change.
const (
	OK      Status = "ok"
	Changed Status = "changed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Event is what became of one task. With items it stands for all of them: it
// is failed if one failed, else changed if one changed.
type Event struct {
	Host     string        `json:"host"`
	Play     string        `json:"play"`
	Role     string        `json:"role,omitempty"`
	Task     string        `json:"task"`
	Module   string        `json:"module"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Handler  bool          `json:"handler,omitempty"`
	Status   Status        `json:"status"`
	Check    bool          `json:"check,omitempty"`   // a change was not made
	Change   string        `json:"change,omitempty"`  // created, modified, removed or executed
	Fields   []string      `json:"fields,omitempty"`  // of what was modified
	Diff     string        `json:"diff,omitempty"`    // in check mode: a unified diff of a text that everybody may read; at most MaxDiff bytes
	Ignored  bool          `json:"ignored,omitempty"` // it failed, and ignore_errors was given
	Attempts int           `json:"attempts,omitempty"`
	Output   string        `json:"output,omitempty"` // at most MaxOutput bytes
	Error    string        `json:"error,omitempty"`
	Notified []string      `json:"notified,omitempty"`
	Duration time.Duration `json:"duration"` // nanoseconds
}

// MaxOutput bounds the output in an event; the end of a longer one is kept.
const MaxOutput = 64 << 10

// Summary counts the tasks of a run.
type Summary struct {
	OK       int           `json:"ok"`
	Changed  int           `json:"changed"`
	Failed   int           `json:"failed"`
	Skipped  int           `json:"skipped"`
	Duration time.Duration `json:"duration"`
}

func (s *Summary) add(e Event) {
	switch e.Status {
	case OK:
		s.OK++
	case Changed:
		s.Changed++
	case Failed:
		s.Failed++
	case Skipped:
		s.Skipped++
	}
}

func (s Summary) String() string {
	return fmt.Sprintf("%d ok, %d changed, %d failed, %d skipped%s", s.OK, s.Changed, s.Failed, s.Skipped, took(s.Duration))
}

func took(d time.Duration) string {
	if d < time.Millisecond {
		return ""
	}
	return " in " + d.Round(time.Millisecond).String()
}

// What says what was changed, or would be in check mode, as in "would be
// modified (Content, Mode)". It is "" when nothing was.
func (e Event) What() string {
	what := e.Change
	if what != "" && e.Check {
		what = "would be " + what
	}
	if len(e.Fields) > 0 {
		what += " (" + strings.Join(e.Fields, ", ") + ")"
	}
	return what
}

// Print writes an event for people: a line, and its diff and output indented.
func Print(w io.Writer, e Event) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s", e.Status)
	if e.Role != "" {
		b.WriteString(e.Role + ": ")
	}
	if e.Handler {
		b.WriteString("handler ")
	}
	b.WriteString(e.Task)
	if what := e.What(); what != "" {
		b.WriteString(": " + what)
	}
	if e.Ignored {
		b.WriteString(": failure ignored")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, ", attempt %d", e.Attempts)
	}
	if len(e.Notified) > 0 {
		b.WriteString(", notifies " + strings.Join(e.Notified, ", "))
	}
	b.WriteString(took(e.Duration) + "\n")
	for _, text := range []string{e.Diff, e.Output, e.Error} {
		for line := range strings.Lines(text) {
			b.WriteString("         " + strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
