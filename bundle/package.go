package bundle

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing/fstest"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
	"github.com/sluicehq/sluice/sup"
)

// tooLong stands for a member that is longer than what a playbook is read
// from: that it is there counts, its content does not.
var tooLong = make([]byte, value.MaxBytes+1)

// maxFindings is where LintPackage stops: nobody reads more.
const maxFindings = 500

// LintPackage checks every playbook of a package that was verified, content at
// its begin, in the order of the actions.
func LintPackage(m *sup.Manifest, content io.Reader) ([]script.Finding, error) {
	files, err := members(content)
	if err != nil {
		return nil, err
	}
	var all []script.Finding
	seen := map[string]bool{}
	for _, action := range m.Actions {
		params, err := sup.DecodeParams(action)
		if err != nil {
			return nil, err
		}
		p, ok := params.(*sup.PlaybookApply)
		if !ok || seen[p.Source] || len(all) >= maxFindings {
			continue
		}
		seen[p.Source] = true
		found, err := Lint(files, p.Source, m.Variables)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return script.Sort(all), nil
}

// members reads the files of a package into memory.
func members(content io.Reader) (fs.FS, error) {
	files, room := fstest.MapFS{}, int64(MaxBytes)
	for r := tar.NewReader(content); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the package: %w", err)
		}
		if h.Size > value.MaxBytes {
			files[h.Name] = &fstest.MapFile{Data: tooLong, Mode: 0o644}
			continue
		}
		if room -= h.Size; room < 0 {
			return nil, fmt.Errorf("its files have more than the %d bytes that are read to check a playbook", MaxBytes)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("cannot read the package: %w", err)
		}
		files[h.Name] = &fstest.MapFile{Data: text, Mode: 0o644}
	}
}
