package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

const maxCounters = 16 << 20

// Counters keeps the highest release counter that was ever installed of each
// package name. It never goes down; that is what stops an old signed package
// with a known hole from being forced on a device.
type Counters struct {
	path    string
	highest map[string]uint64
}

// OpenCounters reads the counters of a state folder. Counters that are there
// but cannot be read are an error: nothing is installed on a guess.
func OpenCounters(stateDir string) (*Counters, error) {
	c := &Counters{path: filepath.Join(stateDir, "counters.json"), highest: map[string]uint64{}}
	data, err := ReadFile(c.path, maxCounters)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the release counters: %w", err)
	}
	if err := json.Unmarshal(data, &c.highest); err != nil || c.highest == nil {
		return nil, fmt.Errorf("cannot read the release counters in %s: the file is damaged; restore it from a backup", c.path)
	}
	return c, nil
}

// Highest returns the highest counter installed of a name, 0 for none.
func (c *Counters) Highest(name string) uint64 { return c.highest[name] }

// Refusal is the sentence that says why a counter may not be installed, and ""
// where it may: equal is allowed, lower is not.
func (c *Counters) Refusal(name string, counter uint64) string {
	if have := c.highest[name]; counter < have {
		return fmt.Sprintf("release counter of %s is %d, lower than the installed %d: a downgrade is not allowed", name, counter, have)
	}
	return ""
}

// Raise notes an installed counter, durably. A lower one changes nothing.
func (c *Counters) Raise(name string, counter uint64) error {
	if have, known := c.highest[name]; known && counter <= have {
		return nil
	}
	c.highest[name] = counter
	data, err := json.MarshalIndent(c.highest, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the release counters: %v", err)
	}
	return WriteFile(c.path, data, 0o600)
}
