package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// group names a process group so that a later installer can tell it from one
// that got the same number since.
type group struct {
	ID    int    `json:"id"`
	Start string `json:"start"` // of its leader, in ticks since the boot
	Boot  string `json:"boot"`
}

// groupSize is the length of the file, in bytes.
const groupSize = 512

func (r *run) groupPath() string { return filepath.Join(r.dir, "process.json") }

// noteGroup writes down which process group is at work. The file is made once
// and written in place, so that a disk that is full keeps no command from being
// run, not even the one that undoes.
func (r *run) noteGroup(id int) error {
	start, _ := startTicks(id) // a program that ended at once has none
	data, err := json.Marshal(group{ID: id, Start: start, Boot: r.bootID()})
	if err != nil {
		return fmt.Errorf("cannot note the process: %v", err)
	}
	r.options.fault("process started")
	return r.writeGroup(data)
}

func (r *run) forgetGroup() error { return r.writeGroup(nil) }

// writeGroup fills the file up with spaces, to a length that never changes.
func (r *run) writeGroup(data []byte) error {
	f, err := os.OpenFile(r.groupPath(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("cannot note the process: %w", err)
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%-*s", groupSize, data), 0)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("cannot note the process: %w", err)
	}
	return nil
}

// endOrphans ends what a killed installer left at work, so that no two
// attempts of an action run at the same time.
func (r *run) endOrphans() error {
	data, err := os.ReadFile(r.groupPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot look for processes of an earlier start: %w", err)
	}
	var g group
	if json.Unmarshal(data, &g) == nil && g.ID > 1 && g.Boot == r.bootID() {
		// While a group has members its number is not given away. A leader
		// with another start time means that the group is gone.
		if start, err := startTicks(g.ID); err != nil || start == g.Start {
			killGroup(g.ID)
		}
	}
	return r.forgetGroup()
}

// startTicks reads field 22 of /proc/PID/stat (proc(5)).
func startTicks(pid int) (string, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", err
	}
	_, rest, found := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if !found || len(fields) < 20 {
		return "", fmt.Errorf("cannot read the start time of process %d", pid)
	}
	return fields[19], nil
}

// bootID is the same until the device starts again; "" where it is unknown.
func (r *run) bootID() string {
	data, err := os.ReadFile(r.job.Configuration.BootIDPath)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
