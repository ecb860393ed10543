package agent

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sluicehq/sluice/install/job"
)

// Bounds of the queue: how many finished tasks are kept, and how many of the
// server and how many local ones may wait.
const (
	keepTasks  = 10
	maxWaiting = 64
)

const removedPrefix = ".removed-"

// queue holds the tasks of the device, on disk and in order. One is carried
// out at a time. It is safe for concurrent use.
type queue struct {
	dir  string
	wake chan struct{}

	mu    sync.Mutex
	tasks []*Task // by Sequence
}

// openQueue reads what is there. A folder whose task cannot be read is named
// in problems and left alone.
func openQueue(dir string) (q *queue, problems []error, err error) {
	q = &queue{dir: dir, wake: make(chan struct{}, 1)}
	problems, err = q.rescan()
	return q, problems, err
}

// rescan takes in tasks that another process has made (sluice-agent apply).
func (q *queue) rescan() (problems []error, err error) {
	entries, err := os.ReadDir(q.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the jobs: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range entries {
		dir := filepath.Join(q.dir, e.Name())
		if strings.HasPrefix(e.Name(), removedPrefix) {
			if err := os.RemoveAll(dir); err != nil {
				problems = append(problems, err)
			}
			continue
		}
		if !e.IsDir() || slices.ContainsFunc(q.tasks, func(t *Task) bool { return t.dir == dir }) {
			continue
		}
		t, err := loadTask(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // being made, or left over from before the task was on disk
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		q.tasks = append(q.tasks, t)
	}
	slices.SortFunc(q.tasks, func(a, b *Task) int {
		return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.ID, b.ID))
	})
	q.ring()
	return problems, nil
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// add puts a new task at the end, on disk before it returns. A task of the same
// id is not added: where it was reported it is due to be reported again, and
// added is false.
func (q *queue) add(t Task) (added bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.ring()
	dir := filepath.Join(q.dir, folderName(t.ID))
	waiting := 0
	for _, old := range q.tasks {
		if old.dir == dir {
			old.Told, old.Reported = "", false
			old.arrivals++
			return false, old.save()
		}
		t.Sequence = max(t.Sequence, old.Sequence)
		if !old.Reported && !old.Local {
			waiting++
		}
	}
	if waiting >= maxWaiting {
		return false, fmt.Errorf("cannot take another update: %d wait already", waiting)
	}
	t.Sequence++
	t.dir = dir
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return false, fmt.Errorf("cannot make a job folder: %w", err)
	}
	if err := t.save(); err != nil {
		return false, err
	}
	if err := job.SyncDir(q.dir); err != nil {
		return false, err
	}
	q.tasks = append(q.tasks, &t)
	return true, nil
}

// next is the first task that is not reported, nil for none.
func (q *queue) next() *Task {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.tasks {
		if !t.Reported {
			return t
		}
	}
	return nil
}

// in is the task of a folder, nil for none.
func (q *queue) in(dir string) *Task {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.tasks {
		if t.dir == dir {
			return t
		}
	}
	return nil
}

// note changes a task, on disk before it returns.
func (q *queue) note(t *Task, change func(*Task)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	change(t)
	return t.save()
}

// snapshot is the task as it is now.
func (q *queue) snapshot(t *Task) Task {
	q.mu.Lock()
	defer q.mu.Unlock()
	return *t
}

// prune removes the oldest finished tasks beyond keepTasks.
func (q *queue) prune() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	finished := 0
	for _, t := range q.tasks {
		if t.Reported {
			finished++
		}
	}
	var err error
	q.tasks = slices.DeleteFunc(q.tasks, func(t *Task) bool {
		if !t.Reported || finished <= keepTasks || job.Running(t.dir) {
			return false
		}
		finished--
		err = errors.Join(err, q.remove(t.dir))
		return true
	})
	return err
}

// remove takes the folder out of the way at once, so that a crash leaves no
// half of a task.
func (q *queue) remove(dir string) error {
	gone := filepath.Join(q.dir, removedPrefix+filepath.Base(dir))
	if err := os.Rename(dir, gone); err != nil {
		return fmt.Errorf("cannot remove an old job: %w", err)
	}
	return os.RemoveAll(gone)
}
