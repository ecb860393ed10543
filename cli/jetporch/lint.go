package jetporch

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/bundle"
	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/variable"
)

// lintPath checks a file, a folder, or the bundle that the folder is. An error
// is what no playbook is found for, or why no server would take the bundle.
func lintPath(path string, profile script.Profile, o lint.Options) ([]script.Finding, error) {
	if _, err := os.Stat(filepath.Join(path, bundle.Name)); err != nil {
		return lint.Path(path, profile, o)
	}
	b, err := bundle.Open(os.DirFS(path))
	if err == nil {
		err = b.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no bundle that can be sent: %w", path, err)
	}
	o.ExtraVars = append(o.ExtraVars, variable.Names(b.Manifest.Variables)...)
	return lint.Path(filepath.Join(path, filepath.FromSlash(b.Playbook)), profile, o)
}
