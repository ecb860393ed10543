package sup

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// The parts of a source folder.
const (
	SourceName = "sup.yaml" // the manifest without its members, see SPEC.md section 9
	FilesName  = "files"    // the folder whose files become the members
)

//go:embed source.yaml
var sourceTemplate []byte

//go:embed source.sh
var sourceScript []byte

// LoadSource reads a source folder: what Build needs. The file system is
// rooted at the folder's files; where there is none, it is empty.
func LoadSource(dir string) (Manifest, fs.FS, error) {
	text, err := readLimited(filepath.Join(dir, SourceName), maxSource)
	if err != nil {
		return Manifest{}, nil, fmt.Errorf("cannot load source: %w", err)
	}
	m, err := ParseSource(text)
	if err != nil {
		return Manifest{}, nil, fmt.Errorf("cannot load source: %s: %w", filepath.Join(dir, SourceName), err)
	}
	files := filepath.Join(dir, FilesName)
	info, err := os.Lstat(files)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m, noFiles{os.DirFS(dir)}, nil
	case err != nil:
		return Manifest{}, nil, fmt.Errorf("cannot load source: %w", err)
	case !info.IsDir():
		return Manifest{}, nil, fmt.Errorf("cannot load source: %s is no directory", files)
	}
	return m, os.DirFS(files), nil
}

// InitSource writes a source that builds as it is and explains itself. It
// makes the folder; a sup.yaml that is there already is an error.
func InitSource(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, FilesName), 0o755); err != nil {
		return fmt.Errorf("cannot make source: %w", err)
	}
	if err := writeNew(filepath.Join(dir, SourceName), sourceTemplate, 0o644); err != nil {
		return err
	}
	return writeNew(filepath.Join(dir, FilesName, "hello.sh"), sourceScript, 0o755)
}

// ParseSource reads the text of a sup.yaml. An error names the line.
func ParseSource(text []byte) (Manifest, error) {
	var m Manifest
	if err := ParseYAML(text, &m); err != nil {
		return m, err
	}
	if m.Format != "" || m.Members != nil {
		return m, errors.New("format and members are filled in by the build; leave them out")
	}
	return m, nil
}

// ParseYAML reads a text of one YAML document into a structure with the names
// of its json tags. A key that the structure does not have is an error; an
// error names the line.
func ParseYAML[T any](text []byte, into *T) error {
	if len(text) > maxSource {
		return fmt.Errorf("it is longer than %d bytes", maxSource)
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("it is empty")
		}
		return fmt.Errorf("cannot read YAML: %v", err)
	}
	if len(doc.Content) != 1 {
		return errors.New("it is empty")
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("it holds more than one YAML document")
	}
	value, err := fromYAML(doc.Content[0], reflect.TypeFor[T](), maxYAMLDepth)
	if err != nil {
		return err
	}
	form, err := encode(value)
	if err != nil {
		return err
	}
	return decodeStrict(form, into)
}

func readLimited(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", name, limit)
	}
	return text, err
}

func writeNew(name string, text []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("cannot make source: %w", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// noFiles is a folder whose entries do not count.
type noFiles struct{ fs.FS }

func (noFiles) ReadDir(string) ([]fs.DirEntry, error) { return nil, nil }
