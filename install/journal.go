package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sluicehq/sluice/install/job"
)

// reserveSize is kept free beside the journal, so that a disk that fills up in
// the middle of a job leaves room to write how it ended.
const reserveSize = 128 << 10

// entry is one line of the journal.
type entry struct {
	Event   event     `json:"event"`
	Action  int       `json:"action,omitempty"` // from 1; 0 is the run
	At      time.Time `json:"at"`               // for reports only
	SpentMS int64     `json:"spent_ms"`         // of the run's time, restarts and reboots left out

	// Of accept and finish: which package it is about.
	Package string `json:"package,omitempty"`
	Version string `json:"version,omitempty"`
	Counter uint64 `json:"counter,omitempty"`

	Manifest string `json:"manifest_sha256,omitempty"` // of accept

	// Of the end of a step.
	Changed    bool   `json:"changed,omitempty"`
	DurationMS int64  `json:"duration_ms,omitempty"`
	Output     string `json:"output,omitempty"`
	Error      string `json:"error,omitempty"`
	Severe     bool   `json:"severe,omitempty"` // a failure that ends the processing

	Tasks        []job.TaskReport `json:"tasks,omitempty"`
	TasksLeftOut int              `json:"tasks_left_out,omitempty"`
	Counts       *taskCounts      `json:"counts,omitempty"` // nil where it is not known what every task did

	Boot   string     `json:"boot,omitempty"`   // of reboot: the boot id before it
	Result job.Result `json:"result,omitempty"` // of finish
	Reason string     `json:"reason,omitempty"` // of roll_back and finish
}

// journal is the file and the state that its lines lead to.
type journal struct {
	log     *lineLog
	state   progress
	reserve string
}

// openJournal replays the journal of a job folder.
func openJournal(dir string, fault func(string)) (*journal, error) {
	j := &journal{reserve: filepath.Join(dir, "reserve")}
	var err error
	j.log, err = openLineLog(job.JournalPath(dir), fault, func(line []byte) error {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		return j.state.apply(e)
	})
	return j, err
}

// append writes an entry that the tables allow, and moves the state.
func (j *journal) append(e entry) error {
	if _, _, err := j.state.next(e); err != nil {
		return err
	}
	err := j.log.append(e)
	if errors.Is(err, syscall.ENOSPC) && os.Remove(j.reserve) == nil {
		err = j.log.append(e)
	}
	if err != nil {
		return err
	}
	return j.state.apply(e)
}

// hold makes the reserve.
func (j *journal) hold() error {
	if info, err := os.Stat(j.reserve); err == nil && info.Size() == reserveSize {
		return nil
	}
	if err := job.WriteFile(j.reserve, make([]byte, reserveSize), 0o600); err != nil {
		return fmt.Errorf("cannot keep room for the journal: %w", err)
	}
	return nil
}

// exhausted tells whether the reserve had to be used.
func (j *journal) exhausted() bool { return !exists(j.reserve) }
