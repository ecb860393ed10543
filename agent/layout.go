package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/install/job"
)

// DefaultData is the data folder of a device.
const DefaultData = "/var/lib/sluice-agent"

// Layout is the data folder, as an absolute path. Its methods name what is in it.
type Layout string

// NewLayout makes the path absolute; "" means DefaultData.
func NewLayout(dir string) (Layout, error) {
	if dir == "" {
		dir = DefaultData
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cannot find the data folder: %w", err)
	}
	return Layout(abs), nil
}

func (l Layout) path(name string) string { return filepath.Join(string(l), name) }

// Configuration is the file with the configuration.
func (l Layout) Configuration() string { return l.path("agent.json") }

// Jobs holds a folder for each job.
func (l Layout) Jobs() string { return l.path("jobs") }

// State belongs to the installer and outlives jobs.
func (l Layout) State() string { return l.path("state") }

// Logs holds agent.log, audit.log and the last confirmation.json.
func (l Layout) Logs() string { return l.path("logs") }

func (l Layout) installed() string { return l.path("installed.json") }

func (l Layout) lock() string { return l.path("agent.lock") }

// Make makes the folders, for their owner alone and on disk.
func (l Layout) Make() error {
	for _, dir := range []string{string(l), l.Jobs(), l.State(), l.Logs()} {
		if err := makeFolder(dir); err != nil {
			return fmt.Errorf("cannot make the data folder: %w", err)
		}
	}
	return nil
}

// makeFolder makes a folder and those above it, each on disk before the next.
func makeFolder(dir string) error {
	switch info, err := os.Stat(dir); {
	case err == nil && info.IsDir():
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return job.SyncDir(parent)
}
