package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// group names a process group so that a later installer can tell it from one
// that got the same number since.
type group struct {
	ID    int    `json:"id"`
	Start string `json:"start"` // of its leader, in ticks since the boot
	Boot  string `json:"boot"`
}

// maxRounds is how often processes of an earlier start are looked for.
const maxRounds = 100

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
// attempts of an action run at the same time: the process group that it noted,
// and what carries the mark of an action that has not come to its end.
func (r *run) endOrphans() error {
	if err := r.endGroup(); err != nil {
		return err
	}
	for n, s := range r.state().steps {
		if s.state == stepIntended || s.state == stepUndoing {
			if err := endMarked(r.mark(n)); err != nil {
				return err
			}
		}
	}
	return r.forgetGroup()
}

func (r *run) endGroup() error {
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
	return nil
}

// mark is in the environment of every program of an action. It names what an
// installer started and had no time to note.
func (r *run) mark(action int) []string {
	return []string{"SLUICE_STAGING=" + r.stagingDir(), "SLUICE_ACTION=" + strconv.Itoa(action)}
}

// endMarked ends the groups of all processes with this mark, until there is
// none: one that is starting another shows up in the next round.
func endMarked(mark []string) error {
	for range maxRounds {
		groups, err := markedGroups(mark)
		if err != nil || len(groups) == 0 {
			return err
		}
		for _, group := range groups {
			killGroup(group)
		}
	}
	return errors.New("cannot end the processes of an earlier start: others take their place")
}

func markedGroups(mark []string) (groups []int, err error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("cannot look for processes of an earlier start: %w", err)
	}
	for _, entry := range all {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue // no process
		}
		data, err := os.ReadFile("/proc/" + entry.Name() + "/environ")
		if err != nil {
			continue // it ended meanwhile, or is another user's
		}
		env := strings.Split(string(data), "\x00")
		if slices.ContainsFunc(mark, func(m string) bool { return !slices.Contains(env, m) }) {
			continue
		}
		if group, err := syscall.Getpgid(pid); err == nil && group != syscall.Getpgrp() {
			groups = append(groups, group)
		}
	}
	return groups, nil
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
