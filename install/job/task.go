package job

// Bounds of the tasks that are kept of one action. The bytes are of texts; the
// whole has to fit into the room that is kept free for the journal.
const (
	MaxTasks       = 64
	MaxTaskName    = 120     // of a task and of a role
	MaxTaskChange  = 60      // of what a task changed
	MaxTaskOutput  = 512     // of one task
	MaxTasksOutput = 8 << 10 // of all tasks; a failure has its own even beyond
	MaxTaskDiff    = 2 << 10 // of one task
	MaxTasksDiff   = 8 << 10 // of all tasks
)

// TaskStatus is what came of one task of a playbook.
type TaskStatus string

// The statuses of tasks.
const (
	TaskOK      TaskStatus = "ok"      // it was as it should be
	TaskChanged TaskStatus = "changed" // in a check: it would change
	TaskFailed  TaskStatus = "failed"
	TaskSkipped TaskStatus = "skipped" // its condition does not hold
)

// TaskReport is what came of one task of a playbook.
type TaskReport struct {
	Task       string     `json:"task"`
	Role       string     `json:"role,omitempty"`
	Status     TaskStatus `json:"status"`
	Change     string     `json:"change,omitempty"` // "modified (Content, Mode)", in a check "would be created"
	Diff       string     `json:"diff,omitempty"`   // in a check: lines of a text that would change
	Output     string     `json:"output,omitempty"` // with the error of a task that failed
	DurationMS int64      `json:"duration_ms"`
}
