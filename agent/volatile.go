package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Warning says what is lost with the next reboot where the data folder, or the
// one that it will be made in, is in memory; "" where it is on a disk. Of an
// overlay it cannot tell.
func (l Layout) Warning() string {
	volatile, err := inMemory(string(l))
	switch {
	case err != nil:
		return err.Error()
	case volatile:
		return fmt.Sprintf("the data folder %s is in memory: a reboot in the middle of an installation can neither go on nor back, "+
			"and it loses the enrolment and the release counters; choose a folder on a disk by --data", l)
	}
	return ""
}

func inMemory(dir string) (bool, error) {
	var s unix.Statfs_t
	for {
		err := unix.Statfs(dir, &s)
		if err == nil {
			kind := uint32(s.Type) // the field is signed, and has 32 bits on some machines
			return kind == unix.TMPFS_MAGIC || kind == unix.RAMFS_MAGIC, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return false, fmt.Errorf("cannot tell whether %s is on a disk: %v", dir, err)
		}
		dir = filepath.Dir(dir)
	}
}
