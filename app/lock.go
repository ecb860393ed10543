package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockFile is held, below the data folder, for as long as a server is open. The
// system gives it up with the process, however that ends.
const lockFile = "server.lock"

// lock makes this the one server of the data folder. Closing the file ends it.
func lock(data string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(data, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the data folder: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("cannot start: another server uses the data folder %s; stop it, or give another folder with --data", data)
	} else {
		err = fmt.Errorf("cannot lock the data folder %s: %w", data, err)
	}
	return nil, errors.Join(err, f.Close())
}
