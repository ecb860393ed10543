package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/install/job"
)

// tidy removes job folders that have no task: their maker was killed before it
// was on disk. An installer has begun on none of them; where one has, the
// folder stays.
func (q *queue) tidy(state string) error {
	release, err := hold(q.dir, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, errHeld) {
		return nil // a package is being applied: the next start tidies
	}
	if err != nil {
		return err
	}
	defer release()
	current, err := job.Current(state)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(q.dir)
	if err != nil {
		return fmt.Errorf("cannot read the jobs: %w", err)
	}
	var errs []error
	for _, e := range entries {
		dir := filepath.Join(q.dir, e.Name())
		_, err := os.Lstat(filepath.Join(dir, taskFile))
		if !e.IsDir() || strings.HasPrefix(e.Name(), removedPrefix) || !errors.Is(err, fs.ErrNotExist) || dir == current || job.Running(dir) {
			continue
		}
		errs = append(errs, q.remove(dir))
	}
	return errors.Join(errs...)
}

// makeRoom keeps local tasks to maxWaiting: the oldest that have ended go,
// whether a server has taken their lines or not. audit gets those lines first.
func (q *queue) makeRoom(audit func(*Task, job.Confirmation) error) error {
	waiting := 0
	for _, t := range q.tasks {
		if t.Local && !t.Reported {
			waiting++
		}
	}
	for _, t := range q.tasks {
		if waiting < maxWaiting {
			break
		}
		c, err := job.ReadConfirmation(t.dir)
		if !t.Local || t.Reported || err != nil || c.Result == "" {
			continue
		}
		if err := audit(t, c); err != nil {
			return err
		}
		if err := q.remove(t.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		waiting--
	}
	return nil
}

// gone tells that another process has removed the task; it is in the queue no
// more then.
func (q *queue) gone(t *Task) bool {
	if _, err := os.Lstat(t.dir); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks = slices.DeleteFunc(q.tasks, func(other *Task) bool { return other == t })
	return true
}

// dropPackage removes the package of a task whose outcome is known.
func (t *Task) dropPackage() error {
	var errs []error
	for _, path := range []string{t.packagePath(), t.partPath(), t.partPath() + ".etag"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("cannot remove a package: %w", err))
		}
	}
	return errors.Join(errs...)
}
