package job

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

const maxClaim = 64 << 10

// Claim makes a job the one that is under way on this device. While another
// job is unfinished it is refused: that one has changed files and keeps the
// backups, so it has to come to its end first.
func Claim(stateDir, dir string) error {
	other, err := Current(stateDir)
	if err != nil || other == dir {
		return err
	}
	if other != "" {
		return fmt.Errorf("cannot start the job in %s: the job in %s was interrupted; start the installer on that one first", dir, other)
	}
	return WriteFile(claimPath(stateDir), []byte(dir+"\n"), 0o600)
}

// Current returns the folder of the job that is under way, running or
// interrupted, and "" where there is none.
func Current(stateDir string) (string, error) {
	data, err := ReadFile(claimPath(stateDir), maxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot tell which job is under way: %w", err)
	}
	dir := strings.TrimSuffix(string(data), "\n")
	_, err = ReadFile(Path(dir), maxJobFile)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && Finished(dir):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("cannot tell whether the job in %s is under way: %w", dir, err)
	}
	return dir, nil
}

func claimPath(stateDir string) string { return filepath.Join(stateDir, "current") }
