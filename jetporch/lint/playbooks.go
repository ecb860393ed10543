package lint

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
)

// Path checks a playbook file with what lies beside it, or every playbook of
// a folder: playbook.yml when it is there, else each .yml and .yaml file that
// is not a map of variables.
func Path(path string, profile script.Profile, o Options) ([]script.Finding, error) {
	names, err := playbooks(path)
	if err != nil {
		return nil, err
	}
	var all []script.Finding
	for _, name := range names {
		files := script.Dir(filepath.Dir(name))
		source, err := script.Read(files, filepath.Base(name))
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", name, err)
		}
		all = append(all, Bundle(script.Load(name, source, files, profile), o)...)
	}
	return all, nil
}

func playbooks(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the playbook: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	main := filepath.Join(path, "playbook.yml")
	if _, err := os.Stat(main); err == nil {
		return []string{main}, nil
	}
	var names []string
	for _, pattern := range []string{"*.yml", "*.yaml"} {
		found, _ := fs.Glob(os.DirFS(path), pattern)
		for _, name := range found {
			source, err := script.Read(script.Dir(path), name)
			if err != nil {
				return nil, fmt.Errorf("cannot read %s: %w", name, err)
			}
			if n, err := value.Parse(source); err != nil || n == nil || n.Kind != yaml.MappingNode {
				names = append(names, filepath.Join(path, name))
			}
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is no playbook in %s: no file ends in .yml or .yaml", path)
	}
	slices.Sort(names)
	return names, nil
}
