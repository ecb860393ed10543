package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/sup"
)

const maxConfigFile = 4 << 20

// setting is one value to set; remove says that the key goes.
type setting struct {
	key    string
	path   []string // the key at its dots
	value  any
	remove bool
}

// setConfig edits the file's text. A file that says all of it already is not
// written; one that is not there is made with mode 0644.
func setConfig(_ context.Context, s *step, p *sup.ConfigSet) error {
	edit := map[string]func([]byte, []setting) ([]byte, error){
		"json": editJSON, "yaml": editYAML, "ini": editINI,
	}[p.FileFormat()]
	if edit == nil {
		return fmt.Errorf("cannot set values in %s: its format is not known; use json, yaml or ini", p.Path)
	}
	if err := s.editFile(p.Path, func(old []byte) ([]byte, error) { return edit(old, settings(p.Values)) }); err != nil {
		return fmt.Errorf("cannot set values in %s: %w", p.Path, err)
	}
	return nil
}

// settings are in the order of their keys, so that each run does the same.
func settings(values map[string]any) []setting {
	list := make([]setting, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		list = append(list, setting{key, strings.Split(key, "."), values[key], values[key] == nil})
	}
	return list
}

func (s *step) editFile(name string, edit func([]byte) ([]byte, error)) error {
	t := s.run.tree
	rel, err := t.resolve(name)
	if err != nil {
		return err
	}
	info, err := t.lstat(rel)
	if err != nil {
		return err
	}
	a := attributes{mode: 0o644, uid: -1, gid: -1}
	var old []byte
	if info != nil {
		if !info.Mode().IsRegular() {
			return errors.New("it is not a regular file")
		}
		if info.Size() > maxConfigFile {
			return fmt.Errorf("it has more than %d bytes", maxConfigFile)
		}
		a.mode = info.Mode().Perm()
		a.uid, a.gid = owner(info)
		if old, err = t.read(rel, maxConfigFile); err != nil {
			return err
		}
	}
	edited, err := edit(old)
	if err != nil {
		return err
	}
	if info != nil && bytes.Equal(edited, old) {
		return nil
	}
	return s.putStream(rel, bytes.NewReader(edited), a)
}

func (t *tree) read(rel string, max int64) ([]byte, error) {
	f, err := t.root.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, max))
}
