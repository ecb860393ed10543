package run

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

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

// inBundle refuses variables, roles and tasks from files of the real machine,
// which a playbook in a sandbox must not see.
func inBundle(b *script.Bundle) error {
	var names []named
	for _, p := range b.Plays {
		for _, name := range p.VarsFiles {
			names = append(names, named{"vars_files", name, name.Value})
		}
		for _, u := range p.Roles {
			names = append(names, named{"a role", u.Role, filepath.Join("roles", u.Role.Value)})
		}
	}
	for _, role := range slices.Sorted(maps.Keys(b.Roles)) {
		r := b.Roles[role]
		for _, name := range r.Files {
			path := name.Value
			if !filepath.IsAbs(path) {
				path = filepath.Join(r.Dir, "tasks", path) // handlers lie as deep
			}
			names = append(names, named{"role.yml", name, path})
		}
	}
	for _, n := range names {
		if !filepath.IsLocal(n.path) {
			return fmt.Errorf("cannot run in a sandbox folder: %s names %s at %d:%d, which is not in the folder of the playbook",
				n.what, n.text.Value, n.text.Pos.Line, n.text.Pos.Col)
		}
	}
	return nil
}

// named is a file that a playbook names, and where it lies from its folder.
type named struct {
	what string
	text script.Text
	path string
}
