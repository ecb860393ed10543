package view

import (
	"strconv"
	"strings"
	"time"
)

// Confirmation is what a package installer wrote, as far as a page shows it.
type Confirmation struct {
	Check         bool           `json:"check"` // nothing was changed
	Result        string         `json:"result"`
	Reason        string         `json:"reason"`
	Interruptions int            `json:"interruptions"`
	Actions       []ActionReport `json:"actions"`
}

// ActionReport is what came of one action.
type ActionReport struct {
	Index      int    `json:"index"`
	Type       string `json:"type"`
	Summary    string `json:"summary"`
	Status     string `json:"status"`
	Changed    bool   `json:"changed"`
	DurationMS int64  `json:"duration_ms"`
	Attempts   int    `json:"attempts"`
	Output     string `json:"output"`
	Error      string `json:"error"`

	// Tasks are those of a playbook, in sequence.
	Tasks        []TaskReport `json:"tasks"`
	TasksLeftOut int          `json:"tasks_left_out"`
}

// TaskReport is what came of one task of a playbook.
type TaskReport struct {
	Task       string `json:"task"`
	Role       string `json:"role"`
	Status     string `json:"status"` // ok, changed, failed, skipped
	Change     string `json:"change"` // "modified (Content, Mode)", in a check "would be created"
	Diff       string `json:"diff"`   // lines of text that begin with + or -
	Output     string `json:"output"`
	DurationMS int64  `json:"duration_ms"`
}

// changedWord heads the column of what an action changed.
func (c *Confirmation) changedWord() string {
	if c.Check {
		return "Would change"
	}
	return "Changed"
}

// diffLine is a line of a difference, with the hue of its sign.
type diffLine struct{ text, hue string }

func diffLines(diff string) []diffLine {
	var list []diffLine
	for text := range strings.SplitSeq(strings.TrimSuffix(diff, "\n"), "\n") {
		l := diffLine{text: text}
		switch {
		case len(list) == 0 && strings.HasPrefix(text, "--- "), len(list) == 1 && strings.HasPrefix(text, "+++ ") && list[0].hue == "hue-off": // the names of both
			l.hue = "hue-off"
		case strings.HasPrefix(text, "+"):
			l.hue = "hue-ok"
		case strings.HasPrefix(text, "-"):
			l.hue = "hue-fail"
		case strings.HasPrefix(text, "@"):
			l.hue = "hue-off"
		}
		list = append(list, l)
	}
	return list
}

// taskSummary is the role and the task.
func taskSummary(t TaskReport) string {
	if t.Role == "" {
		return t.Task
	}
	return t.Role + ": " + t.Task
}

// confirmed counts the actions that are done.
func confirmed(c *Confirmation) string {
	done := 0
	for _, a := range c.Actions {
		if a.Status == "ok" {
			done++
		}
	}
	text := strconv.Itoa(done) + " of " + strconv.Itoa(len(c.Actions)) + " ok"
	if c.Interruptions > 0 {
		text += ", interrupted " + Count(c.Interruptions, "time")
	}
	return text
}

func resultWord(c *Confirmation) string {
	if c.Result == "" {
		return "Under way"
	}
	return badge("", "", strings.ReplaceAll(c.Result, "_", " ")).Word
}

func resultGlyph(c *Confirmation) string {
	switch c.Result {
	case "succeeded":
		return "✓"
	case "rolled_back":
		return "↶"
	}
	return "✕"
}

func confirmationHue(c *Confirmation) string {
	switch c.Result {
	case "succeeded":
		return "hue-ok"
	case "rolled_back", "":
		return "hue-pending"
	}
	return "hue-fail"
}

// actionSummary begins with the type of the action, once.
func actionSummary(a ActionReport) string {
	if strings.HasPrefix(a.Summary, a.Type) {
		return a.Summary
	}
	return joined(" ", a.Type, a.Summary)
}

func actionTook(a ActionReport) string {
	if a.Status == "skipped" {
		return "—"
	}
	text := Span(time.Duration(max(0, min(a.DurationMS, int64(1e10)))) * time.Millisecond)
	if a.Attempts > 1 {
		text += ", " + strconv.Itoa(a.Attempts) + " tries"
	}
	return text
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
