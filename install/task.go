package install

import (
	"strings"

	"github.com/sluicehq/sluice/install/job"
	jetporch "github.com/sluicehq/sluice/jetporch/run"
)

// tasks keeps what came of the tasks of a playbook, however many there are.
type tasks struct {
	reports []job.TaskReport
	leftOut int
	output  int // bytes kept
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
		Status: job.TaskStatus(e.Status), Output: ending(plain(output), room),
		DurationMS: max(e.Duration.Milliseconds(), 0),
	}
	if len(t.reports) == job.MaxTasks {
		last := len(t.reports) - 1
		t.output -= len(t.reports[last].Output)
		t.reports = t.reports[:last]
		t.leftOut++
	}
	t.output += len(report.Output)
	t.reports = append(t.reports, report)
}

// plain is a text without what only a terminal understands.
func plain(text string) string {
	return strings.ToValidUTF8(terminal.ReplaceAllString(text, ""), "?")
}

// ending is the end of a text, where programs say what went wrong.
func ending(text string, room int) string {
	text = strings.TrimSpace(text)
	if len(text) <= room {
		return text
	}
	return strings.ToValidUTF8(text[len(text)-max(room, 0):], "")
}
