package run

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/jetporch/script"
)

// realRoot is the folder that stands for the machine without links, "" for the
// machine itself.
func realRoot(root string) (string, error) {
	if root == "" {
		return "", nil
	}
	if !filepath.IsAbs(root) {
		return "", fmt.Errorf("cannot run in the sandbox folder %s: its path has to begin with /", root)
	}
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return "", fmt.Errorf("cannot run in a sandbox folder: %w", err)
	}
	if info, err := os.Stat(real); err != nil || !info.IsDir() {
		return "", fmt.Errorf("cannot run in the sandbox folder %s: it is no folder", root)
	}
	if real == "/" {
		return "", nil
	}
	return real, nil
}

// inBundle refuses variables from files of the real machine, which a playbook
// in a sandbox must not see.
func inBundle(b *script.Bundle) error {
	for _, p := range b.Plays {
		for _, name := range p.VarsFiles {
			if !filepath.IsLocal(name.Value) {
				return fmt.Errorf("cannot run in a sandbox folder: vars_files names %s at %d:%d, which is not in the folder of the playbook",
					name.Value, name.Pos.Line, name.Pos.Col)
			}
		}
	}
	return nil
}
