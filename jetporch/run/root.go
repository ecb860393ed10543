package run

import (
	"fmt"
	"os"
	"path/filepath"
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
