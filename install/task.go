package install

import (
	"strings"
	"unicode"

	"github.com/sluicehq/sluice/install/job"
	jetporch "github.com/sluicehq/sluice/jetporch/run"
)

// tasks keeps what came of the tasks of a playbook, however many there are.
type tasks struct {
	reports []job.TaskReport
	leftOut int
	output  int // bytes kept
	diff    int // bytes kept
	counts  taskCounts
	whole   bool // counts holds for the whole playbook
}

// add keeps a task. Beyond the limit the last report is replaced, so that the
// task that a playbook ended at is always there.
func (t *tasks) add(e jetporch.Event) {
	output := e.Output
	if e.Error != "" {
		output = strings.TrimPrefix(output+"\n"+e.Error, "\n")
	}
	room := min(job.MaxTaskOutput, job.MaxTasksOutput-t.output)
	if e.Status == jetporch.Failed {
		room = job.MaxTaskOutput
	}
	report := job.TaskReport{
		Task: limit(plain(e.Task), job.MaxTaskName), Role: limit(plain(e.Role), job.MaxTaskName),
		Status: job.TaskStatus(e.Status), Change: limit(plain(e.What()), job.MaxTaskChange),
		Diff: beginning(plain(e.Diff), min(job.MaxTaskDiff, job.MaxTasksDiff-t.diff)), Output: ending(plain(output), room),
		DurationMS: max(e.Duration.Milliseconds(), 0),
	}
	t.counts.add(report)
	if len(t.reports) == job.MaxTasks {
		last := t.reports[job.MaxTasks-1]
		t.output -= len(last.Output)
		t.diff -= len(last.Diff)
		t.reports = t.reports[:job.MaxTasks-1]
		t.leftOut++
	}
	t.output += len(report.Output)
	t.diff += len(report.Diff)
	t.reports = append(t.reports, report)
}

// plain is a text without what only a terminal understands.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(terminal.ReplaceAllString(text, ""), "?"))
}

// cutMark stands where a diff was cut.
const cutMark = "…\n"

// beginning is the whole lines of a text that there is room for.
func beginning(text string, room int) string {
	if len(text) <= room {
		return text
	}
	end := strings.LastIndexByte(text[:max(room-len(cutMark), 0)], '\n') + 1
	if end == 0 {
		return ""
	}
	return text[:end] + cutMark
}

// ending is the end of a text, where programs say what went wrong.
func ending(text string, room int) string {
	text = strings.TrimSpace(text)
	if len(text) <= room {
		return text
	}
	return strings.ToValidUTF8(text[len(text)-max(room, 0):], "")
}
