package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// Name is the file that says what a bundle is.
const Name = "bundle.yaml"

// Limits of a bundle.
const (
	MaxFiles = 1000     // files and folders
	MaxBytes = 32 << 20 // of the .zip, and of its files together
)

// head is what bundle.yaml may hold, read as a sup.yaml is.
type head struct {
	Name           string              `json:"name"`
	Version        string              `json:"version"`
	Description    string              `json:"description"`
	Playbook       string              `json:"playbook"` // default playbook.yml or playbook.yaml
	Variables      []variable.Variable `json:"variables"`
	ReleaseCounter uint64              `json:"release_counter"`
	Compatibility  compat.Requirement  `json:"compatibility"`
}

// Bundle is a bundle in memory.
type Bundle struct {
	// Manifest is that of its package, without members. The release counter
	// is 0 where the bundle does not say it.
	Manifest sup.Manifest
	Playbook string // in Files
	Files    fs.FS  // every file, bundle.yaml among them
}

// Read reads the bytes of a .zip. An error is a sentence about the bundle.
func Read(zip []byte) (*Bundle, error) {
	files, err := unpack(zip)
	if err != nil {
		return nil, err
	}
	return read(files)
}

// Open reads a folder as "sluice release create DIR" sends it.
func Open(dir fs.FS) (*Bundle, error) {
	files, err := gather(dir)
	if err != nil {
		return nil, err
	}
	return read(files)
}

// Validate tells why no package can be made of the bundle, without a key.
func (b *Bundle) Validate() error {
	key, err := sup.GenerateKey()
	if err != nil {
		return err
	}
	m := b.Manifest
	m.ReleaseCounter = max(m.ReleaseCounter, 1)
	return sup.Build(io.Discard, m, b.Files, sup.NewSigner(key))
}

func read(files fs.FS) (*Bundle, error) {
	text, err := fs.ReadFile(files, Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s at its root", Name)
	}
	if err != nil {
		return nil, err
	}
	var h head
	if err := sup.ParseYAML(text, &h); err != nil {
		return nil, fmt.Errorf("%s: %w", Name, err)
	}
	playbook, err := playbookOf(files, h.Playbook)
	if err != nil {
		return nil, err
	}
	return &Bundle{Files: files, Playbook: playbook, Manifest: sup.Manifest{Format: sup.Format, Name: h.Name, Version: h.Version,
		Description: h.Description, ReleaseCounter: h.ReleaseCounter, Compatibility: h.Compatibility, Variables: h.Variables,
		Actions: []sup.Action{sup.ApplyPlaybook(playbook)}}}, nil
}

func playbookOf(files fs.FS, named string) (string, error) {
	if named != "" {
		if info, err := fs.Stat(files, named); err != nil || !info.Mode().IsRegular() {
			return "", fmt.Errorf("%s: the playbook %q is no file of the bundle", Name, named)
		}
		return named, nil
	}
	var found []string
	for _, name := range []string{"playbook.yml", "playbook.yaml"} {
		if _, err := fs.Stat(files, name); err == nil {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("it has no playbook.yml; name another with playbook: in %s", Name)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("it has a playbook.yml and a playbook.yaml; name one with playbook: in %s", Name)
}

// Lint checks a playbook with what lies beside it, for the profile head. The
// declared variables count as given.
func Lint(files fs.FS, playbook string, declared []variable.Variable) ([]script.Finding, error) {
	beside, err := fs.Sub(files, path.Dir(playbook))
	if err != nil {
		return nil, err
	}
	source, err := script.Read(beside, path.Base(playbook))
	if err != nil {
		return nil, fmt.Errorf("cannot read the playbook %s: %w", playbook, err)
	}
	return lint.Bundle(script.Load(playbook, source, beside, script.Head), lint.Options{ExtraVars: variable.Names(declared)}), nil
}
