package install

import (
	"fmt"
	"path/filepath"

	"github.com/sluicehq/sluice/install/job"
)

// locks are the job's own lock, which job.Running asks for, and the device's:
// two jobs never run at the same time either.
type locks []*job.Lock

func lockBoth(dir, stateDir string) (locks, error) {
	if err := job.MakeDir(stateDir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the state folder: %w", err)
	}
	var l locks
	for _, path := range []string{job.LockPath(dir), filepath.Join(stateDir, "install.lock")} {
		lock, err := job.TakeLock(path)
		if err != nil {
			l.release()
			return nil, err
		}
		l = append(l, lock)
	}
	return l, nil
}

func (l locks) release() {
	for _, lock := range l {
		lock.Release()
	}
}
