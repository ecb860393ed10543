package install

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"

	jetporch "github.com/sluicehq/sluice/jetporch/run"
)

// Bounds of the log that is read, in bytes and tasks.
const (
	maxJetpLog   = 16 << 20
	maxJetpLine  = 1 << 20
	maxJetpTasks = 10_000
)

// jetpLog is what newer versions of jetp write as JSON lines (jetporch.md 1.13).
type jetpLog struct {
	tasks []jetporch.Event
	ended bool // with its summary
}

// jetpLine is one line of it.
type jetpLine struct {
	Event, Role, Task string
	Status            string `json:"task_status"`
	Output            string `json:"cmd_out"`
}

// readJetpLog reads as far as the log can be read. With a line that cannot be
// read, or beyond the bounds, it has not ended.
func readJetpLog(path string) (log jetpLog) {
	f, err := os.Open(path)
	if err != nil {
		return log
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxJetpLog))
	lines.Buffer(nil, maxJetpLine)
	begun, broken := false, false // a task is begun that has no status so far; a line cannot be read
	for lines.Scan() && len(log.tasks) < maxJetpTasks {
		var line jetpLine
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			broken = true
			continue
		}
		switch line.Event {
		case "TASK_START":
			begun = true
		case "TASK_STATUS", "TASK_CHECK_STATUS", "TASK_FAILED":
			log.note(line, begun)
			begun = false
		case "SUMMARY":
			log.ended = !broken
		}
	}
	return log
}

// jetpStatus says what a status of jetp means. NeedsX is of a check.
var jetpStatus = map[string]struct {
	status jetporch.Status
	change string
	check  bool
}{
	"IsCreated": {jetporch.Changed, "created", false}, "IsModified": {jetporch.Changed, "modified", false},
	"IsRemoved": {jetporch.Changed, "removed", false}, "IsExecuted": {jetporch.Changed, "executed", false},
	"IsMatched": {jetporch.OK, "", false}, "IsPassive": {jetporch.OK, "", false}, "NeedsPassive": {jetporch.OK, "", true},
	"IsSkipped": {jetporch.Skipped, "", false}, "Failed": {jetporch.Failed, "", false},
	"NeedsCreation": {jetporch.Changed, "created", true}, "NeedsModification": {jetporch.Changed, "modified", true},
	"NeedsRemoval": {jetporch.Changed, "removed", true}, "NeedsExecution": {jetporch.Changed, "executed", true},
}

// note adds a status. A task with items has several, of which a change counts;
// a good one after a failure is that of a retry.
func (l *jetpLog) note(line jetpLine, begun bool) {
	e := jetporch.Event{Role: line.Role, Task: line.Task, Status: jetporch.Failed, Output: line.Output}
	if line.Event != "TASK_FAILED" {
		e.Status, e.Change = jetporch.Changed, "" // what is not known counts as changed
		if known, ok := jetpStatus[line.Status]; ok {
			e.Status, e.Change, e.Check = known.status, known.change, known.check
		}
	}
	last := len(l.tasks) - 1
	if begun || last < 0 || l.tasks[last].Task != e.Task || l.tasks[last].Role != e.Role {
		l.tasks = append(l.tasks, e)
		return
	}
	if e.Status == jetporch.Failed || l.tasks[last].Status != jetporch.Changed {
		l.tasks[last] = e
	}
}

// failure names the last task that failed, with what its command said; ""
// where there is none.
func (l *jetpLog) failure() string {
	for i := len(l.tasks) - 1; i >= 0; i-- {
		if e := l.tasks[i]; e.Status == jetporch.Failed {
			failure := "task " + limit(e.Task, 200) + " failed"
			if said := strings.TrimSpace(e.Output); said != "" {
				failure += ": " + limit(said, 500)
			}
			return failure
		}
	}
	return ""
}
