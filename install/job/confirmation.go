package job

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"
)

// MaxOutput bounds the output that is kept of one action, in bytes.
const MaxOutput = 4 << 10

const maxConfirmation = 64 << 20

// Result is what came of a package. It is empty while the installer works.
type Result string

// The results.
const (
	Succeeded    Result = "succeeded"    // every action is done, or failed and was to be passed over
	Failed       Result = "failed"       // ended at an action; what was done before it stays
	RolledBack   Result = "rolled_back"  // ended at an action; everything is as it was
	Refused      Result = "refused"      // nothing was touched: signature, compatibility, release counter
	Inconsistent Result = "inconsistent" // neither old nor new: an undo failed or does not exist
)

// Status is what came of one action.
type Status string

// The statuses of actions.
const (
	StatusOK         Status = "ok"
	StatusFailed     Status = "failed"
	StatusSkipped    Status = "skipped"
	StatusUndone     Status = "undone"
	StatusUndoFailed Status = "undo_failed"
)

// Confirmation is what the installer says about a package. It is written anew
// after every action; it is final when Result is set.
type Confirmation struct {
	JobID string `json:"job_id"`
	// Check: the package was run in check mode. Nothing on the device changed;
	// what counts as changed would change.
	Check          bool      `json:"check,omitempty"`
	Package        string    `json:"package,omitempty"`
	Version        string    `json:"version,omitempty"`
	ReleaseCounter uint64    `json:"release_counter,omitempty"`
	StartedAt      time.Time `json:"started_at"`
	FinishedAt     time.Time `json:"finished_at,omitzero"`
	Result         Result    `json:"result,omitempty"`
	Reason         string    `json:"reason,omitempty"` // a sentence; why the result is what it is
	// Interruptions counts how often the installer was killed or rebooted.
	Interruptions int            `json:"interruptions"`
	Actions       []ActionReport `json:"actions"`
}

// ActionReport is what came of one action.
type ActionReport struct {
	Index      int       `json:"index"` // position in the package, the first is 1
	Type       string    `json:"type"`
	Summary    string    `json:"summary"`
	Status     Status    `json:"status"`
	Changed    bool      `json:"changed"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	DurationMS int64     `json:"duration_ms"` // by the monotonic clock, never negative
	Attempts   int       `json:"attempts"`
	Output     string    `json:"output,omitempty"` // at most MaxOutput bytes, valid UTF-8
	Error      string    `json:"error,omitempty"`  // a sentence
	// Tasks are those of a playbook, in sequence, at most MaxTasks; the last one
	// is the last that ran. A jetp that writes no log gives none.
	Tasks        []TaskReport `json:"tasks,omitempty"`
	TasksLeftOut int          `json:"tasks_left_out,omitempty"` // before the last one
}

// WriteConfirmation writes the confirmation into the logs folder and then into
// the job folder: where the job folder has it, the logs have it.
func WriteConfirmation(dir, logsDir string, c Confirmation) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the confirmation: %v", err)
	}
	if err := MakeDir(logsDir, 0o755); err != nil {
		return fmt.Errorf("cannot make the logs folder: %w", err)
	}
	if err := WriteFile(filepath.Join(logsDir, "confirmation.json"), data, 0o644); err != nil {
		return err
	}
	return WriteFile(ConfirmationPath(dir), data, 0o600)
}

// ReadConfirmation reads the job's confirmation; one that is not there yet is
// fs.ErrNotExist.
func ReadConfirmation(dir string) (Confirmation, error) {
	data, err := ReadFile(ConfirmationPath(dir), maxConfirmation)
	if err != nil {
		return Confirmation{}, fmt.Errorf("cannot read the confirmation: %w", err)
	}
	var c Confirmation
	if err := json.Unmarshal(data, &c); err != nil {
		return Confirmation{}, fmt.Errorf("cannot read %s: %v", ConfirmationPath(dir), err)
	}
	return c, nil
}

// Finished tells whether the job has its final confirmation. One that is not
// finished and not Running was interrupted: start the installer again.
func Finished(dir string) bool {
	c, err := ReadConfirmation(dir)
	return err == nil && c.Result != ""
}
