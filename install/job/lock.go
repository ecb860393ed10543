package job

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ErrLocked means that another process holds the lock.
var ErrLocked = errors.New("another installer is at work")

// Lock is held until Release or the end of the process, however it ends.
type Lock struct{ file *os.File }

// TakeLock locks a file, made when it is not there. It does not wait: where
// another process has it the error is ErrLocked.
func TakeLock(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the lock: %w", err)
	}
	// An open file description lock can be asked for without being taken
	// (F_OFD_GETLK), so that Running never gets in an installer's way.
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, wholeFile())
	if err == nil {
		return &Lock{f}, nil
	}
	f.Close()
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return nil, fmt.Errorf("cannot lock %s: %w", path, ErrLocked)
	}
	return nil, fmt.Errorf("cannot lock %s: %w", path, err)
}

// Release gives the lock up. It unlocks before it closes: a process that is
// being started at this moment has a copy of the file for an instant.
func (l *Lock) Release() {
	unlock := wholeFile()
	unlock.Type = unix.F_UNLCK
	_ = unix.FcntlFlock(l.file.Fd(), unix.F_OFD_SETLK, unlock) // closing is enough alone, only later
	l.file.Close()
}

// Running tells whether an installer works on the job right now.
func Running(dir string) bool {
	f, err := os.OpenFile(LockPath(dir), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	lock := wholeFile()
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, lock); err != nil {
		return false
	}
	return lock.Type != unix.F_UNLCK
}

func wholeFile() *unix.Flock_t {
	return &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
}
