package agent

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// errHeld means that another process holds a lock that is not waited for.
var errHeld = errors.New("another process is at work on it")

// hold locks a file or a folder, which has to be there, as flock(2) does: how
// is LOCK_SH or LOCK_EX, with LOCK_NB for errHeld instead of a wait. The lock
// ends with release, or with the process.
func hold(path string, how int) (release func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot lock: %w", err)
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err == nil {
		return func() { f.Close() }, nil
	}
	f.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errHeld
	}
	return nil, fmt.Errorf("cannot lock %s: %w", path, err)
}
