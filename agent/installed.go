package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/install/job"
)

const maxInstalled = 16 << 20

// readInstalled reads what our installer has installed, name to version.
func readInstalled(l Layout) (map[string]string, error) {
	installed := map[string]string{}
	data, err := job.ReadFile(l.installed(), maxInstalled)
	if errors.Is(err, fs.ErrNotExist) {
		return installed, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read what is installed: %w", err)
	}
	if err := json.Unmarshal(data, &installed); err != nil {
		return nil, fmt.Errorf("cannot read %s: %v", l.installed(), err)
	}
	return installed, nil
}

// noteInstalled adds what a confirmation says. A check installs nothing. The
// runtime and an application from a file may do so at the same time.
func noteInstalled(l Layout, c job.Confirmation) error {
	if c.Result != job.Succeeded || c.Package == "" || c.Check {
		return nil
	}
	release, err := hold(string(l), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer release()
	installed, err := readInstalled(l)
	if err != nil || installed[c.Package] == c.Version {
		return err
	}
	installed[c.Package] = c.Version
	data, err := json.MarshalIndent(installed, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot note what is installed: %v", err)
	}
	return job.WriteFile(l.installed(), data, 0o600)
}
