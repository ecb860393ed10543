package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// taskFile is the name of a task in its job folder.
const taskFile = "task.json"

const maxTask = 1 << 20

// Task is what the runtime notes about one package: task.json in its job
// folder. Together with the installer's confirmation it says how far the
// package has come.
type Task struct {
	ID string `json:"id"` // of the mailbox message
	// Local is a package that was applied on the device: there is no message,
	// only the lines of its log go to the server.
	Local bool `json:"local,omitempty"`
	// Sequence orders the tasks; the clock does not.
	Sequence   uint64         `json:"sequence"`
	ReceivedAt time.Time      `json:"received_at"`
	Update     wire.SupUpdate `json:"update"`
	// Check is a package that is run in check mode (wire.MethodSupCheck).
	Check bool `json:"check,omitempty"`
	// Told is the last word of progress that the server has taken.
	Told wire.Progress `json:"told,omitempty"`
	// Outcome is nil until the task is carried out.
	Outcome *Outcome `json:"outcome,omitempty"`
	// Audited tells that the lines are in the device's audit log, LogSent how
	// many the server has taken.
	Audited bool `json:"audited,omitempty"`
	LogSent int  `json:"log_sent,omitempty"`
	// Reported is set after the server has answered the final report.
	Reported bool `json:"reported,omitempty"`

	dir string
	// arrivals counts how often the message came again: a report that was
	// sent before the last time does not answer it.
	arrivals int
}

// Outcome is what came of a task.
type Outcome struct {
	Result job.Result `json:"result"`
	Code   wire.Code  `json:"code"`   // errorCode of the final report
	Reason string     `json:"reason"` // a sentence; may be "" for a success
}

func (t *Task) path(name string) string { return filepath.Join(t.dir, name) }

// packagePath is the complete package, partPath what has come of it so far.
func (t *Task) packagePath() string { return t.path("package.sup") }
func (t *Task) partPath() string    { return t.path("package.part") }

func (t *Task) save() error {
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot note task %s: %v", t.ID, err)
	}
	return job.WriteFile(t.path(taskFile), data, 0o600)
}

func loadTask(dir string) (*Task, error) {
	data, err := job.ReadFile(filepath.Join(dir, taskFile), maxTask)
	if err != nil {
		return nil, fmt.Errorf("cannot read the task in %s: %w", dir, err)
	}
	t := &Task{dir: dir}
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("cannot read the task in %s: %v", dir, err)
	}
	return t, nil
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// folderName names the job folder of a message: its id, or where that is no
// name for a folder, the hash of it.
func folderName(id string) string {
	if plainID.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "x" + hex.EncodeToString(sum[:16])
}
