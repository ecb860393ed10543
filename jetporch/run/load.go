package run

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
)

// Load reads a playbook of this machine with what lies beside it, and answers
// the folder it lies in.
func Load(path string) (b *script.Bundle, dir string, err error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, "", fmt.Errorf("cannot find the playbook: %w", err)
	}
	dir = filepath.Dir(full)
	source, err := script.Read(script.Dir(dir), filepath.Base(full))
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the playbook: %w", err)
	}
	return script.Load(path, source, script.Dir(dir), script.Head), dir, nil
}

// ExtraVars reads variables that are given from outside: a map in JSON or
// YAML, or @ and the name of a file that holds one. Later ones win.
func ExtraVars(given []string) (*value.Map, error) {
	out := &value.Map{}
	for _, g := range given {
		source := []byte(g)
		if len(g) > 0 && g[0] == '@' {
			var err error
			if source, err = os.ReadFile(g[1:]); err != nil {
				return nil, fmt.Errorf("cannot read the extra variables: %w", err)
			}
		}
		v, err := value.FromYAML(source)
		if err != nil {
			return nil, fmt.Errorf("cannot read the extra variables: %w", err)
		}
		m, ok := v.(*value.Map)
		if !ok {
			return nil, fmt.Errorf("extra variables are a map in JSON or YAML, or @ and a file; %q is neither", g)
		}
		out = value.Blend(out, m)
	}
	return out, nil
}
